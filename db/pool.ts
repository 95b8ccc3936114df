import pg from 'pg';
import { PreparingClient } from './prepared.js';

export type Pool = pg.Pool;
/** A connection inside a transaction. */
export type Tx = pg.PoolClient;
export type Db = Pool | Tx;

const INT8 = 20;
/** Longer, and whoever asks is better told that the database is away. */
const CONNECT_WITHIN_MS = 10_000;
/** A process that stopped in the midst of a transaction gives up the stream's lock, on which every submission of the episode waits. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** No request and no step of a workflow has a statement that takes longer where all is well: the server gives it up, and where nothing comes back from there, we do. */
const QUERY_WITHIN_MS = 10_000;
const SERVER_FIRST_MS = 500;
/** A link that died in silence is probed from then on. */
const PROBE_AFTER_MS = 10_000;

export interface PoolOptions {
  /** Default 10. */
  readonly max?: number;
  /** Bound of one statement, default 10 s; null for the long work of commands (rebuild, checks, migrations). */
  readonly queryWithinMs?: number | null;
  /** A connection that broke while idle; the pool makes another. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Connections as the URL's role. `bigint` columns come as numbers: milliseconds
 * and sequences stay below 2^53. A connection may break at any moment, also
 * between two queries and in the very packet that makes it ready: whoever uses
 * it learns of it by the next query, and the process lives on.
 */
export function createPool(databaseUrl: string, { max = 10, queryWithinMs = QUERY_WITHIN_MS, onIdleError = () => undefined }: PoolOptions = {}): Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    ...(queryWithinMs !== null && { query_timeout: queryWithinMs, statement_timeout: queryWithinMs - SERVER_FIRST_MS }),
    keepAlive: true,
    keepAliveInitialDelayMillis: PROBE_AFTER_MS,
    types: { getTypeParser: ((oid: number, format: 'text') => (oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown))) as typeof pg.types.getTypeParser },
  });
  pool.on('error', onIdleError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` in a transaction of its own, or in the one it is given. An exception rolls back. */
export async function transaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (!(db instanceof pg.Pool)) return work(db);
  const tx = await db.connect();
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    tx.release();
    return result;
  } catch (error) {
    // Behind a statement that never ended no rollback ends either: the server rolls back when the connection goes.
    if (isUnanswered(error)) tx.release(error);
    // A connection that cannot even roll back is not used again.
    else await tx.query('rollback').then(
      () => tx.release(),
      (broken: Error) => tx.release(broken),
    );
    throw error;
  }
}

/** The driver has no code for a statement whose answer did not come in time. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** The URL with another user and password: the application's role on the owner's server. */
export function withUser(databaseUrl: string, user: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.toString();
}
