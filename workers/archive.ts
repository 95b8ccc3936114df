/**
 * Keeps the engine history of every closed episode with its record: the server
 * deletes its own after the retention time. A JSON list of Temporal's own form,
 * oldest run first. Kept twice, by two workers at once, is kept once.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import type { ReceiptClock } from '../db/clock.js';
import { archiveHistory } from '../db/ledger/audit.js';
import type { Pool } from '../db/pool.js';
import { closedUnarchived } from '../db/read/episodes.js';
import { episodeWorkflowId } from '../workflows/messages.js';

type History = temporal.api.history.v1.IHistory;

export interface ArchiveDeps {
  readonly pool: Pool;
  readonly clock: ReceiptClock;
  readonly client: Client;
  readonly log: { warn(detail: object, message: string): void };
}

/** Looks once for closed episodes whose history is not kept yet. One that cannot be kept now is told once and looked at again. */
export function archiverOf({ pool, clock, client, log }: ArchiveDeps): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    for (const episodeId of await closedUnarchived(pool)) {
      try {
        const history = await finishedHistory(client, episodeWorkflowId(episodeId));
        if (history !== null) await archiveHistory(pool, { episodeId, history, clock });
      } catch (error) {
        if (told.has(episodeId)) continue;
        told.add(episodeId);
        log.warn({ episodeId, reason: error instanceof Error ? error.message : String(error) }, 'the history of a closed episode could not be kept yet');
      }
    }
  };
}

/** All runs of a workflow; null while it is still running, or where the server knows nothing of it. */
async function finishedHistory({ workflow }: Client, workflowId: string): Promise<string | null> {
  const runs: string[] = [];
  let next: string | null | undefined = await finishedRun(workflow, workflowId);
  if (next === null) return null;
  while (next) {
    const history: History = await workflow.getHandle(workflowId, next).fetchHistory();
    runs.unshift(historyToJSON(history));
    // Continue-as-new: each run names the one before it.
    next = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  return `[${runs.join(',')}]`;
}

async function finishedRun(workflow: Client['workflow'], workflowId: string): Promise<string | null> {
  try {
    const { status, runId } = await workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' ? null : runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
