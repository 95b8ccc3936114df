/** What the air asks of people, and when (3.2, 3.3.6; R8, R16, R28). Whether it is asked is `air.ts`. */
import type { Assessment, Process } from '../../air/assessment.js';
import { floorAhead } from '../../order.js';
import { higherLevel, type LevelId, rankOf } from '../../plan.js';
import { HOUR_MS, nextWholeHourMs } from '../../time.js';
import type { EpisodePlan } from '../plan.js';
import { decides } from '../../versions.js';
import { consultationPeriodOf } from '../consult-every.js';
import { decidedLevel, type EpisodeState, isActive, type Prompt } from '../state.js';

/** The process that a warning would be about: the first one running or to come. */
export function leadingProcess(assessment: Assessment | null): Process | null {
  return assessment?.processes[0] ?? null;
}

/** When an outlook will have come near enough to be consulted on (R28); null when there is none or people have been asked. */
export function outlookDueAtMs(plan: EpisodePlan, state: EpisodeState): number | null {
  if (state.phase !== 'consulting' || state.prompt !== null) return null;
  const question = startQuestion(plan, state);
  return question && !isAnswered(plan, state, question) ? question.fromMs : null;
}

type Question = Pick<Prompt, 'reason' | 'level' | 'clause'>;

/** What people are to be asked now; null: nothing, or they have answered. */
export function wantedPrompt(plan: EpisodePlan, state: EpisodeState, nowMs: number): Prompt | null {
  const question = questionOf(plan, state, nowMs);
  const isDue = question !== null && question.fromMs <= nowMs && !isAnswered(plan, state, question);
  const asked = isDue ? question : missingHoursQuestion(state);
  return asked && { reason: asked.reason, level: asked.level, clause: asked.clause, sinceMs: nowMs };
}

/** R27: on hours that cannot be told nothing fires. People are asked once for as long as they are missing; whatever they consulted on since, they have seen it. */
function missingHoursQuestion(state: EpisodeState): Question | null {
  const missing = state.assessment?.observed?.missing;
  if (!missing || !isActive(state) || !decides(state.rulesVersion, 'missing-hours-are-asked-about')) return null;
  const isSeen = state.consultation !== null && state.consultation.atMs >= missing.sinceMs;
  return isSeen ? null : { reason: 'hours-missing', level: null, clause: '3.3.1' };
}

/** What the air asks, from when on. */
function questionOf(plan: EpisodePlan, state: EpisodeState, nowMs: number): (Question & { fromMs: number }) | null {
  switch (state.phase) {
    case 'consulting':
    case 'awaiting-approval':
      return startQuestion(plan, state);
    case 'responding': {
      const question = responseQuestion(plan, state, nowMs);
      return question && { ...question, fromMs: 0 };
    }
    case 'reporting':
    case 'evaluating':
    case 'closed':
      return null;
  }
}

function startQuestion(plan: EpisodePlan, state: EpisodeState): (Question & { fromMs: number }) | null {
  const { assessment } = state;
  if (!assessment) return null;
  const process = leadingProcess(assessment);
  const isUnknown = assessment.grades[plan.settings.promptOn].basicCondition === 'unknown';
  if (!process) return isUnknown ? { reason: 'basic-condition-unknown', level: null, clause: '3.3.1', fromMs: 0 } : null;
  const reason = isUnknown ? 'basic-condition-unknown' : 'start';
  return { reason, level: process.level, clause: process.clause, fromMs: process.fromMs - plan.settings.consultLeadHours * HOUR_MS };
}

function responseQuestion(plan: EpisodePlan, state: EpisodeState, nowMs: number): Question | null {
  const { assessment, lift } = state;
  const level = decidedLevel(state);
  // An ordered lift is carried out as ordered; what comes after it is the next episode's.
  if (!assessment || level === null || lift?.cause === 'order') return null;
  const ask = (reason: Prompt['reason'], to: LevelId | null): Question => ({ reason, level: to, clause: '3.3.6' });

  // A lowering announced for the end of the present run is no reason to raise again.
  const standing = assessment.raise && lowestDuring(plan, state, nowMs, assessment.raise.window.toMs);
  if (assessment.raise && rankOf(plan, assessment.raise.level) > rankOf(plan, standing)) return ask('raise', assessment.raise.level);
  const second = secondProcess(plan, state, nowMs);
  if (second) return ask('second-process', second);
  if (lift) return liftStillHolds(plan, assessment, lift.effectiveAtMs) ? null : ask('lift-no-longer-held', null);
  return downQuestion(plan, state, level, nowMs);
}

/** R8: lifting comes before lowering; neither goes below a superior order, nor takes back a warning whose process is still to come. */
function downQuestion(plan: EpisodePlan, state: EpisodeState, level: LevelId, nowMs: number): Question | null {
  const { assessment } = state;
  if (!assessment) return null;
  const floor = floorAhead(plan, state.orders);
  // Never less than to the next whole hour, at which alone anything can begin.
  const latestMs = Math.max(nowMs + plan.settings.lift.aheadHours * HOUR_MS, nextWholeHourMs(nowMs));
  const isToCome = !hasBegun(state) && leadingProcess(assessment) !== null;
  const liftableMs = liftableAtMs(plan, assessment, nowMs);
  if (floor === null && !isToCome && liftableMs !== null && liftableMs <= latestMs)
    return { reason: 'lift', level: null, clause: '3.3.6' };

  const able = loweringOf(state);
  if (!able || able.effectiveFromMs > latestMs) return null;
  const to = higherLevel(plan, remainingLevel(plan, able.to), floor);
  return to !== null && rankOf(plan, to) < rankOf(plan, level) ? { reason: 'lower', level: to, clause: '3.3.6' } : null;
}

/** With nothing left of any level but the lift line not reached, the lowest level remains. */
export function remainingLevel(plan: EpisodePlan, to: LevelId | null): LevelId | null {
  return to ?? plan.levels[0]?.id ?? null;
}

function hasBegun(state: EpisodeState): boolean {
  return state.levels.some((s) => s.begun);
}

/** The lowest level that stands, as decided, at any time within `[fromMs, toMs)`; before the first begins that one. */
function lowestDuring(plan: EpisodePlan, state: EpisodeState, fromMs: number, toMs: number): LevelId | null {
  const within = state.levels.filter((s, i) => s.fromMs < toMs && (state.levels[i + 1]?.fromMs ?? Infinity) > fromMs);
  const ranks = within.map((s) => rankOf(plan, s.level));
  return within.length === 0 ? decidedLevel(state) : (plan.levels[Math.min(...ranks) - 1]?.id ?? null);
}

/** R16: a later, worse part of the process that one cannot lift before. */
function secondProcess(plan: EpisodePlan, state: EpisodeState, nowMs: number): LevelId | null {
  const { assessment } = state;
  const level = decidedLevel(state);
  const latestStartMs = nowMs + plan.settings.consultLeadHours * HOUR_MS;
  const liftMs = hasBegun(state) ? (assessment?.lift?.fromMs ?? Infinity) : Infinity;
  const parts = leadingProcess(assessment)?.parts ?? [];
  const worse = parts.filter((p) => p.fromMs > nowMs && p.fromMs <= Math.min(latestStartMs, liftMs) && rankOf(plan, p.level) > rankOf(plan, level));
  return worse.reduce<LevelId | null>((highest, p) => higherLevel(plan, highest, p.level), null);
}

/** The last instant at which a lift has the hold time before it. */
function latestLiftMs(plan: EpisodePlan, able: NonNullable<Assessment['lift']>): number {
  return able.fromMs + (able.holdsHours - plan.settings.lift.holdHours) * HOUR_MS;
}

/** The first whole hour to come at which one may lift (R8); null when the forecast shows none. */
export function liftableAtMs(plan: EpisodePlan, assessment: Assessment | null, nowMs: number): number | null {
  const able = assessment?.lift;
  if (!able) return null;
  const soonestMs = Math.max(nextWholeHourMs(nowMs), able.fromMs);
  return soonestMs <= latestLiftMs(plan, able) ? soonestMs : null;
}

/** Whether a lift at this instant has the air below the line from then on for the hold time (R8). */
export function mayLiftAt(plan: EpisodePlan, assessment: Assessment | null, atMs: number): boolean {
  const able = assessment?.lift;
  return able ? able.fromMs <= atMs && atMs <= latestLiftMs(plan, able) : false;
}

/** An announced lift looked at again (R9). */
function liftStillHolds(plan: EpisodePlan, assessment: Assessment, effectiveAtMs: number): boolean {
  return mayLiftAt(plan, assessment, hourToJudge(assessment, effectiveAtMs));
}

/** What lies before an assessment it cannot tell, so the next whole hour stands for it. */
function hourToJudge(assessment: Assessment, effectiveAtMs: number): number {
  return Math.ceil(Math.max(effectiveAtMs, assessment.atMs) / HOUR_MS) * HOUR_MS;
}

/** What the level in force may be lowered to, and from when; undefined while its own standard still holds (R8). */
export function loweringOf(state: EpisodeState): Assessment['lower'][number] | undefined {
  return state.assessment?.lower.find((l) => l.from === decidedLevel(state));
}

/**
 * People have answered: on this assessment or since, once the question stood;
 * or the same question earlier in the assessment's day, or period (R36).
 */
function isAnswered(plan: EpisodePlan, state: EpisodeState, question: Question & { fromMs: number }): boolean {
  const { consultation: held, assessment } = state;
  if (!held || !assessment || held.atMs < question.fromMs) return false;
  if (held.assessmentId === assessment.id || held.atMs > assessment.atMs) return true;
  const { consultEvery } = plan.settings;
  return isSameQuestion(held.prompt, question) && consultationPeriodOf(consultEvery, held.atMs) === consultationPeriodOf(consultEvery, assessment.atMs);
}

export function isSameQuestion(a: Question | null, b: Question): boolean {
  return a !== null && a.reason === b.reason && a.level === b.level;
}

/**
 * What the present assessment says in the terms of a request: the level to
 * start or raise to; for a lowering what remains (null: of no level) and for a
 * lift null, while the condition holds (at the effective time, where one is
 * given), else the level that stands.
 */
export function gradedLevelFor(plan: EpisodePlan, action: string, state: EpisodeState, effectiveAtMs: number | null = null): LevelId | null {
  const { assessment } = state;
  if (!assessment) return null;
  if (action === 'publish') return leadingProcess(assessment)?.level ?? null;
  if (action === 'raise') return higherLevel(plan, assessment.raise?.level ?? null, secondProcess(plan, state, assessment.atMs));
  if (action === 'lower') return gradedForLowering(state, assessment, effectiveAtMs);
  const holds = effectiveAtMs === null ? assessment.lift !== null : liftStillHolds(plan, assessment, effectiveAtMs);
  return holds ? null : decidedLevel(state);
}

function gradedForLowering(state: EpisodeState, assessment: Assessment, effectiveAtMs: number | null): LevelId | null {
  const able = loweringOf(state);
  if (!decides(state.rulesVersion, 'a-lowering-needs-its-ground')) return able?.to ?? null;
  const holds = able && (effectiveAtMs === null || able.effectiveFromMs <= hourToJudge(assessment, effectiveAtMs));
  return holds ? able.to : decidedLevel(state);
}
