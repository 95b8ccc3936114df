/** What happened in an episode, in the order it was decided. Every event names its clause. */
import type { Act } from '../act.js';
import type { Assessment } from '../air/assessment.js';
import type { AffineClock } from '../clock.js';
import type { SuperiorOrder } from '../order.js';
import type { Clause, LevelId, NoticeAction, Role } from '../plan.js';
import type { Text } from '../text.js';
import type { Conclusion, Ending, Evidence, Lift, MeasureChange, Prompt } from './state.js';

interface Base {
  /** Plan time of the decision. */
  readonly atMs: number;
  readonly clause: Clause;
}

/** A notice as decided; its words are made from these facts by `documents/`. */
export interface NoticeFacts {
  readonly id: string;
  readonly action: NoticeAction;
  readonly level: LevelId | null;
  readonly responseLevel: LevelId | null;
  readonly effectiveAtMs: number;
  readonly expectedEndMs: number | null;
  readonly primaryPollutants: readonly string[];
  readonly supersedes: string | null;
  readonly text: string | null;
  /** R21: the part of the area it is about, where it is not about the whole. */
  readonly part?: Text;
  /** `unit:ID`, `zone`, `prefecture`, `commander`, `director`. */
  readonly recipients: readonly string[];
}

/** One group of obligations at one of its moments. */
export interface SettledGroup {
  readonly groupId: string;
  readonly moment: 'reminder' | 'target' | 'due' | 'close';
  readonly clause: Clause;
  /** Obligation ids still open, and who besides their owners is told. */
  readonly open: readonly string[];
  readonly tell: readonly Role[];
  readonly inTime: number;
  readonly late: number;
}

export type EpisodeEvent =
  | (Base & {
      readonly type: 'episode-opened';
      readonly episodeId: string;
      readonly number: string;
      readonly areaId: string;
      readonly drill: boolean;
      readonly clock: AffineClock;
      readonly planId: string;
      readonly planDigest: string;
      readonly rulesVersion: string;
      readonly areaSeq: number;
    })
  | (Base & { readonly type: 'assessment-noted'; readonly areaSeq: number; readonly assessment: Assessment })
  | (Base & { readonly type: 'consultation-prompted'; readonly prompt: Prompt })
  | (Base & { readonly type: 'prompt-cleared' })
  | (Base & {
      readonly type: 'consultation-recorded';
      readonly consultationId: string;
      readonly assessmentId: string | null;
      readonly conclusion: Conclusion;
      /** R36: the period it is held in, where the plan counts in hours; otherwise its day. */
      readonly period?: string;
      readonly act: Act;
    })
  | (Base & {
      readonly type: 'request-opened';
      readonly requestId: string;
      readonly evidence: Evidence;
      readonly evidenceDigest: string;
      readonly act: Act;
    })
  | (Base & {
      readonly type: 'request-basis-changed';
      readonly requestId: string;
      readonly was: LevelId | null;
      readonly is: LevelId | null;
    })
  | (Base & {
      readonly type: 'request-renewed';
      readonly requestId: string;
      readonly evidence: Evidence;
      readonly evidenceDigest: string;
      readonly act: Act;
    })
  | (Base & { readonly type: 'request-withdrawn'; readonly requestId: string; readonly reason: string; readonly act: Act | null })
  | (Base & {
      readonly type: 'approval-decided';
      readonly requestId: string;
      readonly step: number;
      readonly last: boolean;
      readonly decision: 'approve' | 'return' | 'refuse';
      readonly reason: string | null;
      readonly evidenceDigest: string;
      readonly act: Act;
    })
  | (Base & {
      readonly type: 'approval-escalated';
      readonly requestId: string;
      readonly step: number;
      readonly count: number;
      readonly tell: readonly Role[];
    })
  | (Base & { readonly type: 'approval-countersigned'; readonly requestId: string; readonly step: number; readonly act: Act })
  | (Base & {
      readonly type: 'warning-published';
      readonly requestId: string | null;
      readonly orderId: string | null;
      readonly notice: NoticeFacts;
    })
  | (Base & {
      readonly type: 'warning-raised';
      readonly from: LevelId;
      readonly requestId: string | null;
      readonly orderId: string | null;
      readonly notice: NoticeFacts;
    })
  | (Base & {
      readonly type: 'warning-lowered';
      readonly from: LevelId;
      readonly requestId: string | null;
      readonly orderId: string | null;
      readonly notice: NoticeFacts;
    })
  | (Base & { readonly type: 'response-began'; readonly level: LevelId; readonly responseLevel: LevelId; readonly effectiveAtMs: number })
  | (Base & { readonly type: 'response-adjusted'; readonly responseLevel: LevelId; readonly reason: string; readonly act: Act })
  | (Base & { readonly type: 'order-received'; readonly areaSeq: number; readonly order: SuperiorOrder })
  /** It begins only once the announced lift has taken effect: the next episode follows it. Taken up where that lift is put off or rescinded. */
  | (Base & { readonly type: 'order-left'; readonly orderId: string })
  | (Base & { readonly type: 'order-taken-up'; readonly orderId: string })
  | (Base & { readonly type: 'order-transmission-added'; readonly areaSeq: number; readonly order: SuperiorOrder })
  | (Base & {
      readonly type: 'order-checked';
      readonly areaSeq: number;
      readonly orderId: string;
      readonly confirmed: boolean;
      /** Why it is void; rows of before it was asked lack it. */
      readonly reason?: string;
      readonly act: Act;
    })
  | (Base & {
      readonly type: 'order-took-effect';
      readonly orderId: string;
      readonly ended: readonly string[];
      readonly floor: LevelId | null;
      readonly localLevel: LevelId | null;
    })
  | (Base & { readonly type: 'relay-signed'; readonly orderId: string; readonly requestId: string })
  | (Base & { readonly type: 'lift-issued'; readonly requestId: string | null; readonly lift: Lift; readonly notice: NoticeFacts })
  /** R21: lifted in a part of the area; in the rest the response goes on. */
  | (Base & { readonly type: 'part-lifted'; readonly requestId: string; readonly part: Text; readonly effectiveAtMs: number; readonly notice: NoticeFacts })
  | (Base & {
      readonly type: 'lift-postponed';
      readonly liftId: string;
      readonly toMs: number;
      readonly reason: string;
      readonly notice: NoticeFacts;
      readonly act: Act;
    })
  | (Base & {
      readonly type: 'lift-rescinded';
      /** The lift of a part goes by its notice. */
      readonly liftId: string;
      readonly reason: string;
      readonly notice: NoticeFacts;
      readonly act: Act | null;
    })
  | (Base & {
      readonly type: 'response-ended';
      readonly effectiveAtMs: number;
      /** R9: what was observed by then, null where nothing of that hour was; whether it lay below the line of R8. Rules version 1 tells the last value alone, of whatever hour. */
      readonly observedAqi: number | null;
      readonly observedAtMs?: number | null;
      readonly belowLine?: boolean | null;
    })
  | (Base & { readonly type: 'measures-adjusted'; readonly change: MeasureChange; readonly act: Act })
  | (Base & {
      readonly type: 'notice-corrected';
      readonly requestId: string;
      readonly kind: 'correction' | 'recall';
      readonly notice: NoticeFacts;
    })
  | (Base & {
      readonly type: 'task-assigned';
      readonly taskId: string;
      readonly ownerId: string;
      readonly basis: Text;
      readonly content: Text;
      readonly targetAtMs: number | null;
      readonly dueAtMs: number | null;
      readonly act: Act;
    })
  | (Base & { readonly type: 'task-closed'; readonly taskId: string; readonly act: Act })
  | (Base & { readonly type: 'deadlines-settled'; readonly groups: readonly SettledGroup[] })
  | (Base & { readonly type: 'evaluation-opened' })
  | (Base & { readonly type: 'episode-closed'; readonly ending: Ending; readonly reason: string; readonly act: Act | null });

export type EventOf<T extends EpisodeEvent['type']> = Extract<EpisodeEvent, { type: T }>;
