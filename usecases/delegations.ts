/** Written delegations (R14): who, to whom, which hat, for what and how long; revocable. */
import { z } from 'zod';
import { hatById } from '../db/accounts/accounts.js';
import { insertDelegation, listDelegations, revokeDelegation } from '../db/accounts/delegations.js';
import { accountById } from '../db/accounts/principals.js';
import { listAreas } from '../db/plans.js';
import { DAY_MS } from '../domain/time.js';
import { requireDocuments } from './acts.js';
import { recordAccessChange, recordedAtHome } from './audit.js';
import { type Caller, commandIdOf, forbidden, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { fail, invalid, notFound } from './failure.js';
import { mayDo, RIGHTS, type UseCase } from './rights.js';
import { digest, id, instant, words } from './schemas.js';

const MAX_DAYS = 366;
const useCase = z.enum(Object.keys(RIGHTS) as [UseCase, ...UseCase[]]);

export const newDelegation = z
  .strictObject({
    hatId: id,
    toAccountId: id,
    areaIds: z.array(id).min(1).max(20).nullable().default(null),
    useCases: z.array(useCase).min(1).nullable().default(null),
    /** What was written, and its number (文号). */
    basis: words(500),
    documentDigest: digest.nullable().default(null),
    from: instant.optional(),
    until: instant,
  })
  .refine((d) => d.from === undefined || d.until > d.from, { path: ['until'], error: '应晚于开始时间' });

/** Of one's own hat, or of any by an administrator. A hat held by delegation is not passed on. */
export function delegate(deps: Deps, caller: Caller, input: z.output<typeof newDelegation>) {
  return recordedAtHome(deps, caller, 'delegate', () => makeDelegation(deps, caller, input));
}

async function makeDelegation(deps: Deps, caller: Caller, input: z.output<typeof newDelegation>) {
  const nowMs = await deps.clock(deps.pool);
  const hat = await hatById(deps.pool, input.hatId);
  if (!hat || hat.revokedAtMs !== null) throw notFound('hat');
  const isOwn = hat.accountId === caller.account.id && mayDo('delegate', hat.role);
  if (!isOwn && !isAdministrator(caller)) throw forbidden('delegate');
  if (hat.accountId === input.toAccountId) throw invalid('toAccountId', '不能委托给本人');
  if (!(await accountById(deps.pool, input.toAccountId, nowMs))) throw invalid('toAccountId', '没有该在用账号');
  const fromMs = input.from ?? nowMs;
  if (input.until <= Math.max(nowMs, fromMs)) throw invalid('until', '应晚于当前时间和开始时间');
  if (input.until - fromMs > MAX_DAYS * DAY_MS) throw invalid('until', `委托不超过${MAX_DAYS}日`);
  const areas = await listAreas(deps.pool);
  for (const [i, areaId] of (input.areaIds ?? []).entries()) if (!areas.some((a) => a.areaId === areaId)) throw invalid(`areaIds.${i}`, '没有该区域');
  if (input.documentDigest !== null) await requireDocuments(deps, caller, [input.documentDigest], 'documentDigest');
  const delegationId = idOf('G', commandIdOf(caller));
  const { hatId, toAccountId, areaIds, useCases, basis, documentDigest, until: untilMs } = input;
  await insertDelegation(deps.pool, { id: delegationId, hatId, toAccountId, areaIds, useCases, basis, documentDigest, fromMs, untilMs, createdBy: caller.account.id, createdAtMs: nowMs });
  await recordAccessChange(deps, caller, 'delegated', toAccountId, { delegationId, hatId, role: hat.role, from: hat.accountId, areaIds, useCases, basis, fromMs, untilMs });
  return { delegationId };
}

export async function delegations(deps: Deps, caller: Caller) {
  return { delegations: await listDelegations(deps.pool, isAdministrator(caller) ? null : caller.account.id) };
}

/** By whoever gave it, received it, or administers. */
export async function endDelegation(deps: Deps, caller: Caller, delegationId: string): Promise<void> {
  const seen = await listDelegations(deps.pool, isAdministrator(caller) ? null : caller.account.id);
  if (!seen.some((d) => d.id === delegationId)) throw notFound('delegation');
  if (!(await revokeDelegation(deps.pool, delegationId, await deps.clock(deps.pool)))) throw fail({ kind: 'conflict', text: { zh: '该委托已撤销', en: 'the delegation has been revoked' } });
  await recordAccessChange(deps, caller, 'delegation-revoked', delegationId, {});
}

/** Who holds the hat by delegation is one for what was delegated only. */
function isAdministrator({ account }: Caller): boolean {
  return account.hats.some(({ role, delegation }) => role === 'administrator' && (delegation?.useCases?.includes('delegate') ?? true));
}
