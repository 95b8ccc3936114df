import type { Client } from '@temporalio/client';
import type { ReceiptClock } from '../db/clock.js';
import type { Pool } from '../db/pool.js';
import type { Activities } from './contract.js';
import { createDisseminationActivities } from './dissemination.js';
import { createEngineActivities } from './engine.js';
import { createLedgerActivities } from './ledger.js';

export interface ActivityDeps {
  readonly pool: Pool;
  /** Real time of receipts. */
  readonly clock: ReceiptClock;
  readonly client: Client;
  readonly taskQueue: string;
}

/** Everything the workflows may ask for; one file per outside thing. */
export function createActivities({ pool, clock, client, taskQueue }: ActivityDeps): Activities {
  return {
    ...createLedgerActivities({ pool, clock }),
    ...createEngineActivities({ pool, client, taskQueue }),
    ...createDisseminationActivities({ pool, clock }),
  };
}
