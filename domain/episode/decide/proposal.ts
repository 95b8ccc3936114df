/** The submission for approval that follows from a consultation (呈报, 3.3.3, 3.3.4, annex 1). */
import { type Act, SYSTEM } from '../../act.js';
import { floorAhead } from '../../order.js';
import { levelOf, type LevelId, rankOf } from '../../plan.js';
import { ok, type Refusal, refuse, type Result } from '../../refusal.js';
import { HOUR_MS, nextWholeHourMs } from '../../time.js';
import { decides } from '../../versions.js';
import type { PersonCommand } from '../commands.js';
import type { EpisodePlan } from '../plan.js';
import { decidedLevel, type EpisodeState, type Evidence, isActive, levelRequest, type Prompt } from '../state.js';
import { gradedLevelFor, leadingProcess, liftableAtMs, loweringOf, mayLiftAt } from './questions.js';
import { openRequest } from './requests.js';
import type { Draft } from './draft.js';

type Proposal = Extract<PersonCommand, { type: 'submit-proposal' }>;
type Failure = { ok: false; refusal: Refusal };
export type LevelAction = Proposal['action'];

export function submitProposal(draft: Draft, command: Proposal): Result<null> {
  const fault = proposalFault(draft, command);
  if (fault) return fault;
  const effectiveAtMs = command.effectiveAtMs ?? defaultEffectiveAtMs(draft, command.action);
  const timing = timingFault(draft, command, effectiveAtMs);
  if (timing) return timing;
  openRequest(draft, evidenceOf(draft, { ...command, effectiveAtMs }), command.act);
  return ok(null);
}

/** R28: where the plan says so, a graded start or raise stands for the consultation and the submission. */
export function proposeByItself(draft: Draft, { reason, level }: Prompt): void {
  if (!draft.plan.settings.autoPropose || level === null) return;
  if (reason !== 'start' && reason !== 'raise' && reason !== 'second-process') return;
  const action = reason === 'start' ? 'publish' : 'raise';
  const act: Act = {
    occurredAtMs: draft.nowMs,
    channel: 'online',
    actor: SYSTEM,
    recordedBy: SYSTEM,
    witness: null,
    entry: 'direct',
    evidence: [],
  };
  const evidence = evidenceOf(draft, { action, level, effectiveAtMs: defaultEffectiveAtMs(draft, action), expectedEndMs: null, text: '' });
  openRequest(draft, evidence, act);
}

function proposalFault({ plan, state }: Draft, command: Proposal): Failure | null {
  const { action, level, act } = command;
  const issuer = action === 'lift' ? plan.settings.liftRoles.issues : 'management';
  if (action === 'publish' ? state.phase === 'responding' || !isActive(state) : state.phase !== 'responding')
    return refuse('wrong-phase', '3.3', '当前阶段不能提出该项呈报', 'this cannot be proposed in the present phase');
  if (act.actor.role !== issuer) return refuse('not-your-role', '附件1 二(二).5', '由管理组呈报', 'the management group submits');
  if (state.lift?.cause === 'order')
    return refuse('below-floor', '3.3.6', '上级命令的解除按命令执行', 'a lift by superior order is carried out as ordered');
  if (levelRequest(state)) return refuse('request-open', '3.3.4', '已有一项请示待批', 'another request is open');
  if (state.lift && action !== 'raise') return refuse('already-done', '3.3.6', '解除已发布，尚未生效', 'a lift has been issued');
  const ofPart = partFault(state, command);
  if (ofPart) return ofPart;
  const held = state.consultation;
  if (!held || held.conclusion.advice !== action || state.prompt !== null)
    return refuse('no-consultation', '3.2', '应先会商并形成相应结论', 'a consultation with this conclusion comes first');
  return conclusionFault(plan, state, action, level);
}

/** R21: a lift may be for a part of the area, once. */
function partFault({ liftedParts = [] }: EpisodeState, { action, part }: Proposal): Failure | null {
  if (!part) return null;
  if (action !== 'lift') return refuse('invalid', '3.3.6', '只有解除可仅针对部分区域', 'a lift alone may be for a part of the area', { path: 'part' });
  if (!liftedParts.some((lifted) => lifted.part.zh === part.zh)) return null;
  return refuse('already-done', '3.3.6', '该区域已解除', 'the warning has been lifted there', { path: 'part' });
}

/** Whether what was concluded could be submitted, the air's timing apart. */
export function maySubmit({ plan, state }: Draft, action: LevelAction, level: LevelId | null): boolean {
  return conclusionFault(plan, state, action, level) === null;
}

function conclusionFault(plan: EpisodePlan, state: EpisodeState, action: LevelAction, level: LevelId | null): Failure | null {
  return action === 'lift' ? floorFault(plan, state, null) : levelFault(plan, state, action, level);
}

function levelFault(plan: EpisodePlan, state: EpisodeState, action: 'publish' | 'raise' | 'lower', level: LevelId | null): Failure | null {
  const current = rankOf(plan, decidedLevel(state));
  const concluded = state.consultation?.conclusion;
  if (level === null || !plan.levels.some((l) => l.id === level))
    return refuse('invalid', '3.3.2', '应写明预警级别', 'a level is needed', { path: 'level' });
  if (level !== concluded?.level)
    return refuse('no-consultation', '3.3.3', '呈报级别应与会商结论一致', "the level is the consultation's", { path: 'level' });
  if (action === 'raise') {
    if (rankOf(plan, level) <= current) return refuse('not-higher', '3.3.6', '升级应高于当前级别', 'a raise goes up', { path: 'level' });
    if (concluded.noClearImprovement !== true && !isSecondProcess(plan, state, level))
      return refuse(
        'no-clear-improvement-not-stated',
        '3.3.6',
        '会商应判断未来24小时不会明显改善',
        'the consultation must see no clear improvement within 24 h',
      );
  }
  if (action === 'lower' && rankOf(plan, level) >= current)
    return refuse('not-lower', '3.3.6', '降级应低于当前级别', 'a lowering goes down', { path: 'level' });
  return floorFault(plan, state, level);
}

/** R16: a raise for a second process is graded on what is to come; the judgement of R11 does not apply to it. */
function isSecondProcess(plan: EpisodePlan, state: EpisodeState, level: LevelId): boolean {
  const reached = rankOf(plan, state.assessment?.raise?.level ?? null);
  return reached < rankOf(plan, level) && rankOf(plan, gradedLevelFor(plan, 'raise', state)) >= rankOf(plan, level);
}

/** 3.3.3: never below a superior order. */
function floorFault(plan: EpisodePlan, state: EpisodeState, level: LevelId | null): Failure | null {
  if (rankOf(plan, level) >= rankOf(plan, floorAhead(plan, state.orders))) return null;
  return refuse('below-floor', '3.3.3', '不得低于上级命令的级别', 'not below the level a superior order demands', { path: 'level' });
}

/** R7: the start of the run, or by the plan's setting, or where that is past, the next whole hour; for a lift and a lowering no sooner than the condition holds. */
function defaultEffectiveAtMs({ plan, state, nowMs }: Draft, action: LevelAction): number {
  const { assessment } = state;
  const soonestMs = nextWholeHourMs(nowMs);
  switch (action) {
    case 'publish':
    case 'raise':
      return plan.settings.effectiveAt === 'next-hour' ? soonestMs : Math.max(soonestMs, leadingProcess(assessment)?.fromMs ?? soonestMs);
    case 'lower': {
      const able = loweringOf(state);
      // A warning still to begin is lowered for its beginning, not brought forward.
      const beginsAtMs = state.levels[0]?.fromMs ?? soonestMs;
      return Math.max(soonestMs, able?.effectiveFromMs ?? soonestMs, beginsAtMs);
    }
    case 'lift':
      return liftableAtMs(plan, assessment, nowMs) ?? soonestMs;
  }
}

function timingFault(draft: Draft, { action, level }: Pick<Proposal, 'action' | 'level'>, effectiveAtMs: number): Failure | null {
  if (effectiveAtMs < draft.nowMs)
    return refuse('retroactive', '3.3.4', '生效时间不得早于当前时间', 'nothing takes effect before it is decided', {
      path: 'effectiveAtMs',
    });
  if (action === 'lower') return lowerFault(draft, level, effectiveAtMs);
  if (action === 'lift') return liftFault(draft, effectiveAtMs);
  return null;
}

function lowerFault({ plan, state }: Draft, level: LevelId | null, effectiveAtMs: number): Failure | null {
  const { holdHours } = plan.settings.lower;
  const able = loweringOf(state);
  if (able && able.effectiveFromMs <= effectiveAtMs && rankOf(plan, level) >= rankOf(plan, able.to)) return null;
  const zh = `须低于本级启动标准并预测持续${holdHours}小时以上，且不低于其后预测的级别`;
  return refuse(
    'lower-condition-not-met',
    '3.3.6',
    zh,
    `below the level's own standard for ${holdHours} h, and not below what remains forecast`,
  );
}

function liftFault({ plan, state, nowMs }: Draft, effectiveAtMs: number): Failure | null {
  const { aqiBelow, holdHours, aheadHours } = plan.settings.lift;
  if (!mayLiftAt(plan, state.assessment, effectiveAtMs)) {
    const zh = `须AQI低于${aqiBelow}并预测持续${holdHours}小时以上`;
    return refuse('lift-condition-not-met', '3.3.6', zh, `AQI must stay below ${aqiBelow} for ${holdHours} h`);
  }
  if (effectiveAtMs <= nextWholeHourMs(nowMs) + aheadHours * HOUR_MS) return null;
  const zh = `最多提前${aheadHours}小时发布解除`;
  return refuse('too-far-ahead', '3.3.6', zh, `a lift is issued at most ${aheadHours} h ahead`, { path: 'effectiveAtMs' });
}

/** R29: a request's evidence as it stands now; null where it could not be asked for any more. */
export function renewedEvidence(draft: Draft, action: LevelAction, was: Evidence, level: LevelId | null): Evidence | null {
  const { effectiveAtMs: askedMs, expectedEndMs, text, part } = was;
  const asked = { action, level, expectedEndMs, text, ...(part && { part }) };
  const askedAheadMs = askedMs !== null && askedMs > draft.nowMs ? askedMs : nextWholeHourMs(draft.nowMs);
  if (!decides(draft.state.rulesVersion, 'a-renewed-request-meets-its-condition'))
    return evidenceOf(draft, { ...asked, effectiveAtMs: askedAheadMs });
  const soonestMs = action === 'lower' || action === 'lift' ? defaultEffectiveAtMs(draft, action) : askedAheadMs;
  const effectiveAtMs = timingFault(draft, { action, level }, askedAheadMs) === null ? askedAheadMs : soonestMs;
  return timingFault(draft, { action, level }, effectiveAtMs) === null ? evidenceOf(draft, { ...asked, effectiveAtMs }) : null;
}

/** What is put before the approvers, made from the present assessment. */
function evidenceOf(draft: Draft, of: Pick<Evidence, 'action' | 'level' | 'expectedEndMs' | 'text' | 'part'> & { effectiveAtMs: number }): Evidence {
  const { plan, state } = draft;
  const process = leadingProcess(state.assessment);
  const startClause = process?.clause ?? (of.level ? levelOf(plan, of.level).clause : '3.3.3');
  return {
    action: of.action,
    level: of.level,
    fromLevel: decidedLevel(state),
    effectiveAtMs: of.effectiveAtMs,
    expectedEndMs: of.expectedEndMs ?? (of.action === 'lift' ? null : (process?.toMs ?? null)),
    primaryPollutants: state.assessment?.primaryPollutants ?? [],
    clause: of.action === 'publish' ? startClause : '3.3.6',
    assessmentId: state.assessment?.id ?? null,
    gradedLevel: gradedLevelFor(plan, of.action, state, of.effectiveAtMs),
    consultationId: state.consultation?.id ?? null,
    subject: null,
    correction: null,
    text: of.text,
    missing: [],
    ...(of.part && { part: of.part }),
  };
}
