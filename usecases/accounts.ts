/** Accounts and their hats (administrator), and a person's own credentials. */
import { z } from 'zod';
import { disableAccount, hatById, insertAccount, insertHat, listAccounts, passwordOf, revokeHat, setPassword } from '../db/accounts/accounts.js';
import { insertToken, listSessions, listTokens, revokeCredentials, revokeSession, revokeToken } from '../db/accounts/credentials.js';
import { listAreas } from '../db/plans.js';
import { transaction } from '../db/pool.js';
import { DAY_MS } from '../domain/time.js';
import { recordAccessAtHome, recordAccessChange, recordedAtHome } from './audit.js';
import { type Caller, commandIdOf, forbidden, hatFor, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { fail, invalid, notFound } from './failure.js';
import { hashPassword, secretDigest } from './passwords.js';
import { loadedPlan } from './plans.js';
import { id, instant, role, words } from './schemas.js';
import { confirmPassword, newTokenSecret } from './sign-in.js';

const password = z.string().min(10, '口令至少 10 个字符').max(200);

export const newHat = z
  .strictObject({ role, unitId: id.nullable().default(null), areaId: id.nullable().default(null), from: instant.optional(), until: instant.nullable().default(null) })
  .refine((hat) => (hat.role === 'unit') === (hat.unitId !== null), { path: ['unitId'], error: '成员单位身份应写明单位，其他身份不写' });
export const newAccount = z.strictObject({
  login: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,40}$/, '应为小写字母、数字、点、横线'),
  name: words(80),
  password,
  hats: z.array(newHat).max(20).default([]),
});
export const passwordChange = z.strictObject({ current: z.string().max(200), next: password });
export const passwordReset = z.strictObject({ next: password });
export const newToken = z.strictObject({ label: words(80), days: z.int().min(1).max(366).default(90) });

type NewHat = z.output<typeof newHat>;

export async function createAccount(deps: Deps, caller: Caller, input: z.output<typeof newAccount>) {
  await requireAdministrator(deps, caller);
  const accountId = idOf('a', commandIdOf(caller));
  const passwordHash = await hashPassword(input.password);
  const nowMs = await deps.clock(deps.pool);
  for (const [i, hat] of input.hats.entries()) await checkHat(deps, hat, `hats.${i}.`);
  await transaction(deps.pool, async (tx) => {
    const isNew = await insertAccount(tx, { id: accountId, login: input.login, name: input.name, passwordHash, demonstration: false, createdAtMs: nowMs });
    if (!isNew && (await passwordOf(tx, input.login))?.id !== accountId) throw fail({ kind: 'conflict', text: { zh: '登录名已被使用', en: 'the login is taken' } });
    for (const [i, hat] of input.hats.entries()) await insertHat(tx, accountId, hatRow(`${accountId}.${i + 1}`, hat, nowMs));
  });
  await recordAccessChange(deps, caller, 'account-created', accountId, { login: input.login, hats: input.hats.map((h) => ({ role: h.role, unitId: h.unitId, areaId: h.areaId })) });
  return { accountId };
}

export async function grantHat(deps: Deps, caller: Caller, accountId: string, hat: NewHat) {
  await requireAdministrator(deps, caller);
  await checkHat(deps, hat, '');
  await requireAccount(deps, accountId);
  const hatId = idOf('h', commandIdOf(caller));
  await insertHat(deps.pool, accountId, hatRow(hatId, hat, await deps.clock(deps.pool)));
  await recordAccessChange(deps, caller, 'hat-granted', accountId, { hatId, role: hat.role, unitId: hat.unitId, areaId: hat.areaId });
  return { hatId };
}

export async function takeHat(deps: Deps, caller: Caller, hatId: string): Promise<void> {
  await requireAdministrator(deps, caller);
  const taken = await revokeHat(deps.pool, hatId, await deps.clock(deps.pool));
  if (!taken && !(await hatById(deps.pool, hatId))) throw notFound('hat');
  if (taken) await recordAccessChange(deps, caller, 'hat-revoked', taken.accountId, { hatId });
}

export async function closeAccount(deps: Deps, caller: Caller, accountId: string): Promise<void> {
  await requireAdministrator(deps, caller);
  await requireAccount(deps, accountId);
  const nowMs = await deps.clock(deps.pool);
  const wasOpen = await disableAccount(deps.pool, accountId, nowMs);
  await revokeCredentials(deps.pool, accountId, nowMs);
  if (wasOpen) await recordAccessChange(deps, caller, 'account-disabled', accountId, {});
}

export async function resetPassword(deps: Deps, caller: Caller, accountId: string, { next }: z.output<typeof passwordReset>) {
  await requireAdministrator(deps, caller);
  if (!(await setPassword(deps.pool, accountId, await hashPassword(next)))) throw notFound('account');
  await revokeCredentials(deps.pool, accountId, await deps.clock(deps.pool));
  await recordAccessChange(deps, caller, 'password-reset', accountId, {});
  return { accountId };
}

/** One's own; every session and token ends, except the session it is changed in. */
export async function changePassword(deps: Deps, caller: Caller, { current, next }: z.output<typeof passwordChange>, { sessionSecret, address }: { readonly sessionSecret: string | null; readonly address: string }) {
  await confirmPassword(deps, caller.account, current, address, 'current');
  await setPassword(deps.pool, caller.account.id, await hashPassword(next));
  await revokeCredentials(deps.pool, caller.account.id, await deps.clock(deps.pool), sessionSecret && secretDigest(sessionSecret));
  return { accountId: caller.account.id };
}

/** Names of people: that they were looked at is on record. */
export async function accounts(deps: Deps, caller: Caller) {
  await requireAdministrator(deps, caller);
  await recordAccessAtHome(deps, caller, 'people', 'accounts');
  return { accounts: await listAccounts(deps.pool) };
}

/** The secret is in this answer and nowhere else. */
export async function createToken(deps: Deps, caller: Caller, { label, days }: z.output<typeof newToken>) {
  const secret = newTokenSecret();
  const nowMs = await deps.clock(deps.pool);
  const digest = secretDigest(secret);
  const token = { id: digest.slice(0, 16), label, createdAtMs: nowMs, expiresAtMs: nowMs + days * DAY_MS };
  await insertToken(deps.pool, { ...token, digest, accountId: caller.account.id });
  return { ...token, secret };
}

export async function ownCredentials(deps: Deps, { account }: Caller) {
  const nowMs = await deps.clock(deps.pool);
  return { sessions: await listSessions(deps.pool, account.id, nowMs), tokens: await listTokens(deps.pool, account.id, nowMs) };
}

export async function revokeOwnToken(deps: Deps, { account }: Caller, tokenId: string): Promise<void> {
  if (!(await revokeToken(deps.pool, account.id, tokenId, await deps.clock(deps.pool)))) throw notFound('token');
}

export async function revokeOwnSession(deps: Deps, { account }: Caller, sessionId: string): Promise<void> {
  if (!(await revokeSession(deps.pool, account.id, sessionId, await deps.clock(deps.pool)))) throw notFound('session');
}

function hatRow(hatId: string, { role: worn, unitId, areaId, from, until }: NewHat, nowMs: number) {
  return { id: hatId, role: worn, unitId, areaId, fromMs: from ?? nowMs, untilMs: until };
}

async function checkHat({ pool }: Deps, hat: NewHat, path: string): Promise<void> {
  const areas = await listAreas(pool);
  if (hat.areaId !== null && !areas.some((a) => a.areaId === hat.areaId)) throw invalid(`${path}areaId`, '没有该区域');
  if (hat.until !== null && hat.until <= (hat.from ?? 0)) throw invalid(`${path}until`, '应晚于开始时间');
  if (hat.unitId === null) return;
  const inScope = areas.filter((a) => hat.areaId === null || a.areaId === hat.areaId);
  for (const { planDigest } of inScope) {
    const { plan } = await loadedPlan({ pool }, planDigest);
    if (plan.units.some((u) => u.id === hat.unitId)) return;
  }
  throw invalid(`${path}unitId`, '预案中没有该单位');
}

async function requireAccount(deps: Deps, accountId: string): Promise<void> {
  const { rowCount } = await deps.pool.query('select 1 from accounts where id = $1', [accountId]);
  if (rowCount === 0) throw notFound('account');
}

/** Accounts are of the whole installation: an administrator of any area keeps them. */
function requireAdministrator(deps: Deps, caller: Caller): Promise<void> {
  return recordedAtHome(deps, caller, 'manage-accounts', () => {
    const areas = caller.account.hats.flatMap((hat) => (hat.role === 'administrator' ? (hat.areaIds ?? ['']) : []));
    const isOne = areas.some((areaId) => hatFor(caller.account, 'manage-accounts', { areaId }, caller.wears));
    return isOne ? Promise.resolve() : Promise.reject(forbidden('manage-accounts'));
  });
}
