/** A read can wait for the row that a write answered with (`?afterSeq=`), and the two forms of an adjustment. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activeEpisode } from '../../db/read/episodes.js';
import { approve, AREA, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { operationsOf } from '../support/contract.js';

let api: TestApi;
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
  await api.at(START_MS + 3 * HOUR_MS);
});
afterAll(() => api.close());

/** Reads of what an episode or an area is now; the others are of the closed book, or pages and files of it. */
const WAITING = ['', '/events', '/obligations', '/submissions', '/approvals', '/notices', '/measures'].map((path) => `GET /episodes/{episodeId}${path}`);

test('every read of how things stand can wait; the contract says which', async () => {
  const can = (await operationsOf(api)).filter((o) => o.parameters.some((p) => p.name === 'afterSeq')).map((o) => o.name);
  expect(can.sort()).toEqual([...WAITING, 'GET /areas/{areaId}', 'GET /areas/{areaId}/orders', 'GET /inbox'].sort());
});

test('it is answered once the row is there, and told not-yet where it does not come', async () => {
  const { body } = await api.as('unit-health').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' });
  const seq = body.seq as number;
  const paths = (afterSeq: number) => [...WAITING.map((name) => `${name.slice('GET '.length).replace('{episodeId}', episodeId)}?afterSeq=${afterSeq}`), `/areas/${AREA}/orders?afterSeq=${afterSeq > seq ? afterSeq : 1}`, `/inbox?episode=${episodeId}&afterSeq=${afterSeq}`];
  const codes = (all: readonly string[]) => Promise.all(all.map(async (path) => [path, (await api.as('management').get(path)).status]));
  expect(await codes(paths(seq))).toEqual(paths(seq).map((path) => [path, 200]));
  expect(await codes(paths(100_000))).toEqual(paths(100_000).map((path) => [path, 503]));
  const unnamed = await api.as('management').get('/inbox?afterSeq=1');
  expect([unnamed.status, unnamed.body.errors[0].path]).toEqual([400, 'afterSeq']);
  const { items } = (await api.as('unit-health').get(`/inbox?episode=${episodeId}`)).body as { items: { episodeId: string }[] };
  expect(items.every((i) => i.episodeId === episodeId)).toBe(true);
});

test('4.2, 3.3.3: an adjustment is of the response, by whoever leads, or of the warning’s level, submitted by the management group and approved', async () => {
  const path = `/episodes/${episodeId}/adjustments`;
  const raise = { action: 'raise', level: 'red', text: '呈请升级', effectiveAt: iso(api.now() + 2 * HOUR_MS) };
  expect((await api.as('commander').post(path, raise)).body).toMatchObject({ status: 403, clause: '附件1 二（二）5' });
  expect((await api.as('management').post(path, { responseLevel: 'red', reason: '加强' })).body).toMatchObject({ status: 403, clause: '4.2' });
  const mixed = await api.as('management').post(path, { ...raise, responseLevel: 'red' });
  expect([mixed.status, mixed.body.code]).toEqual([400, 'invalid']);
  expect((await api.as('management').post(path, { ...raise, action: 'publish' })).status).toBe(400);

  expect((await api.as('commander').post(path, { responseLevel: 'red', reason: '加强' })).status).toBe(201);
  const { items } = (await api.as('unit-education').get('/inbox')).body as { items: { kind: string; todo: { zh: string } }[] };
  expect(items.filter((i) => i.kind === 'change').map((i) => i.todo.zh)).toEqual([expect.stringContaining('应急响应调整为红色')]);

  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [340, 340, 340, 340, 80, 70]));
  await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'raise', level: 'red', noClearImprovement: true, text: '建议升级' });
  expect((await api.as('management').post(path, raise)).status).toBe(201);
  for (const login of ['director', 'commander']) expect((await approve(api, login, episodeId)).status).toBe(201);
  expect((await api.as('zone').get(`/episodes/${episodeId}`)).body.state.levels.at(-1)).toMatchObject({ level: 'red' });
  expect(await activeEpisode(api.db.pool, AREA)).toBe(episodeId);
});
