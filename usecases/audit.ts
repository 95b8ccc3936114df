/** What is put on record besides what happened: who was refused what, and who was given which access. */
import { randomUUID } from 'node:crypto';
import { appendAreaAudit } from '../db/ledger/area.js';
import { appendEpisodeAudit } from '../db/ledger/audit.js';
import { listAreas } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { CURRENT_RULES } from '../domain/rules.js';
import { dayOf } from '../domain/time.js';
import { anySignatory, type Caller, commandIdOf, forbidden, mayAnywhere } from './caller.js';
import type { Deps } from './deps.js';
import { UseCaseFailure } from './failure.js';
import { type AreaContext, areaOf } from './plans.js';
import { RIGHTS, type UseCase } from './rights.js';

/** What somebody looked at, as the record calls it. */
export type Accessed = 'evidence' | 'replay' | 'history' | 'people' | 'what-if';

export type Where = { readonly areaId: string } | { readonly episodeId: string };

/** Does `work`; a refusal, for want of a right or by a rule, goes on record where it happened and is thrown on. */
export async function recorded<T>(deps: Deps, caller: Caller, useCase: UseCase, where: Where, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof UseCaseFailure ? refusalCodeOf(error) : null;
    if (code !== null) await recordRefusal(deps, caller, useCase, where, code);
    throw error;
  }
}

/** For what is of the whole installation: the first area's record tells of it. */
export async function recordedAtHome<T>(deps: Deps, caller: Caller, useCase: UseCase, work: () => Promise<T>): Promise<T> {
  const home = await homeOf(deps);
  return home ? recorded(deps, caller, useCase, { areaId: home.areaId }, work) : work();
}

/** Throws `forbidden`, on record, where none of the caller's hats gives a right that belongs to no area. */
export async function admitAnywhere(deps: Deps, caller: Caller, useCase: UseCase): Promise<void> {
  if (!mayAnywhere(caller.account, useCase)) await recordedAtHome(deps, caller, useCase, () => Promise.reject(forbidden(useCase)));
}

function refusalCodeOf({ failure }: UseCaseFailure): string | null {
  if (failure.kind === 'refused') return failure.refusal.code;
  return failure.kind === 'forbidden' ? 'forbidden' : null;
}

async function recordRefusal(deps: Deps, caller: Caller, useCase: UseCase, where: Where, code: string): Promise<void> {
  const event = { type: 'refused', clause: RIGHTS[useCase].clause, accountId: caller.account.id, what: useCase, code } as const;
  const commandId = `refusal:${caller.key === null ? randomUUID() : commandIdOf(caller)}`;
  if ('episodeId' in where) await appendEpisodeAudit(deps.pool, { episodeId: where.episodeId, commandId, clock: deps.clock, event });
  else await auditArea(deps, await areaOf(deps, where.areaId), commandId, event);
}

/** Accounts, hats and delegations are of the whole installation: every real area's record tells of them. */
export async function recordAccessChange(deps: Deps, caller: Caller, change: string, subject: string, detail: object): Promise<void> {
  const commandId = `access:${caller.key === null ? randomUUID() : commandIdOf(caller)}`;
  const event = { type: 'access-changed', clause: RIGHTS['manage-accounts'].clause, change, subject, detail, by: anySignatory(caller.account) };
  for (const { areaId, drillsArea } of await listAreas(deps.pool)) if (drillsArea === null) await auditArea(deps, await areaOf(deps, areaId), commandId, event);
}

/** A closed book was opened: an export of the record, a replay. */
export async function recordAccess(deps: Deps, caller: Caller, areaId: string, what: Accessed, subject: string): Promise<void> {
  await auditArea(deps, await areaOf(deps, areaId), `read:${randomUUID()}`, accessEvent(caller, what, subject));
}

/** The same where somebody looks many times over: once for each person, thing and natural day. */
export async function recordAccessOnce(deps: Deps, caller: Caller, areaId: string, what: Accessed, subject: string): Promise<void> {
  const commandId = `read:${caller.account.id}:${what}:${subject}:${dayOf(await deps.clock(deps.pool))}`;
  const known = toldAlready.get(deps.pool) ?? new Set<string>();
  toldAlready.set(deps.pool, known);
  if (known.has(commandId)) return;
  await auditArea(deps, await areaOf(deps, areaId), commandId, accessEvent(caller, what, subject));
  if (known.size > MANY) known.clear();
  known.add(commandId);
}

/** The same for what is of the whole installation. */
export async function recordAccessAtHome(deps: Deps, caller: Caller, what: Accessed, subject: string): Promise<void> {
  const home = await homeOf(deps);
  if (home) await recordAccessOnce(deps, caller, home.areaId, what, subject);
}

async function homeOf({ pool }: Deps) {
  return (await listAreas(pool)).find((a) => a.drillsArea === null);
}

// Saves the look into the ledger, which knows by the command that it was told before.
const toldAlready = new WeakMap<Pool, Set<string>>();
const MANY = 10_000;

function accessEvent(caller: Caller, what: Accessed, subject: string) {
  return { type: 'record-accessed', clause: RIGHTS['read-record'].clause, what, subject, by: anySignatory(caller.account) };
}

/** Something done in an area that is no input to its episodes. */
export async function recordAreaNote(deps: Deps, caller: Caller, areaId: string, event: Parameters<typeof appendAreaAudit>[2]): Promise<void> {
  await auditArea(deps, await areaOf(deps, areaId), `note:${commandIdOf(caller)}`, event);
}

/** What a check of the record found. */
export async function recordAreaEvent(deps: Deps, areaId: string, event: Parameters<typeof appendAreaAudit>[2]): Promise<void> {
  await auditArea(deps, await areaOf(deps, areaId), `note:${randomUUID()}`, event);
}

async function auditArea(deps: Deps, { areaId, digest }: AreaContext, commandId: string, event: Parameters<typeof appendAreaAudit>[2]): Promise<void> {
  await appendAreaAudit(deps.pool, { areaId, commandId, rulesVersion: CURRENT_RULES, planDigest: digest, clock: deps.clock }, event);
}
