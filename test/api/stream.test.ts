import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, forecast, HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { City } from '../support/city.js';
import { ELSEWHERE, twoCities } from './support/two-cities.js';
import type { Place } from './support/rights-table.js';

const HEARTBEAT_MS = 150;
let api: TestApi;
let here: Place;
beforeAll(async () => {
  api = await testApi(START_MS, { heartbeatMs: HEARTBEAT_MS });
  ({ here } = await twoCities(api));
}, 60_000);
afterAll(() => api.close());

/** Reads the stream as a credential; what was heard so far, and whether it has ended. */
async function listener(headers: Record<string, string>) {
  const aborted = new AbortController();
  const response = await fetch(`${api.url}/api/v1/stream`, { headers, signal: aborted.signal });
  const heard = { text: '', ended: false };
  const reading = (async () => {
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      heard.text += new TextDecoder().decode(value);
    }
    heard.ended = true;
  })().catch(() => undefined);
  const close = async () => {
    aborted.abort();
    await reading;
  };
  return { heard, close, status: response.status };
}

const bearer = (login: string) => ({ Authorization: `Bearer ${api.as(login).account.token}` });

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 30_000; !holds() && performance.now() < deadline; ) await new Promise((done) => setTimeout(done, 20));
  expect(holds()).toBe(true);
}

test('tells that an episode has moved, and nobody of an area that is not theirs', async () => {
  const zone = await listener(bearer('zone'));
  await until(() => zone.heard.text.includes('retry'));
  await new City(api.deps, ELSEWHERE).forecast(api.now() - HOUR_MS, [{ date: '2026-01-07', aqi: 90 }]);
  const { body } = await api.as('unit-finance').post(`/episodes/${here.episodeId}/acknowledgements`, { noticeId: 'N1' });
  await until(() => zone.heard.text.includes(`event: episode\ndata: ${JSON.stringify({ episodeId: here.episodeId, seq: body.seq as number })}`));
  expect(zone.heard.text).not.toContain(ELSEWHERE);
  await zone.close();
  expect((await fetch(`${api.url}/api/v1/stream`)).status).toBe(401);
});

test('of a drill hears whoever reads in the area it drills', async () => {
  const zone = await listener(bearer('zone'));
  const { areaId } = (await api.as('management').post(`/areas/${AREA}/drills`, { rate: 1, purpose: '试' })).body as { areaId: string };
  await api.as('technical').post(`/areas/${areaId}/forecasts`, forecast(api.now(), [230, 230, 230, 80]));
  await until(() => zone.heard.text.includes(`"areaId":"${areaId}"`));
  await zone.close();
});

test('is ended by the next heartbeat once its token, its session or its account is revoked, and by a hat taken away hears no more', async () => {
  const made = (await api.as('zone').post('/tokens', { label: '听' })).body as { id: string; secret: string };
  const byToken = await listener({ Authorization: `Bearer ${made.secret}` });
  const cookie = await api.session('prefecture');
  const bySession = await listener({ Cookie: cookie });
  const byAccount = await listener(bearer('unit-power-supply'));
  const byHat = await listener(bearer('integration'));
  await until(() => [byToken, bySession, byAccount, byHat].every(({ heard }) => heard.text.includes(': alive')));

  await api.as('zone').delete(`/tokens/${made.id}`);
  await api.request('POST', '/api/v1/sign-out', { headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' } });
  await api.as('administrator').delete('/accounts/demo-unit-power-supply');
  await until(() => byToken.heard.ended && bySession.heard.ended && byAccount.heard.ended);

  await api.as('administrator').delete('/hats/demo-integration.1');
  await new Promise((done) => setTimeout(done, 3 * HEARTBEAT_MS));
  const before = byHat.heard.text.length;
  const zone = await listener(bearer('zone'));
  await api.as('unit-health').post(`/episodes/${here.episodeId}/acknowledgements`, { noticeId: 'N1' });
  await until(() => zone.heard.text.includes('event: episode'));
  expect(byHat.heard.text.slice(before)).not.toContain('event:');
  expect(byHat.heard.ended).toBe(false);
  await Promise.all([zone.close(), byHat.close()]);
});

test('lets go of a reader that takes nothing in, and serves the others', async () => {
  await api.db.owner.query(`insert into areas (area_id, plan_digest, drills_area) select repeat('a', 7000), plan_digest, area_id from areas where area_id = $1`, [AREA]);
  const slow = connect(Number(new URL(api.url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write(`GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer('zone').Authorization}\r\n\r\n`);
  await new Promise((done) => slow.once('data', done));
  slow.pause();
  const zone = await listener(bearer('zone'));
  for (let seq = 100; seq <= 3000; seq += 100) {
    await api.db.pool.query(`select pg_notify('qingkong', json_build_object('areaId', repeat('a', 7000), 'seq', $1::int - 99 + n)::text) from generate_series(0, 99) n`, [seq]);
    await until(() => zone.heard.text.slice(-4000).includes(`"seq":${seq}}`));
    zone.heard.text = '';
  }
  const closed = new Promise((done) => slow.once('close', done));
  slow.resume();
  await closed;
  await zone.close();
}, 120_000);

test('a database that goes and comes makes a gap, not an end', async () => {
  const zone = await listener(bearer('zone'));
  await until(() => zone.heard.text.includes('retry'));
  await api.db.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`);
  await until(() => zone.heard.text.includes('event: gap'));
  expect(zone.heard.ended).toBe(false);
  await zone.close();
});
