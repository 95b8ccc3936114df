/** Bench (f): the duty desk as the server makes it, with years of past episodes and one in force that 25 units report to. */
import { loadavg } from 'node:os';
import { activeEpisode } from '../db/read/episodes.js';
import { ask, observe, predict, publish, respond } from '../test/console/support/story.js';
import { AREA, approve, DAY_MS, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../test/support/api.js';
import { ownCpuSeconds } from './measure/cpu.js';
import { quantile, rounded } from './measure/numbers.js';

const WARM_UP = 30;
const EPISODE_EVERY_DAYS = 14;
/** What the assessment looks back on. */
const OBSERVED_DAYS = 45;
/** A station's hours since the first of the past episodes. */
const STATIONS = 3;
/** The story of the open episode observes the days just before it. */
const STORY_DAYS = 4;

export interface DeskResults {
  readonly past: number;
  readonly units: number;
  readonly obligations: number;
  readonly observations: number;
  readonly renders: number;
  readonly ms: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Of this process, who asks included; PostgreSQL's apart. */
  readonly cpuMs: number;
  readonly kb: number;
  /** Of the machine meanwhile, over a minute: beyond its cores others were waited for. */
  readonly load: number;
}

export async function benchDesk(past: number, renders: number, say: (line: string) => void): Promise<DeskResults> {
  const api = await testApi(START_MS - (past * EPISODE_EVERY_DAYS + 30) * DAY_MS);
  try {
    // The demonstration's tokens are good for a year; this is a city's eighth.
    await api.db.owner.query('update tokens set expires_at_ms = $1', [START_MS + 30 * DAY_MS]);
    for (let i = 0; i < past; i++) {
      await wholeEpisode(api, START_MS - ((past - i) * EPISODE_EVERY_DAYS + 20) * DAY_MS);
      if ((i + 1) % 50 === 0) say(`${i + 1} past episodes`);
    }
    await pastHours(api, past);
    await openEpisode(api);
    const { rows } = await api.db.pool.query<{ past: number; owed: number; hours: number }>(
      `select (select count(*)::int from episodes where phase = 'closed') as past, (select count(*)::int from obligations) as owed, (select count(*)::int from observations) as hours`,
    );
    const { ms, cpuMs, kb } = await rendered(api, renders);
    const results = {
      past: rows[0]?.past ?? 0,
      units: 25,
      obligations: rows[0]?.owed ?? 0,
      observations: rows[0]?.hours ?? 0,
      renders,
      ms: { p50: rounded(quantile(ms, 0.5)), p95: rounded(quantile(ms, 0.95)), p99: rounded(quantile(ms, 0.99)) },
      cpuMs: rounded(cpuMs),
      kb: rounded(kb),
      load: rounded(loadavg()[0] ?? NaN),
    };
    say(`desk, ${results.past} past episodes, ${results.obligations} obligations, ${results.observations} hours of stations: p50 ${results.ms.p50} ms, p95 ${results.ms.p95} ms, p99 ${results.ms.p99} ms, CPU ${results.cpuMs} ms; ${results.kb} KB before compression; load ${results.load}`);
    return results;
  } finally {
    await api.close();
  }
}

async function must(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Forecast, consultation, approvals, four days in force, the lift, what is owed then, the evaluation. Nobody reports: that would be rows the desk never reads. */
async function wholeEpisode(api: TestApi, startMs: number): Promise<void> {
  await api.at(startMs);
  await predict(api, [[210, 240], [210, 240], [210, 240], [60, 90], [60, 90]]);
  const episodeId = (await activeEpisode(api.db.pool, AREA))!;
  const send = (login: string, path: string, body: object) => must(api.as(login).post(`/episodes/${episodeId}${path}`, body));
  await send('technical', '/consultations', { advice: 'publish', level: 'orange', text: '建议橙色预警' });
  await send('management', '/proposals', { action: 'publish', level: 'orange', effectiveAt: iso(startMs + 2 * HOUR_MS), text: '呈请发布' });
  for (const login of ['director', 'commander']) await must(approve(api, login, episodeId));
  await api.at(startMs + 4 * DAY_MS);
  await predict(api, [[60, 90], [60, 90], [60, 90], [60, 90], [60, 90]]);
  await send('technical', '/consultations', { advice: 'lift', level: null, text: '建议解除' });
  await send('management', '/lift', { effectiveAt: iso(startMs + 4 * DAY_MS + 2 * HOUR_MS), text: '解除' });
  await api.at(startMs + 10 * DAY_MS);
  await send('management', '/evaluation', { summary: '处置及时' });
  await must(approve(api, 'director', episodeId));
}

/** Years of hours, as the read model keeps them: what is shown must not cost more with each. */
async function pastHours(api: TestApi, past: number): Promise<void> {
  await api.db.owner.query(
    `insert into observations (area_id, kind, station, at_ms, seq, values)
     select $1, 'hourly', 'past-' || station, at_ms, 0, '{"pm25":80,"pm10":110,"so2":18,"no2":52,"co":1.9,"o3":24}'
     from generate_series(1, $2::int) as station, generate_series($3::bigint, $4::bigint, 3600000) as at_ms`,
    [AREA, STATIONS, START_MS - past * EPISODE_EVERY_DAYS * DAY_MS, START_MS - OBSERVED_DAYS * DAY_MS],
  );
  await api.db.owner.query('vacuum analyze');
}

/** On its third day, most units' reports in, some late, some not. */
async function openEpisode(api: TestApi): Promise<void> {
  await api.at(START_MS);
  for (let day = OBSERVED_DAYS; day > STORY_DAYS; day--) await observe(api, START_MS - day * DAY_MS, 24);
  const episodeId = await ask(api);
  await publish(api, episodeId);
  await respond(api, episodeId);
}

/** Requests one after another by a signed-in duty officer, each the whole page over HTTP. */
async function rendered(api: TestApi, renders: number): Promise<{ ms: number[]; cpuMs: number; kb: number }> {
  const { login, password } = api.as('management').account;
  const signedIn = await fetch(`${api.url}/sign-in`, { method: 'POST', body: new URLSearchParams({ login, password, _to: '/' }), redirect: 'manual' });
  const headers = { Cookie: signedIn.headers.getSetCookie().map((c) => c.split(';')[0]).join('; '), Accept: 'text/html', 'Accept-Encoding': 'gzip' };
  const ms: number[] = [];
  let bytes = 0;
  let cpuBefore = 0;
  for (let i = -WARM_UP; i < renders; i++) {
    if (i === 0) cpuBefore = ownCpuSeconds();
    const startedAt = performance.now();
    const answer = await fetch(`${api.url}/`, { headers });
    const page = await answer.text();
    if (i >= 0) ms.push(performance.now() - startedAt);
    if (answer.status !== 200 || !page.includes('橙色预警')) throw new Error(`not the duty desk: ${answer.status}`);
    bytes = Buffer.byteLength(page);
  }
  return { ms, cpuMs: ((ownCpuSeconds() - cpuBefore) * 1000) / renders, kb: bytes / 1024 };
}
