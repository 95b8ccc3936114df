/** What every use case is given. */
import type { ReceiptClock } from '../db/clock.js';
import type { Pool } from '../db/pool.js';
import type { Signer } from '../evidence/signature.js';
import type { Engine } from './engine.js';

export interface Log {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

export interface Deps {
  readonly pool: Pool;
  /** Real time of receipts: the database's clock in production. */
  readonly clock: ReceiptClock;
  readonly engine: Engine;
  readonly log: Log;
  /** Signs what leaves the house: evidence bundles, chain heads. Its private key never does. */
  readonly signer: Signer;
}
