/** Who calls: an account that proved itself, the hat it asks to wear, and the key of its request. */
import type { Account, Hat } from '../db/accounts/principals.js';

export type { Account };
import type { Signatory } from '../domain/act.js';
import { sha256Hex } from '../domain/digest.js';
import type { Role, UnitId } from '../domain/plan.js';
import { fail } from './failure.js';
import { mayDo, RIGHTS, type UseCase } from './rights.js';

export interface Caller {
  readonly account: Account;
  /** A hat's id, a role, or `unit:ID`; null: whichever fits. */
  readonly wears: string | null;
  /** What the caller calls this request; null for a read. */
  readonly key: string | null;
}

export interface Place {
  readonly areaId: string;
  /** Set where only this unit's people may. */
  readonly unitId?: UnitId;
  /** Set where only these roles may, of those the use case knows. */
  readonly roles?: readonly Role[];
}

/** The hat of an account that gives a right at a place; null when none does. */
export function hatFor(account: Account, useCase: UseCase, place: Place, wears: string | null = null): Hat | null {
  return account.hats.find((hat) => isGood(hat, useCase, place) && (wears === null || isWorn(hat, wears))) ?? null;
}

function isGood(hat: Hat, useCase: UseCase, { areaId, unitId, roles }: Place): boolean {
  const inArea = hat.areaIds === null || hat.areaIds.includes(areaId);
  // Whoever may decide may read what it is about.
  const inScope = useCase === 'read' || !hat.delegation?.useCases || hat.delegation.useCases.includes(useCase);
  const inUnit = unitId === undefined || hat.role !== 'unit' || hat.unitId === unitId;
  return mayDo(useCase, hat.role) && inArea && inScope && inUnit && (roles?.includes(hat.role) ?? true);
}

function isWorn(hat: Hat, wears: string): boolean {
  return wears === hat.id || wears === hat.role || (hat.unitId !== null && wears === `unit:${hat.unitId}`);
}

/** Every signature names the hat (R14). */
export function signatoryOf(account: Pick<Account, 'id' | 'name'>, hat: Hat): Signatory {
  const { role, unitId, delegation } = hat;
  return { accountId: account.id, name: account.name, role, unitId, delegation: delegation && { id: delegation.id, by: delegation.by, byAccountId: delegation.byAccountId } };
}

/** Before any right is known: for the record of a refusal. */
export function anySignatory(account: Account): Signatory {
  const [hat] = account.hats;
  return hat ? signatoryOf(account, hat) : { accountId: account.id, name: account.name, role: 'unit', unitId: null, delegation: null };
}

/** Whether any hat, wherever it holds, gives a right: for what belongs to no area. */
export function mayAnywhere({ hats }: Account, useCase: UseCase): boolean {
  return hats.some((hat) => mayDo(useCase, hat.role));
}

export function forbidden(useCase: UseCase): Error {
  const { clause, roles } = RIGHTS[useCase];
  return fail({ kind: 'forbidden', clause, text: { zh: '您的身份无权办理此事项', en: `this is for: ${roles.join(', ')}` } });
}

/** One id per account and key: the ledger knows by it that a command was carried out before. */
export function commandIdOf(caller: Caller): string {
  if (caller.key === null) throw new Error('a command needs a key');
  return sha256Hex(`${caller.account.id}\n${caller.key}`).slice(0, 32);
}

/** Ids of what a command creates are the same however often it is sent. */
export function idOf(prefix: string, commandId: string): string {
  return `${prefix}-${commandId.slice(0, 16)}`;
}
