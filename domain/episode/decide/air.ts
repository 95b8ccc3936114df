/** What a new assessment of the air calls for: always a consultation, never a decision by itself (R28, R34). */
import type { Assessment, Process } from '../../air/assessment.js';
import { floorOf } from '../../order.js';
import { type LevelId, rankOf } from '../../plan.js';
import { HOUR_MS } from '../../time.js';
import { decidedLevel, type EpisodeState, levelRequest, type Prompt } from '../state.js';
import type { EpisodePlan } from '../plan.js';
import { closeWithoutResponse } from './closing.js';
import type { Draft } from './draft.js';

export function noteAssessment(draft: Draft, areaSeq: number, assessment: Assessment): void {
  draft.add({ type: 'assessment-noted', clause: '3.2', areaSeq, assessment });
  markChangedBasis(draft);
  if (outlookIsGone(draft)) {
    closeWithoutResponse(draft, 'withdrawn', 'outlook-gone', '3.2', null);
    return;
  }
  reviewPrompt(draft);
}

/** Asks for a consultation, or takes the question back, when what the air calls for has changed. */
export function reviewPrompt(draft: Draft): void {
  const wanted = wantedPrompt(draft.plan, draft.state, draft.nowMs);
  const current = draft.state.prompt;
  if (wanted === null) {
    if (current !== null && current.reason !== 'floor-removed') draft.add({ type: 'prompt-cleared', clause: current.clause });
    return;
  }
  if (current?.reason === wanted.reason && current.level === wanted.level) return;
  draft.add({ type: 'consultation-prompted', clause: wanted.clause, prompt: wanted });
}

/** The process that a warning would be about: the first one running or to come. */
export function leadingProcess(assessment: Assessment | null): Process | null {
  return assessment?.processes[0] ?? null;
}

/** When an outlook will have come near enough to be consulted on (R28); null when there is none or it is near already. */
export function outlookDueAtMs(plan: EpisodePlan, state: EpisodeState): number | null {
  const { assessment } = state;
  if (state.phase !== 'consulting' || state.prompt !== null || !assessment || isAnswered(state, assessment)) return null;
  const process = leadingProcess(assessment);
  return process && process.fromMs - plan.settings.consultLeadHours * HOUR_MS;
}

function wantedPrompt(plan: EpisodePlan, state: EpisodeState, nowMs: number): Prompt | null {
  const { assessment } = state;
  if (!assessment || levelRequest(state)) return null;
  switch (state.phase) {
    case 'consulting':
    case 'awaiting-approval':
      return startPrompt(plan, state, assessment, nowMs);
    case 'responding':
      return responsePrompt(plan, state, assessment, nowMs);
    case 'reporting':
    case 'evaluating':
    case 'closed':
      return null;
  }
}

function startPrompt(plan: EpisodePlan, state: EpisodeState, assessment: Assessment, nowMs: number): Prompt | null {
  const process = leadingProcess(assessment);
  if (!process || process.fromMs - nowMs > plan.settings.consultLeadHours * HOUR_MS) return null;
  if (isAnswered(state, assessment)) return null;
  const reason = gradeThatPrompts(plan, assessment).basicCondition === 'unknown' ? 'basic-condition-unknown' : 'start';
  return { reason, level: process.level, sinceMs: nowMs, clause: process.clause };
}

function responsePrompt(plan: EpisodePlan, state: EpisodeState, assessment: Assessment, nowMs: number): Prompt | null {
  const level = decidedLevel(state);
  if (level === null) return null;
  const prompt = (reason: Prompt['reason'], to: LevelId | null, clause: string): Prompt => ({ reason, level: to, sinceMs: nowMs, clause });

  const higher = assessment.raise && rankOf(plan, assessment.raise.level) > rankOf(plan, level) ? assessment.raise : null;
  if (higher) return isAnswered(state, assessment) ? null : prompt('raise', higher.level, '3.3.6');

  const second = secondProcess(plan, assessment, level, nowMs);
  if (second) return isAnswered(state, assessment) ? null : prompt('second-process', second, '3.3.6');

  if (state.lift) return liftStillHolds(state.lift.effectiveAtMs, assessment) || state.lift.cause !== 'local' ? null : prompt('lift-no-longer-held', null, '3.3.6');

  const floor = floorOf(plan, state.orders);
  if (floor === level || isAnswered(state, assessment)) return null;
  const { aheadHours } = plan.settings.lift;
  if (floor === null && assessment.lift && assessment.lift.fromMs <= nowMs + aheadHours * HOUR_MS) return prompt('lift', null, '3.3.6');

  const lower = assessment.lower.find((l) => l.from === level);
  if (lower?.to && lower.effectiveFromMs <= nowMs + aheadHours * HOUR_MS && rankOf(plan, lower.to) >= rankOf(plan, floor)) return prompt('lower', lower.to, '3.3.6');
  return null;
}

/** R16: a later, worse process that the present one has not ended before. */
function secondProcess(plan: EpisodePlan, assessment: Assessment, level: LevelId, nowMs: number): LevelId | null {
  const latestStartMs = nowMs + plan.settings.consultLeadHours * HOUR_MS;
  const worse = leadingProcess(assessment)?.parts.find((p) => p.fromMs > nowMs && p.fromMs <= latestStartMs && rankOf(plan, p.level) > rankOf(plan, level));
  return worse?.level ?? null;
}

/** Does the air still stay below the lift line for the hold time from the announced lift on (R9)? */
export function liftStillHolds(effectiveAtMs: number, assessment: Assessment): boolean {
  return assessment.lift !== null && assessment.lift.fromMs <= effectiveAtMs;
}

/** People have consulted on this very assessment, or since it: they are not asked again. */
function isAnswered(state: EpisodeState, assessment: Assessment): boolean {
  const held = state.consultation;
  return held !== null && held.atMs >= assessment.atMs;
}

export function gradeThatPrompts(plan: EpisodePlan, assessment: Assessment): Assessment['grades']['low'] {
  return assessment.grades[plan.settings.promptOn];
}

/** R29: an open request whose grading is no longer what it rests on waits for a new consultation. */
function markChangedBasis(draft: Draft): void {
  const request = levelRequest(draft.state);
  if (!request || request.basisChangedAtMs !== null) return;
  const was = request.evidence.gradedLevel;
  const is = gradedLevelFor(draft.plan, request.evidence.action, draft.state);
  if (was !== is) draft.add({ type: 'request-basis-changed', clause: '3.2', requestId: request.id, was, is });
}

/** What the present assessment says in the terms of a request: the level to start, raise or lower to; for a lift null while the condition holds. */
export function gradedLevelFor(plan: EpisodePlan, action: string, state: EpisodeState): LevelId | null {
  const { assessment } = state;
  if (!assessment) return null;
  const level = decidedLevel(state);
  if (action === 'publish') return leadingProcess(assessment)?.level ?? null;
  if (action === 'raise') {
    const reached = assessment.raise?.level ?? null;
    const second = level === null ? null : secondProcess(plan, assessment, level, assessment.atMs);
    return rankOf(plan, second) > rankOf(plan, reached) ? second : reached;
  }
  if (action === 'lower') return assessment.lower.find((l) => l.from === level)?.to ?? null;
  return assessment.lift ? null : level;
}

/** R29: before any request or order, an episode whose outlook has gone needs nobody. */
function outlookIsGone({ plan, state }: Draft): boolean {
  const untouched = state.phase === 'consulting' && (state.counters['request'] ?? 0) === 0 && state.orders.length === 0;
  return untouched && plan.settings.withdrawWhenOutlookGone && leadingProcess(state.assessment) === null;
}
