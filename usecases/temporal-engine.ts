/** The engine over Temporal's client. Built before the server can be reached; whatever it is asked then has no known outcome. */
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as pause } from 'node:timers/promises';
import { lastHeartbeatAgeMs } from '../db/heartbeats.js';
import type { Pool } from '../db/pool.js';
import { rowsOfCommand } from '../db/ledger/rows.js';
import { loadEpisode } from '../db/projections/episodes.js';
import { openEpisodesOf } from '../db/read/episode-pages.js';
import { decisionsOf } from '../db/read/episodes.js';
import { episodeStream } from '../domain/ledger.js';
import { refuse, type Refusal } from '../domain/refusal.js';
import { type Decision, type DecisionOutcome, decideUpdate, episodeWorkflowId, pokeSignal } from '../workflows/messages.js';
import type { Log } from './deps.js';
import type { Engine, EngineHealth } from './engine.js';
import { replayProcesses } from './replay-process.js';

export interface TemporalEngineOptions {
  readonly client: Client;
  readonly taskQueue: string;
  readonly pool: Pool;
  /** Signals the area's watch, starting it where it is not running. */
  readonly pokeWatch: (areaId: string) => Promise<void>;
  readonly log: Log;
}

/** Longer than an Update takes with its worker up. */
const DECIDE_WITHIN_MS = 5_000;
const ASK_AGAIN_AFTER_MS = 200;
const POKE_WITHIN_MS = 5_000;
const POKE_PATIENCE_MS = 500;
const HEALTH_WITHIN_MS = 1_500;
/** A worker that polls is seen at least every minute; one that died is forgotten after five. */
const POLLER_FRESH_MS = 75_000;
/** It says that it is there every five seconds; two in a row are not missed. */
const HEARTBEAT_FRESH_MS = 11_000;

export interface Idle {
  /** When nobody is being told of anything any more and nothing is replayed: the connection may be closed. */
  idle(): Promise<void>;
}

export function temporalEngine({ client, taskQueue, pool, pokeWatch, log }: TemporalEngineOptions): Engine & Idle {
  const telling = new Set<Promise<void>>();
  const replays = replayProcesses();
  return { decide, poke, health, replay: replays.replay, idle };

  async function idle(): Promise<void> {
    replays.stop();
    await Promise.all(telling);
  }

  async function decide(episodeId: string, decision: Decision): Promise<DecisionOutcome | 'outcome-unknown'> {
    const deadlineMs = Date.now() + DECIDE_WITHIN_MS;
    for (;;) {
      try {
        return await client.withDeadline(deadlineMs, () =>
          client.workflow.getHandle(episodeWorkflowId(episodeId)).executeUpdate(decideUpdate, { args: [decision], updateId: decision.commandId }),
        );
      } catch (error) {
        const refused = refusalIn(error);
        if (refused && Date.now() < deadlineMs && (await isBehind(episodeId, refused.knownDecisions))) continue;
        const refusal = refused?.refusal ?? (await afterTheEnd(episodeId, error));
        if (refusal) return (await onRecord(episodeId, decision.commandId)) ?? { ok: false, refusal };
        log.warn({ episodeId, commandId: decision.commandId, reason: reasonOf(error) }, 'no outcome of a decision in time');
        const outcome = await onRecord(episodeId, decision.commandId);
        if (outcome) return outcome;
        nudge(episodeId);
        return 'outcome-unknown';
      }
    }
  }

  /** A refusal on a state that is not the ledger's says nothing: the workflow is told to look, and asked again. */
  async function isBehind(episodeId: string, knownDecisions: number): Promise<boolean> {
    if ((await decisionsOf(pool, episodeId)) <= knownDecisions) return false;
    await pokeEpisode(episodeId);
    await pause(ASK_AGAIN_AFTER_MS);
    return true;
  }

  /** An Update's task is kept in the server's memory alone; where it was lost, the next one brings the Update along. */
  function nudge(episodeId: string): void {
    keep(client.withDeadline(Date.now() + POKE_WITHIN_MS, () => pokeEpisode(episodeId)).catch(() => undefined));
  }

  function keep(told: Promise<void>): void {
    telling.add(told);
    void told.then(() => telling.delete(told));
  }

  /** The ledger is the truth: what stands there was decided, whatever became of the answer. */
  async function onRecord(episodeId: string, commandId: string): Promise<DecisionOutcome | null> {
    const last = (await rowsOfCommand(pool, episodeStream(episodeId), commandId)).filter((r) => r.kind === 'decision').at(-1);
    return last ? { ok: true, decisionNo: last.decisionNo ?? 0, seq: last.seq } : null;
  }

  async function afterTheEnd(episodeId: string, error: unknown): Promise<Refusal | null> {
    if (!(error instanceof WorkflowNotFoundError)) return null;
    const episode = await loadEpisode(pool, episodeId);
    return episode?.state.phase === 'closed' ? refuse('wrong-phase', '5.2', '事件已结束', 'the episode is closed').refusal : null;
  }

  /** A receipt does not wait for the engine to come back; the worker's own look finds what nobody was told of. */
  async function poke(areaId: string): Promise<void> {
    const told = tell(areaId).catch((error: unknown) => log.warn({ areaId, reason: reasonOf(error) }, 'the engine could not be told of a new row; it stands in the ledger'));
    keep(told);
    await Promise.race([told, pause(POKE_PATIENCE_MS, undefined, { ref: false })]);
  }

  async function tell(areaId: string): Promise<void> {
    await client.withDeadline(Date.now() + POKE_WITHIN_MS, async () => {
      const open = await openEpisodesOf(pool, areaId);
      await Promise.all(open.map(({ id }) => pokeEpisode(id)));
      if (!open.some((e) => e.active)) await pokeWatch(areaId);
    });
  }

  async function pokeEpisode(episodeId: string): Promise<void> {
    try {
      await client.workflow.getHandle(episodeWorkflowId(episodeId)).signal(pokeSignal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /** Where none has ever told, or the database cannot say, the engine's own memory has to do. */
  async function isBeating(): Promise<boolean> {
    const ageMs = await lastHeartbeatAgeMs(pool, taskQueue).catch(() => null);
    return ageMs === null || ageMs < HEARTBEAT_FRESH_MS;
  }

  async function health(): Promise<EngineHealth> {
    try {
      const { pollers } = await client.withDeadline(Date.now() + HEALTH_WITHIN_MS, () =>
        client.workflowService.describeTaskQueue({ namespace: client.options.namespace, taskQueue: { name: taskQueue }, taskQueueType: 1 }),
      );
      const isFresh = (seconds: number) => Date.now() - seconds * 1000 < POLLER_FRESH_MS;
      return { reachable: true, worker: (pollers ?? []).some((p) => isFresh(Number(p.lastAccessTime?.seconds ?? 0))) && (await isBeating()) };
    } catch {
      return { reachable: false, worker: false };
    }
  }
}

/** A refusal of the workflow's validator travels as the failure of the Update, with the decisions it was made on. */
function refusalIn(error: unknown): { readonly refusal: Refusal; readonly knownDecisions: number } | null {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure) || error.cause.type !== 'Refusal') return null;
  const [refusal, knownDecisions] = error.cause.details as [Refusal, number];
  return { refusal, knownDecisions };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
