import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, publishOrange, type TestApi, testApi } from '../support/api.js';
import { type Operation, operationsOf, pathOf, placesOf, replaced, samples } from '../support/contract.js';
import { BLANK, isToldAt, nested, refusedBy, contents, UNREADABLE, wrongWith } from './support/hostile.js';

const INVALID = [[400, 'invalid']] as const;
/** Jest wants names before the server is up: the operations are told apart within each test. */
let api: TestApi;
let operations: readonly Operation[] = [];
let before: Record<string, string>;
beforeAll(async () => {
  api = await testApi();
  await publishOrange(api);
  operations = await operationsOf(api);
});
afterAll(() => api.close());
beforeEach(async () => {
  before = await contents(api);
});
/** Whatever was refused has left nothing behind. */
afterEach(async () => expect(await contents(api)).toEqual(before));

interface Sent {
  readonly what: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(operation: Operation, { path = pathOf(operation), method = operation.method, body, headers = {} }: Sent): Promise<Answer> {
  const own = { Authorization: `Bearer ${api.as('management').account.token}`, 'Idempotency-Key': randomUUID() };
  return api.request(method, `/api/v1${path}`, { body, headers: { ...own, ...headers } });
}

/** Sends all of them, some at a time; gives what was wrong with the answers. */
async function wrongAnswers(all: readonly { readonly operation: Operation; readonly sent: Sent; readonly wrong: (answer: Answer) => string | null }[]): Promise<string[]> {
  const found: string[] = [];
  const queue = [...all];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const wrong = next.wrong(await send(next.operation, next.sent));
      if (wrong !== null) found.push(`${next.operation.name}, ${next.sent.what}: ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  expect(all.length).toBeGreaterThan(operations.length / 2);
  return found;
}

const withBody = () => operations.filter((o) => o.body !== null);
const withJson = () => operations.filter((o) => o.method === 'POST' && !o.isBytes);
const queryOf = (name: string, value: string) => `?${encodeURIComponent(name)}=${encodeURIComponent(value)}`;

/** Nobody reads it: it may hold anything that is text. */
const isPassword = ({ path }: Operation, at: readonly (string | number)[]) => at[0] === 'password' || (path.endsWith('/password') && (at[0] === 'current' || at[0] === 'next'));

describe('every operation of the OpenAPI document', () => {
  test('every field with every value it may not take: 400 with the field’s path', async () => {
    const all = withBody().flatMap((operation) =>
      samples(operation.body!, true).flatMap((whole) =>
        placesOf(operation.body!, whole).flatMap(({ at, schema }) =>
          refusedBy(schema).filter((value) => !isPassword(operation, at) || (!UNREADABLE.includes(value as string) && !(operation.path === '/sign-in' && value === BLANK))).map((value) => ({
            operation,
            sent: { what: `${at.join('.')} = ${JSON.stringify(value)?.slice(0, 60)}`, body: replaced(whole, at, value) },
            wrong: (answer: Answer) => wrongWith(answer, INVALID) ?? (isToldAt(answer, at) ? null : `told at ${JSON.stringify(answer.body.errors)}`),
          })),
        ),
      ),
    );
    expect(all.length).toBeGreaterThan(5_000);
    expect(await wrongAnswers(all)).toEqual([]);
  }, 240_000);

  test('a field it does not know, anywhere: 400 with its path', async () => {
    const all = withBody().flatMap((operation) =>
      samples(operation.body!, true).flatMap((whole) =>
        [{ at: [], schema: operation.body! }, ...placesOf(operation.body!, whole)]
          .filter(({ schema }) => schema.additionalProperties === false || schema.anyOf)
          .flatMap(({ at }) =>
            ['unknown', '__proto__', 'constructor'].map((name) => {
              const body = JSON.stringify(replaced(whole, [...at, '\u2420'], 1)).replace('\u2420', name);
              return {
                operation,
                sent: { what: `${at.join('.')} with ${name}`, body, headers: { 'Content-Type': 'application/json' } },
                wrong: (answer: Answer) => wrongWith(answer, INVALID) ?? (isToldAt(answer, [...at, name]) ? null : `told at ${JSON.stringify(answer.body.errors)}`),
              };
            }),
          ),
      ),
    );
    expect(await wrongAnswers(all)).toEqual([]);
  });

  test('what is missing: 400 with its path', async () => {
    const all = withBody().flatMap((operation) =>
      (operation.body!.anyOf ?? [operation.body!]).slice(0, 1).flatMap((form) =>
        (form.required ?? []).map((name) => {
          const body = Object.fromEntries(Object.entries(samples(form, false)[0] as object).filter(([key]) => key !== name));
          return { operation, sent: { what: `without ${name}`, body }, wrong: (answer: Answer) => wrongWith(answer, INVALID) ?? (isToldAt(answer, [name]) ? null : JSON.stringify(answer.body)) };
        }),
      ),
    );
    expect(await wrongAnswers(all)).toEqual([]);
  });

  test('bodies that are no JSON, no object, too large, too deep, or of another type', async () => {
    const json = { 'Content-Type': 'application/json' };
    const bodies: readonly (readonly [string, Omit<Sent, 'what'>, readonly (readonly [number, string])[]])[] = [
      ['cut off', { body: '{"a": ', headers: json }, [[400, 'not-json']]],
      ['no JSON', { body: `{'a': 1}`, headers: json }, [[400, 'not-json']]],
      ['not a number', { body: '{"a": NaN}', headers: json }, [[400, 'not-json']]],
      ['bytes that are no text', { body: new Uint8Array([0xff, 0xfe, 0x00]), headers: json }, [[400, 'not-json']]],
      ['null', { body: 'null', headers: json }, INVALID],
      ['a string', { body: '"x"', headers: json }, INVALID],
      ['a list', { body: '[]', headers: json }, INVALID],
      ['a number', { body: '1e400', headers: json }, INVALID],
      ['nested without end', { body: `${'['.repeat(200_000)}${']'.repeat(200_000)}`, headers: json }, INVALID],
      ['nested too deep', { body: { any: nested(40) } }, INVALID],
      ['a thousand unknown fields', { body: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i])) }, INVALID],
      ['over a mebibyte', { body: { text: 'x'.repeat(2 ** 20) } }, [[413, 'too-large']]],
      ['10 MB of text', { body: { text: '长'.repeat(3_500_000) } }, [[413, 'too-large']]],
      ['a form', { body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, [[415, 'unsupported-media-type']]],
      ['text', { body: '{}', headers: { 'Content-Type': 'text/plain' } }, [[415, 'unsupported-media-type']]],
      ['a type that is none', { body: '{}', headers: { 'Content-Type': 'x' } }, [[415, 'unsupported-media-type']]],
      ['a strange charset', { body: '{}', headers: { 'Content-Type': 'application/json; charset=x-none' } }, [[415, 'unsupported-media-type']]],
      ['a strange encoding', { body: '{}', headers: { ...json, 'Content-Encoding': 'x-none' } }, [[415, 'unsupported-media-type']]],
      ['no gzip', { body: '{}', headers: { ...json, 'Content-Encoding': 'gzip' } }, [[400, 'bad-request']]],
    ];
    const all = withJson().flatMap((operation) =>
      bodies.map(([what, sent, expected]) => ({ operation, sent: { what, ...sent }, wrong: (answer: Answer) => wrongWith(answer, expected) ?? (answer.body.errors?.length > 0 && (expected === INVALID || (answer.body.errors[0].path === '' && answer.body.errors[0].message !== '')) ? null : 'says not what to mend') })),
    );
    expect(await wrongAnswers(all)).toEqual([]);
  }, 120_000);

  test('a method that a path does not know: 405 that names those it knows', async () => {
    const known = new Map<string, string[]>();
    for (const { path, method } of operations) known.set(path, [...(known.get(path) ?? []), method]);
    const all = operations.flatMap((operation) =>
      ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
        .filter((method) => !known.get(operation.path)?.includes(method))
        .map((method) => ({
          operation,
          sent: { what: method, method },
          wrong: (answer: Answer) => wrongWith(answer, [[405, 'method-not-allowed']]) ?? (known.get(operation.path)?.every((m) => answer.headers.get('allow')?.includes(m)) ? null : answer.headers.get('allow')),
        })),
    );
    expect(await wrongAnswers(all)).toEqual([]);
  });

  test('paths: no id, half a character, broken percent signs, climbing, endless', async () => {
    const bad: readonly (readonly [string, readonly (readonly [number, string])[]])[] = [
      ['%00', INVALID],
      ['%E0%A4%A', [[400, 'bad-request']]],
      ['%ED%A0%80', [[400, 'bad-request']]],
      ['%zz', [[400, 'bad-request']]],
      ['with%20space', INVALID],
      ['..%2f..%2fetc', INVALID],
      ['%27;drop%20table', INVALID],
      ['x'.repeat(5000), INVALID],
      ['编号', INVALID],
    ];
    const all = operations.flatMap((operation) =>
      operation.parameters
        .filter((p) => p.in === 'path')
        .flatMap(({ name }) =>
          bad.map(([value, expected]) => ({
            operation,
            sent: { what: `${name} ${value.slice(0, 20)}`, path: operation.path.replace(`{${name}}`, value).replaceAll(/\{\w+\}/g, 'x'), ...(operation.body && { body: samples(operation.body, false)[0] }) },
            wrong: (answer: Answer) => wrongWith(answer, expected),
          })),
        ),
    );
    expect(await wrongAnswers(all)).toEqual([]);
  });

  test('queries: values they do not take, unknown names, twice, broken percent signs', async () => {
    const all = operations.flatMap((operation) => {
      const own = operation.parameters.filter((p) => p.in === 'query');
      const values = own.flatMap(({ name, schema }) => refusedBy(schema).flatMap((value) => (typeof value === 'string' && !value.includes('\ud800') && !value.includes('\udfff') && !(schema.type === 'boolean' && value === 'a text') ? [[name, queryOf(name, value)] as const] : [])));
      const queries = [
        ...values,
        ...own.map(({ name }) => [name, `${queryOf(name, '1')}&${name}=1`] as const),
        ...own.map(({ name }) => [name, `?${name}=%E0%A4%A`] as const),
        ['nonsense', '?nonsense=1'] as const,
        ['__proto__', '?__proto__=1'] as const,
        ['nonsense', '?nonsense=%zz'] as const,
      ];
      return queries.map(([name, query]) => ({
        operation,
        sent: { what: query.slice(0, 60), path: `${pathOf(operation)}${query}` },
        wrong: (answer: Answer) => wrongWith(answer, INVALID) ?? (isToldAt(answer, [name]) ? null : JSON.stringify(answer.body.errors)),
      }));
    });
    expect(await wrongAnswers(all)).toEqual([]);
  });

  test('nobody, or somebody with a token of nobody: 401 before anything is read', async () => {
    const all = operations
      .filter((o) => !o.isPublic)
      .flatMap((operation) =>
        ['', 'Bearer qk_unknown', 'Basic eDp5', `Bearer ${'x'.repeat(4000)}`].map((authorization) => ({
          operation,
          sent: { what: authorization.slice(0, 20), headers: { Authorization: authorization }, ...(operation.method === 'POST' && { body: '{"cut": ' }) },
          wrong: (answer: Answer) => wrongWith(answer, [[401, 'unauthenticated']]),
        })),
      );
    expect(await wrongAnswers(all)).toEqual([]);
  });
});
