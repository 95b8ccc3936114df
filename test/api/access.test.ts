import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AREA, type Answer, DAY_MS, forecast, HOUR_MS, iso, type Person, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const signIn = (login: string, password: string, headers = {}): Promise<Answer> => api.request('POST', '/api/v1/sign-in', { body: { login, password }, headers });
const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const asked = (headers: Record<string, string>) => api.request('GET', '/api/v1/me', { headers });
const withToken = (secret: string) => asked({ Authorization: `Bearer ${secret}` });

describe('signing in', () => {
  test('gives a session by an HttpOnly, SameSite cookie, and signing out ends it', async () => {
    const { account } = api.as('director');
    const answer = await signIn('Director', account.password);
    expect(answer).toMatchObject({ status: 200, body: { login: 'director', name: '演示·办公室主任', hats: [{ role: 'director' }, { role: 'unit', unitId: 'ecology' }] } });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
    expect((await asked({ Cookie: cookieOf(answer) })).status).toBe(200);
    expect((await api.request('POST', '/api/v1/sign-out', { headers: { Cookie: cookieOf(answer), 'X-Qingkong': '1' } })).status).toBe(204);
    expect((await asked({ Cookie: cookieOf(answer) })).status).toBe(401);
  });

  test('an unknown name and a wrong password get one answer', async () => {
    const wrong = await signIn('zone', 'not the password');
    const unknown = await signIn('nobody-at-all', 'not the password');
    expect([wrong.status, wrong.body]).toEqual([401, unknown.body]);
    expect(wrong.body).toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  test('the sixth try within a quarter of an hour is turned away, the right password too; then it is open again', async () => {
    const { password } = api.as('auditor').account;
    for (let i = 0; i < 5; i++) expect((await signIn('auditor', 'wrong')).status).toBe(401);
    const barred = await signIn('auditor', password);
    expect([barred.status, barred.body.code, barred.headers.get('retry-after')]).toEqual([429, 'throttled', '900']);
    expect((await signIn('commander', api.as('commander').account.password)).status).toBe(200);
    await api.at(START_MS + 16 * 60_000);
    expect((await signIn('auditor', password)).status).toBe(200);
    await api.at(START_MS);
  });

  test('many tries at once do not slip past the limit', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn('integration', 'wrong')));
    const looked = answers.filter((a) => a.status === 401).length;
    expect(looked).toBeLessThanOrEqual(5);
    expect(answers.some((a) => a.status === 429)).toBe(true);
  });

  test('a session ends after twelve hours, and its owner can end it before', async () => {
    const first = await signIn('zone', api.as('zone').account.password);
    const second = await signIn('zone', api.as('zone').account.password);
    const { sessions } = (await api.as('zone').get('/me/credentials')).body;
    expect(sessions).toHaveLength(2);
    for (const { id } of sessions) expect((await api.as('zone').delete(`/sessions/${id}`)).status).toBe(204);
    expect((await asked({ Cookie: cookieOf(first) })).status).toBe(401);
    expect((await asked({ Cookie: cookieOf(second) })).status).toBe(401);
    const third = await signIn('zone', api.as('zone').account.password);
    await api.at(START_MS + 12 * HOUR_MS);
    expect((await asked({ Cookie: cookieOf(third) })).status).toBe(401);
    await api.at(START_MS);
  });
});

describe('other sites', () => {
  const post = (headers: Record<string, string>) => api.request('POST', '/api/v1/drafts', { body: { kind: 'report', ref: 'x', content: {} }, headers: { 'Idempotency-Key': randomUUID(), ...headers } });

  test('a cookie alone changes nothing: the request must come from our pages or carry our header', async () => {
    const cookie = cookieOf(await signIn('management', api.as('management').account.password));
    expect((await post({ Cookie: cookie })).body.code).toBe('cross-site');
    expect((await post({ Cookie: cookie, Origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ Cookie: cookie, 'Sec-Fetch-Site': 'cross-site', 'X-Qingkong': '1' })).status).toBe(403);
    expect((await post({ Cookie: cookie, Origin: api.url })).status).toBe(201);
    expect((await post({ Cookie: cookie, 'X-Qingkong': '1' })).status).toBe(201);
    expect((await signIn('zone', 'x', { Origin: 'https://evil.example' })).body.code).toBe('cross-site');
  });
});

describe('personal tokens', () => {
  test('are shown once, kept as digests, expire, and are revoked', async () => {
    const key = randomUUID();
    const made = await api.as('technical').post('/tokens', { label: '脚本', days: 1 }, { key });
    const { secret, id } = made.body;
    expect((await withToken(secret)).body.login).toBe('technical');
    const again = await api.as('technical').post('/tokens', { label: '脚本', days: 1 }, { key });
    expect(again.body).toMatchObject({ id, secret: null });
    const { rows } = await api.db.owner.query(`select row_to_json(t)::text as t from tokens t union all select row_to_json(k)::text from idempotency_keys k`);
    expect(rows.some((r: { t: string }) => r.t.includes(secret))).toBe(false);

    expect((await api.as('zone').delete(`/tokens/${id}`)).status).toBe(404);
    await api.at(START_MS + DAY_MS);
    expect((await withToken(secret)).status).toBe(401);
    await api.at(START_MS);
    expect((await withToken(secret)).status).toBe(200);
    expect((await api.as('technical').delete(`/tokens/${id}`)).status).toBe(204);
    expect((await withToken(secret)).status).toBe(401);
  });

  test('nonsense in the header is nobody', async () => {
    for (const value of ['Bearer', 'Bearer x', 'Basic eDp5', 'Bearer qk_unknown']) expect((await asked({ Authorization: value })).status).toBe(401);
  });
});

describe('accounts', () => {
  test('the administrator makes one, gives and takes hats, closes it; nobody else does; the record tells of it', async () => {
    const admin = api.as('administrator');
    const input = { login: 'new.person', name: '新同事', password: 'a long password', hats: [{ role: 'unit', unitId: 'health', areaId: AREA }] };
    expect((await api.as('management').post('/accounts', input)).status).toBe(403);
    const made = await admin.post('/accounts', input);
    expect(made.status).toBe(201);
    expect((await admin.post('/accounts', input)).body.code).toBe('conflict');
    const { accountId } = made.body;
    const session = await signIn('new.person', 'a long password');
    expect(session.body.hats).toMatchObject([{ role: 'unit', unitId: 'health', areaIds: [AREA] }]);

    const { hatId } = (await admin.post(`/accounts/${accountId}/hats`, { role: 'auditor', areaId: AREA })).body;
    expect((await asked({ Cookie: cookieOf(session) })).body.hats).toHaveLength(2);
    expect((await admin.delete(`/hats/${hatId}`)).status).toBe(204);
    expect((await asked({ Cookie: cookieOf(session) })).body.hats).toHaveLength(1);

    expect((await admin.post(`/accounts/${accountId}/password`, { next: 'another password' })).status).toBe(200);
    expect((await asked({ Cookie: cookieOf(session) })).status).toBe(401);
    const fresh = await signIn('new.person', 'another password');
    expect((await admin.delete(`/accounts/${accountId}`)).status).toBe(204);
    expect((await asked({ Cookie: cookieOf(fresh) })).status).toBe(401);
    expect((await signIn('new.person', 'another password')).status).toBe(401);
    const { rows } = await api.db.owner.query<{ change: string }>(`select event ->> 'change' as change from ledger where type = 'access-changed' order by seq`);
    expect(rows.map((r) => r.change)).toEqual(['account-created', 'hat-granted', 'hat-revoked', 'password-reset', 'account-disabled']);
  });

  test('a hat names a unit of the plan, and only a unit hat does', async () => {
    const hats = (hat: object) => api.as('administrator').post('/accounts', { login: 'other', name: '某人', password: 'a long password', hats: [hat] });
    expect((await hats({ role: 'unit', areaId: AREA })).body.errors[0].path).toBe('hats.0.unitId');
    expect((await hats({ role: 'unit', unitId: 'no-such', areaId: AREA })).body.errors[0].path).toBe('hats.0.unitId');
    expect((await hats({ role: 'zone', unitId: 'health' })).status).toBe(400);
    expect((await hats({ role: 'zone', areaId: 'elsewhere' })).body.errors[0].path).toBe('hats.0.areaId');
  });

  test('a hat has a period: before and after it gives nothing', async () => {
    const made = await api.as('administrator').post('/accounts', {
      login: 'for-a-day',
      name: '值班',
      password: 'a long password',
      hats: [{ role: 'management', areaId: AREA, from: iso(START_MS + HOUR_MS), until: iso(START_MS + 2 * HOUR_MS) }],
    });
    expect(made.status).toBe(201);
    const cookie = cookieOf(await signIn('for-a-day', 'a long password'));
    const count = async (ms: number) => {
      await api.at(ms);
      return (await asked({ Cookie: cookie })).body.hats.length as number;
    };
    expect([await count(START_MS), await count(START_MS + HOUR_MS), await count(START_MS + 2 * HOUR_MS)]).toEqual([0, 1, 0]);
    await api.at(START_MS);
  });

  test('one changes one’s own password with the old one; other sessions end', async () => {
    const { password } = api.as('unit-education').account;
    const [here, elsewhere] = [await signIn('unit-education', password), await signIn('unit-education', password)];
    const change = (current: string) =>
      api.request('POST', '/api/v1/me/password', { body: { current, next: 'my next password' }, headers: { Cookie: cookieOf(here), 'X-Qingkong': '1', 'Idempotency-Key': randomUUID() } });
    expect((await change('wrong')).body.errors[0].path).toBe('current');
    expect((await change(password)).status).toBe(200);
    expect((await asked({ Cookie: cookieOf(here) })).status).toBe(200);
    expect((await asked({ Cookie: cookieOf(elsewhere) })).status).toBe(401);
  });
});

describe('delegation (R14)', () => {
  let deputy: Person;
  let hatId = '';
  beforeAll(async () => {
    deputy = api.as('management2');
    hatId = (await api.as('director').get('/me')).body.hats[0].id;
  });

  test('a director’s hat is lent for a time and a scope, used under its name, and revoked', async () => {
    const to = (await deputy.get('/me')).body.accountId;
    const input = { hatId, toAccountId: to, useCases: ['decide-step'], basis: '指办委〔2026〕1号', until: iso(START_MS + DAY_MS) };
    expect((await deputy.post('/delegations', { ...input, toAccountId: (await api.as('zone').get('/me')).body.accountId })).status).toBe(403);
    const { delegationId } = (await api.as('director').post('/delegations', input)).body;
    const { hats } = (await deputy.get('/me')).body;
    expect(hats[1]).toMatchObject({ role: 'director', delegation: { id: delegationId, by: '演示·办公室主任', useCases: ['decide-step'] } });

    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70]));
    const episodeId = (await api.as('zone').get(`/areas/${AREA}`)).body.episodes[0].episodeId as string;
    await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'orange', text: '橙色' });
    await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'orange', text: '呈请' });
    const request = async () => (await deputy.get(`/episodes/${episodeId}/approvals`)).body.requests[0];
    const { id, evidenceDigest } = await request();
    const adjust = await deputy.post(`/episodes/${episodeId}/adjustments`, { responseLevel: 'red', reason: '试' });
    expect(adjust.status).toBe(403);
    expect((await deputy.post(`/episodes/${episodeId}/approvals/${id}/decision`, { step: 0, decision: 'approve', evidenceDigest })).status).toBe(201);
    expect((await request()).decisions[0].by).toMatchObject({ role: 'director', delegation: { id: delegationId, by: '演示·办公室主任' } });

    expect((await api.as('director').delete(`/delegations/${delegationId}`)).status).toBe(204);
    expect((await deputy.get('/me')).body.hats).toHaveLength(1);
    expect((await api.as('director').delete(`/delegations/${delegationId}`)).status).toBe(409);
  });

  test('an administrator’s hat lent for one use case lends no hats', async () => {
    const { hats } = (await api.as('administrator').get('/me')).body;
    const lend = (login: string, input: object) => api.as(login).post('/delegations', { basis: '书面', until: iso(START_MS + DAY_MS), ...input });
    const lent = await lend('administrator', { hatId: hats[0].id, toAccountId: 'demo-zone', useCases: ['read'] });
    expect(lent.status).toBe(201);
    expect((await lend('zone', { hatId, toAccountId: 'demo-zone' })).body.code).toBe('forbidden');
    expect((await api.as('zone').get('/delegations')).body.delegations).toHaveLength(1);
    expect((await api.as('zone').post('/accounts', { login: 'mine', name: '甲', password: 'a long password' })).body.code).toBe('forbidden');
    expect((await api.as('administrator').delete(`/delegations/${lent.body.delegationId}`)).status).toBe(204);
  });

  test('needs what is written, an end ahead, and somebody else', async () => {
    const me = (await api.as('director').get('/me')).body.accountId;
    const of = (more: object) => api.as('director').post('/delegations', { hatId, toAccountId: 'demo-zone', basis: '书面', until: iso(START_MS + DAY_MS), ...more });
    expect((await of({ basis: '' })).body.errors[0].path).toBe('basis');
    expect((await of({ until: iso(START_MS - 1000) })).body.errors[0].path).toBe('until');
    expect((await of({ toAccountId: me })).body.errors[0].path).toBe('toAccountId');
    expect((await of({ toAccountId: 'nobody' })).body.errors[0].path).toBe('toAccountId');
    expect((await of({ hatId: 'no-hat' })).status).toBe(404);
    expect((await of({ useCases: ['fly'] })).body.errors[0].path).toBe('useCases.0');
  });
});

test('two hats: the one that fits is worn, another can be asked for', async () => {
  await api.as('management').post(`/areas/${AREA}/drills`, { purpose: '试' });
  const situation = (await api.as('zone').get(`/areas/${AREA}`)).body;
  expect(situation.episodes).toHaveLength(1);
  const asUnit = await api.as('director').post(`/episodes/${situation.episodes[0].episodeId}/adjustments`, { responseLevel: 'red', reason: '试' }, { headers: { 'X-Hat': 'unit' } });
  expect(asUnit.status).toBe(403);
});

test('an area’s people have no right in another; a drill’s are those of the area it drills', async () => {
  await api.db.owner.query(`insert into areas (area_id, plan_digest) select 'other-city', plan_digest from areas where area_id = $1`, [AREA]);
  expect((await api.as('technical').post('/areas/other-city/forecasts', forecast(START_MS, [80]))).status).toBe(403);
  expect((await api.as('management').get('/areas/other-city')).status).toBe(403);
  expect((await api.as('management').get('/areas/no-city')).status).toBe(404);
  expect((await api.as('auditor').get('/episodes?area=other-city')).status).toBe(403);
  const { areaId } = (await api.as('management').post(`/areas/${AREA}/drills`, { rate: 60, purpose: '年度演练' })).body;
  expect((await api.as('technical').post(`/areas/${areaId}/forecasts`, forecast(START_MS, [230, 230, 230, 80]))).status).toBe(201);
  const drill = (await api.as('zone').get(`/areas/${areaId}`)).body;
  expect(drill).toMatchObject({ drill: true, episodes: [{ number: 'KT-D2026-001', phase: 'consulting' }] });
  expect((await api.as('management').post(`/areas/${areaId}/drills`, { purpose: '演练的演练' })).status).toBe(409);
});

test('every unit and every role has its demonstration account, plainly marked', async () => {
  const { accounts } = (await api.as('administrator').get('/accounts')).body;
  const demo = accounts.filter((a: { demonstration: boolean }) => a.demonstration);
  expect(demo.every((a: { name: string }) => a.name.startsWith('演示·'))).toBe(true);
  const roles = new Set(demo.flatMap((a: { hats: { role: string }[] }) => a.hats.map((h) => h.role)));
  expect(roles.size).toBe(10);
  const units = new Set(demo.flatMap((a: { hats: { unitId: string | null }[] }) => a.hats.flatMap((h) => h.unitId ?? [])));
  expect(units.size).toBe(25);
  expect(JSON.stringify(accounts)).not.toMatch(/argon2|passwordHash/);
});

