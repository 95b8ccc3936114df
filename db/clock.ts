import type { Db } from './pool.js';

/** Real time of receipt, ms since the epoch; asked only after the stream's lock is held. */
export type ReceiptClock = (db: Db) => Promise<number>;

/** The one clock of production: the database's, so that several API processes agree. */
export const databaseClock: ReceiptClock = async (db) => {
  const { rows } = await db.query<{ at_ms: number }>('select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at_ms');
  return rows[0]!.at_ms;
};
