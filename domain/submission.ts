/**
 * Handing in what is owed (报送, 签收, 报备 ...): it discharges an obligation and
 * changes nothing else, so it needs no workflow. Lateness is judged on the
 * receipt time, or on the attested time of an act that was only typed in later (R30).
 */
import { type Act, attestedAtMs, type Signatory } from './act.js';
import { type DeadlineGroup, deadlineGroupsOf } from './episode/deadlines.js';
import type { EpisodePlan } from './episode/plan.js';
import type { EpisodeState } from './episode/state.js';
import type { Clause, ObligationKind } from './plan.js';
import { ok, type Refusal, refuse, type Result } from './refusal.js';

export interface Submission {
  readonly obligationId: string;
  /** Null where the act itself is all (an acknowledgement). */
  readonly documentDigest: string | null;
  readonly nil: boolean;
  readonly act: Act;
  /** The second person of the unit, where one filled in and another reviewed. */
  readonly reviewedBy: Signatory | null;
  /** Needed when something was handed in before: the new version's reason. */
  readonly correctionReason: string | null;
}

export interface SubmissionEvent {
  readonly type: 'submitted';
  readonly atMs: number;
  readonly clause: Clause;
  readonly obligationId: string;
  readonly kind: ObligationKind;
  readonly ownerId: string;
  readonly version: number;
  /** The instant it counts as handed in: that of the first version, a correction does not restart the clock. */
  readonly countsAtMs: number;
  readonly documentDigest: string | null;
  readonly nil: boolean;
  readonly reviewedBy: Signatory | null;
  readonly correctionReason: string | null;
  readonly act: Act;
}

/** What was handed in for an obligation so far. */
export interface Filed {
  readonly version: number;
  readonly submittedAtMs: number;
}

/** Fulfilled by a decision in the episode, never by handing something in. */
export const BY_DECISION: readonly ObligationKind[] = ['consultation', 'countersignature', 'order-check', 'relay-signature', 'evaluation'];

export function decideSubmission(
  plan: EpisodePlan,
  state: EpisodeState,
  filed: Filed | null,
  submission: Submission,
  nowMs: number,
): Result<SubmissionEvent> {
  const { obligationId, act, correctionReason } = submission;
  if (state.phase === 'closed') return refuse('wrong-phase', '5.2', '事件已结束，不再接收', 'the episode is closed');
  const found = findObligation(plan, state, obligationId, nowMs);
  if (!found) return refuse('not-owed', '5.1', '没有该项报送义务', 'nothing of this kind is owed', { path: 'obligationId' });
  const { group, ownerId } = found;
  const { kind, clause } = group.rule;
  if (BY_DECISION.includes(kind))
    return refuse('invalid', clause, '该事项须办理，不能报送', 'this is done by its own decision', { path: 'obligationId' });
  const countsAtMs = attestedAtMs(act, nowMs);
  const fault = actFault(submission, group, ownerId, countsAtMs, nowMs);
  if (fault) return fault;
  if (filed && !correctionReason?.trim())
    return refuse('already-filed', clause, '已报送；更正应写明理由', 'already handed in; a correction needs its reason', {
      path: 'correctionReason',
    });

  return ok({
    type: 'submitted',
    atMs: nowMs,
    clause,
    obligationId,
    kind,
    ownerId,
    version: (filed?.version ?? 0) + 1,
    countsAtMs: filed ? filed.submittedAtMs : countsAtMs,
    documentDigest: submission.documentDigest,
    nil: submission.nil,
    reviewedBy: submission.reviewedBy,
    correctionReason: filed ? correctionReason : null,
    act,
  });
}

/** The group and owner of an obligation's id; null when the episode does not owe it. */
export function findObligation(
  plan: EpisodePlan,
  state: EpisodeState,
  obligationId: string,
  nowMs: number,
): { group: DeadlineGroup; ownerId: string } | null {
  // `kind:ref:owner`, as the groups are named.
  const kind = obligationId.slice(0, obligationId.indexOf(':')) as ObligationKind;
  for (const group of deadlineGroupsOf(kind, plan, state, nowMs)) {
    const ownerId = group.owners.find((owner) => `${group.id}:${owner}` === obligationId);
    if (ownerId !== undefined) return { group, ownerId };
  }
  return null;
}

function actFault(
  submission: Submission,
  group: DeadlineGroup,
  ownerId: string,
  countsAtMs: number,
  nowMs: number,
): { ok: false; refusal: Refusal } | null {
  const { act, reviewedBy } = submission;
  const { clause } = group.rule;
  if (group.opensAtMs > nowMs)
    return refuse('not-open-yet', clause, '尚未到报送时段', 'its period is not over yet', { path: 'obligationId' });
  if (countsAtMs > nowMs)
    return refuse('invalid', '8.6', '发生时间不得晚于当前时间', 'an act lies in the past', { path: 'act.occurredAtMs' });
  if (countsAtMs < group.opensAtMs)
    return refuse('invalid', '8.6', '发生时间早于报送时段', 'before its period was over', { path: 'act.occurredAtMs' });
  const isOwner = act.actor.role === 'unit' ? act.actor.unitId === ownerId : act.actor.role === ownerId;
  if (!isOwner) return refuse('not-owner', clause, '不是本单位的报送事项', "this is another's to hand in", { path: 'act.actor' });
  const isProxy = act.recordedBy.accountId !== act.actor.accountId;
  if (isProxy && act.entry === 'direct')
    return refuse('invalid', '8.6', '代录应注明', 'an entry for another says so', { path: 'act.entry' });
  if (reviewedBy && reviewedBy.accountId === act.actor.accountId)
    return refuse('same-person-twice', clause, '填报人与审核人应为两人', 'the reviewer is another person', { path: 'reviewedBy' });
  return null;
}
