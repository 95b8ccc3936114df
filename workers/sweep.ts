/**
 * Makes the engine look at the ledger again: at a worker's start, and whenever
 * the database or the engine comes back. A poke too many costs one workflow
 * task; one too few would leave a commit unnoticed. An episode is looked at
 * until its history is archived: its very last decision may be the unnoticed one.
 * So is a notice that has not reached everybody: its next try may be minutes away.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { createEngineActivities, signalWatch } from '../activities/engine.js';
import { unreadInputs } from '../db/ledger/area.js';
import { listAreas } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { decisionsOf, unarchivedEpisodes } from '../db/read/episodes.js';
import { undeliveredNotices } from '../db/read/notices.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { areaStream, episodeStream } from '../domain/ledger.js';
import { disseminationWorkflowId, type EpisodeInput, episodeWorkflowId, pokeSignal } from '../workflows/messages.js';

export interface SweepDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** What a sweep could not make look, by name; what it is given, it tries alone. */
export type Sweep = (only: ReadonlySet<string> | null) => Promise<ReadonlySet<string>>;

/** One that fails holds up no other. An engine that is away fails them all at once. */
export const sweepOf =
  (deps: SweepDeps): Sweep =>
  async (only) => {
    const { pool, client, taskQueue, log } = deps;
    const failed = new Set<string>();
    const attempt = async (name: string, work: () => Promise<void>) => {
      if (only !== null && !only.has(name)) return;
      try {
        await work();
      } catch (error) {
        if (isAway(error)) throw error;
        failed.add(name);
        log.warn({ of: name, reason: error instanceof Error ? error.message : String(error) }, 'could not be made to look at the ledger; it is tried again');
      }
    };
    for (const { id, state } of await unarchivedEpisodes(pool)) await attempt(episodeStream(id), () => look(deps, id, state));
    for (const { episodeId, noticeId } of await undeliveredNotices(pool)) await attempt(disseminationWorkflowId(episodeId, noticeId), async () => void (await poke(client, disseminationWorkflowId(episodeId, noticeId))));
    for (const { areaId } of await listAreas(pool)) await attempt(areaStream(areaId), () => signalWatch(client, taskQueue, areaId));
    return failed;
  };

async function look({ pool, client, taskQueue, log }: SweepDeps, episodeId: string, state: EpisodeState): Promise<void> {
  if ((await poke(client, episodeWorkflowId(episodeId))) || state.phase === 'closed') return;
  log.warn({ episodeId }, 'the engine does not know this open episode; it goes on from the ledger');
  const engine = createEngineActivities({ pool, client, taskQueue });
  await engine.startEpisode(await onTheLedger(pool, state));
  // Whom a notice has reached is on record: only the others are told.
  await engine.startDisseminations({ episodeId, noticeIds: state.notices.map((n) => n.id) });
}

/** gRPC's UNAVAILABLE: nothing is to be had of the server now. */
const UNAVAILABLE = 14;

function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === UNAVAILABLE;
}

/** Whether it is there to be poked. */
async function poke(client: Client, workflowId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(pokeSignal);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * Tells the watches of rows that nobody took in: whoever recorded one may have
 * died before the poke, or found the engine away. Each row is told of once.
 */
export function newsTeller({ pool, client, taskQueue }: Omit<SweepDeps, 'log'>): () => Promise<void> {
  const told = new Map<string, number>();
  return async () => {
    for (const { areaId, seq } of await unreadInputs(pool)) {
      if (told.get(areaId) === seq) continue;
      await signalWatch(client, taskQueue, areaId);
      told.set(areaId, seq);
    }
  };
}

/** An episode's workflow begun anew on what the ledger holds of it. */
async function onTheLedger(pool: Pool, state: EpisodeState): Promise<Omit<EpisodeInput, 'plan'>> {
  const { id: episodeId, number, areaId, drill, clock, planDigest, rulesVersion } = state;
  return {
    episode: { episodeId, number, areaId, drill, clock, planDigest, rulesVersion },
    from: { state, knownDecisions: await decisionsOf(pool, episodeId) },
  };
}
