/**
 * Makes the engine look at the ledger again: at a worker's start, and whenever
 * the database or the engine comes back. A poke too many costs one workflow
 * task; one too few would leave a commit unnoticed.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { createEngineActivities, signalWatch } from '../activities/engine.js';
import { listAreas, readEpisodePlan } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { decisionsOf, openEpisodes } from '../db/read/episodes.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { type EpisodeInput, episodeWorkflowId, pokeSignal } from '../workflows/messages.js';

export interface SweepDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  readonly log: Pick<Logger, 'warn'>;
}

export const sweepOf =
  ({ pool, client, taskQueue, log }: SweepDeps) =>
  async (): Promise<void> => {
    for (const { id, state } of await openEpisodes(pool)) {
      try {
        await client.workflow.getHandle(episodeWorkflowId(id)).signal(pokeSignal);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        log.warn({ episodeId: id }, 'the engine does not know this open episode; it goes on from the ledger');
        await createEngineActivities({ pool, client, taskQueue }).startEpisode(await onTheLedger(pool, state));
      }
    }
    for (const { areaId } of await listAreas(pool)) await signalWatch(client, taskQueue, areaId);
  };

/** An episode's workflow begun anew on what the ledger holds of it. */
async function onTheLedger(pool: Pool, state: EpisodeState): Promise<EpisodeInput> {
  const { id: episodeId, number, areaId, drill, clock, planDigest, rulesVersion } = state;
  return {
    episode: { episodeId, number, areaId, drill, clock, planDigest, rulesVersion },
    plan: await readEpisodePlan(pool, planDigest),
    from: { state, knownDecisions: await decisionsOf(pool, episodeId) },
  };
}
