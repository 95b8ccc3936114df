/** Consultation (会商, 3.2) and the submission for approval that follows from it (呈报, 3.3.3, annex 1). */
import { digestOf } from '../../digest.js';
import { floorOf } from '../../order.js';
import { levelOf, type LevelId, rankOf } from '../../plan.js';
import { type Refusal, refuse, type Result, ok } from '../../refusal.js';
import { HOUR_MS, nextWholeHourMs } from '../../time.js';
import type { PersonCommand } from '../commands.js';
import { type Conclusion, decidedLevel, type Evidence, isActive, levelRequest } from '../state.js';
import { gradedLevelFor, leadingProcess } from './air.js';
import { issueIfUnchained } from './approval.js';
import type { Draft } from './draft.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;
type Failure = { ok: false; refusal: Refusal };

export function recordConsultation(draft: Draft, command: Of<'record-consultation'>): Result<null> {
  const { state } = draft;
  const { conclusion, act } = command;
  if (!isActive(state)) return refuse('wrong-phase', '3.2', '预警已解除，不再会商', 'there is nothing to consult on after the lift');
  if (act.actor.role !== 'technical') return refuse('not-your-role', '附件1 二（一）1', '会商由技术组组织', 'the technical group holds the consultation');
  const fault = faultOf(draft, conclusion);
  if (fault) return fault;

  const consultationId = draft.nextId('C', 'consultation');
  draft.add({ type: 'consultation-recorded', clause: '3.2', consultationId, assessmentId: state.assessment?.id ?? null, conclusion, act });
  renewRequest(draft, command);
  return ok(null);
}

function faultOf(draft: Draft, conclusion: Conclusion): Failure | null {
  const needsLevel = conclusion.advice === 'publish' || conclusion.advice === 'raise' || conclusion.advice === 'lower';
  const isKnown = draft.plan.levels.some((l) => l.id === conclusion.level);
  if (needsLevel && !isKnown) return refuse('invalid', '3.3.2', '会商结论应写明预警级别', 'the conclusion names a level', { path: 'conclusion.level' });
  if (!needsLevel && conclusion.level !== null) return refuse('invalid', '3.3.2', '该结论不带级别', 'this conclusion has no level', { path: 'conclusion.level' });
  if (conclusion.advice === 'raise' && conclusion.noClearImprovement === null)
    return refuse('invalid', '3.3.6', '升级建议应判断未来24小时是否明显改善', 'a raise needs the judgement on the next 24 h', { path: 'conclusion.noClearImprovement' });
  return null;
}

/** R29: a new consultation gives a request whose basis had changed its new evidence; what was signed before is asked again. */
function renewRequest(draft: Draft, command: Of<'record-consultation'>): void {
  const request = levelRequest(draft.state);
  if (!request || request.evidence.action !== command.conclusion.advice) return;
  const { action } = request.evidence;
  const level = command.conclusion.level ?? request.evidence.level;
  const effectiveAtMs = request.evidence.effectiveAtMs !== null && request.evidence.effectiveAtMs > draft.nowMs ? request.evidence.effectiveAtMs : nextWholeHourMs(draft.nowMs);
  const evidence = evidenceOf(draft, { action: action as Of<'submit-proposal'>['action'], level, effectiveAtMs, expectedEndMs: request.evidence.expectedEndMs, text: request.evidence.text });
  draft.add({ type: 'request-renewed', clause: '3.2', requestId: request.id, evidence, evidenceDigest: digestOf(evidence), act: command.act });
}

export function submitProposal(draft: Draft, command: Of<'submit-proposal'>): Result<null> {
  const fault = proposalFault(draft, command);
  if (fault) return fault;
  const effectiveAtMs = command.effectiveAtMs ?? defaultEffectiveAtMs(draft, command.action);
  const timing = timingFault(draft, command.action, effectiveAtMs);
  if (timing) return timing;

  const evidence = evidenceOf(draft, { ...command, effectiveAtMs });
  const requestId = draft.nextId('R', 'request');
  draft.add({ type: 'request-opened', clause: evidence.clause, requestId, evidence, evidenceDigest: digestOf(evidence), act: command.act });
  return issueIfUnchained(draft, requestId);
}

function proposalFault({ plan, state }: Draft, { action, level, act }: Of<'submit-proposal'>): Failure | null {
  const issuer = action === 'lift' ? plan.settings.liftRoles.issues : 'management';
  const current = decidedLevel(state);
  const isPublishing = action === 'publish';
  if (isPublishing ? state.phase === 'responding' || !isActive(state) : state.phase !== 'responding')
    return refuse('wrong-phase', '3.3', '当前阶段不能提出该项呈报', 'this cannot be proposed in the present phase');
  if (act.actor.role !== issuer) return refuse('not-your-role', '附件1 二（二）5', '由管理组呈报', 'the management group submits');
  if (levelRequest(state)) return refuse('request-open', '3.3.4', '已有一项请示待批', 'another request is open');
  const held = state.consultation;
  if (!held || held.conclusion.advice !== action || state.prompt !== null)
    return refuse('no-consultation', '3.2', '应先会商并形成相应结论', 'a consultation with this conclusion comes first');
  if (action === 'lift') return state.lift ? refuse('already-done', '3.3.6', '解除已发布，尚未生效', 'a lift has been issued') : floorFault({ plan, state } as Draft, null);

  if (level === null || !plan.levels.some((l) => l.id === level)) return refuse('invalid', '3.3.2', '应写明预警级别', 'a level is needed', { path: 'level' });
  if (level !== held.conclusion.level) return refuse('no-consultation', '3.3.3', '呈报级别应与会商结论一致', "the level is the consultation's", { path: 'level' });
  if (action === 'raise') {
    if (rankOf(plan, level) <= rankOf(plan, current)) return refuse('not-higher', '3.3.6', '升级应高于当前级别', 'a raise goes up', { path: 'level' });
    const isSecondProcess = rankOf(plan, gradedLevelFor(plan, 'raise', state)) >= rankOf(plan, level) && state.assessment?.raise?.level !== level;
    if (held.conclusion.noClearImprovement !== true && !isSecondProcess)
      return refuse('no-clear-improvement-not-stated', '3.3.6', '会商应判断未来24小时不会明显改善', 'the consultation must see no clear improvement within 24 h');
  }
  if (action === 'lower' && rankOf(plan, level) >= rankOf(plan, current)) return refuse('not-lower', '3.3.6', '降级应低于当前级别', 'a lowering goes down', { path: 'level' });
  return floorFault({ plan, state } as Draft, level);
}

/** 3.3.3: never below a superior order in force. */
function floorFault({ plan, state }: Draft, level: LevelId | null): Failure | null {
  const floor = floorOf(plan, state.orders);
  if (rankOf(plan, level) >= rankOf(plan, floor)) return null;
  return refuse('below-floor', '3.3.3', '不得低于上级命令的级别', 'not below the level a superior order demands', { path: 'level' });
}

/** R7: the start of the run or, if that is past, the next whole hour; for a lift and a lowering no sooner than the condition holds. */
function defaultEffectiveAtMs({ state, nowMs }: Draft, action: Of<'submit-proposal'>['action']): number {
  const { assessment } = state;
  const soonestMs = nextWholeHourMs(nowMs);
  switch (action) {
    case 'publish':
      return Math.max(soonestMs, leadingProcess(assessment)?.fromMs ?? soonestMs);
    case 'raise':
      return soonestMs;
    case 'lower':
      return Math.max(soonestMs, assessment?.lower.find((l) => l.from === decidedLevel(state))?.effectiveFromMs ?? soonestMs);
    case 'lift':
      return Math.max(soonestMs, assessment?.lift?.fromMs ?? soonestMs);
  }
}

function timingFault({ plan, state, nowMs }: Draft, action: Of<'submit-proposal'>['action'], effectiveAtMs: number): Failure | null {
  if (effectiveAtMs < nowMs) return refuse('retroactive', '3.3.4', '生效时间不得早于当前时间', 'nothing takes effect before it is decided', { path: 'effectiveAtMs' });
  const { lift, lower } = plan.settings;
  if (action === 'lower') {
    const able = state.assessment?.lower.find((l) => l.from === decidedLevel(state));
    if (!able || able.effectiveFromMs > effectiveAtMs)
      return refuse('lower-condition-not-met', '3.3.6', `须低于本级启动标准并预测持续${lower.holdHours}小时以上`, `the air must be below the level's own standard for ${lower.holdHours} h`);
  }
  if (action === 'lift') {
    const able = state.assessment?.lift;
    const latestMs = able ? able.fromMs + (able.holdsHours - lift.holdHours) * HOUR_MS : 0;
    if (!able || effectiveAtMs < able.fromMs || effectiveAtMs > latestMs)
      return refuse('lift-condition-not-met', '3.3.6', `须AQI低于${lift.aqiBelow}并预测持续${lift.holdHours}小时以上`, `AQI must stay below ${lift.aqiBelow} for ${lift.holdHours} h`);
    if (effectiveAtMs > nextWholeHourMs(nowMs) + lift.aheadHours * HOUR_MS)
      return refuse('too-far-ahead', '3.3.6', `最多提前${lift.aheadHours}小时发布解除`, `a lift is issued at most ${lift.aheadHours} h ahead`, { path: 'effectiveAtMs' });
  }
  return null;
}

function evidenceOf(draft: Draft, of: Pick<Of<'submit-proposal'>, 'action' | 'level' | 'expectedEndMs' | 'text'> & { effectiveAtMs: number }): Evidence {
  const { plan, state } = draft;
  const process = leadingProcess(state.assessment);
  const rests = of.action === 'publish' ? (process?.clause ?? (of.level ? levelOf(plan, of.level).clause : '3.3.3')) : '3.3.6';
  return {
    action: of.action,
    level: of.level,
    fromLevel: decidedLevel(state),
    effectiveAtMs: of.effectiveAtMs,
    expectedEndMs: of.expectedEndMs ?? (of.action === 'lift' ? null : (process?.toMs ?? null)),
    primaryPollutants: state.assessment?.primaryPollutants ?? [],
    clause: rests,
    assessmentId: state.assessment?.id ?? null,
    gradedLevel: gradedLevelFor(plan, of.action, state),
    consultationId: state.consultation?.id ?? null,
    subject: null,
    correction: null,
    text: of.text,
    missing: [],
  };
}
