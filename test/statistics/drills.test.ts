/** Drills are counted apart, never with the real (8.3); beside an episode in force stands one of a drill. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toPlanMs } from '../../domain/clock.js';
import { addDays, dayOf } from '../../domain/time.js';
import { areaOf } from '../../usecases/plans.js';
import { AREA, DAY_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { City } from '../support/city.js';

interface Table {
  readonly id: string;
  readonly rows: readonly Record<string, unknown>[];
}

let api: TestApi;
let drillEpisode: string;
let before: Table[];
const statistics = async (drills: 'none' | 'only', more = ''): Promise<Table[]> => {
  const { status, body } = await api.as('auditor').get(`/areas/${AREA}/statistics?from=2026-01-01&to=2026-01-31&drills=${drills}${more}`);
  expect(status).toBe(200);
  return body.tables as Table[];
};
const table = (tables: readonly Table[], id: string) => tables.find((t) => t.id === id)!.rows;

beforeAll(async () => {
  api = await testApi();
  await publishOrange(api);
  before = await statistics('none');
  const { areaId } = (await api.as('management').post(`/areas/${AREA}/drills`, { rate: 60, startsAt: iso(START_MS), purpose: '季前演练' })).body as { areaId: string };
  const nowMs = toPlanMs((await areaOf(api.deps, areaId)).clock, api.now());
  const city = new City(api.deps, areaId);
  await city.forecast(nowMs, [230, 230, 230, 80, 70].map((aqi, i) => ({ date: addDays(dayOf(nowMs), i + 1), aqi })));
  await city.begun();
  await city.consult('publish', 'orange');
  await city.propose({ action: 'publish', level: 'orange', text: '演练' });
  await city.approve('director');
  await city.approve('commander');
  drillEpisode = city.episodeId;
}, 60_000);
afterAll(() => api.close());

test('the real figures are what they were before the drill', async () => {
  expect(await statistics('none')).toEqual(before);
  expect(table(before, 'lead-times').map((r) => r['episode'])).toEqual(['KT-2026-001']);
});

test('asked for alone they are the drill’s and nothing else’s', async () => {
  const only = await statistics('only');
  expect(table(only, 'lead-times').map((r) => r['episode'])).toEqual([expect.stringMatching(/^KT-D2026-/)]);
  expect(table(only, 'approvals').map((r) => r['steps'])).toEqual([1, 1]);
  const units = table(only, 'on-time').filter((r) => (r['kind'] as { zh: string }).zh === '签收');
  expect(units).toHaveLength(25);
  expect(units.every((r) => r['owed'] === 1)).toBe(true);
});

test('in a drill’s time what has passed is told by the drill’s own clock: an hour of it is a minute', async () => {
  await api.at(api.now() + 2 * 60_000);
  const passed = table(await statistics('only'), 'on-time').filter((r) => (r['kind'] as { zh: string }).zh === '签收');
  expect(passed.every((r) => r['targetMissed'] === 1)).toBe(true);
  const real = table(await statistics('none'), 'on-time').filter((r) => (r['kind'] as { zh: string }).zh === '签收');
  expect(real.every((r) => r['targetMissed'] === 0 && r['open'] === 1)).toBe(true);
});

test('a drill can be played again under another plan, too', async () => {
  const { status, body } = await api.as('auditor').get(`/episodes/${drillEpisode}/what-if?plan=example-city-four-levels`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ drill: true, first: { course: { episodes: [{ peak: 'orange' }] } } });
  expect(Date.parse(body.until as string)).toBeGreaterThan(START_MS);
  expect(Date.parse(body.until as string)).toBeLessThan(START_MS + DAY_MS);
});
