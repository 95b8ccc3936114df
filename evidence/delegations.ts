/** Delegated hats on record (2.1, R14): which a record's signatures name, and what the area's stream tells of them. */
import type { Signatory } from '../domain/act.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { Role } from '../domain/plan.js';

/** `access-changed` in the area's stream, as far as it tells of delegations. */
export type DelegationEvent =
  | {
      readonly type: 'access-changed';
      readonly change: 'delegated';
      /** The account that may wear the hat. */
      readonly subject: string;
      /** Times are real ones. */
      readonly detail: { readonly delegationId: string; readonly role: Role; readonly from: string; readonly areaIds: readonly string[] | null; readonly useCases: readonly string[] | null; readonly fromMs: number; readonly untilMs: number };
    }
  | { readonly type: 'access-changed'; readonly change: 'delegation-revoked'; /** The delegation's id. */ readonly subject: string };

/** Signatures in a row, wherever they stand. */
export function signatoriesIn(row: LedgerRow): Signatory[] {
  return found(row.event);
}

/** Ids of the delegations that rows name. */
export function delegationsNamedBy(rows: readonly LedgerRow[]): string[] {
  return [...new Set(rows.flatMap(signatoriesIn).flatMap(({ delegation }) => (delegation ? [delegation.id] : [])))];
}

/** The delegation that a row of the area tells of; null where it tells of none. */
export function delegationOf({ kind, event }: LedgerRow): DelegationEvent | null {
  const { type, change } = event as { readonly type: string; readonly change?: string };
  const isOne = kind === 'audit' && type === 'access-changed' && (change === 'delegated' || change === 'delegation-revoked');
  return isOne ? (event as DelegationEvent) : null;
}

/** Accounts that gave the delegations on record, by the delegation's id: a signature names whoever gave it by name only. */
export function delegatorsIn(areaRows: readonly LedgerRow[]): ReadonlyMap<string, string> {
  return new Map(areaRows.map(delegationOf).flatMap((told) => (told?.change === 'delegated' ? [[told.detail.delegationId, told.detail.from] as const] : [])));
}

function found(value: unknown): Signatory[] {
  if (Array.isArray(value)) return value.flatMap(found);
  if (typeof value !== 'object' || value === null) return [];
  return 'accountId' in value && 'delegation' in value ? [value as Signatory] : Object.values(value).flatMap(found);
}
