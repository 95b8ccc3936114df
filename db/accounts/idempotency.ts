/** One answer per request key. Leases run on the database's own clock: they guard against a process, not a plan. */
import type { Db } from '../pool.js';

export type Claim =
  /** Ours to execute, for as long as the lease runs. */
  | { readonly outcome: 'claimed'; readonly lease: number }
  /** Somebody is executing it. */
  | { readonly outcome: 'running' }
  | { readonly outcome: 'answered'; readonly status: number; readonly body: string }
  /** The key stands for another request. */
  | { readonly outcome: 'reused' };

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** Claims the key, or tells what has become of it. A lease left behind by a crash is taken over when it has run out. */
export async function claimKey(db: Db, accountId: string, key: string, requestDigest: string, leaseMs: number): Promise<Claim> {
  const { rows } = await db.query<{ lease: number }>(
    `insert into idempotency_keys as k (account_id, key, request_digest, leased_until_ms, created_at_ms) values ($1, $2, $3, ${NOW} + $4::bigint, ${NOW})
     on conflict (account_id, key) do update set leased_until_ms = excluded.leased_until_ms
       where k.request_digest = excluded.request_digest and k.status is null and (k.leased_until_ms is null or k.leased_until_ms < ${NOW})
     returning leased_until_ms as lease`,
    [accountId, key, requestDigest, leaseMs],
  );
  if (rows[0]) return { outcome: 'claimed', lease: rows[0].lease };
  const found = await db.query<{ requestDigest: string; status: number | null; body: string | null }>(
    'select request_digest as "requestDigest", status, body from idempotency_keys where account_id = $1 and key = $2',
    [accountId, key],
  );
  const row = found.rows[0];
  if (row && row.requestDigest !== requestDigest) return { outcome: 'reused' };
  return row === undefined || row.status === null ? { outcome: 'running' } : { outcome: 'answered', status: row.status, body: row.body ?? '' };
}

/** Keeps the answer; false where the lease ran out and somebody else took the key over: then theirs stands. */
export async function answerKey(db: Db, accountId: string, key: string, lease: number, { status, body }: { readonly status: number; readonly body: string }): Promise<boolean> {
  const { rowCount } = await db.query(
    'update idempotency_keys set status = $4, body = $5, leased_until_ms = null where account_id = $1 and key = $2 and leased_until_ms = $3 and status is null',
    [accountId, key, lease, status, body],
  );
  return rowCount === 1;
}

/** No answer worth keeping came of it: the same key may be tried again at once. */
export async function releaseKey(db: Db, accountId: string, key: string, lease: number): Promise<void> {
  await db.query('update idempotency_keys set leased_until_ms = null where account_id = $1 and key = $2 and leased_until_ms = $3 and status is null', [accountId, key, lease]);
}

/** What nobody can ask for any more: old answers, sessions and failures. */
export async function forgetOld(db: Db, beforeMs: number): Promise<void> {
  await db.query('delete from idempotency_keys where created_at_ms < $1', [beforeMs]);
  await db.query('delete from sessions where expires_at_ms < $1', [beforeMs]);
  await db.query('delete from sign_in_failures where at_ms < $1', [beforeMs]);
}
