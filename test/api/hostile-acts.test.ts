import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commandIdOf } from '../../usecases/caller.js';
import { addDays, dayOf } from '../../domain/time.js';
import { type Answer, AREA, HOUR_MS, type Send, type TestApi, testApi } from '../support/api.js';
import { City } from '../support/city.js';
import { type Operation, operationsOf, pathOf, placesOf, replaced, samples, typesOf } from '../support/contract.js';
import { contents, wrongWith } from './support/hostile.js';
import { isPublic, LETTERS, LOGINS, type Place, ROLES, type Row, TABLE } from './support/rights-table.js';
import { twoCities } from './support/two-cities.js';

let api: TestApi;
let here: Place;
let operations: ReadonlyMap<string, Operation>;
beforeAll(async () => {
  api = await testApi();
  ({ here } = await twoCities(api));
  operations = new Map((await operationsOf(api)).map((o) => [o.name, o]));
}, 60_000);
afterAll(() => api.close());

const ROWS = TABLE.filter((row) => !isPublic(row) && /[A-Z]/.test(row.here));
/** Somebody who may: the last, since notices go to the units rather than to the director. */
const loginOf = ({ here: cells }: Row) => LOGINS[ROLES[LETTERS.indexOf(/.*([A-Z])/.exec(cells)![1]!)]!];

interface Request {
  readonly operation: Operation;
  readonly login: string;
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
}

/** A row's request by somebody who may. */
function requestOf(row: Row, place: Place = here): Request {
  const operation = operations.get(row.operation)!;
  const login = loginOf(row);
  const { params = {}, query = '', body } = row.asked(place, login);
  return { operation, login, path: pathOf(operation, { ...place, ...params }), query, body: body ?? (operation.body && samples(operation.body, false)[0]) };
}

function send({ operation, login, path, query, body }: Request, { key = randomUUID(), headers = {} }: Send = {}): Promise<Answer> {
  return api.request(operation.method, `/api/v1${path}${query}`, {
    ...(body !== null && { body }),
    headers: { Authorization: `Bearer ${api.as(login).account.token}`, 'Idempotency-Key': key, ...(operation.isBytes && { 'Content-Type': 'text/plain' }), ...headers },
  });
}

/** Sends each; what is no problem of those, or left something behind. */
async function notRefused(all: readonly { readonly name: string; readonly request: Request; readonly as: readonly (readonly [number, string])[] }[]): Promise<string[]> {
  const found: string[] = [];
  let before = await contents(api);
  for (const { name, request, as } of all) {
    const wrong = wrongWith(await send(request), as);
    const after = await contents(api);
    if (wrong !== null) found.push(`${name}: ${wrong}`);
    else if (JSON.stringify(after) !== JSON.stringify(before)) found.push(`${name}: left something behind`);
    before = after;
  }
  return found;
}

const NOT_FOUND = [404, 'not-found'] as const;

test('an id in the path that names nothing: 404, by whoever may', async () => {
  const all = ROWS.flatMap((row) => {
    const { operation } = requestOf(row);
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    return names.map((name) => {
      const { params = {} } = row.asked(here, '');
      const rest = Object.fromEntries(Object.entries({ ...here, ...params }).filter(([key]) => key !== name));
      const as = [NOT_FOUND, [404, 'unknown-reference'], [404, 'not-owed'], [409, 'request-closed']] as const;
      return { name: `${operation.name} ${name}`, request: { ...requestOf(row), path: pathOf(operation, rest) }, as };
    });
  });
  expect(all.length).toBeGreaterThan(60);
  expect(await notRefused(all)).toEqual([]);
});

test('ids in the body that name nothing: refused, by whoever may', async () => {
  const all = ROWS.flatMap((row) => {
    const request = requestOf(row);
    const schema = request.operation.body;
    if (schema === null || row.operation === 'POST /drafts') return [];
    return samples(schema, true).flatMap((whole) =>
      placesOf(schema, whole)
        .filter(({ at, schema: { pattern } }) => pattern !== undefined && at[0] !== 'login')
        .map(({ at }) => {
          const [head] = at as [string];
          const body = { ...(request.body as object), [head]: (whole as Record<string, unknown>)[head] };
          const as = [[400, 'invalid'], NOT_FOUND, [404, 'unknown-reference'], [404, 'not-owed'], [409, 'no-consultation'], [409, 'request-closed'], [409, 'conflict']] as const;
          return { name: `${row.operation} ${row.as} ${at.join('.')}`, request: { ...request, body }, as };
        }),
    );
  });
  expect(all.length).toBeGreaterThan(100);
  expect(await notRefused(all)).toEqual([]);
});

/** Of a drill, an episode of one's own: opened, lifted, or closed. */
async function drilled(phase: 'consulting' | 'reporting' | 'closed'): Promise<Place> {
  const { areaId } = (await api.as('management').post(`/areas/${AREA}/drills`, { rate: 1, purpose: '试' })).body as { areaId: string };
  const city = new City(api.deps, areaId);
  const days = (aqi: readonly number[]) => aqi.map((value, i) => ({ date: addDays(dayOf(api.now()), i + 1), aqi: value }));
  await city.forecast(api.now(), days([230, 230, 230, 80]));
  await city.begun();
  if (phase === 'closed') await api.as('management').post(`/episodes/${city.episodeId}/withdrawal`, { reason: '试毕' });
  if (phase === 'reporting') {
    await city.consult('publish', 'orange');
    await city.propose({ action: 'publish', level: 'orange', text: '呈请发布' });
    for (const role of ['director', 'commander'] as const) await city.approve(role);
    await api.at(api.now() + HOUR_MS);
    await city.forecast(api.now(), days([60, 50, 50, 50]));
    await city.consult('lift', null);
    await city.lift(null);
    await api.at((await city.state()).lift!.effectiveAtMs);
  }
  expect((await city.state()).phase).toBe(phase);
  return { ...here, areaId, episodeId: city.episodeId };
}

/** What each phase leaves open; everything else that can be done in an episode is refused in it. */
const OPEN_IN: Readonly<Record<'consulting' | 'reporting' | 'closed', readonly string[]>> = {
  consulting: ['consultations', 'not-applicable', 'withdrawal'],
  reporting: ['tasks', 'acknowledgements', 'reports', 'publications', 'receipts', 'bulletins'],
  closed: [],
};

test.each(['consulting', 'reporting', 'closed'] as const)('an episode that is %s takes no act of another phase: 409, or 404 where nothing is owed', async (phase) => {
  await api.at(api.now() + HOUR_MS);
  const place = await drilled(phase);
  const acts = ROWS.filter((row) => /^POST \/(episodes|notices)/.test(row.operation) && !row.operation.endsWith('/dust-flags') && !OPEN_IN[phase].some((act) => row.operation.endsWith(`}/${act}`)));
  const as = [[409, 'wrong-phase'], [409, 'request-closed'], [404, 'unknown-reference'], [404, 'not-owed'], [409, 'no-consultation'], NOT_FOUND] as const;
  const all = acts.map((row) => ({ name: `${row.operation} ${row.as}`, request: requestOf(row, place), as }));
  expect(all.length).toBeGreaterThan(14);
  expect(await notRefused(all)).toEqual([]);
});

test('a key is needed for every POST, of a sane form', async () => {
  const all = ROWS.filter((row) => operations.get(row.operation)!.isKeyed);
  expect(all.length).toBeGreaterThan(35);
  const before = await contents(api);
  for (const row of all)
    for (const key of ['', 'short', 'with space in it', 'x'.repeat(129)]) expect([row.operation, wrongWith(await send(requestOf(row), { key }), [[400, 'idempotency-key-required']])]).toEqual([row.operation, null]);
  expect(await contents(api)).toEqual(before);
});

/** As well formed, and not the same. */
function otherThan({ operation, body }: Request): unknown {
  if (typeof body === 'string') return `${body}, other`;
  const schema = operation.body!;
  if ('lateEntry' in (schema.properties ?? {})) return { ...(body as object), lateEntry: true };
  const places = placesOf(schema, body);
  const number = places.find(({ schema: s }) => typesOf(s).includes('integer'));
  const words = places.find(({ schema: s }) => s.type === 'string' && s.enum === undefined && s.format === undefined);
  const unsaid = Object.entries(schema.properties ?? {}).filter(([name]) => !(name in (body as object)));
  const { at } = words ?? number ?? { at: [] };
  if (at.length === 0) return { ...(body as object), ...Object.fromEntries(unsaid.slice(-1).map(([name, of]) => [name, samples(of, true)[0]])) };
  const held = at.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], body);
  return replaced(body, at, typeof held === 'number' ? held + 1 : `${String(held)}x`);
}

test('two requests at once under one key are carried out once and answered alike; another body under it is refused', async () => {
  const found: string[] = [];
  for (const row of ROWS.filter(({ operation }) => operations.get(operation)!.isKeyed)) {
    const request = requestOf(row);
    const key = randomUUID();
    const [first, second] = await Promise.all([send(request, { key }), send(request, { key })]);
    const answers = [first, second].map(({ status, body }) => JSON.stringify([status, { ...body, secret: null }]));
    const replays = [first, second].filter((a) => a.headers.get('idempotency-replayed') === 'true').length;
    if (answers[0] !== answers[1] || replays !== 1 || first.status >= 500) found.push(`${row.operation}: ${answers.join(' and ')}, ${replays} replayed`);
    const other = wrongWith(await send({ ...request, body: otherThan(request) }, { key }), [[422, 'idempotency-key-reused']]);
    if (other !== null) found.push(`${row.operation}, another body: ${other}`);
    const { rows } = await api.db.owner.query<{ n: number }>(`select count(distinct event_id)::int - count(*)::int as n from ledger where command_id = $1 group by stream`, [
      commandIdOf({ account: { id: `demo-${request.login}` } as never, wears: null, key }),
    ]);
    if (rows.some(({ n }) => n !== 0)) found.push(`${row.operation}: done twice`);
  }
  expect(found).toEqual([]);
});

test('instants at the ends of time are taken or refused, never a fault of ours, and what was taken can be read', async () => {
  const found: string[] = [];
  for (const row of ROWS) {
    const request = requestOf(row);
    const schema = request.operation.body;
    for (const whole of schema === null ? [] : samples(schema, true))
      for (const { at } of placesOf(schema!, whole).filter(({ schema: s }) => s.format === 'date-time'))
        for (const end of ['0001-01-01T00:00:00+08:00', '9999-12-31T23:59:59+08:00']) {
          const [head] = at as [string];
          const given = replaced(whole, at, end) as Record<string, unknown>;
          const answer = await send({ ...request, body: { ...(request.body as object), [head]: given[head] } });
          if (answer.status >= 500) found.push(`${row.operation} ${at.join('.')} = ${end}: ${JSON.stringify(answer.body)}`);
        }
  }
  expect(found).toEqual([]);
  const { areas } = (await api.as('auditor').get('/areas')).body as { areas: readonly { areaId: string }[] };
  for (const { areaId } of areas) for (const row of ROWS.filter((r) => r.operation.startsWith('GET /areas/') && !r.operation.endsWith('/head/file'))) expect([areaId, row.operation, (await send(requestOf(row, { ...here, areaId }))).status]).toEqual([areaId, row.operation, 200]);
}, 60_000);
