import type { Db } from './pool.js';

/**
 * Real time of receipt, ms since the epoch. It tells a time after everything
 * that was asked of the connection before: asked in one go with the stream's
 * lock, that is after the lock was had.
 */
export type ReceiptClock = (db: Db) => Promise<number>;

/** The one clock of production: the database's, so that several API processes agree. */
export const databaseClock: ReceiptClock = async (db) => {
  const { rows } = await db.query<{ at_ms: number }>('select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at_ms', []);
  return rows[0]!.at_ms;
};

/** A clock that is not the database's, for simulated time: it is looked at when what was asked before has been answered. */
export const clockBeside =
  (read: () => Promise<number>): ReceiptClock =>
  async (db) => {
    await db.query('select 1', []);
    return read();
  };
