/** 3.3.6, R15: an order that begins only after an announced lift is not lost with the episode that the lift ends. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderLeft } from '../../db/ledger/area.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { AREA, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let first = '';
const LIFT_MS = START_MS + 12 * HOUR_MS;
const BEGINS_MS = LIFT_MS + 60 * HOUR_MS;

beforeAll(async () => {
  api = await testApi();
  first = await publishOrange(api);
  await api.at(START_MS + 6 * HOUR_MS);
});
afterAll(() => api.close());

async function order(kind: 'start' | 'lift', effectiveMs: number): Promise<string> {
  const transmission = { channel: 'fax', at: iso(api.now()), from: '州指挥部' };
  const level = kind === 'lift' ? {} : { level: 'yellow' };
  const body = { issuer: 'prefecture', kind, ...level, namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, effectiveAt: iso(effectiveMs), transmission };
  const answer = await api.as('management').post(`/areas/${AREA}/orders`, body);
  expect(answer.status).toBe(201);
  return answer.body.orderId as string;
}

const stateOf = async (episodeId: string) => (await api.as('management').get(`/episodes/${episodeId}`)).body.state;

test('the lift stands, the response ends by it, and the order opens the next episode', async () => {
  await order('lift', LIFT_MS);
  const orderId = await order('start', BEGINS_MS);
  expect(await stateOf(first)).toMatchObject({ phase: 'responding', lift: { cause: 'order' }, orders: [{}, { order: { id: orderId }, status: 'left' }] });
  expect((await api.as('management').post(`/areas/${AREA}/orders/${orderId}/check`, { confirmed: true })).status).toBe(403);
  await api.as('director').post(`/areas/${AREA}/orders/${orderId}/check`, { confirmed: true });

  await api.at(LIFT_MS);
  expect((await stateOf(first)).phase).toBe('reporting');
  expect((await orderLeft(api.db.pool, AREA))?.event).toMatchObject({ type: 'order-received', order: { id: orderId } });

  await api.engine.poke(AREA);
  const next = (await activeEpisode(api.db.pool, AREA))!;
  expect(next).not.toBe(first);
  expect(await orderLeft(api.db.pool, AREA)).toBeNull();
  expect(await stateOf(next)).toMatchObject({ phase: 'responding', levels: [{ level: 'yellow', orderId, begun: false }] });

  await api.engine.poke(AREA);
  await api.at(BEGINS_MS);
  expect(await stateOf(next)).toMatchObject({ orders: [{ order: { id: orderId }, status: 'in-force' }], levels: [{ begun: true }] });
  expect(await activeEpisode(api.db.pool, AREA)).toBe(next);
});
