/** What the use cases ask of whatever runs the workflows. */
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { HistoryParting } from '../evidence/engine-history.js';
import type { Decision, DecisionOutcome } from '../workflows/messages.js';

/** An archived history, with the decisions of the ledger that it must have brought about. */
export interface HistoryToReplay {
  /** As archived: a JSON list of runs in Temporal's own form, oldest first. */
  readonly history: string;
  /** Every decision of the episode's stream, in order. */
  readonly decisions: readonly EpisodeEvent[];
}

/** Where today's code and the record part. */
export type Parting = HistoryParting;

export interface HistoryVerdict {
  /** Every command came out as recorded, and every decided batch as it stands in the ledger. */
  readonly deterministic: boolean;
  readonly runs: number;
  readonly events: number;
  readonly batches: number;
  readonly decisions: number;
  readonly parting: Parting | null;
  /** Digest of the sources that carried it out. */
  readonly code: string;
}

export interface EngineHealth {
  readonly reachable: boolean;
  /** Somebody polls the task queue for workflow tasks. */
  readonly worker: boolean;
}

export interface Engine {
  /** Bounded to a few seconds. The same `commandId` gives the same outcome, however often it is asked. */
  decide(episodeId: string, decision: Decision): Promise<DecisionOutcome | 'outcome-unknown'>;
  /** Tells the area's episodes, or its watch, that the stream holds something new. Never fails: the ledger has the truth. */
  poke(areaId: string): Promise<void>;
  health(): Promise<EngineHealth>;
  /** Carries an archived history out again by today's code. It needs no server. */
  replay(history: HistoryToReplay): Promise<HistoryVerdict>;
}
