/** One episode as the use cases want it: its state, its plan, where rights count, and its own time. */
import { toPlanMs } from '../domain/clock.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { inOneGo } from '../db/pool.js';
import { episodeInArea } from '../db/read/episodes.js';
import type { Deps } from './deps.js';
import { notFound } from './failure.js';
import { type LoadedPlan, loadedPlan } from './plans.js';

export interface EpisodeContext extends LoadedPlan {
  readonly episodeId: string;
  readonly state: EpisodeState;
  readonly rightsAreaId: string;
  readonly updatedSeq: number;
  /** Plan time. */
  readonly nowMs: number;
}

/** Throws `not-found`. */
export async function episodeOf(deps: Deps, episodeId: string): Promise<EpisodeContext> {
  const [stored, realMs] = await inOneGo(deps.pool, (db) => Promise.all([episodeInArea(db, episodeId), deps.clock(db)]));
  if (!stored) throw notFound('episode');
  const { state, updatedSeq, rightsAreaId } = stored;
  const nowMs = toPlanMs(state.clock, realMs);
  return { ...(await loadedPlan(deps, state.planDigest)), episodeId, state, updatedSeq, rightsAreaId, nowMs };
}
