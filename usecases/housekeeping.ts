/** What the installation does for itself every hour, and once at each start. */
import { forgetOld } from '../db/accounts/idempotency.js';
import { forgetWorkers } from '../db/heartbeats.js';
import { listAreas } from '../db/plans.js';
import { DAY_MS } from '../domain/time.js';
import { recordKey } from '../evidence/keys.js';
import { signHead } from '../evidence/take-head.js';
import type { Deps } from './deps.js';

/** How long an idempotency key keeps its answer. */
const KEPT_FOR_MS = 30 * DAY_MS;

/** Old idempotency keys go; the signing key and the day's chain heads go on record. What fails is told and tried again the next hour. */
export async function keepHouse({ pool, clock, signer, log }: Pick<Deps, 'pool' | 'clock' | 'signer' | 'log'>): Promise<void> {
  try {
    await forgetOld(pool, (await clock(pool)) - KEPT_FOR_MS);
    await forgetWorkers(pool, (await clock(pool)) - DAY_MS);
    await recordKey(pool, clock, signer);
    for (const { areaId } of await listAreas(pool)) await signHead(pool, areaId, signer, clock);
  } catch (error) {
    log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'housekeeping failed; the next hour tries again');
  }
}
