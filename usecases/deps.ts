import type { ReceiptClock } from '../db/clock.js';
import type { Db, Pool } from '../db/pool.js';
import type { Signer } from '../evidence/signature.js';
import type { Engine } from './engine.js';

export interface Log {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

/** What only looks things up is given: within a transaction `pool` is its connection. */
export interface Reads {
  readonly pool: Db;
  /** Real time of receipts: the database's clock in production. */
  readonly clock: ReceiptClock;
}

/** What every use case is given. */
export interface Deps extends Reads {
  readonly pool: Pool;
  readonly engine: Engine;
  readonly log: Log;
  /** Signs what leaves the house: evidence bundles, chain heads. Its private key never does. */
  readonly signer: Signer;
}
