/** Sessions and personal tokens. Only digests of their secrets are kept. */
import type { Db } from '../pool.js';

export interface SessionRow {
  readonly id: string;
  readonly userAgent: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface TokenRow {
  readonly id: string;
  readonly label: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export async function insertSession(db: Db, session: SessionRow & { digest: string; accountId: string }): Promise<void> {
  await db.query(
    `insert into sessions (id, digest, account_id, user_agent, created_at_ms, expires_at_ms) values ($1, $2, $3, $4, $5, $6)`,
    [session.id, session.digest, session.accountId, session.userAgent, session.createdAtMs, session.expiresAtMs],
  );
}

export async function insertToken(db: Db, token: TokenRow & { digest: string; accountId: string }): Promise<void> {
  await db.query(
    `insert into tokens (id, digest, account_id, label, created_at_ms, expires_at_ms) values ($1, $2, $3, $4, $5, $6)`,
    [token.id, token.digest, token.accountId, token.label, token.createdAtMs, token.expiresAtMs],
  );
}

export async function listSessions(db: Db, accountId: string, nowMs: number): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>(
    `select id, user_agent as "userAgent", created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"
     from sessions where account_id = $1 and revoked_at_ms is null and expires_at_ms > $2 order by created_at_ms desc`,
    [accountId, nowMs],
  );
  return rows;
}

export async function listTokens(db: Db, accountId: string, nowMs: number): Promise<TokenRow[]> {
  const { rows } = await db.query<TokenRow>(
    `select id, label, created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"
     from tokens where account_id = $1 and revoked_at_ms is null and expires_at_ms > $2 order by created_at_ms desc`,
    [accountId, nowMs],
  );
  return rows;
}

/** False when the account has no such session in use. */
export async function revokeSession(db: Db, accountId: string, id: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query('update sessions set revoked_at_ms = $3 where id = $2 and account_id = $1 and revoked_at_ms is null', [accountId, id, nowMs]);
  return rowCount === 1;
}

export async function revokeSessionBySecret(db: Db, digest: string, nowMs: number): Promise<void> {
  await db.query('update sessions set revoked_at_ms = $2 where digest = $1 and revoked_at_ms is null', [digest, nowMs]);
}

export async function revokeToken(db: Db, accountId: string, id: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query('update tokens set revoked_at_ms = $3 where id = $2 and account_id = $1 and revoked_at_ms is null', [accountId, id, nowMs]);
  return rowCount === 1;
}

/** Every session and token of an account, when its password changes or it is disabled; one session may stay. */
export async function revokeCredentials(db: Db, accountId: string, nowMs: number, keepSessionDigest: string | null = null): Promise<void> {
  await db.query('update sessions set revoked_at_ms = $2 where account_id = $1 and revoked_at_ms is null and digest is distinct from $3', [accountId, nowMs, keepSessionDigest]);
  await db.query('update tokens set revoked_at_ms = $2 where account_id = $1 and revoked_at_ms is null', [accountId, nowMs]);
}
