/** A bundle changed in one place. */
import type { Entry } from '../../../evidence/archive.js';
import type { Loose } from './forge.js';

/** Every change of one value inside a JSON value, as functions from a fresh copy. */
export function* leafChanges(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* leafChanges(item, [...path, i]);
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* leafChanges(item, [...path, key]);
  else yield path;
}

export function changed(value: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(value);
  const holder = path.slice(0, -1).reduce((at, key) => (at)[key] as Loose, copy as Loose);
  const key = path.at(-1)!;
  holder[key] = another(holder[key]);
  return copy;
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'was null';
  const last = value.at(-1) ?? '';
  return `${value.slice(0, -1)}${last === '0' ? '1' : '0'}`;
}

export function withFile(entries: readonly Entry[], path: string, body: string | Uint8Array): Entry[] {
  return entries.map((e) => (e.path === path ? { path, body: typeof body === 'string' ? Buffer.from(body) : body } : e));
}

export function textIn(entries: readonly Entry[], path: string): string {
  return Buffer.from(entries.find((e) => e.path === path)!.body).toString('utf8');
}
