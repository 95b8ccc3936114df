/** The engine is away: pages answer, and say what goes on and what does not. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { publishOrange, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let session = '';
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  session = await api.session('management');
  episodeId = await publishOrange(api);
});
afterAll(() => api.close());

const desk = async () => {
  const { status, body } = await api.request('GET', '/', { headers: { Cookie: session, Accept: 'text/html' } });
  expect(status).toBe(200);
  return String(body);
};

async function untilDeskSays(isAway: boolean): Promise<void> {
  for (const deadline = performance.now() + 20_000; (await desk()).includes('流程引擎暂未运行') !== isAway; await pause(200)) expect(performance.now()).toBeLessThan(deadline);
}

test('the desk says so, what it shows stays, units go on filing, and it says no more once the engine is back', async () => {
  await untilDeskSays(false);
  api.engine.up = false;
  await untilDeskSays(true);
  expect(await desk()).toContain('橙色预警');
  const receipt = await api.as('unit-ecology').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' });
  expect(receipt.status).toBe(201);
  api.engine.up = true;
  await untilDeskSays(false);
});
