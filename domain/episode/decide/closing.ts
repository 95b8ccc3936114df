/** How an episode ends (5.2): evaluated, withdrawn before any warning, or not applicable (sand-dust, 1.4). */
import type { Act } from '../../act.js';
import { refuse, ok, type Result } from '../../refusal.js';
import { floorOf } from '../../order.js';
import { closingMoments, type Moment } from '../deadlines.js';
import type { PersonCommand } from '../commands.js';
import type { Ending } from '../state.js';
import { openRequest, plainEvidence } from './approval.js';
import type { Draft } from './draft.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;

export function closeWithoutResponse(draft: Draft, ending: Ending, reason: string, clause: string, act: Act | null): void {
  draft.add({ type: 'episode-closed', clause, ending, reason, act });
}

/** The office's evaluation; the director sees with it what was never handed in. */
export function submitEvaluation(draft: Draft, command: Of<'submit-evaluation'>): Result<null> {
  const { state } = draft;
  if (state.phase !== 'evaluating') return refuse('wrong-phase', '5.2', '总结报告期满后方可提交评估', 'the evaluation follows the final reports');
  if (command.act.actor.role !== 'management') return refuse('not-your-role', '附件1 二（二）4', '评估由管理组组织', 'the management group evaluates');
  if (state.requests.some((r) => r.evidence.action === 'evaluate')) return refuse('request-open', '5.2', '评估已送审', 'an evaluation is awaiting approval');
  const evidence = plainEvidence(state, { action: 'evaluate', clause: '5.2', subject: command.documentDigest, text: command.summary, missing: command.missing });
  return openRequest(draft, evidence, command.act);
}

/** A warning that was recalled as a mistake leaves an episode that never should have been. */
export function closeCompleted(draft: Draft, act: Act | null): void {
  const cause = draft.state.lift?.cause;
  const isMistake = cause === 'recall' || cause === 'order-voided';
  draft.add({ type: 'episode-closed', clause: '5.2', ending: isMistake ? 'withdrawn' : 'completed', reason: isMistake ? cause : 'evaluated', act });
}

export function withdrawEpisode(draft: Draft, command: Of<'withdraw-episode'>): Result<null> {
  const { state } = draft;
  if (state.phase !== 'consulting' && state.phase !== 'awaiting-approval') return refuse('wrong-phase', '3.3.6', '已发布预警的只能解除', 'after publication only a lift ends it');
  if (command.act.actor.role !== 'management') return refuse('not-your-role', '附件1 二（二）10', '由管理组撤销', 'the management group withdraws');
  if (!command.reason.trim()) return refuse('reason-required', '3.2', '应写明理由', 'a reason is needed', { path: 'reason' });
  if (floorOf(draft.plan, state.orders) !== null) return refuse('below-floor', '3.3.3', '上级命令有效期间不得撤销', 'a superior order is in force');
  closeWithoutResponse(draft, 'withdrawn', command.reason, '3.2', command.act);
  return ok(null);
}

export function declareNotApplicable(draft: Draft, command: Of<'declare-not-applicable'>): Result<null> {
  const { state } = draft;
  if (state.phase !== 'consulting' && state.phase !== 'awaiting-approval') return refuse('wrong-phase', '3.3.6', '已发布预警的只能解除', 'after publication only a lift ends it');
  const { role } = command.act.actor;
  if (role !== 'technical' && role !== 'management') return refuse('not-your-role', '1.4', '由指挥部办公室认定', 'the office decides this');
  if ((state.assessment?.basis.dustSpans.length ?? 0) === 0) return refuse('not-sand-dust', '1.4', '尚无沙尘时段记录及依据', 'no sand-dust span is on record');
  if (floorOf(draft.plan, state.orders) !== null) return refuse('below-floor', '3.3.3', '上级命令有效期间不得终止', 'a superior order is in force');
  closeWithoutResponse(draft, 'not-applicable', command.reason, '1.4', command.act);
  return ok(null);
}

/** An end settles what was still awaited: what nobody handed in is on record as missing. */
export function momentsOfClosing(before: Draft['state'], draft: Draft): Moment[] {
  return draft.state.phase === 'closed' ? closingMoments(draft.plan, before, draft.nowMs) : [];
}
