/** Passwords (argon2id) and the secrets of sessions and tokens, of which only digests are kept. */
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { sha256Hex } from '../domain/digest.js';

/** argon2id is the library's default; OWASP's first choice of cost: 19 MiB, two passes. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a password nobody has: what is checked where the name is unknown, so that the answer takes as long. */
let nobodysHash: Promise<string> | null = null;

export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

/** Takes as long for `null`, an unknown name, as for a wrong password. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword(newSecret());
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return passwordHash !== null && matches;
}

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function secretDigest(secret: string): string {
  return sha256Hex(secret);
}
