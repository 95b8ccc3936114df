import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AREA, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
});
afterAll(() => api.close());

const draft = (ref: string) => ({ kind: 'report', ref, content: {} });

describe('Idempotency-Key', () => {
  test('is required on every POST, of a sane form', async () => {
    for (const key of ['', 'short', 'with space in it', 'x'.repeat(129)]) {
      const answer = await api.as('zone').post('/drafts', draft('a'), { key });
      expect([answer.status, answer.body.code]).toEqual([400, 'idempotency-key-required']);
    }
  });

  test('the same key and body give the same answer, done once', async () => {
    const key = randomUUID();
    const body = forecast(START_MS + HOUR_MS, [220, 220, 80]);
    await api.at(START_MS + HOUR_MS);
    const [first, second] = [await api.as('technical').post(`/areas/${AREA}/forecasts`, body, { key }), await api.as('technical').post(`/areas/${AREA}/forecasts`, body, { key })];
    expect(second.body).toEqual(first.body);
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
  });

  test('another body, or another address, under a used key is refused', async () => {
    const key = randomUUID();
    await api.as('zone').post('/drafts', draft('b'), { key });
    const other = await api.as('zone').post('/drafts', draft('c'), { key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect((await api.as('zone').post('/tokens', { label: '脚本' }, { key })).status).toBe(422);
    expect((await api.as('prefecture').post('/drafts', draft('c'), { key })).status).toBe(201);
  });

  test('two at once: one executes, both get its answer; twenty at once too', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.as('unit-health').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }, { key })));
    expect(new Set(answers.map((a) => JSON.stringify([a.status, a.body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter((a) => a.headers.get('idempotency-replayed') === null)).toHaveLength(1);
    const { rows } = await api.db.owner.query(`select 1 from submissions where obligation_id = 'acknowledgement:N1:health'`);
    expect(rows).toHaveLength(1);
  });

  test('a refusal is an answer like any other', async () => {
    const key = randomUUID();
    const ask = () => api.as('management').post(`/episodes/${episodeId}/evaluation`, { summary: '早' }, { key });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status, second.body]).toEqual([409, 409, first.body]);
    const { rows } = await api.db.owner.query(`select 1 from ledger where type = 'refused' and event ->> 'what' = 'submit-evaluation'`);
    expect(rows).toHaveLength(1);
  });
});

describe('a decision while the engine is down', () => {
  test('503 outcome-unknown; the same key tells the truth once it is back', async () => {
    const key = randomUUID();
    const task = { ownerId: 'housing', basis: { zh: '督办', en: 'order' }, content: { zh: '复查', en: 'look' }, dueAt: iso(START_MS + 9 * HOUR_MS) };
    const ask = () => api.as('management').post(`/episodes/${episodeId}/tasks`, task, { key });
    api.engine.up = false;
    const lost = await ask();
    expect([lost.status, lost.body.code, lost.headers.get('retry-after')]).toEqual([503, 'outcome-unknown', '2']);
    expect((await ask()).status).toBe(503);
    api.engine.up = true;
    const found = await ask();
    expect(found.status).toBe(201);
    expect((await ask()).body).toEqual(found.body);
    expect((await api.as('zone').get(`/episodes/${episodeId}`)).body.state.tasks).toHaveLength(1);
  });

  test('units hand in and orders are received all the same', async () => {
    api.engine.up = false;
    const receipt = await api.as('unit-transport').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' });
    expect(receipt.body).toMatchObject({ version: 1, late: false });
    const order = { issuer: 'prefecture', kind: 'raise', level: 'red', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, transmission: { channel: 'phone', at: iso(START_MS), from: '州环境应急' } };
    const received = await api.as('management').post(`/areas/${AREA}/orders`, order);
    expect(received.status).toBe(201);
    expect((await api.as('zone').get(`/areas/${AREA}/orders`)).body.orders).toMatchObject([{ id: received.body.orderId, confirmed: null }]);
    expect((await api.as('zone').get(`/episodes/${episodeId}`)).body.state.orders).toEqual([]);
    expect((await api.request('GET', '/readyz')).status).toBe(503);
    api.engine.up = true;
    await api.engine.poke(AREA);
    expect((await api.as('zone').get(`/episodes/${episodeId}`)).body.state.orders).toMatchObject([{ status: 'in-force' }]);
  });
});

describe('what is not right is told as a problem (RFC 9457)', () => {
  const raw = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    api.request('POST', `/api/v1${path}`, { body, headers: { Authorization: `Bearer ${api.as('technical').account.token}`, 'Idempotency-Key': randomUUID(), 'Content-Type': 'application/json', ...headers } });

  test('a problem holds its code, its kind and what to mend, and nothing else; an unknown address is one, too', async () => {
    const bad = await raw(`/areas/${AREA}/forecasts`, '{"issuedAt": ');
    expect(Object.keys(bad.body).sort()).toEqual(['code', 'detail', 'errors', 'status', 'title', 'type']);
    expect((await raw('/nowhere', '{}')).body).toMatchObject({ status: 404, code: 'not-found' });
    expect((await api.request('GET', '/nowhere')).status).toBe(404);
  });

  test('what reads well and names nothing, or cannot be, is 400 or 404', async () => {
    const get = async (path: string) => (await api.as('auditor').get(path)).status;
    expect(await get('/episodes?cursor=abc')).toBe(400);
    expect(await get('/episodes/none')).toBe(404);
    expect((await api.request('POST', '/sign-in', { body: 'login=%00&password=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status).toBe(401);
    expect(await get(`/episodes/${episodeId}/state?at=9007199254740993`)).toBe(400);
    expect(await get(`/documents/${'0'.repeat(64)}`)).toBe(404);
  });

  test('a read that waits for a row that does not come says so', async () => {
    const answer = await api.as('auditor').get(`/episodes/${episodeId}?afterSeq=100000`);
    expect([answer.status, answer.body.code]).toEqual([503, 'not-yet']);
    expect((await api.as('auditor').get('/episodes/none?afterSeq=100000')).status).toBe(404);
  });
});

describe('refused rights are on record', () => {
  test('in the episode for its own, in the area otherwise, with who, what and why', async () => {
    expect((await api.as('unit-power-supply').post(`/episodes/${episodeId}/consultations`, { advice: 'keep', text: '我来' })).body).toMatchObject({ code: 'forbidden', clause: '附件1 二（一）1' });
    expect((await api.as('zone').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [80]))).status).toBe(403);
    const { rows } = await api.db.owner.query(`select stream, event ->> 'accountId' as who, event ->> 'what' as what, event ->> 'code' as code from ledger where type = 'refused' and event ->> 'code' = 'forbidden' order by stream`);
    expect(rows).toEqual([
      { stream: `area/${AREA}`, who: 'demo-zone', what: 'record-forecast', code: 'forbidden' },
      { stream: `episode/${episodeId}`, who: 'demo-unit-power-supply', what: 'record-consultation', code: 'forbidden' },
    ]);
  });
});

describe('the page and what an operator asks', () => {
  test('a strict policy, no inline script on the page, and its form signs in', async () => {
    expect([(await api.request('GET', '/')).status, (await api.request('GET', '/')).headers.get('location')]).toEqual([303, '/sign-in?to=%2F']);
    const page = await api.request('GET', '/sign-in');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.body).toContain('登录');
    expect(page.body).not.toMatch(/<script>|onclick|style=/);
    const { login, password } = api.as('commander').account;
    const form = (secret: string) => api.request('POST', '/sign-in', { body: new URLSearchParams({ login, password: secret }).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect([(await form('wrong')).status, (await form('wrong')).body.includes('口令不对')]).toEqual([401, true]);
    const entered = await form(password);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const mine = await api.request('GET', '/', { headers: { Cookie: cookie } });
    expect(mine.body).toContain('KT-2026-001');
    expect(mine.body).toContain('演示·指挥长');
  });

  test('the contract is OpenAPI 3.1, every POST with its key, browsable without inline script', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const posts = Object.entries(body.paths as Record<string, Record<string, { parameters?: { name: string }[] }>>).filter(([path, of]) => of['post'] && !path.startsWith('/sign-'));
    expect(posts.length).toBeGreaterThan(30);
    for (const [path, of] of posts) expect([path, of['post']?.parameters?.some((p) => p.name === 'Idempotency-Key')]).toEqual([path, true]);
    const docs = await api.request('GET', '/api/docs/');
    expect(docs.body).not.toMatch(/<script>|<style/);
    for (const file of ['start.js', 'swagger-ui.css', 'swagger-ui-bundle.js']) expect((await api.request('GET', `/api/docs/${file}`)).status).toBe(200);
  });

  test('healthz, readyz part by part, metrics by route', async () => {
    expect((await api.request('GET', '/healthz')).body).toEqual({ alive: true });
    const ready = await api.request('GET', '/readyz');
    expect([ready.status, ready.body]).toEqual([200, { ready: true, parts: { database: true, migrations: true, engine: true, worker: true } }]);
    const { body } = await api.request('GET', '/metrics');
    expect(body).toMatch(/qingkong_http_request_seconds_count\{method="GET",route="\/episodes\/:episodeId",status="200"\} \d+/);
  });
});
