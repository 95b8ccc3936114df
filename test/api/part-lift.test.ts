/** R21: a lift for a part of the area over the API: the response goes on, and everybody is told which part. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, forecast, HOUR_MS, iso, publishOrange, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let path = '';
beforeAll(async () => {
  api = await testApi();
  path = `/episodes/${await publishOrange(api)}`;
  await api.at(api.now() + 4 * HOUR_MS);
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [60, 60, 60, 60, 60, 60], iso(api.now()).slice(0, 10)));
  await api.as('technical').post(`${path}/consultations`, { advice: 'lift', text: '城西已改善' });
});
afterAll(() => api.close());

const lift = (of: object) => api.as('management').post(`${path}/lift`, { text: '解除', ...of });
const now = async () => (await api.as('management').get(`/areas/${AREA}`)).body.episodes[0];

test('without words there is no part', async () => {
  expect((await lift({ part: ' ' })).body).toMatchObject({ code: 'invalid' });
});

test('the part is lifted and the level stands; nobody is waited for', async () => {
  expect((await now()).nextActions).toMatchObject([{ what: 'submit-proposal' }]);
  expect((await lift({ part: '城西片区' })).status).toBe(201);
  const part = { zh: '城西片区', en: '城西片区' };
  expect(await now()).toMatchObject({ phase: 'responding', level: 'orange', lift: null, liftedParts: [{ part, noticeId: 'N2' }], nextActions: [] });
  const { requests } = (await api.as('auditor').get(`${path}/approvals`)).body;
  expect(requests.find((r: { id: string }) => r.id === 'R2')).toMatchObject({ status: 'approved', evidence: { action: 'lift', part } });
});

test('units, the zone and whoever publishes on the site are told which', async () => {
  const { rows } = await api.db.pool.query<{ recipients: string[]; part: object }>(`select facts -> 'recipients' as recipients, facts -> 'part' as part from notices where id = 'N2'`);
  expect(rows[0]).toMatchObject({ recipients: expect.arrayContaining(['zone', 'unit:education']), part: { zh: '城西片区' } });
  const { obligations } = (await api.as('management').get(`${path}/obligations`)).body;
  expect(new Set(obligations.filter((o: { ref: string }) => o.ref === 'N2').map((o: { kind: string }) => o.kind))).toEqual(new Set(['acknowledgement', 'site-publication', 'zone-lift-instruction']));
});

test('not twice; the whole after it ends the response', async () => {
  const twice = await lift({ part: '城西片区' });
  expect([twice.status, twice.body.code]).toEqual([409, 'already-done']);
  expect((await lift({})).status).toBe(201);
  await api.at(api.now() + HOUR_MS);
  expect(await now()).toMatchObject({ phase: 'reporting', liftedParts: [] });
});
