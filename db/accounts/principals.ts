/** Who a credential belongs to, with every hat that may be worn at an instant. */
import type { UnitId, Role } from '../../domain/plan.js';
import type { Db } from '../pool.js';

export interface Hat {
  readonly id: string;
  readonly role: Role;
  readonly unitId: UnitId | null;
  /** Null: every area. */
  readonly areaIds: readonly string[] | null;
  /** Set when held by a written delegation; `useCases` null: all that the hat may do. */
  readonly delegation: { readonly id: string; readonly by: string; readonly byAccountId: string; readonly useCases: readonly string[] | null } | null;
}

export interface Account {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly hats: readonly Hat[];
}

/** By the digest of a session's secret; null when unknown, revoked, expired or its account disabled. */
export function accountOfSession(db: Db, digest: string, nowMs: number): Promise<Account | null> {
  return accountWhere(db, 'a.id = (select account_id from sessions where digest = $1 and revoked_at_ms is null and expires_at_ms > $2)', digest, nowMs);
}

/** By the digest of a personal token, on the same terms. */
export function accountOfToken(db: Db, digest: string, nowMs: number): Promise<Account | null> {
  return accountWhere(db, 'a.id = (select account_id from tokens where digest = $1 and revoked_at_ms is null and expires_at_ms > $2)', digest, nowMs);
}

/** An account in use, by its id. */
export function accountById(db: Db, id: string, nowMs: number): Promise<Account | null> {
  return accountWhere(db, 'a.id = $1', id, nowMs);
}

/** Everybody with an account in use, by name. */
export function accountsInUse(db: Db, nowMs: number): Promise<Account[]> {
  return accountsWhere(db, '$1::text is null', null, nowMs);
}

async function accountWhere(db: Db, condition: string, value: string, nowMs: number): Promise<Account | null> {
  return (await accountsWhere(db, condition, value, nowMs))[0] ?? null;
}

async function accountsWhere(db: Db, condition: string, value: string | null, nowMs: number): Promise<Account[]> {
  const { rows } = await db.query<Account>(
    `select a.id, a.login, a.name, coalesce(
       (select jsonb_agg(to_jsonb(h) order by h.delegation is not null, h.id) from (${WORN_AT}) h), '[]') as hats
     from accounts a where ${condition} and a.disabled_at_ms is null and $2::bigint is not null order by a.name, a.id`,
    [value, nowMs],
  );
  return rows;
}

/** Own hats, and those delegated by somebody who still holds them. */
const WORN_AT = `
  select h.id, h.role, h.unit_id as "unitId", case when h.area_id is null then null else jsonb_build_array(h.area_id) end as "areaIds", null::jsonb as delegation
  from hats h
  where h.account_id = a.id and h.revoked_at_ms is null and h.from_ms <= $2 and (h.until_ms is null or h.until_ms > $2)
  union all
  select h.id, h.role, h.unit_id,
    case when h.area_id is not null then jsonb_build_array(h.area_id) when d.area_ids is not null then to_jsonb(d.area_ids) end,
    jsonb_build_object('id', d.id, 'by', giver.name, 'byAccountId', giver.id, 'useCases', d.use_cases)
  from delegations d join hats h on h.id = d.hat_id join accounts giver on giver.id = h.account_id
  where d.to_account_id = a.id and d.revoked_at_ms is null and d.from_ms <= $2 and d.until_ms > $2
    and h.revoked_at_ms is null and h.from_ms <= $2 and (h.until_ms is null or h.until_ms > $2)
    and giver.disabled_at_ms is null`;
