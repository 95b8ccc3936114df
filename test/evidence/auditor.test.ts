/**
 * The auditor reads everything and changes nothing: every operation of the
 * contract and every form of the console tried, generated from what is mounted,
 * with the content of every table compared; and nothing that is read holds a
 * password, its hash, a token or the private key.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { type App, createApp } from '../../api/app.js';
import { createConsole } from '../../console/index.js';
import { signerOf } from '../../evidence/signature.js';
import { keepHouse } from '../../usecases/housekeeping.js';
import { isPublic, type Place, TABLE } from '../api/support/rights-table.js';
import { twoCities } from '../api/support/two-cities.js';
import { HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Operation, operationsOf, pathOf, samples } from '../support/contract.js';
import { keyPem } from './support/key.js';

const PEM = keyPem('the auditor must not see this');
const logged: unknown[] = [];
const log = { info: (...all: unknown[]) => void logged.push(all), warn: (...all: unknown[]) => void logged.push(all), error: (...all: unknown[]) => void logged.push(all) };

let api: TestApi;
let app: App;
let server: Server;
let url: string;
let here: Place;
let operations: readonly Operation[];
let session: string;
beforeAll(async () => {
  api = await testApi();
  ({ here } = await twoCities(api));
  const deps = { ...api.deps, log, signer: signerOf(PEM) };
  await keepHouse(deps);
  app = createApp(deps);
  server = createServer(app.express);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  operations = await operationsOf(api);
  session = await sessionOf('management');
}, 60_000);
afterAll(async () => {
  await app.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await api.close();
});

const bearer = () => ({ Authorization: `Bearer ${api.as('auditor').account.token}` });

async function sessionOf(login: string): Promise<string> {
  const { password } = api.as(login).account;
  const response = await fetch(`${url}/api/v1/sign-in`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) });
  return /qingkong_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')![1]!;
}

/** The auditor's own: who they are here, and what they have looked at. */
const OWN = ['POST /sign-in', 'POST /sign-out', 'POST /me/password', 'POST /tokens', 'DELETE /tokens/{id}', 'DELETE /sessions/{id}', 'POST /inbox/read'];
const OWN_FORMS = ['/sign-in', '/sign-out', '/preferences', '/admin/tokens', '/admin'];

/** What every table holds, by table; but for the record of refusals and of who looked, and the answers kept for a key. */
async function contents(): Promise<Record<string, string>> {
  const { rows } = await api.db.owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('idempotency_keys', 'sign_in_failures', 'streams')`,
  );
  const found: Record<string, string> = {};
  for (const { name } of rows) {
    const only = name === 'ledger' ? `where type not in ('refused', 'record-accessed')` : '';
    found[name] = (await api.db.owner.query<{ digest: string }>(`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t ${only}`)).rows[0]!.digest;
  }
  return found;
}

const refusals = async () => (await api.db.owner.query<{ n: number }>(`select count(*)::int as n from ledger where type = 'refused' and event ->> 'accountId' = 'demo-auditor'`)).rows[0]!.n;

describe('changes nothing', () => {
  test('every operation that writes is refused, on record, and leaves every table as it was', async () => {
    const before = await contents();
    const tried: string[] = [];
    const notRefused: string[] = [];
    for (const row of TABLE) {
      const operation = operations.find((o) => o.name === row.operation)!;
      if (operation.method === 'GET' || OWN.includes(row.operation) || isPublic(row)) continue;
      const { params = {}, query = '', body } = row.asked(here, 'auditor');
      const sent = body ?? (operation.body && samples(operation.body, false)[0]);
      const refusedBefore = await refusals();
      const answer = await api.request(operation.method, `/api/v1${pathOf(operation, { ...here, ...params })}${query}`, { ...(sent !== null && { body: sent }), headers: { ...bearer(), 'Idempotency-Key': randomUUID(), ...(operation.isBytes && { 'Content-Type': 'text/plain' }) } });
      const { status } = answer;
      const { code } = answer.body as { readonly code?: string };
      tried.push(row.operation);
      const isOnRecord = (await refusals()) === refusedBefore + 1;
      // Somebody's own draft or delegation is not there for anybody else.
      const isAway = operation.method === 'DELETE' && status === 404;
      if (!(status === 403 && code === 'forbidden' && isOnRecord) && !isAway) notRefused.push(`${row.operation}: ${status} ${code}`);
    }
    expect(notRefused).toEqual([]);
    expect(await contents()).toEqual(before);
    const writes = operations.filter((o) => o.method !== 'GET').map((o) => o.name);
    expect([...new Set([...tried, ...OWN])].sort()).toEqual([...new Set(writes)].sort());
    expect(tried.length).toBeGreaterThan(35);
  }, 60_000);

  test('what is another’s is not theirs to end: sessions, tokens, drafts, delegations, hats, accounts', async () => {
    const { draftId } = (await api.as('management').post('/drafts', { kind: 'report', ref: 'x', content: { note: 'x' } })).body as { draftId: string };
    await api.as('director').post('/delegations', { hatId: 'demo-director.1', toAccountId: 'demo-management2', basis: '书面', until: iso(START_MS + 10 * HOUR_MS) });
    const one = async (table: string, where = 'true') => (await api.db.owner.query<{ id: string }>(`select id from ${table} where ${where} order by id limit 1`)).rows[0]!.id;
    const OTHERS = `account_id = 'demo-management'`;
    const before = await contents();
    const others = { sessions: await one('sessions', OTHERS), tokens: await one('tokens', OTHERS), drafts: draftId, delegations: await one('delegations'), hats: await one('hats', OTHERS), accounts: 'demo-management' };
    for (const [what, id] of Object.entries(others)) expect([what, [403, 404].includes((await api.as('auditor').delete(`/${what}/${id}`)).status)]).toEqual([what, true]);
    expect(await contents()).toEqual(before);
  });

  test('every form of the console is refused, and leaves every table as it was', async () => {
    const before = await contents();
    const paths = mounted('post');
    expect(paths.length).toBeGreaterThan(20);
    const done: string[] = [];
    for (const path of paths.filter((p) => !OWN_FORMS.includes(p))) {
      const form = new URLSearchParams({ _key: randomUUID(), reason: 'x', text: 'x', note: 'x', nil: '1', advice: 'keep', decision: 'approve', password: api.as('auditor').account.password });
      const response = await fetch(`${url}${filled(path)}`, { method: 'POST', body: form, headers: { ...bearer(), Accept: 'text/html' }, redirect: 'manual' });
      if (response.status < 400) done.push(`${path}: ${response.status} ${response.headers.get('location')}`);
      if (response.status >= 500) done.push(`${path}: ${response.status}`);
    }
    // Grading what was typed keeps nothing.
    expect(done.filter((d) => !d.startsWith('/forecasts/grade'))).toEqual([]);
    expect(await contents()).toEqual(before);
  }, 60_000);
});

/** Paths of the console by method, from the router itself. */
function mounted(method: 'get' | 'post'): string[] {
  const router = createConsole(api.deps, { accountOf: () => null, secretOf: () => null, open: () => undefined, close: () => undefined });
  const routes = router.stack.flatMap(({ route }) => (route ? [route as unknown as { path: string | RegExp; methods: Record<string, boolean> }] : []));
  return [...new Set(routes.filter((r) => r.methods[method] === true && typeof r.path === 'string').map((r) => r.path as string))];
}

const PARAMS: Readonly<Record<string, string>> = { obligation: 'daily-report:2026-01-05:health', request: 'R1', order: 'O-1', task: 'T1', areaId: 'kuitun', digest: '0'.repeat(64) };

function filled(path: string): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(name.startsWith('episode') ? here.episodeId : (PARAMS[name] ?? 'R1')));
}

describe('reads everything, and no secret with it', () => {
  let secrets: readonly string[];
  const read: { readonly what: string; readonly status: number; readonly text: string }[] = [];

  beforeAll(async () => {
    const { rows } = await api.db.owner.query<{ secret: string }>('select password_hash as secret from accounts union select digest from sessions union select digest from tokens');
    const people = ['management', 'director', 'commander', 'technical', 'administrator', 'unit-health'].map((login) => api.as(login).account);
    const seed = Buffer.from(PEM.split('\n').slice(1, -2).join(''), 'base64').subarray(-32);
    secrets = [...rows.map((r) => r.secret), ...people.flatMap((p) => [p.password, p.token]), session, decodeURIComponent(session), seed.toString('hex'), seed.toString('base64').slice(0, 40), 'PRIVATE KEY', '$argon2'];
    for (const row of TABLE) {
      const operation = operations.find((o) => o.name === row.operation)!;
      if (operation.method !== 'GET') continue;
      const { params = {}, query = '' } = row.asked(here, 'auditor');
      await look(row.operation, `/api/v1${pathOf(operation, { ...here, ...params })}${query}`);
    }
    for (const path of mounted('get')) await look(path, filled(path));
    for (const path of ['/api/v1/openapi.json', '/metrics', '/readyz']) await look(path, path);
  }, 120_000);

  async function look(what: string, path: string): Promise<void> {
    const response = await fetch(`${url}${path}`, { headers: { ...bearer(), Accept: what.startsWith('/') ? 'text/html,*/*' : 'application/json' }, redirect: 'manual' });
    // Of what never ends the beginning.
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const bytes = isStream ? (await response.body!.getReader().read()).value! : new Uint8Array(await response.arrayBuffer());
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    const parts = isZip ? Object.values(unzipSync(bytes)) : [bytes];
    read.push({ what, status: response.status, text: parts.map((part) => Buffer.from(part).toString('latin1')).join('\n') });
  }

  test('all that may be read is read: only accounts are the administrator’s, and what names nothing is not there', () => {
    const refused = read.filter((r) => r.status === 403).map((r) => r.what);
    expect(refused).toEqual(expect.arrayContaining(['GET /accounts']));
    expect(refused.filter((what) => what.startsWith('GET /'))).toEqual(['GET /accounts']);
    expect(read.filter((r) => r.status === 200).length).toBeGreaterThan(50);
    expect(read.filter((r) => r.status >= 500)).toEqual([]);
    // The whole record among it: a bundle is opened, too.
    expect(read.find((r) => r.what === 'GET /episodes/{episodeId}/evidence')!.text).toContain('episode-opened');
  });

  test('the search finds what is there', () => {
    expect(read.some((r) => r.text.includes('auditor'))).toBe(true);
    expect(secrets.every((s) => s.length >= 7)).toBe(true);
    expect(secrets.length).toBeGreaterThan(40);
  });

  test('no password, hash, token, session or private key in any answer', () => {
    const found = read.flatMap(({ what, text }) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${what}: ${secret.slice(0, 6)}…`));
    expect(found).toEqual([]);
  });

  test('nor in anything that was logged', () => {
    const text = JSON.stringify(logged);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});
