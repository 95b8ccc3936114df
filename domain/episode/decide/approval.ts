/** Approval step by step (3.3.4), and what an approved request brings about. */
import { digestOf } from '../../digest.js';
import { ok, type Refusal, refuse, type Result } from '../../refusal.js';
import { MINUTE_MS, nextWholeHourMs } from '../../time.js';
import type { Act } from '../../act.js';
import type { PersonCommand } from '../commands.js';
import type { EpisodePlan } from '../plan.js';
import type { EpisodeState, Evidence, Request } from '../state.js';
import { chainOf } from './chains.js';
import { closeCompleted } from './closing.js';
import { correctNotice } from './correction.js';
import type { Draft } from './draft.js';
import { rescindPendingLift } from './lift.js';
import { noticeOf, toldWhenLowered } from './notices.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;

export function decideStep(draft: Draft, command: Of<'decide-step'>): Result<null> {
  const request = draft.state.requests.find((r) => r.id === command.requestId);
  if (!request) return refuse('request-closed', '3.3.4', '该请示不存在或已办结', 'there is no such open request', { path: 'requestId' });
  const fault = stepFault(draft.plan, request, command);
  if (fault) return fault;

  const { steps, clause } = chainOf(draft.plan, request.evidence);
  const { step, decision, reason, act } = command;
  const last = step === steps.length - 1;
  draft.add({ type: 'approval-decided', clause, requestId: request.id, step, last, decision, reason, evidenceDigest: request.evidenceDigest, act });
  if (decision === 'approve' && last) bringAbout(draft, request.id, request.evidence, act);
  return ok(null);
}

function stepFault(plan: EpisodePlan, request: Request, command: Of<'decide-step'>): { ok: false; refusal: Refusal } | null {
  const { step, decision, reason, evidenceDigest, act } = command;
  const { steps, clause } = chainOf(plan, request.evidence);
  if (step !== request.decisions.length) return refuse('request-closed', clause, '该步骤已办理', 'this step is not the one open', { path: 'step' });
  if (steps[step]?.role !== act.actor.role) return refuse('not-your-step', clause, '该步骤不由您的身份办理', "this step is another role's", { path: 'step' });
  if (!plan.settings.onePersonTwoSteps && request.decisions.some((d) => d.by.accountId === act.actor.accountId))
    return refuse('same-person-twice', clause, '同一人不得办理同一请示的两个步骤', 'one person takes one step of a chain');
  if (request.basisChangedAtMs !== null) return refuse('basis-changed', '3.2', '依据已变化，待重新会商', 'its basis has changed: a new consultation comes first');
  if (evidenceDigest !== request.evidenceDigest) return refuse('evidence-changed', '3.3.4', '内容已变化，请看过新内容再批', 'what was shown has changed', { path: 'evidenceDigest' });
  if (decision !== 'approve' && !reason?.trim()) return refuse('reason-required', clause, '退回或不同意应写明理由', 'a return or a refusal needs its reason', { path: 'reason' });
  return phoneFault(plan, act);
}

/** R30: an act by phone counts when two people recorded it. */
function phoneFault(plan: EpisodePlan, act: Act): { ok: false; refusal: Refusal } | null {
  if (act.channel === 'online' || plan.settings.phonePeople === 1) return null;
  const isWitnessed = act.witness !== null && act.witness.accountId !== act.recordedBy.accountId && act.witness.accountId !== act.actor.accountId;
  return isWitnessed ? null : refuse('needs-two-people', '8.6', '电话批示须两人记录', 'an approval by phone is recorded by two people', { path: 'act.witness' });
}

/** A request whose chain has no step is issued at once (the lift, 3.3.6). */
export function issueIfUnchained(draft: Draft, requestId: string): Result<null> {
  const request = draft.state.requests.find((r) => r.id === requestId);
  if (request && chainOf(draft.plan, request.evidence).steps.length === 0) bringAbout(draft, requestId, request.evidence, null);
  return ok(null);
}

function bringAbout(draft: Draft, requestId: string, evidence: Evidence, act: Act | null): void {
  const { action, level, fromLevel, clause } = evidence;
  // R7: what was to begin before the approval came begins at the next whole hour.
  const askedMs = evidence.effectiveAtMs ?? 0;
  const effectiveAtMs = askedMs >= draft.nowMs ? askedMs : nextWholeHourMs(draft.nowMs);
  const { expectedEndMs, primaryPollutants } = evidence;
  const facts = { level, effectiveAtMs, expectedEndMs, primaryPollutants };
  switch (action) {
    case 'publish':
      draft.add({ type: 'warning-published', clause, requestId, orderId: null, notice: noticeOf(draft, 'publish', facts) });
      return;
    case 'raise':
      rescindPendingLift(draft, 'raised');
      draft.add({ type: 'warning-raised', clause, from: fromLevel ?? '', requestId, orderId: null, notice: noticeOf(draft, 'raise', facts) });
      return;
    case 'lower':
      draft.add({ type: 'warning-lowered', clause, from: fromLevel ?? '', requestId, orderId: null, notice: noticeOf(draft, 'lower', facts, toldWhenLowered(draft, fromLevel ?? '')) });
      return;
    case 'lift': {
      const lift = { id: draft.nextId('L', 'lift'), issuedAtMs: draft.nowMs, effectiveAtMs, cause: 'local' as const, orderId: null };
      draft.add({ type: 'lift-issued', clause, requestId, lift, notice: noticeOf(draft, 'lift', { level: fromLevel, effectiveAtMs }) });
      return;
    }
    case 'relay':
      draft.add({ type: 'relay-signed', clause, orderId: evidence.subject ?? '', requestId });
      return;
    case 'correct':
      correctNotice(draft, requestId, evidence);
      return;
    case 'evaluate':
      closeCompleted(draft, act);
      return;
  }
}

export function countersign(draft: Draft, command: Of<'countersign'>): Result<null> {
  const ref = `${command.requestId}.${command.step}`;
  const owed = draft.state.triggers.find((t) => t.trigger === 'approved-by-phone' && t.ref === ref);
  if (!owed) return refuse('unknown-reference', '8.6', '没有待补签的电话批示', 'no approval by phone to sign', { path: 'requestId' });
  if (draft.state.discharged[`countersignature:${ref}`] !== undefined) return refuse('already-done', '8.6', '已补签', 'already signed');
  if (owed.ownerId !== `account:${command.act.actor.accountId}`) return refuse('not-owner', '8.6', '应由作出批示的本人补签', 'the one who approved signs', { path: 'act.actor' });
  draft.add({ type: 'approval-countersigned', clause: '8.6', requestId: command.requestId, step: command.step, act: command.act });
  return ok(null);
}

export function withdrawRequest(draft: Draft, command: Of<'withdraw-request'>): Result<null> {
  if (!draft.state.requests.some((r) => r.id === command.requestId)) return refuse('request-closed', '3.3.4', '该请示不存在或已办结', 'there is no such open request', { path: 'requestId' });
  if (command.act.actor.role !== 'management') return refuse('not-your-role', '附件1 二（二）5', '由管理组撤回', 'the management group withdraws');
  if (!command.reason.trim()) return refuse('reason-required', '3.3.4', '撤回应写明理由', 'a withdrawal needs its reason', { path: 'reason' });
  draft.add({ type: 'request-withdrawn', clause: '3.3.4', requestId: command.requestId, reason: command.reason, act: command.act });
  return ok(null);
}

/** The next time an open step is escalated (R14); null when nothing more is planned for it. */
export function escalationAtMs(plan: EpisodePlan, request: Request): number | null {
  const next = plan.escalations[request.escalated];
  return next ? request.stepOpenedAtMs + next.afterMinutes * MINUTE_MS : null;
}

export function escalate(draft: Draft): void {
  for (const { id } of draft.state.requests) {
    for (;;) {
      const request: Request | undefined = draft.state.requests.find((r) => r.id === id);
      const next = request && draft.plan.escalations[request.escalated];
      if (!request || !next || (escalationAtMs(draft.plan, request) ?? Infinity) > draft.nowMs) break;
      const { clause } = chainOf(draft.plan, request.evidence);
      draft.add({ type: 'approval-escalated', clause, requestId: id, step: request.decisions.length, count: request.escalated + 1, tell: next.tell });
    }
  }
}

/** Opens a request other than for a level: a relay, a correction, an evaluation. */
export function openRequest(draft: Draft, evidence: Evidence, act: Act): Result<null> {
  const requestId = draft.nextId('R', 'request');
  draft.add({ type: 'request-opened', clause: evidence.clause, requestId, evidence, evidenceDigest: digestOf(evidence), act });
  return issueIfUnchained(draft, requestId);
}

/** Evidence of a request that is not about the air. */
export function plainEvidence(state: EpisodeState, of: Pick<Evidence, 'action' | 'clause' | 'subject' | 'text'> & Partial<Evidence>): Evidence {
  return {
    level: state.levels.at(-1)?.level ?? null,
    fromLevel: state.levels.at(-1)?.level ?? null,
    effectiveAtMs: null,
    expectedEndMs: null,
    primaryPollutants: state.primaryPollutants,
    assessmentId: state.assessment?.id ?? null,
    gradedLevel: null,
    consultationId: state.consultation?.id ?? null,
    correction: null,
    missing: [],
    ...of,
  };
}
