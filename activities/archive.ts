/** Reads the finished history of an episode from the server and keeps it: a JSON list of Temporal's own form, oldest run first. */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ApplicationFailure } from '@temporalio/common';
import type { ReceiptClock } from '../db/clock.js';
import { archiveHistory } from '../db/ledger/audit.js';
import type { Pool } from '../db/pool.js';
import { episodeWorkflowId } from '../workflows/messages.js';
import type { ArchiveActivities } from './contract.js';

type History = temporal.api.history.v1.IHistory;

export interface ArchiveDeps {
  readonly pool: Pool;
  readonly clock: ReceiptClock;
  readonly client: Client;
}

export function createArchiveActivities({ pool, clock, client }: ArchiveDeps): ArchiveActivities {
  return {
    archiveHistory: async ({ episodeId }) => {
      const workflowId = episodeWorkflowId(episodeId);
      const { status, runId } = await client.workflow.getHandle(workflowId).describe();
      if (status.name === 'RUNNING') throw ApplicationFailure.retryable(`${workflowId} is still running`, 'StillRunning');
      const runs: string[] = [];
      let events = 0;
      let next: string | null | undefined = runId;
      while (next) {
        const history: History = await client.workflow.getHandle(workflowId, next).fetchHistory();
        runs.unshift(historyToJSON(history));
        events += history.events?.length ?? 0;
        // Continue-as-new: each run names the one before it.
        next = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
      }
      const stored = await archiveHistory(pool, { episodeId, history: `[${runs.join(',')}]`, clock });
      if (!stored) throw ApplicationFailure.nonRetryable(`the ledger has no episode ${episodeId}`);
      return { digest: stored.digest, runs: runs.length, events };
    },
  };
}
