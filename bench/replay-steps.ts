/** Bench (f): a replay of reasons stepped through, on episodes of ten and of thirty days with hourly observations and every report handed in. */
import { forecast, publishOrange, START_MS, type TestApi, testApi } from '../test/support/api.js';
import { AREA, HOUR_MS, iso } from '../test/support/api.js';
import { obligationsOf } from '../db/read/obligations.js';
import { median, quantile, rounded } from './measure/numbers.js';

export interface ReplayStepsResult {
  readonly rows: number;
  /** The first step reads and folds every row. */
  readonly firstMs: number;
  readonly page: Share;
  readonly api: Share;
}

interface Share {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export async function benchReplaySteps(days: readonly number[], say: (line: string) => void): Promise<Readonly<Record<string, ReplayStepsResult>>> {
  const results: Record<string, ReplayStepsResult> = {};
  for (const n of days) {
    const api = await testApi();
    try {
      const episodeId = await playDays(api, n);
      results[`${n} days`] = await stepThrough(api, episodeId);
      const { rows, firstMs, page, api: state } = results[`${n} days`]!;
      say(`${n} days, ${rows} rows: first step ${firstMs} ms; page median ${page.medianMs}, p95 ${page.p95Ms}, max ${page.maxMs} ms; state median ${state.medianMs}, p95 ${state.p95Ms}, max ${state.maxMs} ms`);
    } finally {
      await api.close();
    }
  }
  return results;
}

/** An orange episode of some days, every hour observed and every report handed in. */
export async function playDays(api: TestApi, days: number): Promise<string> {
  const episodeId = await publishOrange(api);
  for (let hour = 1; hour <= days * 24; hour++) {
    const nowMs = START_MS + hour * HOUR_MS;
    await api.at(nowMs);
    const at = iso(nowMs - HOUR_MS);
    await taken(api.as('integration').post(`/areas/${AREA}/observations`, { hours: [{ station: '奎屯市环境监测站', at, pm25: 180, pm10: 230, so2: 15, no2: 50, co: 1.6, o3: 30 }] }));
    if (hour % 24 !== 0) continue;
    await taken(api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(nowMs, [230, 230, 230, 230, 80, 70])));
    for (const { id, kind, ownerId, submittedAtMs } of await obligationsOf(api.deps.pool, episodeId))
      if (submittedAtMs === null && (kind === 'startup-report' || kind === 'daily-report')) await taken(api.as(`unit-${ownerId}`).post(`/episodes/${episodeId}/reports`, { obligationId: id, nil: true, note: '无' }));
  }
  return episodeId;
}

async function taken(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
}

async function stepThrough(api: TestApi, episodeId: string): Promise<ReplayStepsResult> {
  const { account } = api.as('auditor');
  const headers = { Authorization: `Bearer ${account.token}`, Accept: 'text/html' };
  const page = (seq: number) => timed(() => api.request('GET', `/episodes/${episodeId}/replay?at=${seq}`, { headers }));
  const state = (seq: number) => timed(() => api.as('auditor').get(`/episodes/${episodeId}/state?at=${seq}`));
  const firstMs = await page(1);
  const { rows } = await api.db.pool.query<{ seq: number }>('select seq from streams where stream = $1', [`episode/${episodeId}`]);
  const last = rows[0]?.seq ?? 1;
  const seqs = Array.from({ length: 100 }, (_, i) => 1 + Math.floor(((i + 0.5) * last) / 100));
  const measured = { page: [] as number[], api: [] as number[] };
  for (const seq of seqs) {
    measured.page.push(await page(seq));
    measured.api.push(await state(seq));
  }
  return { rows: last, firstMs: rounded(firstMs), page: shareOf(measured.page), api: shareOf(measured.api) };
}

async function timed(ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const startedAt = performance.now();
  const { status } = await ask();
  if (status !== 200) throw new Error(`a step answered ${status}`);
  return performance.now() - startedAt;
}

function shareOf(ms: readonly number[]): Share {
  return { medianMs: rounded(median(ms)), p95Ms: rounded(quantile(ms, 0.95)), maxMs: rounded(quantile(ms, 1)) };
}
