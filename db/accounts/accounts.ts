import type { Role, UnitId } from '../../domain/plan.js';
import type { Db } from '../pool.js';

export interface NewHat {
  readonly id: string;
  readonly role: Role;
  readonly unitId: UnitId | null;
  readonly areaId: string | null;
  readonly fromMs: number;
  readonly untilMs: number | null;
}

export interface AccountRow {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly demonstration: boolean;
  readonly createdAtMs: number;
  readonly disabledAtMs: number | null;
  readonly hats: readonly (NewHat & { readonly revokedAtMs: number | null })[];
}

/** False when the login is taken. */
export async function insertAccount(
  db: Db,
  account: { id: string; login: string; name: string; passwordHash: string; demonstration: boolean; createdAtMs: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into accounts (id, login, name, password_hash, demonstration, created_at_ms) values ($1, $2, $3, $4, $5, $6) on conflict (login) do nothing`,
    [account.id, account.login, account.name, account.passwordHash, account.demonstration, account.createdAtMs],
  );
  return rowCount === 1;
}

export async function insertHat(db: Db, accountId: string, hat: NewHat): Promise<void> {
  await db.query(
    `insert into hats (id, account_id, role, unit_id, area_id, from_ms, until_ms) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [hat.id, accountId, hat.role, hat.unitId, hat.areaId, hat.fromMs, hat.untilMs],
  );
}

/** The account and area of a hat that was in use; null when there is none. */
export async function revokeHat(db: Db, id: string, nowMs: number): Promise<{ accountId: string; areaId: string | null } | null> {
  const { rows } = await db.query<{ accountId: string; areaId: string | null }>(
    `update hats set revoked_at_ms = $2 where id = $1 and revoked_at_ms is null returning account_id as "accountId", area_id as "areaId"`,
    [id, nowMs],
  );
  return rows[0] ?? null;
}

export async function hatById(db: Db, id: string): Promise<(NewHat & { accountId: string; revokedAtMs: number | null }) | null> {
  const { rows } = await db.query<NewHat & { accountId: string; revokedAtMs: number | null }>(`select account_id as "accountId", ${HAT_COLUMNS} from hats where id = $1`, [id]);
  return rows[0] ?? null;
}

const HAT_COLUMNS = `id, role, unit_id as "unitId", area_id as "areaId", from_ms as "fromMs", until_ms as "untilMs", revoked_at_ms as "revokedAtMs"`;

/** For signing in; also of a disabled account, which the caller turns away after the same work. */
export async function passwordOf(db: Db, login: string): Promise<{ id: string; passwordHash: string; disabled: boolean } | null> {
  const { rows } = await db.query<{ id: string; passwordHash: string; disabled: boolean }>(
    `select id, password_hash as "passwordHash", disabled_at_ms is not null as disabled from accounts where login = lower($1)`,
    [login],
  );
  return rows[0] ?? null;
}

export async function setPassword(db: Db, accountId: string, passwordHash: string): Promise<boolean> {
  const { rowCount } = await db.query('update accounts set password_hash = $2 where id = $1', [accountId, passwordHash]);
  return rowCount === 1;
}

/** False when there is no such account in use. */
export async function disableAccount(db: Db, accountId: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query('update accounts set disabled_at_ms = $2 where id = $1 and disabled_at_ms is null', [accountId, nowMs]);
  return rowCount === 1;
}

export async function listAccounts(db: Db): Promise<AccountRow[]> {
  const { rows } = await db.query<AccountRow>(
    `select a.id, a.login, a.name, a.demonstration, a.created_at_ms as "createdAtMs", a.disabled_at_ms as "disabledAtMs",
       coalesce((select jsonb_agg(to_jsonb(h) order by h.id) from (select ${HAT_COLUMNS} from hats where account_id = a.id) h), '[]') as hats
     from accounts a order by a.login`,
  );
  return rows;
}

/** Names by id, of disabled accounts too. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; name: string }>('select id, name from accounts where id = any($1)', [ids]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
