/** A winter's episode told through the API, for pages to be looked at: some units in time, some late, some not at all. */
import { activeEpisode } from '../../../db/read/episodes.js';
import { addDays, dayOf } from '../../../domain/time.js';
import { approve, AREA, DAY_MS, HOUR_MS, iso, START_MS, type TestApi } from '../../support/api.js';

/** Hours of four days before, rising as a calm winter night after another does. */
export async function observe(api: TestApi, fromMs: number, hours: number): Promise<void> {
  const rows = Array.from({ length: hours }, (_, i) => {
    const atMs = fromMs + i * HOUR_MS;
    const pm25 = Math.round(70 + (i / hours) * 95 + 22 * Math.sin((i / 24) * 2 * Math.PI));
    return { station: '奎屯市环境监测站', at: iso(atMs), pm25, pm10: Math.round(pm25 * 1.3), so2: 18, no2: 52, co: 1.9, o3: 24 };
  });
  const { status, body } = await api.as('integration').post(`/areas/${AREA}/observations`, { hours: rows });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

export async function predict(api: TestApi, ranges: readonly (readonly [number, number])[]): Promise<void> {
  const first = dayOf(api.now());
  const days = ranges.map(([aqiLow, aqiHigh], i) => ({ date: addDays(first, i), aqiLow, aqiHigh, pm25: aqiHigh * 0.75, primary: ['PM2.5'] }));
  const { status, body } = await api.as('technical').post(`/areas/${AREA}/forecasts`, { issuedAt: iso(api.now()), source: '奎屯市环境监测站', days });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

/** A consultation and a submission that waits for the director. */
export async function ask(api: TestApi): Promise<string> {
  await observe(api, START_MS - 4 * DAY_MS, 4 * 24);
  await predict(api, [[180, 230], [205, 240], [210, 260], [190, 235], [120, 150], [70, 95], [60, 85]]);
  const episodeId = (await activeEpisode(api.db.pool, AREA))!;
  const consulted = await api.as('technical').post(`/episodes/${episodeId}/consultations`, {
    advice: 'publish',
    level: 'orange',
    text: '受静稳逆温影响，扩散条件持续不利，建议发布橙色预警。',
    dissent: [{ by: '市气象局', opinion: '建议先发布黄色预警，视8日冷空气情况再定。' }],
  });
  if (consulted.status !== 201) throw new Error(JSON.stringify(consulted.body));
  const proposed = await api.as('management').post(`/episodes/${episodeId}/proposals`, {
    action: 'publish',
    level: 'orange',
    effectiveAt: iso(api.now() + 2 * HOUR_MS),
    expectedEndAt: iso(api.now() + 3 * DAY_MS + 8 * HOUR_MS),
    text: '按会商结论，拟发布重污染天气橙色预警，启动Ⅱ级应急响应。',
  });
  if (proposed.status !== 201) throw new Error(JSON.stringify(proposed.body));
  return episodeId;
}

export async function publish(api: TestApi, episodeId: string, logins: readonly string[] = ['director', 'commander']): Promise<void> {
  for (const login of logins) {
    const { status, body } = await approve(api, login, episodeId);
    if (status !== 201) throw new Error(JSON.stringify(body));
  }
}

interface Owed {
  readonly id: string;
  readonly kind: string;
  readonly ownerId: string;
  readonly ref: string;
  readonly submittedAt: string | null;
  readonly opensAt: string;
}

export async function owed(api: TestApi, episodeId: string, kind: string): Promise<Owed[]> {
  const { body } = await api.as('management').get(`/episodes/${episodeId}/obligations`);
  return (body.obligations as Owed[]).filter((o) => o.kind === kind && o.submittedAt === null && Date.parse(o.opensAt) <= api.now());
}

/** Nil reports of all that is open of a kind, except some units'. */
export async function file(api: TestApi, episodeId: string, kind: string, except: readonly string[] = []): Promise<void> {
  for (const o of await owed(api, episodeId, kind))
    if (!except.includes(o.ownerId)) {
      const { status, body } = await api.as(`unit-${o.ownerId}`).post(`/episodes/${episodeId}/reports`, { obligationId: o.id, nil: true, note: '按要求落实各项措施，无异常情况。' });
      if (status !== 201) throw new Error(JSON.stringify(body));
    }
}

/** Three days into the response: every state of the grid is there. */
export async function respond(api: TestApi, episodeId: string): Promise<void> {
  for (const o of await owed(api, episodeId, 'acknowledgement')) if (o.ownerId !== 'cyberspace') await api.as(`unit-${o.ownerId}`).post(`/episodes/${episodeId}/acknowledgements`, { noticeId: o.ref });
  await api.at(START_MS + 3 * HOUR_MS);
  await file(api, episodeId, 'startup-report');
  await api.at(START_MS + DAY_MS);
  await observe(api, START_MS, 24);
  await file(api, episodeId, 'daily-report', ['health', 'education', 'transport']);
  await api.at(START_MS + 2 * DAY_MS - 8 * HOUR_MS);
  await file(api, episodeId, 'daily-report', ['education']);
  await api.at(START_MS + 2 * DAY_MS);
  await observe(api, START_MS + DAY_MS, 24);
  await file(api, episodeId, 'daily-report', ['health', 'education', 'transport', 'urban-management', 'housing', 'ecology']);
}
