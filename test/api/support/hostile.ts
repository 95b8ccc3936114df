/** What a problem must look like, what a refused request may not leave behind, and values that no schema takes. */
import type { Answer, TestApi } from '../../support/api.js';
import { type Schema, typesOf } from '../../support/contract.js';

/** What is wrong with an answer that should be a problem of one of these kinds; null when nothing is. */
export function wrongWith({ status, headers, body }: Answer, expected: readonly (readonly [number, string])[]): string | null {
  const told = JSON.stringify(body);
  if (headers.get('content-type') !== 'application/problem+json; charset=utf-8') return `${status} ${headers.get('content-type')} ${told.slice(0, 200)}`;
  if (/\bat .*[.:]\d+|node_modules|\.[tj]s\b|select |insert /.test(told)) return `tells of our insides: ${told.slice(0, 300)}`;
  if (body.status !== status || body.type !== `urn:qingkong:problem:${body.code}`) return `is not one: ${told.slice(0, 200)}`;
  const foreign = ((body.errors ?? []) as readonly { message: string }[]).find((e) => !/[\u4e00-\u9fff]/.test(e.message));
  if (foreign) return `is not told in Chinese: ${foreign.message}`;
  return expected.some(([s, code]) => s === status && code === body.code) ? null : `${status} ${body.code} ${JSON.stringify(body.errors ?? body.detail)}`;
}

/** Whether a fault is told at a place, at a part of it, or at what holds it. */
export function isToldAt({ body }: Answer, at: readonly (string | number)[]): boolean {
  const path = at.join('.');
  const errors = (body.errors ?? []) as readonly { path: string }[];
  return errors.some((e) => e.path === path || e.path.startsWith(`${path}.`) || path.startsWith(`${e.path}.`));
}

/**
 * A digest of every table's rows, by table. Left out are what a refusal itself
 * leaves: its row in the ledger and with it the stream's head, the answer kept
 * under its key, the failed sign-in.
 */
export async function contents({ db }: TestApi): Promise<Record<string, string>> {
  const { rows } = await db.owner.query<{ name: string; digest: string }>(
    `select table_name as name, (xpath('/row/d/text()', query_to_xml(format(
       $$select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as d from %I.%I t %s$$, table_schema, table_name,
       case table_name when 'ledger' then $$where type not in ('refused', 'record-accessed')$$ else '' end), false, true, '')))[1]::text as digest
     from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('idempotency_keys', 'sign_in_failures', 'streams')
     order by table_name`,
  );
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

const OF_ANOTHER_TYPE: Readonly<Record<string, unknown>> = { object: { any: { thing: 1 } }, array: [[]], string: 'a text', number: 1.5, null: null };

/** Not empty, and nothing; only a password may be so. */
export const BLANK = ' \t\u3000';

/** Text that is read otherwise than it is written: a bell, a terminal's orders, a turn of direction; only a password may hold it. */
export const UNREADABLE = ['\u0007', '\u001b[31m', '\u202e'];

/** Values that a place may not take. */
export function refusedBy(schema: Schema): unknown[] {
  const types = typesOf(schema);
  const takes = (type: string) => types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
  const others = Object.entries(OF_ANOTHER_TYPE).flatMap(([type, value]) => (takes(type) ? [] : [value]));
  const inRange = [schema.minimum === undefined ? [] : [schema.minimum - 1, -1e308], schema.maximum === undefined ? [] : [schema.maximum + 1, 1e308]].flat();
  const inLength = [...(schema.maxLength === undefined ? [] : ['长'.repeat(schema.maxLength + 1)]), ...((schema.minLength ?? 0) > 0 ? ['', BLANK] : [])];
  const inNumber = [
    ...(schema.maxItems === undefined ? [] : [Array.from({ length: schema.maxItems + 1 }, () => 'x')]),
    ...((schema.minItems ?? 0) > 0 ? [[]] : []),
  ];
  return [...others, ...inRange, ...inLength, ...inNumber, ...(takes('string') ? [...badTexts(schema), 'zero\u0000character', 'half \ud800 a character', '\udfff', ...UNREADABLE] : []), nested(100)];
}

function badTexts({ enum: values, format, pattern }: Schema): string[] {
  if (values) return ['none-of-these', '', '__proto__', 'constructor'];
  switch (format) {
    case 'date-time':
      return ['2026-02-30T10:00:00+08:00', '2026-01-05T24:01:00+08:00', '2026-01-05T10:00:00', '2026-01-05', '5 January', '', '1767578400000', '+275761-01-01T00:00:00Z'];
    case 'date':
      return ['2026-02-30', '2025-02-29', '2026-13-01', '2026-1-5', '05.01.2026', '', '2026-01-05T00:00:00+08:00'];
    case 'uri':
      return ['javascript:alert(1)', 'not a url', 'data:text/html,x', 'file:///etc/passwd', ''];
    default:
      return pattern === undefined ? [] : ['', 'with space', '../../etc/passwd', `'; drop table ledger; --`, '编号', 'x'.repeat(300), '%00', '<script>'];
  }
}

export function nested(depth: number): unknown {
  return depth === 0 ? 'x' : [nested(depth - 1)];
}
