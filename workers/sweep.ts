/**
 * Makes the engine look at the ledger again: at a worker's start, and whenever
 * the database or the engine comes back. A poke too many costs one workflow
 * task; one too few would leave a commit unnoticed.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { signalWatch } from '../activities/engine.js';
import { episodeWorkflowId, pokeSignal } from '../workflows/messages.js';

export interface SweepDeps {
  readonly client: Client;
  readonly taskQueue: string;
  readonly log: Logger;
  readonly areaIds: () => Promise<readonly string[]>;
  /** Every episode not closed. */
  readonly openEpisodeIds: () => Promise<readonly string[]>;
  /** Starts an episode's workflow again from the ledger, for one the engine has lost. */
  readonly restart: (episodeId: string) => Promise<void>;
}

export async function sweep({ client, taskQueue, log, areaIds, openEpisodeIds, restart }: SweepDeps): Promise<void> {
  for (const episodeId of await openEpisodeIds()) {
    try {
      await client.workflow.getHandle(episodeWorkflowId(episodeId)).signal(pokeSignal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      log.warn({ episodeId }, 'the engine does not know this open episode; it is started again from the ledger');
      await restart(episodeId);
    }
  }
  for (const areaId of await areaIds()) await signalWatch(client, taskQueue, areaId);
}
