import type { Db } from '../pool.js';

export interface Delegation {
  readonly id: string;
  readonly hatId: string;
  readonly toAccountId: string;
  /** Null: wherever the hat is good. */
  readonly areaIds: readonly string[] | null;
  /** Null: whatever the hat may do. */
  readonly useCases: readonly string[] | null;
  /** What was written, and where (文号). */
  readonly basis: string;
  readonly documentDigest: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

export async function insertDelegation(db: Db, d: Delegation): Promise<void> {
  await db.query(
    `insert into delegations (id, hat_id, to_account_id, area_ids, use_cases, basis, document_digest, from_ms, until_ms, created_by, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
    [d.id, d.hatId, d.toAccountId, d.areaIds, d.useCases, d.basis, d.documentDigest, d.fromMs, d.untilMs, d.createdBy, d.createdAtMs],
  );
}

export type ListedDelegation = Delegation & { readonly revokedAtMs: number | null; readonly fromAccountId: string; readonly role: string };

/** Given by or to an account; every one where `accountId` is null. */
export async function listDelegations(db: Db, accountId: string | null): Promise<ListedDelegation[]> {
  const { rows } = await db.query<ListedDelegation>(
    `select d.id, d.hat_id as "hatId", d.to_account_id as "toAccountId", d.area_ids as "areaIds", d.use_cases as "useCases", d.basis,
       d.document_digest as "documentDigest", d.from_ms as "fromMs", d.until_ms as "untilMs", d.created_by as "createdBy",
       d.created_at_ms as "createdAtMs", d.revoked_at_ms as "revokedAtMs", h.account_id as "fromAccountId", h.role
     from delegations d join hats h on h.id = d.hat_id
     where $1::text is null or d.to_account_id = $1 or h.account_id = $1 order by d.created_at_ms desc, d.id`,
    [accountId],
  );
  return rows;
}

/** False when there was none in use. */
export async function revokeDelegation(db: Db, id: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query('update delegations set revoked_at_ms = $2 where id = $1 and revoked_at_ms is null', [id, nowMs]);
  return rowCount === 1;
}
