import pg from 'pg';
import { BatchingClient } from './batch.js';

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
/** A connection knows its statements and costs a process to make: it stays from one rush to the next. */
const IDLE_CONNECTION_MS = 10 * 60_000;
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
    Client: BatchingClient,
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
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

/** Waits for a transaction's last statements, which are asked but not yet answered. */
export type Store = (writes: readonly Promise<unknown>[]) => Promise<void>;

/**
 * Runs `work` in a transaction of its own, or in the one it is given. An
 * exception rolls back. What `work` hands to `store` is waited for and
 * committed in one go, or left to the transaction it is part of.
 */
export async function transaction<T>(db: Db, work: (tx: Tx, store: Store) => Promise<T>): Promise<T> {
  if (!(db instanceof pg.Pool)) return work(db, async (writes) => void (await Promise.all(writes)));
  const tx = await db.connect();
  let isCommitted = false;
  const store: Store = async (writes) => {
    await Promise.all([...writes, tx.query('commit', [])]);
    isCommitted = true;
  };
  try {
    const [, result] = await Promise.all([tx.query('begin', []), work(tx, store)]);
    if (!isCommitted) await tx.query('commit', []);
    tx.release();
    return result;
  } catch (error) {
    // Behind a statement that never ended no rollback ends either: the server rolls back when the connection goes.
    if (isUnanswered(error)) tx.release(error);
    // A connection that cannot even roll back is not used again.
    else await tx.query('rollback', []).then(
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

/** Asks several things of one connection in one go. */
export async function inOneGo<T>(db: Db, ask: (db: Db) => Promise<T>): Promise<T> {
  if (!(db instanceof pg.Pool)) return ask(db);
  const client = await db.connect();
  try {
    const answer = await ask(client);
    client.release();
    return answer;
  } catch (error) {
    client.release(isUnanswered(error));
    throw error;
  }
}

/** The URL with another user and password: the application's role on the owner's server. */
export function withUser(databaseUrl: string, user: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.toString();
}
