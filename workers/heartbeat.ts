/** Says every few seconds that this worker is there: its death is noticed within seconds, not within the minutes that the engine remembers a poller. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { recordHeartbeat, recordLastBeat } from '../db/heartbeats.js';
import type { Pool } from '../db/pool.js';

export const BEAT_EVERY_MS = 5_000;

/** Until the signal. A database that is away is told of by the look after the episodes. */
export async function beat({ pool, taskQueue, signal }: { readonly pool: Pool; readonly taskQueue: string; readonly signal: AbortSignal }): Promise<void> {
  const id = randomUUID();
  while (!signal.aborted) {
    await recordHeartbeat(pool, { id, taskQueue }).catch(() => undefined);
    await pause(BEAT_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await recordLastBeat(pool, id).catch(() => undefined);
}
