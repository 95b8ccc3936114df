/** Approval step by step (3.3.4), and what an approved request brings about. */
import { type Act, handsOf, isOral, type Signatory } from '../../act.js';
import { ok, type Refusal, refuse, type Result } from '../../refusal.js';
import { MINUTE_MS, nextWholeHourMs } from '../../time.js';
import type { PersonCommand } from '../commands.js';
import { decides } from '../../versions.js';
import type { EpisodePlan } from '../plan.js';
import type { Evidence, Request } from '../state.js';
import { reviewPrompt } from './air.js';
import { chainOf } from './chains.js';
import { closeCompleted } from './closing.js';
import { correctNotice } from './correction.js';
import type { Draft } from './draft.js';
import { liftPart, rescindPendingLift } from './lift.js';
import { noticeOf, toldWhenLowered } from './notices.js';
import { relaySigned } from './orders.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;
type Failure = { ok: false; refusal: Refusal };

export function decideStep(draft: Draft, command: Of<'decide-step'>): Result<null> {
  const request = draft.state.requests.find((r) => r.id === command.requestId);
  if (!request) return unknownRequest();
  const fault = stepFault(draft.plan, draft.state.rulesVersion, request, command);
  if (fault) return fault;

  const { steps, clause } = chainOf(draft.plan, request.evidence);
  const { step, decision, reason, act } = command;
  const last = step === steps.length - 1;
  draft.add({
    type: 'approval-decided',
    clause,
    requestId: request.id,
    step,
    last,
    decision,
    reason,
    evidenceDigest: request.evidenceDigest,
    act,
  });
  if (decision !== 'approve') reviewPrompt(draft);
  else if (last) bringAbout(draft, request.id, request.evidence, act);
  return ok(null);
}

function stepFault(plan: EpisodePlan, rulesVersion: string, request: Request, command: Of<'decide-step'>): Failure | null {
  const { step, decision, reason, evidenceDigest, act } = command;
  const { steps, clause } = chainOf(plan, request.evidence);
  if (step !== request.decisions.length)
    return refuse('request-closed', clause, '该步骤已办理', 'this step is not the one open', { path: 'step' });
  if (steps[step]?.role !== act.actor.role)
    return refuse('not-your-step', clause, '该步骤不由您的身份办理', "this step is another role's", { path: 'step' });
  const hands = (of: Signatory) => (decides(rulesVersion, 'a-delegates-hand-is-the-delegators') ? handsOf(of) : [of.accountId]);
  const taken = [request.submittedBy, ...request.decisions.map((d) => d.by)].flatMap(hands);
  if (!plan.settings.onePersonTwoSteps && hands(act.actor).some((hand) => taken.includes(hand)))
    return refuse(
      'same-person-twice',
      clause,
      '同一人不得办理同一请示的两个步骤',
      'one person takes one step, and not of a request of their own',
    );
  if (request.basisChangedAtMs !== null)
    return refuse('basis-changed', '3.2', '依据已变化，待重新会商', 'its basis has changed: a new consultation comes first');
  if (evidenceDigest !== request.evidenceDigest)
    return refuse('evidence-changed', '3.3.4', '内容已变化，请看过新内容再批', 'what was shown has changed', { path: 'evidenceDigest' });
  if (decision !== 'approve' && request.evidence.action === 'relay') {
    const zh = '上级命令按命令执行；录入有误的由复核撤销';
    return refuse('invalid', '3.3.6', zh, 'an order is not ours to refuse; the check voids a wrong entry', { path: 'decision' });
  }
  if (decision !== 'approve' && !reason?.trim())
    return refuse('reason-required', clause, '退回或不同意应写明理由', 'a return or a refusal needs its reason', { path: 'reason' });
  return ownHandFault(rulesVersion, act) ?? peopleFault(plan, act);
}

/** R30: what is entered for another came by phone, on paper or in a meeting; a countersignature is always one's own. */
function ownHandFault(rulesVersion: string, { channel, actor, recordedBy }: Act, mayBeEntered = channel !== 'online'): Failure | null {
  if (mayBeEntered || recordedBy.accountId === actor.accountId || !decides(rulesVersion, 'online-is-by-ones-own-hand')) return null;
  return refuse('not-owner', '8.6', '网上签署须本人办理；代录应写明批示的方式', 'who signs online signs in person; an entry for another says by what channel it came', { path: 'act.channel' });
}

/** R30: a decision not signed here counts when two people recorded it. */
function peopleFault(plan: EpisodePlan, act: Act): Failure | null {
  if (act.channel === 'online' || plan.settings.phonePeople === 1) return null;
  const { witness, recordedBy, actor } = act;
  if (witness !== null && witness.accountId !== recordedBy.accountId && witness.accountId !== actor.accountId) return null;
  return refuse('needs-two-people', '8.6', '电话等批示须两人记录', 'an approval by phone is recorded by two people', {
    path: 'act.witness',
  });
}

function bringAbout(draft: Draft, requestId: string, evidence: Evidence, act: Act | null): void {
  const { action, level, clause, expectedEndMs, primaryPollutants } = evidence;
  const fromLevel = evidence.fromLevel ?? '';
  // R7: what was to begin before the approval came begins at the next whole hour.
  const askedMs = evidence.effectiveAtMs ?? 0;
  const effectiveAtMs = askedMs >= draft.nowMs ? askedMs : nextWholeHourMs(draft.nowMs);
  const facts = { level, effectiveAtMs, expectedEndMs, primaryPollutants };
  switch (action) {
    case 'publish':
      draft.add({ type: 'warning-published', clause, requestId, orderId: null, notice: noticeOf(draft, 'publish', facts) });
      return;
    case 'raise':
      rescindPendingLift(draft, 'raised');
      draft.add({ type: 'warning-raised', clause, from: fromLevel, requestId, orderId: null, notice: noticeOf(draft, 'raise', facts) });
      return;
    case 'lower': {
      const notice = noticeOf(draft, 'lower', facts, toldWhenLowered(draft, fromLevel));
      draft.add({ type: 'warning-lowered', clause, from: fromLevel, requestId, orderId: null, notice });
      return;
    }
    case 'lift': {
      if (evidence.part) return liftPart(draft, requestId, { ...evidence, part: evidence.part }, effectiveAtMs);
      const lift = { id: draft.nextId('L', 'lift'), issuedAtMs: draft.nowMs, effectiveAtMs, cause: 'local' as const, orderId: null };
      draft.add({
        type: 'lift-issued',
        clause,
        requestId,
        lift,
        notice: noticeOf(draft, 'lift', { level: evidence.fromLevel, effectiveAtMs }),
      });
      return;
    }
    case 'relay':
      relaySigned(draft, requestId, evidence);
      return;
    case 'correct':
      correctNotice(draft, requestId, evidence);
      return;
    case 'evaluate':
      closeCompleted(draft, act);
      return;
  }
}

/** A request whose chain has no step is approved as it is submitted (the lift, 3.3.6). */
export function issueAtOnce(draft: Draft): void {
  for (const { id, evidence } of draft.state.requests) if (chainOf(draft.plan, evidence).steps.length === 0) bringAbout(draft, id, evidence, null);
}

export function countersign(draft: Draft, command: Of<'countersign'>): Result<null> {
  const { requestId, step, act } = command;
  const ref = `${requestId}.${step}`;
  const owed = draft.state.triggers.find((t) => t.trigger === 'approved-by-phone' && t.ref === ref);
  if (!owed) return refuse('unknown-reference', '8.6', '没有待补签的电话批示', 'no approval by phone to sign', { path: 'requestId' });
  if (draft.state.phase === 'closed') return refuse('wrong-phase', '5.2', '事件已结束', 'the episode is closed');
  if (draft.state.discharged[`countersignature:${ref}`] !== undefined) return refuse('already-done', '8.6', '已补签', 'already signed');
  if (owed.ownerId !== `account:${act.actor.accountId}`)
    return refuse('not-owner', '8.6', '应由作出批示的本人补签', 'the one who approved signs', { path: 'act.actor' });
  if (isOral(act)) return refuse('invalid', '8.6', '补签须签署', 'a countersignature is signed, not said', { path: 'act.channel' });
  const fault = ownHandFault(draft.state.rulesVersion, act, false);
  if (fault) return fault;
  draft.add({ type: 'approval-countersigned', clause: '8.6', requestId, step, act });
  return ok(null);
}

export function withdrawRequest(draft: Draft, command: Of<'withdraw-request'>): Result<null> {
  const request = draft.state.requests.find((r) => r.id === command.requestId);
  if (!request) return unknownRequest();
  if (command.act.actor.role !== 'management')
    return refuse('not-your-role', '附件1 二(二).5', '由管理组撤回', 'the management group withdraws');
  if (request.evidence.action === 'relay')
    return refuse('below-floor', '3.3.6', '上级命令的转发不得撤回', 'the relay of an order is not ours to withdraw', { path: 'requestId' });
  if (!command.reason.trim())
    return refuse('reason-required', '3.3.4', '撤回应写明理由', 'a withdrawal needs its reason', { path: 'reason' });
  draft.add({ type: 'request-withdrawn', clause: '3.3.4', requestId: request.id, reason: command.reason, act: command.act });
  reviewPrompt(draft);
  return ok(null);
}

function unknownRequest(): Failure {
  return refuse('request-closed', '3.3.4', '该请示不存在或已办结', 'there is no such open request', { path: 'requestId' });
}

/** The next time an open step is escalated (R14); null when nothing more is planned for it. */
export function escalationAtMs(plan: EpisodePlan, request: Request): number | null {
  const next = plan.escalations[request.escalated];
  return next ? request.stepOpenedAtMs + next.afterMinutes * MINUTE_MS : null;
}

/** R14: an unanswered step is told of, never answered by itself. */
export function escalate(draft: Draft): void {
  for (const { id } of draft.state.requests) {
    for (;;) {
      const request: Request | undefined = draft.state.requests.find((r) => r.id === id);
      const next = request && draft.plan.escalations[request.escalated];
      if (!request || !next || (escalationAtMs(draft.plan, request) ?? Infinity) > draft.nowMs) break;
      const { clause } = chainOf(draft.plan, request.evidence);
      const count = request.escalated + 1;
      draft.add({ type: 'approval-escalated', clause, requestId: id, step: request.decisions.length, count, tell: next.tell });
    }
  }
}
