/** What a new assessment of the air calls for: a consultation, never a decision by itself (R28, R34). */
import type { Assessment } from '../../air/assessment.js';
import { decides } from '../../versions.js';
import { concernsPeople, isMissingNearLevel } from '../../watch.js';
import { levelRequest } from '../state.js';
import { close } from './closing.js';
import type { Draft } from './draft.js';
import { proposeByItself } from './proposal.js';
import { gradedLevelFor, isSameQuestion, wantedPrompt } from './questions.js';

export function noteAssessment(draft: Draft, areaSeq: number, assessment: Assessment): void {
  const before = draft.state.assessment;
  draft.add({ type: 'assessment-noted', clause: '3.2', areaSeq, assessment });
  markChangedBasis(draft);
  if (!outlookIsGone(draft)) reviewPrompt(draft);
  else if (isTakenByDust(draft, before, assessment)) close(draft, 'not-applicable', 'sand-dust', '1.4', null);
  else close(draft, 'withdrawn', 'outlook-gone', '3.2', null);
}

/** Asks for a consultation, or takes the question back, when what the air calls for has changed. */
export function reviewPrompt(draft: Draft): void {
  if (levelRequest(draft.state)) return;
  const { prompt: current } = draft.state;
  const wanted = wantedPrompt(draft.plan, draft.state, draft.nowMs);
  if (wanted === null) {
    if (current !== null && current.reason !== 'floor-removed') draft.add({ type: 'prompt-cleared', clause: current.clause });
    return;
  }
  if (isSameQuestion(current, wanted)) return;
  draft.add({ type: 'consultation-prompted', clause: wanted.clause, prompt: wanted });
  proposeByItself(draft, wanted);
}

/** R29: an open request whose grading is no longer what it rests on waits for a new consultation. */
function markChangedBasis(draft: Draft): void {
  const request = levelRequest(draft.state);
  if (!request || request.basisChangedAtMs !== null) return;
  const was = request.evidence.gradedLevel;
  const is = gradedLevelFor(draft.plan, request.evidence.action, draft.state, request.evidence.effectiveAtMs);
  if (was !== is) draft.add({ type: 'request-basis-changed', clause: '3.2', requestId: request.id, was, is });
}

/** R29: before any request or order, an episode whose outlook has gone needs nobody. */
function outlookIsGone({ plan, state }: Draft): boolean {
  const { assessment } = state;
  const untouched = state.phase === 'consulting' && (state.counters['request'] ?? 0) === 0 && state.orders.length === 0;
  if (!untouched || !plan.settings.withdrawWhenOutlookGone || assessment === null) return false;
  const isAsked = decides(state.rulesVersion, 'missing-hours-are-asked-about') && isMissingNearLevel(assessment);
  return !concernsPeople(assessment) && !isAsked;
}

/** 1.4, R17: sand-dust newly on record within the time the outlook was about. The technical group has flagged it with its evidence: that is the finding. */
function isTakenByDust({ state }: Draft, before: Assessment | null, now: Assessment): boolean {
  if (!before || !decides(state.rulesVersion, 'dust-over-the-outlook-is-not-applicable')) return false;
  const known = before.basis.dustSpans;
  const flagged = now.basis.dustSpans.filter((span) => !known.some((k) => k.fromMs === span.fromMs && k.toMs === span.toMs));
  return flagged.some((span) => before.processes.some((p) => span.fromMs < p.toMs && span.toMs > p.fromMs));
}
