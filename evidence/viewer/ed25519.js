/* Ed25519 verification (RFC 8032, 5.1.7), by the book: slow, and enough for one signature. */
'use strict';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x) => ((x % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}

const inverse = (x) => power(x, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** A point as X, Y, Z, T; null where the 32 bytes are none, or not in their one right form. */
function pointOf(hex) {
  const value = BigInt(`0x${hex.match(/../g).reverse().join('')}`);
  const sign = value >> 255n;
  const y = value & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(point, factor) {
  let result = [0n, 1n, 1n, 0n];
  for (let p = point, n = factor; n > 0n; n >>= 1n, p = add(p, p)) if (n & 1n) result = add(result, p);
  return result;
}

const BASE = pointOf(`58${'66'.repeat(31)}`);

/** Whether `signature` (128 digits) is one of `message` by `publicKey` (64 digits). */
function isSigned(publicKey, signature, message) {
  const a = pointOf(publicKey);
  const r = pointOf(signature.slice(0, 64));
  const s = BigInt(`0x${signature.slice(64).match(/../g).reverse().join('')}`);
  if (!a || !r || s >= ORDER) return false;
  const prefix = Uint8Array.from((signature.slice(0, 64) + publicKey).match(/../g), (byte) => parseInt(byte, 16));
  const whole = new Uint8Array(prefix.length + message.length);
  whole.set(prefix);
  whole.set(message, prefix.length);
  const k = sha512Reversed(whole) % ORDER;
  const [x1, y1, z1] = times(BASE, s);
  const [x2, y2, z2] = add(r, times(a, k));
  return mod(x1 * z2) === mod(x2 * z1) && mod(y1 * z2) === mod(y2 * z1);
}
