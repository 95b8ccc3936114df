/** Consultation (会商, 3.2): what the technical group concluded, and what that does to an open request. */
import { attestedAtMs } from '../../act.js';
import { digestOf } from '../../digest.js';
import { ok, type Refusal, refuse, type Result } from '../../refusal.js';
import type { PersonCommand } from '../commands.js';
import { consultationPeriodOf } from '../consult-every.js';
import { type Conclusion, isActive, levelRequest } from '../state.js';
import type { Draft } from './draft.js';
import { maySubmit, renewedEvidence } from './proposal.js';

type Command = Extract<PersonCommand, { type: 'record-consultation' }>;

export function recordConsultation(draft: Draft, command: Command): Result<null> {
  const { state, plan } = draft;
  const { conclusion, act } = command;
  if (!isActive(state)) return refuse('wrong-phase', '3.2', '预警已解除，不再会商', 'there is nothing to consult on after the lift');
  // R13: who proposes a lift is a setting of its own.
  const chair = conclusion.advice === 'lift' ? plan.settings.liftRoles.proposes : 'technical';
  if (act.actor.role !== chair)
    return refuse('not-your-role', '附件1 二(一).1', '会商由技术组组织', 'the technical group holds the consultation');
  const fault = faultOf(draft, conclusion);
  if (fault) return fault;

  const consultationId = draft.nextId('C', 'consultation');
  const { consultEvery } = plan.settings;
  const period = typeof consultEvery === 'string' ? {} : { period: consultationPeriodOf(consultEvery, attestedAtMs(act, draft.nowMs)) };
  draft.add({ type: 'consultation-recorded', clause: '3.2', consultationId, assessmentId: state.assessment?.id ?? null, conclusion, ...period, act });
  renewRequest(draft, command);
  return ok(null);
}

function faultOf({ plan }: Draft, { advice, level, noClearImprovement }: Conclusion): { ok: false; refusal: Refusal } | null {
  const needsLevel = advice === 'publish' || advice === 'raise' || advice === 'lower';
  const isKnown = plan.levels.some((l) => l.id === level);
  if (needsLevel && !isKnown)
    return refuse('invalid', '3.3.2', '会商结论应写明预警级别', 'the conclusion names a level', { path: 'conclusion.level' });
  if (!needsLevel && level !== null)
    return refuse('invalid', '3.3.2', '该结论不带级别', 'this conclusion has no level', { path: 'conclusion.level' });
  if (advice === 'raise' && noClearImprovement === null) {
    const path = { path: 'conclusion.noClearImprovement' };
    return refuse('invalid', '3.3.6', '升级建议应判断未来24小时是否明显改善', 'a raise needs the judgement on the next 24 h', path);
  }
  return null;
}

/**
 * R29: a new consultation with the same advice gives a request its new
 * evidence, where its basis or the level has changed; what was signed before is
 * asked again. What could not be submitted renews nothing.
 */
function renewRequest(draft: Draft, { conclusion, act }: Command): void {
  const request = levelRequest(draft.state);
  if (!request || request.evidence.action !== conclusion.advice) return;
  const isUnchanged = request.basisChangedAtMs === null && conclusion.level === request.evidence.level;
  if (isUnchanged || !maySubmit(draft, conclusion.advice, conclusion.level)) return;
  const evidence = renewedEvidence(draft, conclusion.advice, request.evidence, conclusion.level);
  if (evidence) draft.add({ type: 'request-renewed', clause: '3.2', requestId: request.id, evidence, evidenceDigest: digestOf(evidence), act });
}
