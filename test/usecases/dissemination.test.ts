/** Acknowledging stops every channel (3.3.4): a further one does not go on telling whoever has confirmed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDisseminationActivities } from '../../activities/dissemination.js';
import { readNoticeDeliveries } from '../../db/read/notices.js';
import { HOUR_MS, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

test('told in the inbox, a unit that acknowledged and a recipient that confirmed are not told by another channel; the others are', async () => {
  const episodeId = await publishOrange(api);
  await api.at(START_MS + HOUR_MS);
  const activities = createDisseminationActivities({ pool: api.db.pool, clock: api.deps.clock });
  expect(await activities.deliverNotice({ episodeId, noticeId: 'N1', channel: 'inbox' })).toEqual({ unreached: [] });
  const waitingFor = async (channel: string) => {
    const { recipients, delivered } = (await readNoticeDeliveries(api.db.pool, episodeId, 'N1', channel))!;
    return recipients.filter((r) => !delivered.includes(r));
  };
  const everybody = await waitingFor('sms');
  expect(everybody).toEqual(expect.arrayContaining(['unit:health', 'unit:education', 'prefecture']));
  expect(await waitingFor('inbox')).toEqual([]);
  expect((await api.as('unit-health').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' })).status).toBe(201);
  const anothers = await api.as('prefecture').post(`/notices/${episodeId}.N1/receipts`, { actor: { accountId: 'demo-zone' } });
  expect(anothers).toMatchObject({ status: 400, body: { errors: [{ path: expect.stringMatching(/^actor/) }] } });
  expect((await api.as('prefecture').post(`/notices/${episodeId}.N1/receipts`)).status).toBe(201);
  expect(await waitingFor('sms')).toEqual(everybody.filter((r) => !['unit:health', 'prefecture'].includes(r)));
});
