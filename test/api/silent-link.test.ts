/** A link to the database that drops packets and tells nobody: callers are told 503 in time, and the pool goes on with new connections. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type App, createApp } from '../../api/app.js';
import { listenToLedger } from '../../db/listen.js';
import { createPool, type Pool, transaction } from '../../db/pool.js';
import { BrokenLink } from '../faults/support/broken-link.js';
import { AREA, START_MS, type TestApi, testApi } from '../support/api.js';

const WITHIN_MS = 1_500;
let api: TestApi;
let link: BrokenLink;
let linkedUrl = '';
let pool: Pool;
let app: App;
let server: Server;
let url = '';

beforeAll(async () => {
  api = await testApi(START_MS);
  ({ link, url: linkedUrl } = await BrokenLink.to(api.db.appUrl));
  pool = createPool(linkedUrl, { max: 3, queryWithinMs: WITHIN_MS });
  // What it logs of the link is its own affair.
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  app = createApp({ ...api.deps, pool, log });
  server = createServer(app.express).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);

afterAll(async () => {
  await app.close();
  server.closeAllConnections();
  server.close();
  await pool.end();
  await link.cut();
  await api.close();
});

async function ask(path: string) {
  const startedMs = performance.now();
  const response = await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${api.as('auditor').account.token}` } });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, retryAfter: response.headers.get('retry-after'), tookMs: performance.now() - startedMs };
}

test('a statement whose answer does not come: 503 with Retry-After within its bound; the next ones are answered', async () => {
  expect((await ask(`/areas/${AREA}`)).status).toBe(200);
  link.forget();
  const lost = await ask(`/areas/${AREA}`);
  expect(lost).toMatchObject({ status: 503, code: 'database-unavailable', retryAfter: '5' });
  expect(lost.tookMs).toBeLessThan(2 * WITHIN_MS + 1_000);
  const later = [];
  for (let i = 0; i < 4; i++) later.push((await ask(`/areas/${AREA}`)).status);
  expect(later.at(-1)).toBe(200);
});

test('a transaction gives its connection up at once, without a rollback that nobody answers', async () => {
  await Promise.all(Array.from({ length: 3 }, () => pool.query('select pg_sleep(0.05)')));
  const startedMs = performance.now();
  await expect(
    transaction(pool, async (tx) => {
      link.forget();
      await tx.query('select 1');
    }),
  ).rejects.toThrow('Query read timeout');
  expect(performance.now() - startedMs).toBeLessThan(WITHIN_MS + 1_000);
  expect(pool.totalCount).toBeLessThan(3);
});

test('a statement that a living server takes too long over is given up there, and the connection stays good', async () => {
  const fresh = createPool(api.db.appUrl, { max: 1, queryWithinMs: WITHIN_MS });
  await expect(fresh.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
  expect((await fresh.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await fresh.end();
  const unhurried = createPool(api.db.appUrl, { max: 1, queryWithinMs: null });
  expect((await unhurried.query<{ statement_timeout: string }>('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
  await unhurried.end();
});

test('whoever listens to the ledger notices a dead link, connects anew and knows that rows may have gone by', async () => {
  let gaps = 0;
  const heard: number[] = [];
  const listening = await listenToLedger(linkedUrl, { onRow: ({ seq }) => void heard.push(seq), onGap: () => void gaps++, retryMs: 50, askEveryMs: 300, answersWithinMs: 500 });
  link.forget();
  for (let i = 0; i < 200 && gaps === 0; i++) await new Promise((done) => setTimeout(done, 25));
  expect(gaps).toBe(1);
  await api.db.pool.query(`select pg_notify('qingkong', '{"areaId": "x", "seq": 7}')`);
  for (let i = 0; i < 100 && heard.length === 0; i++) await new Promise((done) => setTimeout(done, 25));
  expect(heard).toEqual([7]);
  await listening.close();
});
