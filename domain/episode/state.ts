/**
 * The state of an episode: a union of phases, plain JSON throughout (it passes
 * through continue-as-new and into the read model as it is).
 */
import type { Signatory } from '../act.js';
import type { Assessment } from '../air/assessment.js';
import type { AffineClock } from '../clock.js';
import type { HeldOrder } from '../order.js';
import type { ChainedAction, Clause, LevelId, NoticeAction, Trigger } from '../plan.js';
import type { Text } from '../text.js';

export type Ending = 'completed' | 'withdrawn' | 'not-applicable';

/** What a consultation (会商) concluded. */
export interface Conclusion {
  readonly advice: 'publish' | 'raise' | 'lower' | 'lift' | 'keep' | 'stand-down' | 'not-applicable';
  /** For publish, raise and lower. */
  readonly level: LevelId | null;
  /** R11: the technical group's judgement on the next 24 h; needed for a raise. */
  readonly noClearImprovement: boolean | null;
  readonly text: string;
  readonly dissent: readonly { readonly by: string; readonly opinion: string }[];
}

export interface Consultation {
  readonly id: string;
  readonly atMs: number;
  readonly assessmentId: string | null;
  readonly conclusion: Conclusion;
  /** The question it answered, if one stood. */
  readonly prompt: Prompt | null;
  readonly by: Signatory;
}

/** Why people are asked to consult (会商), and since when. */
export interface Prompt {
  readonly reason: 'start' | 'basic-condition-unknown' | 'raise' | 'second-process' | 'lower' | 'lift' | 'lift-no-longer-held' | 'floor-removed' | 'hours-missing';
  readonly level: LevelId | null;
  readonly sinceMs: number;
  readonly clause: Clause;
}

export interface StepDecision {
  readonly step: number;
  readonly decision: 'approve' | 'return' | 'refuse';
  readonly by: Signatory;
  readonly atMs: number;
  readonly channel: string;
  readonly reason: string | null;
}

/** What the signed page shows; its digest is what an approver signs (R29). */
export interface Evidence {
  readonly action: ChainedAction;
  readonly level: LevelId | null;
  readonly fromLevel: LevelId | null;
  readonly effectiveAtMs: number | null;
  readonly expectedEndMs: number | null;
  readonly primaryPollutants: readonly string[];
  readonly clause: Clause;
  readonly assessmentId: string | null;
  readonly gradedLevel: LevelId | null;
  readonly consultationId: string | null;
  /** The order a relay signs, the notice a correction replaces, the digest of an evaluation. */
  readonly subject: string | null;
  readonly correction: 'correction' | 'recall' | null;
  readonly text: string;
  /** For an evaluation: obligations never fulfilled, which the approver thereby sees. */
  readonly missing: readonly string[];
  /** R21: of a lift for a part of the area alone; absent where the whole is lifted. */
  readonly part?: Text;
}

/** A request for approval (呈报). It never approves itself (R14). */
export interface Request {
  readonly id: string;
  readonly evidence: Evidence;
  readonly evidenceDigest: string;
  readonly openedAtMs: number;
  readonly submittedBy: Signatory;
  /** Steps already taken, in order; the next step is their number. */
  readonly decisions: readonly StepDecision[];
  readonly stepOpenedAtMs: number;
  readonly escalated: number;
  /** R29: since when its basis has changed; it then waits for a new consultation. */
  readonly basisChangedAtMs: number | null;
}

/** A level in force from an instant; the last one that has begun holds. */
export interface LevelSpan {
  readonly level: LevelId;
  readonly responseLevel: LevelId;
  readonly fromMs: number;
  readonly noticeId: string;
  /** The order that set it, if it was not a local decision. */
  readonly orderId: string | null;
  /** Whether its taking effect has been noted. */
  readonly begun: boolean;
}

export interface Lift {
  readonly id: string;
  readonly issuedAtMs: number;
  readonly effectiveAtMs: number;
  readonly cause: 'local' | 'order' | 'recall' | 'order-voided';
  readonly orderId: string | null;
}

/** R21: a part of the area in which the warning is lifted, or will be; in the rest it stands. */
export interface LiftedPart {
  readonly part: Text;
  readonly effectiveAtMs: number;
  readonly noticeId: string;
}

export interface NoticeRecord {
  readonly id: string;
  readonly action: NoticeAction;
  readonly level: LevelId | null;
  readonly issuedAtMs: number;
  readonly effectiveAtMs: number;
  readonly supersedes: string | null;
  /** R21: of the lift of a part, and of its correction. */
  readonly part?: Text;
}

/** Something that makes an obligation come into being; `ref` makes its id. */
export interface TriggerRecord {
  readonly trigger: Trigger;
  readonly ref: string;
  /** The instant that counts for the time rules; for an order it may lie before it was known. */
  readonly atMs: number;
  readonly knownAtMs: number;
  /** Whose it is, for a countersignature and a task. */
  readonly ownerId: string | null;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
}

export interface MeasureChange {
  readonly id: string;
  readonly kind: 'add' | 'suspend' | 'exempt' | 'restore';
  readonly measureId: string;
  readonly scope: Text;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly basis: string;
}

export interface Task {
  readonly id: string;
  readonly ownerId: string;
  readonly basis: Text;
  readonly content: Text;
  readonly assignedAtMs: number;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly closedAtMs: number | null;
}

/** What every phase holds. */
export interface Common {
  readonly id: string;
  readonly number: string;
  readonly areaId: string;
  readonly drill: boolean;
  readonly clock: AffineClock;
  readonly planId: string;
  readonly planDigest: string;
  readonly rulesVersion: string;
  readonly openedAtMs: number;
  /** Plan time of the latest event. */
  readonly asOfMs: number;
  /** Plan time up to which the moments of deadlines have been dealt with. */
  readonly settledUntilMs: number;
  /** The last row of the area's stream taken in. */
  readonly areaSeq: number;
  readonly assessment: Assessment | null;
  readonly prompt: Prompt | null;
  readonly consultation: Consultation | null;
  readonly requests: readonly Request[];
  /** How many requests, notices, consultations ... have been numbered so far. */
  readonly counters: Readonly<Record<string, number>>;
  readonly orders: readonly HeldOrder[];
  /** Ordered by `fromMs`; empty before the first publication. */
  readonly levels: readonly LevelSpan[];
  readonly expectedEndMs: number | null;
  readonly primaryPollutants: readonly string[];
  readonly lift: Lift | null;
  /** Absent where there is none. */
  readonly liftedParts?: readonly LiftedPart[];
  readonly notices: readonly NoticeRecord[];
  readonly triggers: readonly TriggerRecord[];
  /** Deadline groups fulfilled by a decision rather than by submissions: id to instant. */
  readonly discharged: Readonly<Record<string, number>>;
  /** Deadline groups found complete, with the instant: nothing more need wake for them. */
  readonly completeGroups: Readonly<Record<string, number>>;
  readonly measureChanges: readonly MeasureChange[];
  readonly tasks: readonly Task[];
  readonly evaluationDigest: string | null;
}

export type Phase = EpisodeState['phase'];

export type EpisodeState =
  | ({ readonly phase: 'consulting' } & Common)
  | ({ readonly phase: 'awaiting-approval' } & Common)
  | ({ readonly phase: 'responding' } & Common)
  | ({ readonly phase: 'reporting'; readonly lift: Lift } & Common)
  | ({ readonly phase: 'evaluating'; readonly lift: Lift } & Common)
  | ({ readonly phase: 'closed'; readonly ending: Ending; readonly reason: string; readonly closedAtMs: number } & Common);

/** Phases in which the area's forecasts, observations and orders belong to the episode; one such episode per area. */
export function isActive(state: EpisodeState): boolean {
  return state.phase === 'consulting' || state.phase === 'awaiting-approval' || state.phase === 'responding';
}

/** The span in force at an instant; null before the first begins. A lift that has taken effect is not looked at. */
export function spanAt(state: Pick<Common, 'levels'>, atMs: number): LevelSpan | null {
  return state.levels.filter((s) => s.fromMs <= atMs).at(-1) ?? null;
}

/** The span in force; before the first begins that one. */
export function standingSpan(state: Pick<Common, 'levels'>, atMs: number): LevelSpan | null {
  return spanAt(state, atMs) ?? state.levels[0] ?? null;
}

/** The level last decided on, whether or not it has begun. */
export function decidedLevel(state: Pick<Common, 'levels'>): LevelId | null {
  return state.levels.at(-1)?.level ?? null;
}

/** Whether a notice is of a lift: its own, its postponement, or a correction of one of these. */
export function isOfALift({ notices }: Pick<Common, 'notices'>, id: string | null): boolean {
  const notice = notices.find((n) => n.id === id);
  if (!notice) return false;
  return notice.action === 'correct' ? isOfALift({ notices }, notice.supersedes) : notice.action === 'lift' || notice.action === 'postpone' || notice.action === 'rescind';
}

/** The open request that changes the level (one at a time); relays, corrections and evaluations are not. */
export function levelRequest(state: Pick<Common, 'requests'>): Request | null {
  return state.requests.find((r) => ['publish', 'raise', 'lower', 'lift'].includes(r.evidence.action)) ?? null;
}
