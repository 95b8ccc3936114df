/** R13: who proposes a lift and who issues it is the plan's to say; here a plan that says otherwise than Kuitun's. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { loadPlan } from '../../plans/load.js';
import { approve, AREA, forecast, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  const plan = loadPlan('example-city-four-levels');
  await setAreaPlan(api.db.pool, AREA, await savePlan(api.db.pool, { ...plan, areaId: AREA }, START_MS));
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70, 60]));
  episodeId = (await activeEpisode(api.db.pool, AREA))!;
  await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'orange', text: '建议发布橙色预警' });
  await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'orange', effectiveAt: iso(START_MS + 2 * HOUR_MS), text: '呈请发布' });
  for (const login of ['director', 'commander']) await approve(api, login, episodeId);
  await api.at(START_MS + 3 * HOUR_MS);
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [60, 60, 60, 60, 60, 60], iso(api.now()).slice(0, 10)));
});
afterAll(() => api.close());

const nextActions = async () => (await api.as('management').get(`/areas/${AREA}`)).body.episodes[0].nextActions;

test('the management group proposes, which elsewhere is the technical group\'s', async () => {
  expect(await nextActions()).toMatchObject([{ role: 'management', what: 'consult', ref: 'lift' }]);
  const conclusion = { advice: 'lift', text: '符合解除条件' };
  const refused = await api.as('technical').post(`/episodes/${episodeId}/consultations`, conclusion);
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect((await api.as('management').post(`/episodes/${episodeId}/consultations`, conclusion)).status).toBe(201);
});

test('the director submits it, and the headquarters approves: a second director, then the commander', async () => {
  expect(await nextActions()).toMatchObject([{ role: 'director', what: 'submit-proposal' }]);
  const refused = await api.as('management').post(`/episodes/${episodeId}/lift`, { text: '解除' });
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect((await api.as('director').post(`/episodes/${episodeId}/lift`, { text: '解除' })).status).toBe(201);
  const twice = await approve(api, 'director', episodeId);
  expect([twice.status, twice.body.code]).toEqual([403, 'same-person-twice']);
  for (const login of ['deputy', 'commander']) expect((await approve(api, login, episodeId)).status).toBe(201);
  expect((await api.as('management').get(`/episodes/${episodeId}`)).body.state.lift).toMatchObject({ cause: 'local' });
});
