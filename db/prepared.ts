import pg from 'pg';
import { sha256Hex } from '../domain/digest.js';

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text) ?? `q${sha256Hex(text).slice(0, 30)}`;
  names.set(text, known);
  return known;
}

/**
 * A client that has the server parse and plan each statement once per
 * connection: our statements are few and their texts fixed, and this halves what
 * a short transaction costs the server.
 */
export class PreparingClient extends pg.Client {
  // The library's overloads are many; ours is the one with a text and its values, the others pass through.
  override query = ((...args: unknown[]): unknown => {
    const [text, values, ...rest] = args;
    const given = typeof text === 'string' && Array.isArray(values) ? [{ name: nameOf(text), text, values: values as unknown[] }, ...rest] : args;
    return (super.query as (...given: unknown[]) => unknown)(...given);
  }) as pg.Client['query'];
}
