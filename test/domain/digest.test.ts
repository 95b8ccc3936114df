import { describe, expect, test } from '@jest/globals';
import { canonicalJson, digestOf, sha256Hex } from '../../domain/digest.js';

describe('digest (RFC 8785, SHA-256)', () => {
  test('SHA-256 of the empty string and of "abc" are the published ones', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(new Uint8Array([0x61, 0x62, 0x63]))).toBe(sha256Hex('abc'));
    expect(sha256Hex('奎屯')).toBe(sha256Hex(new TextEncoder().encode('奎屯')));
  });

  test('the order of properties, and properties left undefined, do not matter; the order of items does', () => {
    expect(canonicalJson({ b: 1, a: [1.0, 'é', undefined], c: undefined })).toBe('{"a":[1,"é",null],"b":1}');
    expect(digestOf({ a: 1, b: { d: 2, c: 3 } })).toBe(digestOf({ b: { c: 3, d: 2 }, a: 1 }));
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  });

  test('a value that JSON cannot say is refused, never digested as something else', () => {
    expect(() => canonicalJson(undefined)).toThrow();
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
    expect(() => canonicalJson({ a: Number.POSITIVE_INFINITY })).toThrow();
  });
});
