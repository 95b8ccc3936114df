/** What may change an episode's course. Everything else is a submission (`domain/submission.ts`). */
import type { Act } from '../act.js';
import type { Assessment } from '../air/assessment.js';
import type { AffineClock } from '../clock.js';
import type { SuperiorOrder } from '../order.js';
import type { LevelId, UnitId } from '../plan.js';
import type { Text } from '../text.js';
import type { Conclusion, MeasureChange } from './state.js';

/** From the area's stream, in its order. */
export type AreaInput =
  | { readonly type: 'note-assessment'; readonly areaSeq: number; readonly assessment: Assessment }
  | { readonly type: 'receive-order'; readonly areaSeq: number; readonly order: SuperiorOrder }
  | { readonly type: 'add-transmission'; readonly areaSeq: number; readonly order: SuperiorOrder }
  | { readonly type: 'check-order'; readonly areaSeq: number; readonly orderId: string; readonly confirmed: boolean; readonly reason?: string; readonly act: Act };

/** From a person, each with its act. */
export type PersonCommand = { readonly act: Act } & (
  | { readonly type: 'record-consultation'; readonly conclusion: Conclusion }
  | {
      readonly type: 'submit-proposal';
      readonly action: 'publish' | 'raise' | 'lower' | 'lift';
      readonly level: LevelId | null;
      /** Null: by R7 (start of the run or the next whole hour); for a lift the first hour the condition holds. */
      readonly effectiveAtMs: number | null;
      readonly expectedEndMs: number | null;
      readonly text: string;
      /** R21: of a lift, the part of the area it is for; absent: the whole. */
      readonly part?: Text;
    }
  | { readonly type: 'withdraw-request'; readonly requestId: string; readonly reason: string }
  | {
      readonly type: 'decide-step';
      readonly requestId: string;
      readonly step: number;
      readonly decision: 'approve' | 'return' | 'refuse';
      readonly reason: string | null;
      /** Digest of the evidence that was shown. */
      readonly evidenceDigest: string;
    }
  | { readonly type: 'countersign'; readonly requestId: string; readonly step: number }
  | { readonly type: 'postpone-lift'; readonly toMs: number; readonly reason: string }
  | { readonly type: 'rescind-lift'; readonly reason: string }
  | { readonly type: 'adjust-response'; readonly responseLevel: LevelId; readonly reason: string }
  | { readonly type: 'adjust-measures'; readonly change: Omit<MeasureChange, 'id'> }
  | { readonly type: 'propose-correction'; readonly noticeId: string; readonly kind: 'correction' | 'recall'; readonly text: string }
  | {
      readonly type: 'assign-task';
      /** Of a unit; or one of `OFFICE_GROUPS` (R31). */
      readonly ownerId: UnitId;
      readonly basis: Text;
      readonly content: Text;
      readonly targetAtMs: number | null;
      readonly dueAtMs: number | null;
    }
  | { readonly type: 'close-task'; readonly taskId: string }
  | { readonly type: 'declare-not-applicable'; readonly reason: string }
  | { readonly type: 'withdraw-episode'; readonly reason: string }
  | { readonly type: 'submit-evaluation'; readonly documentDigest: string; readonly summary: string; readonly missing: readonly string[] }
);

/** What an episode is known by from its first event on. */
export interface EpisodeIdentity {
  readonly episodeId: string;
  readonly number: string;
  readonly areaId: string;
  readonly drill: boolean;
  readonly clock: AffineClock;
  readonly planDigest: string;
  readonly rulesVersion: string;
}

export interface OpenEpisode extends EpisodeIdentity {
  readonly type: 'open';
  /** What opened it, taken in as the first input. */
  readonly input: AreaInput;
}

export type EpisodeCommand = AreaInput | PersonCommand | { readonly type: 'wake' };

export type PersonCommandType = PersonCommand['type'];
