/** What time alone brings about, and when next. One timer serves an episode. */
import { bindsAtMs } from '../order.js';
import { type Moment, momentsDue, nextMomentAtMs, reportingEndsAtMs } from './deadlines.js';
import { reviewPrompt } from './decide/air.js';
import { escalate, escalationAtMs, issueAtOnce } from './decide/approval.js';
import type { Draft } from './decide/draft.js';
import { endResponse } from './decide/lift.js';
import { pendingOrders, takeEffect } from './decide/order-effect.js';
import { outlookDueAtMs } from './decide/questions.js';
import type { EpisodePlan } from './plan.js';
import type { EpisodeState } from './state.js';

/** The plan time at which the episode has next to be woken; null: only a message can move it. */
export function nextWakeUp(plan: EpisodePlan, state: EpisodeState): number | null {
  if (state.phase === 'closed') return null;
  const instants = [
    ...pendingOrders(plan, state).map((o) => bindsAtMs(o.order)),
    ...unbegunSpans(state).map((s) => s.fromMs),
    state.phase === 'responding' ? state.lift?.effectiveAtMs : null,
    state.phase === 'reporting' ? reportingEndsAtMs(plan, state) : null,
    ...state.requests.map((r) => escalationAtMs(plan, r)),
    outlookDueAtMs(plan, state),
    nextMomentAtMs(plan, state),
  ].filter((atMs): atMs is number => typeof atMs === 'number');
  return instants.length === 0 ? null : Math.min(...instants);
}

/** Deals with everything due by now; returns the moments whose obligations must be looked up and settled. */
export function wake(draft: Draft): Moment[] {
  if (draft.state.phase === 'closed') return [];
  passTime(draft);
  if ((outlookDueAtMs(draft.plan, draft.state) ?? Infinity) <= draft.nowMs) reviewPrompt(draft);
  issueAtOnce(draft);
  escalate(draft);
  const moments = momentsDue(draft.plan, draft.state, draft.nowMs);
  const { plan, state, nowMs } = draft;
  if (state.phase === 'reporting' && reportingEndsAtMs(plan, state) <= nowMs) draft.add({ type: 'evaluation-opened', clause: '5.2' });
  return moments;
}

/** What was announced for an instant that has come: orders bind, levels begin, the response ends; to a closed episode nothing happens any more. */
export function passTime(draft: Draft): void {
  if (draft.state.phase === 'closed') return;
  takeEffect(draft);
  for (const { level, responseLevel, fromMs } of unbegunSpans(draft.state).filter((s) => s.fromMs <= draft.nowMs))
    draft.add({ type: 'response-began', clause: '4.2', level, responseLevel, effectiveAtMs: fromMs });
  endResponse(draft);
}

/** Levels announced whose time has not been noted; those that a lift forestalls never begin. */
function unbegunSpans(state: EpisodeState): EpisodeState['levels'] {
  const liftMs = state.lift?.effectiveAtMs ?? Infinity;
  return state.phase === 'responding' ? state.levels.filter((s) => !s.begun && s.fromMs < liftMs) : [];
}
