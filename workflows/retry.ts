/** One block per class of step, with its reason. */
import { condition, isCancellation, type LocalActivityOptions, proxyActivities, proxyLocalActivities, TemporalFailure } from '@temporalio/workflow';
import type { DisseminationActivities, EngineActivities, LedgerActivities } from '../activities/contract.js';
import { MINUTE_MS } from '../domain/time.js';

const SHORT: LocalActivityOptions = {
  startToCloseTimeout: '3 s',
  scheduleToCloseTimeout: '4 s',
  retry: { initialInterval: '100 ms', maximumAttempts: 2 },
};

/**
 * A transaction of a few milliseconds in our own database: local, and given up
 * soon, since the workflow waits better than a retry loop; a database that
 * accepts and never answers costs a heartbeat, three events, each 1.6 s.
 */
export const ledger = proxyLocalActivities<LedgerActivities>(SHORT);

/** A call of some milliseconds to the Temporal server itself, keyed, so that twice is once: local, at a sixth of the events. */
export const engine = proxyLocalActivities<EngineActivities>(SHORT);

/** Delivery by a row of our own database. */
export const deliveryWithin = proxyLocalActivities<DisseminationActivities>(SHORT);

/** Delivery to the outside: each channel has its own patience. */
export const deliveryOutside = proxyActivities<DisseminationActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '2 s', maximumInterval: '10 minutes' },
});

const PATIENCE_MS = [5_000, 15_000, 45_000, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS];

/**
 * A local step, again and again until the database, or the server, answers. It waits by
 * growing timers rather than by heartbeats of local retries, which would fill
 * the history of an episode whose database is away for an hour. The next poke (the
 * workers give one when the database is back) ends the waiting, and with it the
 * growth: what is just back may stumble once. `pokes` counts them, since one that
 * came before the failure says nothing about what is after.
 */
export async function untilDone<T>(step: () => Promise<T>, pokes: () => number): Promise<T> {
  let waited = 0;
  for (;;) {
    const heard = pokes();
    try {
      return await step();
    } catch (error) {
      // A local step fails with its own failure, or a timeout; not wrapped as that of an ordinary activity is.
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
      const isPoked = await condition(() => pokes() !== heard, PATIENCE_MS[Math.min(waited, PATIENCE_MS.length - 1)] ?? MINUTE_MS);
      waited = isPoked ? 0 : waited + 1;
    }
  }
}
