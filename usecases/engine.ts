/** What the use cases ask of whatever runs the workflows. */
import type { Decision, DecisionOutcome } from '../workflows/messages.js';

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
}
