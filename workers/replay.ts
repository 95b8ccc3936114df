/**
 * An archived history carried out again by today's code, under the rules
 * version it began with. The SDK compares the commands, the journal the batches
 * decided anew with those of the history, and this the history with the ledger.
 */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { temporal } from '@temporalio/proto';
import { partingFromLedger, type RecordedRun, runsIn } from '../evidence/engine-history.js';
import type { HistoryToReplay, HistoryVerdict, Parting } from '../usecases/engine.js';
import { episodeWorkflowId } from '../workflows/messages.js';
import { digestOfSources } from './bundle.js';
import { partingFromError } from './replay-words.js';

type History = temporal.api.history.v1.IHistory;

export async function replayHistory({ history, decisions }: HistoryToReplay, workflowBundle: WorkflowBundleOption): Promise<HistoryVerdict> {
  const histories = (JSON.parse(history) as unknown[]).map((run) => historyFromJSON(run));
  const runs = runsIn(history);
  const batches = runs.flatMap((run) => run.recorded).filter((r) => r.digest !== null).length;
  const counts = { runs: histories.length, events: histories.reduce((sum, h) => sum + (h.events?.length ?? 0), 0), batches, decisions: decisions.length };
  const parting = (await partingFromCode(histories, runs, workflowBundle)) ?? partingFromLedger(runs, decisions);
  return { deterministic: parting === null, ...counts, parting, code: digestOfSources() };
}

async function partingFromCode(histories: readonly History[], runs: readonly RecordedRun[], workflowBundle: WorkflowBundleOption): Promise<Parting | null> {
  for (const [i, history] of histories.entries()) {
    const run = runs[i];
    const workflowId = episodeWorkflowId(run?.episodeId ?? 'unknown');
    try {
      await Worker.runReplayHistory({ workflowBundle, replayName: 'archive' }, history, workflowId);
    } catch (error) {
      if (!run || !(error instanceof Error)) throw error;
      return partingFromError(error, run);
    }
  }
  return null;
}
