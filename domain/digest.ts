import canonicalizeModule from 'canonicalize';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

// The package is CommonJS and its type file speaks of an ES default export.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/**
 * The one JSON text of a value (RFC 8785). Properties that are `undefined` are
 * left out; a value with no JSON text (`undefined`, NaN, a cycle) is a
 * programming error and throws.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a value without a JSON text has no canonical form');
  return text;
}

/** SHA-256 as 64 lower-case hexadecimal digits; a string is taken as UTF-8. */
export function sha256Hex(value: string | Uint8Array): string {
  return bytesToHex(sha256(typeof value === 'string' ? utf8ToBytes(value) : value));
}

/** SHA-256 of a value's canonical JSON. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
