import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../domain/digest.js';
import { type Answer, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const signIn = (login: string, password: string, headers = {}): Promise<Answer> => api.request('POST', '/api/v1/sign-in', { body: { login, password }, headers });
const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const failed = (login: string, address: string, count: number) =>
  api.db.owner.query('insert into sign_in_failures (login, address, at_ms) select $1, $2, $3 from generate_series(1, $4)', [login, address, START_MS - 60_000, count]);
const ADDRESS = '127.0.0.1';

describe('passwords and secrets as they are kept', () => {
  test('passwords by argon2id, 19 MiB and two passes, each with a salt of its own', async () => {
    const { rows } = await api.db.owner.query<{ hash: string }>('select password_hash as hash from accounts');
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ hash }) => !/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{40,}$/.test(hash))).toEqual([]);
    expect(new Set(rows.map(({ hash }) => hash.split('$')[4])).size).toBe(rows.length);
  });

  test('of a session and of a token the digest alone, in no table anything else', async () => {
    const secret = cookieOf(await signIn('zone', api.as('zone').account.password)).split('=')[1]!;
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const held = async (table: string, of: string) => (await api.db.owner.query(`select 1 from ${table} where digest = $1`, [sha256Hex(of)])).rows.length;
    expect([await held('sessions', secret), await held('tokens', api.as('zone').account.token)]).toEqual([1, 1]);
    const { rows: tables } = await api.db.owner.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`);
    for (const { name } of tables) {
      const { rows } = await api.db.owner.query(`select 1 from "${name}" t where strpos(row_to_json(t)::text, $1) > 0 or strpos(row_to_json(t)::text, $2) > 0`, [secret, api.as('zone').account.token]);
      expect([name, rows]).toEqual([name, []]);
    }
  });
});

describe('guessing', () => {
  test('an unknown name costs as much work as a wrong password', async () => {
    const time = async (login: string) => {
      const startMs = performance.now();
      expect((await signIn(login, 'not the password')).status).toBe(401);
      return performance.now() - startMs;
    };
    const times = { known: [] as number[], unknown: [] as number[] };
    await time('warm-up');
    for (const unit of ['health', 'education', 'transport', 'finance', 'housing', 'ecology', 'cyberspace']) {
      times.known.push(await time(`unit-${unit}`));
      times.unknown.push(await time(`nobody-${unit}`));
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[3]!;
    // Without the work of argon2id it would be a tenth.
    expect(median(times.unknown)).toBeGreaterThan(median(times.known) / 3);
  });

  test('after a hundred slips from one address nobody gets in from there', async () => {
    await failed('somebody', ADDRESS, 100);
    const { status, body, headers } = await signIn('prefecture', api.as('prefecture').account.password);
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'throttled', '900']);
    await api.db.owner.query('delete from sign_in_failures');
    expect((await signIn('prefecture', api.as('prefecture').account.password)).status).toBe(200);
  });

  test('after fifty slips of one name from anywhere nobody gets in by it for a quarter of an hour', async () => {
    for (let i = 0; i < 10; i++) await failed('prefecture', `10.0.0.${i}`, 5);
    expect((await signIn('PREFECTURE', api.as('prefecture').account.password)).status).toBe(429);
    expect((await signIn('zone', api.as('zone').account.password)).status).toBe(200);
    await api.at(START_MS + 15 * 60_000);
    expect((await signIn('prefecture', api.as('prefecture').account.password)).status).toBe(200);
    await api.at(START_MS);
    await api.db.owner.query('delete from sign_in_failures');
  });

  test('an address that somebody writes into a header counts for nothing', async () => {
    for (let i = 0; i < 5; i++) expect((await signIn('auditor', 'wrong', { 'X-Forwarded-For': `10.0.0.${i}` })).status).toBe(401);
    expect((await signIn('auditor', 'wrong', { 'X-Forwarded-For': '10.0.0.9' })).status).toBe(429);
  });

  test('whoever got hold of a session cannot try passwords with it', async () => {
    const { password } = api.as('integration').account;
    const cookie = cookieOf(await signIn('integration', password));
    const change = (current: string) =>
      api.request('POST', '/api/v1/me/password', { body: { current, next: 'my next password' }, headers: { Cookie: cookie, 'X-Qingkong': '1', 'Idempotency-Key': randomUUID() } });
    for (let i = 0; i < 5; i++) expect((await change('wrong')).body.errors[0].path).toBe('current');
    expect((await change(password)).status).toBe(429);
  });
});
