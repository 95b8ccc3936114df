/** The API's contract as its clients read it: every operation of the OpenAPI document, with requests made from its schemas. */
import { type TestApi, START_MS, iso } from './api.js';

/** The part of JSON Schema that the contract uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  /** `POST /areas/{areaId}/forecasts` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly isKeyed: boolean;
  readonly isBytes: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
}

interface Described {
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export async function operationsOf(api: TestApi): Promise<Operation[]> {
  const contract = (await api.request('GET', '/api/v1/openapi.json')).body as { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };
  return Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, parameters = [], requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      isPublic: security?.length === 0,
      isKeyed: parameters.some((p) => p.name === 'Idempotency-Key'),
      isBytes: requestBody?.content['application/octet-stream'] !== undefined,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
    })),
  );
}

/** A path with its parameters; what is not given gets a value of the right form that names nothing. */
export function pathOf({ path, parameters }: Operation, params: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? String(sample(parameters.find((p) => p.name === name && p.in === 'path')?.schema ?? {}, false)));
}

/** One value for each form a schema knows: with everything that may be there, or only with what must. */
export function samples(schema: Schema, whole: boolean): unknown[] {
  return (schema.anyOf ?? [schema]).map((form) => sample(form, whole));
}

/** Matched against a pattern one after the other. */
const OF_A_PATTERN = ['no-such-thing', '0'.repeat(64)];

function sample(schema: Schema, whole: boolean): unknown {
  if (schema.anyOf?.[0]) return sample(schema.anyOf[0], whole);
  if (schema.enum) return schema.enum[0];
  switch (typesOf(schema)[0]) {
    case 'object': {
      const { properties = {}, required = [], additionalProperties } = schema;
      const own = Object.entries(properties).filter(([name]) => whole || required.includes(name));
      const more = whole && typeof additionalProperties === 'object' ? [['any', sample(additionalProperties, whole)] as const] : [];
      return Object.fromEntries([...own.map(([name, of]) => [name, sample(of, whole)] as const), ...more]);
    }
    case 'array':
      return Array.from({ length: Math.max(schema.minItems ?? 0, whole ? 1 : 0) }, () => sample(schema.items ?? {}, whole));
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema);
    default:
      return 'anything';
  }
}

function textOf({ format, pattern, minLength = 0 }: Schema): string {
  switch (format) {
    case 'date-time':
      return iso(START_MS);
    case 'date':
      return iso(START_MS).slice(0, 10);
    case 'uri':
      return 'https://example.org/';
    case undefined: {
      const found = pattern === undefined ? 'text'.padEnd(minLength, '.') : OF_A_PATTERN.find((text) => new RegExp(pattern).test(text));
      if (found === undefined) throw new Error(`no sample matches ${pattern}`);
      return found;
    }
    default:
      throw new Error(`no sample has the format ${format}`);
  }
}

export function typesOf({ type }: Schema): readonly string[] {
  return type === undefined ? [] : typeof type === 'string' ? [type] : type;
}

export type Place = { readonly at: readonly (string | number)[]; readonly schema: Schema };

/** Every place of a value, with the schema that holds there. */
export function placesOf(schema: Schema, value: unknown, at: readonly (string | number)[] = []): Place[] {
  const form = formOf(schema, value);
  const here: Place[] = at.length === 0 ? [] : [{ at, schema: form }];
  if (Array.isArray(value)) return [...here, ...value.flatMap((item, i) => placesOf(form.items ?? {}, item, [...at, i]))];
  if (typeof value !== 'object' || value === null) return here;
  const more = typeof form.additionalProperties === 'object' ? form.additionalProperties : {};
  return [...here, ...Object.entries(value).flatMap(([name, of]) => placesOf(form.properties?.[name] ?? more, of, [...at, name]))];
}

/** Of several forms of an object the one that is meant; of several plain types all that any of them allows. */
export function formOf(schema: Schema, value: unknown): Schema {
  const { anyOf } = schema;
  if (!anyOf) return schema;
  if (typeof value !== 'object' || value === null) return { ...anyOf.reduce((all, form) => ({ ...all, ...form })), type: anyOf.flatMap(typesOf) };
  return anyOf.find(({ properties = {} }) => Object.keys(value).every((name) => name in properties)) ?? schema;
}

/** A copy that differs in one place. */
export function replaced(value: unknown, [head, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (head === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === head ? replaced(item, rest, by) : (item as unknown)));
  const of = value as Record<string, unknown>;
  return { ...of, [head]: replaced(of[head], rest, by) };
}
