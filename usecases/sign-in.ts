/** Signing in and out, and who a session or a token belongs to. */
import { HOUR_MS, MINUTE_MS } from '../domain/time.js';
import { passwordOf } from '../db/accounts/accounts.js';
import { insertSession, revokeSessionBySecret } from '../db/accounts/credentials.js';
import { type Account, accountById, accountOfSession, accountOfToken } from '../db/accounts/principals.js';
import { countFailures, dropFailure, forgetFailures, recordFailure } from '../db/accounts/sign-in-failures.js';
import type { Deps } from './deps.js';
import { fail, invalid } from './failure.js';
import { isPassword, newSecret, secretDigest } from './passwords.js';

export const SESSION_MS = 12 * HOUR_MS;
const TOKEN_PREFIX = 'qk_';

/** Within the window: slips of one name at one place; of one name anywhere; of one place. */
const WINDOW_MS = 15 * MINUTE_MS;
const MAX_FAILURES = { ofLoginHere: 5, ofLogin: 50, ofAddress: 100 };

export interface SignIn {
  readonly login: string;
  readonly password: string;
  readonly address: string;
  readonly userAgent: string | null;
}

/** Throws `unauthenticated`, alike for an unknown name and a wrong password, or `throttled` without looking at the password. */
export async function signIn(deps: Deps, { login, password, address, userAgent }: SignIn): Promise<{ secret: string; account: Account; expiresAtMs: number }> {
  const { pool } = deps;
  const nowMs = await deps.clock(pool);
  await countTry(deps, login, address, nowMs);
  const found = await passwordOf(pool, login);
  const isRight = await isPassword(found?.passwordHash ?? null, password);
  const account = isRight && found && !found.disabled ? await accountById(pool, found.id, nowMs) : null;
  if (!account) throw fail({ kind: 'unauthenticated' });
  await forgetFailures(pool, login, address);

  const secret = newSecret();
  const expiresAtMs = nowMs + SESSION_MS;
  const digest = secretDigest(secret);
  await insertSession(pool, { id: digest.slice(0, 16), digest, accountId: account.id, userAgent: userAgent?.slice(0, 300) ?? null, createdAtMs: nowMs, expiresAtMs });
  return { secret, account, expiresAtMs };
}

/** The same person again, before a signature or a change: throws `invalid` for a wrong password, `throttled` after too many. */
export async function confirmPassword(deps: Deps, { login }: Pick<Account, 'login'>, password: string, address: string, path = 'password'): Promise<void> {
  const { pool } = deps;
  const nowMs = await deps.clock(pool);
  await countTry(deps, login, address, nowMs);
  const found = await passwordOf(pool, login);
  if (!(await isPassword(found?.passwordHash ?? null, password))) throw invalid(path, '口令不对');
  await forgetFailures(pool, login, address);
}

/** Recorded before it is counted, so that of many at once no more than the limit are looked at. */
async function countTry({ pool }: Deps, login: string, address: string, nowMs: number): Promise<void> {
  const tryId = await recordFailure(pool, login, address, nowMs);
  const failures = await countFailures(pool, login, address, nowMs - WINDOW_MS);
  if (failures.ofLoginHere <= MAX_FAILURES.ofLoginHere && failures.ofLogin <= MAX_FAILURES.ofLogin && failures.ofAddress <= MAX_FAILURES.ofAddress) return;
  await dropFailure(pool, tryId);
  throw fail({ kind: 'throttled', retryAfterSeconds: WINDOW_MS / 1000 });
}

export async function signOut(deps: Deps, secret: string): Promise<void> {
  await revokeSessionBySecret(deps.pool, secretDigest(secret), await deps.clock(deps.pool));
}

/** Null for a secret that is unknown, revoked or past its time. */
export async function accountOfSessionSecret(deps: Deps, secret: string): Promise<Account | null> {
  return accountOfSession(deps.pool, secretDigest(secret), await deps.clock(deps.pool));
}

export async function accountOfTokenSecret(deps: Deps, secret: string): Promise<Account | null> {
  return secret.startsWith(TOKEN_PREFIX) ? accountOfToken(deps.pool, secretDigest(secret), await deps.clock(deps.pool)) : null;
}

export function newTokenSecret(): string {
  return `${TOKEN_PREFIX}${newSecret()}`;
}
