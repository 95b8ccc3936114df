/** Which workers are there. By the database's own clock, so that nobody's clock but one counts. */
import type { Db } from './pool.js';

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

export async function recordHeartbeat(db: Db, { id, taskQueue }: { readonly id: string; readonly taskQueue: string }): Promise<void> {
  await db.query(`insert into workers (id, task_queue, seen_at_ms) values ($1, $2, ${NOW}) on conflict (id) do update set task_queue = excluded.task_queue, seen_at_ms = excluded.seen_at_ms`, [id, taskQueue]);
}

/** A worker that ends says so; its row stays, or the last one's end would look like no worker ever. */
export async function recordLastBeat(db: Db, id: string): Promise<void> {
  await db.query('update workers set seen_at_ms = 0 where id = $1', [id]);
}

/** Of the queue's worker seen last, how long ago, ms; null where none has ever said that it is there. */
export async function lastHeartbeatAgeMs(db: Db, taskQueue: string): Promise<number | null> {
  const { rows } = await db.query<{ ageMs: number | null }>(`select ${NOW} - max(seen_at_ms) as "ageMs" from workers where task_queue = $1`, [taskQueue]);
  return rows[0]?.ageMs ?? null;
}

export async function forgetWorkers(db: Db, beforeMs: number): Promise<void> {
  await db.query('delete from workers where seen_at_ms < $1', [beforeMs]);
}
