/* SHA-256 (FIPS 180-4) and SHA-512, written for this page: it must not share a line with the program it checks. */
'use strict';

const primes = (count) => {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
};

/** The first `bits` bits of the fraction of a prime's square or cube root. */
const rootFraction = (prime, power, bits) => {
  const shifted = BigInt(prime) << (BigInt(bits) * BigInt(power));
  let low = 0n;
  let high = 1n << BigInt(bits + 16);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= shifted) low = middle;
    else high = middle;
  }
  return low & ((1n << BigInt(bits)) - 1n);
};

const K32 = Uint32Array.from(primes(64).map((p) => Number(rootFraction(p, 3, 32))));
const H32 = primes(8).map((p) => Number(rootFraction(p, 2, 32)));

function sha256(bytes) {
  const padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const h = Uint32Array.from(H32);
  const w = new Uint32Array(64);
  const rotate = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15];
      const b = w[i - 2];
      w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, z] = h;
    for (let i = 0; i < 64; i++) {
      const t1 = (z + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K32[i] + w[i]) | 0;
      const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      z = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, z].forEach((value, i) => (h[i] += value));
  }
  return Array.from(h, (word) => word.toString(16).padStart(8, '0')).join('');
}

const MASK64 = (1n << 64n) - 1n;
const K64 = primes(80).map((p) => rootFraction(p, 3, 64));
const H64 = primes(8).map((p) => rootFraction(p, 2, 64));

/** SHA-512 as a number of 512 bits, its bytes read from the last to the first, as Ed25519 wants it. */
function sha512Reversed(bytes) {
  const padded = new Uint8Array(((bytes.length + 16) >> 7 << 7) + 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const h = [...H64];
  const rotate = (x, n) => ((x >> BigInt(n)) | (x << BigInt(64 - n))) & MASK64;
  for (let at = 0; at < padded.length; at += 128) {
    const w = [];
    for (let i = 0; i < 16; i++) w.push(view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i++) {
      const a = w[i - 15];
      const b = w[i - 2];
      w.push((w[i - 16] + (rotate(a, 1) ^ rotate(a, 8) ^ (a >> 7n)) + w[i - 7] + (rotate(b, 19) ^ rotate(b, 61) ^ (b >> 6n))) & MASK64);
    }
    let [a, b, c, d, e, f, g, z] = h;
    for (let i = 0; i < 80; i++) {
      const t1 = z + (rotate(e, 14) ^ rotate(e, 18) ^ rotate(e, 41)) + ((e & f) ^ (~e & MASK64 & g)) + K64[i] + w[i];
      const t2 = (rotate(a, 28) ^ rotate(a, 34) ^ rotate(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
      [z, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & MASK64, c, b, a, (t1 + t2) & MASK64];
    }
    [a, b, c, d, e, f, g, z].forEach((value, i) => (h[i] = (h[i] + value) & MASK64));
  }
  const hex = h.map((word) => word.toString(16).padStart(16, '0')).join('');
  return BigInt(`0x${hex.match(/../g).reverse().join('')}`);
}
