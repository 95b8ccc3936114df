import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { role } from '../../usecases/schemas.js';
import { RIGHTS } from '../../usecases/rights.js';
import { type Answer, type TestApi, testApi } from '../support/api.js';
import { type Operation, operationsOf, pathOf, samples } from '../support/contract.js';
import { isPublic, LETTERS, LOGINS, type Place, ROLES, type Row, TABLE } from './support/rights-table.js';
import { twoCities } from './support/two-cities.js';

let api: TestApi;
let places: { readonly here: Place; readonly elsewhere: Place };
let operations: ReadonlyMap<string, Operation>;
beforeAll(async () => {
  api = await testApi();
  places = await twoCities(api);
  operations = new Map((await operationsOf(api)).map((o) => [o.name, o]));
}, 60_000);
afterAll(() => api.close());

function ask(row: Row, place: Place, login: string, authorization: string | null): Promise<Answer> {
  const operation = operations.get(row.operation)!;
  const { params = {}, query = '', body } = row.asked(place, login);
  const path = `${pathOf(operation, { ...place, ...params })}${query}`;
  const sent = body ?? (operation.body && samples(operation.body, false)[0]);
  return api.request(operation.method, `/api/v1${path}`, {
    ...(sent !== null && { body: sent }),
    headers: { 'Idempotency-Key': randomUUID(), ...(authorization !== null && { Authorization: authorization }), ...(operation.isBytes && { 'Content-Type': 'text/plain' }) },
  });
}

/** The letters of those who are not turned away. */
async function letters(row: Row, place: Place): Promise<string> {
  let found = '';
  for (const [i, name] of ROLES.entries()) {
    const { status, body } = await ask(row, place, LOGINS[name], `Bearer ${api.as(LOGINS[name]).account.token}`);
    if (status >= 500) throw new Error(`${row.operation} as ${name}: ${status} ${JSON.stringify(body)}`);
    found += body?.code === 'forbidden' ? '.' : LETTERS[i];
  }
  return found;
}

describe('who may do what (2.1, annex 1): every role, every operation, the own area and another', () => {
  test('every operation of the contract has its row, and no row is of another', () => {
    expect([...new Set(TABLE.map((row) => row.operation))].sort()).toEqual([...operations.keys()].sort());
  });

  test('every role has its column and somebody with that hat alone', () => {
    expect([...ROLES].sort()).toEqual([...role.options].sort());
    expect(ROLES.map((name) => api.as(LOGINS[name]).account.hats.map((hat) => hat.role))).toEqual(ROLES.map((name) => [name]));
    expect(TABLE.filter((row) => !isPublic(row) && row.here.length !== ROLES.length)).toEqual([]);
  });

  test('every role that a right names is one', () => {
    for (const { roles } of Object.values(RIGHTS)) expect(ROLES).toEqual(expect.arrayContaining([...roles]));
  });

  test.each(TABLE.filter((row) => !isPublic(row)).map((row) => [`${row.operation} ${row.as}`.trim(), row] as const))('%s', async (_name, row) => {
    const nobody = await ask(row, places.here, 'management', null);
    const found = { here: await letters(row, places.here), elsewhere: await letters(row, places.elsewhere), nobody: [nobody.status, nobody.body.code] };
    expect(found).toEqual({ here: row.here, elsewhere: row.elsewhere, nobody: [401, 'unauthenticated'] });
  });

  test('what is public asks nobody who they are', async () => {
    for (const row of TABLE.filter(isPublic)) expect([row.operation, (await ask(row, places.here, '', null)).body?.code ?? null]).toEqual([row.operation, row.operation === 'POST /sign-in' ? 'unauthenticated' : null]);
  });
});

test('each refusal is on record once, in the area it was asked of', async () => {
  const { rows } = await api.db.owner.query<{ n: number }>(`select count(*)::int as n from ledger where type = 'refused' and event ->> 'code' = 'forbidden'`);
  const refused = (cells: string) => [...cells].filter((cell) => cell === '.').length;
  const expected = TABLE.filter((row) => !isPublic(row)).reduce((sum, row) => sum + refused(row.here) + refused(row.elsewhere), 0);
  expect(rows).toEqual([{ n: expected }]);
});
