/** What a new assessment of the air calls for: a consultation, never a decision by itself (R28, R34). */
import type { Assessment } from '../../air/assessment.js';
import { concernsPeople } from '../../watch.js';
import { levelRequest } from '../state.js';
import { close } from './closing.js';
import type { Draft } from './draft.js';
import { proposeByItself } from './proposal.js';
import { gradedLevelFor, isSameQuestion, wantedPrompt } from './questions.js';

export function noteAssessment(draft: Draft, areaSeq: number, assessment: Assessment): void {
  draft.add({ type: 'assessment-noted', clause: '3.2', areaSeq, assessment });
  markChangedBasis(draft);
  if (outlookIsGone(draft)) close(draft, 'withdrawn', 'outlook-gone', '3.2', null);
  else reviewPrompt(draft);
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
  const untouched = state.phase === 'consulting' && (state.counters['request'] ?? 0) === 0 && state.orders.length === 0;
  return untouched && plan.settings.withdrawWhenOutlookGone && state.assessment !== null && !concernsPeople(state.assessment);
}
