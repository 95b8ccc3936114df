/** How an episode ends (5.2): evaluated, withdrawn before any warning, or not applicable (sand-dust, 1.4). */
import type { Act } from '../../act.js';
import { floorAhead } from '../../order.js';
import type { Clause } from '../../plan.js';
import { ok, type Refusal, refuse, type Result } from '../../refusal.js';
import type { PersonCommand } from '../commands.js';
import { closingMoments, type Moment } from '../deadlines.js';
import type { Ending } from '../state.js';
import { openRequest, plainEvidence } from './requests.js';
import type { Draft } from './draft.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;
type Failure = { ok: false; refusal: Refusal };

/** Ends the episode; what is still before an approver is taken back first. */
export function close(draft: Draft, ending: Ending, reason: string, clause: Clause, act: Act | null): void {
  for (const { id } of draft.state.requests)
    draft.add({ type: 'request-withdrawn', clause, requestId: id, reason: 'episode-closed', act: null });
  draft.add({ type: 'episode-closed', clause, ending, reason, act });
}

/** The office's evaluation; the director sees with it what was never handed in. */
export function submitEvaluation(draft: Draft, command: Of<'submit-evaluation'>): Result<null> {
  const { state } = draft;
  if (state.phase !== 'evaluating')
    return refuse('wrong-phase', '5.2', '总结报告期满后方可提交评估', 'the evaluation follows the final reports');
  if (command.act.actor.role !== 'management')
    return refuse('not-your-role', '附件1 二(二).4', '评估由管理组组织', 'the management group evaluates');
  if (state.requests.some((r) => r.evidence.action === 'evaluate'))
    return refuse('request-open', '5.2', '评估已送审', 'an evaluation is awaiting approval');
  const { documentDigest: subject, summary: text, missing } = command;
  openRequest(draft, plainEvidence(state, { action: 'evaluate', clause: '5.2', subject, text, missing }), command.act);
  return ok(null);
}

/** A warning that was recalled as a mistake leaves an episode that never should have been. */
export function closeCompleted(draft: Draft, act: Act | null): void {
  const cause = draft.state.lift?.cause;
  if (cause === 'recall' || cause === 'order-voided') close(draft, 'withdrawn', cause, '5.2', act);
  else close(draft, 'completed', 'evaluated', '5.2', act);
}

export function withdrawEpisode(draft: Draft, command: Of<'withdraw-episode'>): Result<null> {
  const fault = endFault(draft, command);
  if (fault) return fault;
  if (command.act.actor.role !== 'management')
    return refuse('not-your-role', '附件1 二(二).10', '由管理组撤销', 'the management group withdraws');
  close(draft, 'withdrawn', command.reason, '3.2', command.act);
  return ok(null);
}

/** 1.4, R17: sand-dust, on record with its evidence, is none of the plan's business. */
export function declareNotApplicable(draft: Draft, command: Of<'declare-not-applicable'>): Result<null> {
  const fault = endFault(draft, command);
  if (fault) return fault;
  const { role } = command.act.actor;
  if (role !== 'technical' && role !== 'management') return refuse('not-your-role', '1.4', '由指挥部办公室认定', 'the office decides this');
  if ((draft.state.assessment?.basis.dustSpans.length ?? 0) === 0)
    return refuse('not-sand-dust', '1.4', '尚无沙尘时段记录及依据', 'no sand-dust span is on record');
  close(draft, 'not-applicable', command.reason, '1.4', command.act);
  return ok(null);
}

function endFault({ plan, state }: Draft, { reason }: { readonly reason: string }): Failure | null {
  if (state.phase !== 'consulting' && state.phase !== 'awaiting-approval')
    return refuse('wrong-phase', '3.3.6', '已发布预警的只能解除', 'after publication only a lift ends it');
  if (!reason.trim()) return refuse('reason-required', '3.2', '应写明理由', 'a reason is needed', { path: 'reason' });
  if (floorAhead(plan, state.orders) !== null)
    return refuse('below-floor', '3.3.3', '上级命令有效期间不得终止', 'a superior order is in force');
  return null;
}

/** An end settles what was still awaited: what nobody handed in is on record as missing. */
export function momentsOfClosing(before: Draft['state'], draft: Draft): Moment[] {
  const hasClosed = draft.state.phase === 'closed' && before.phase !== 'closed';
  return hasClosed ? closingMoments(draft.plan, draft.state, draft.nowMs) : [];
}
