/**
 * The rules of an episode: what a command brings about, or why it is refused.
 * Pure: time comes in with the command. Everything due by then is dealt with
 * first, so that no message ever overtakes a deadline.
 */
import { ok, refuse, type Result } from '../refusal.js';
import type { EpisodeCommand, OpenEpisode } from './commands.js';
import type { Moment } from './deadlines.js';
import { noteAssessment } from './decide/air.js';
import { countersign, decideStep, issueAtOnce, withdrawRequest } from './decide/approval.js';
import { declareNotApplicable, momentsOfClosing, submitEvaluation, withdrawEpisode } from './decide/closing.js';
import { recordConsultation } from './decide/consultation.js';
import { proposeCorrection } from './decide/correction.js';
import { Draft } from './decide/draft.js';
import { postponeLift, rescindLift } from './decide/lift.js';
import { addTransmission, checkOrder, receiveOrder, takeUpLeftOrders } from './decide/orders.js';
import { submitProposal } from './decide/proposal.js';
import { adjustMeasures, adjustResponse, assignTask, closeTask } from './decide/response.js';
import type { EpisodeEvent } from './events.js';
import { evolve } from './evolve.js';
import type { EpisodePlan } from './plan.js';
import { type EpisodeState, isActive } from './state.js';
import { passTime, wake } from './wake.js';

export interface Decided {
  readonly events: readonly EpisodeEvent[];
  /** Deadlines that passed: settled together with the events, on what was handed in by then (`settle.ts`). */
  readonly moments: readonly Moment[];
}

/** The first events of an episode. */
export function open(plan: EpisodePlan, command: OpenEpisode, nowMs: number): readonly EpisodeEvent[] {
  const { episodeId, number, areaId, drill, clock, planDigest, rulesVersion, input } = command;
  const opened: EpisodeEvent = {
    type: 'episode-opened',
    atMs: nowMs,
    clause: input.type === 'receive-order' ? '3.3.3' : '3.2',
    episodeId,
    number,
    areaId,
    drill,
    clock,
    planId: plan.id,
    planDigest,
    rulesVersion,
    areaSeq: input.areaSeq - 1,
  };
  const draft = new Draft(plan, evolve(null, opened), nowMs);
  takeIn(draft, input);
  issueAtOnce(draft);
  passTime(draft);
  return [opened, ...draft.events];
}

export function decide(plan: EpisodePlan, state: EpisodeState, command: EpisodeCommand, nowMs: number): Result<Decided> {
  const draft = new Draft(plan, state, nowMs);
  const overdue = wake(draft);
  if (command.type === 'wake') return ok({ events: draft.events, moments: overdue });

  const before = draft.state;
  if ('act' in command && command.act.entry !== 'direct' && command.act.occurredAtMs > nowMs)
    return refuse('invalid', '8.6', '发生时间不得晚于当前时间', 'an act lies in the past', { path: 'act.occurredAtMs' });
  const outcome = carryOut(draft, command);
  if (!outcome.ok) return outcome;
  issueAtOnce(draft);
  takeUpLeftOrders(draft);
  passTime(draft);
  return ok({ events: draft.events, moments: [...overdue, ...momentsOfClosing(before, draft)] });
}

function carryOut(draft: Draft, command: Exclude<EpisodeCommand, { type: 'wake' }>): Result<null> {
  switch (command.type) {
    case 'note-assessment':
    case 'receive-order':
    case 'add-transmission':
    case 'check-order':
      takeIn(draft, command);
      return ok(null);
    case 'record-consultation':
      return recordConsultation(draft, command);
    case 'submit-proposal':
      return submitProposal(draft, command);
    case 'withdraw-request':
      return withdrawRequest(draft, command);
    case 'decide-step':
      return decideStep(draft, command);
    case 'countersign':
      return countersign(draft, command);
    case 'postpone-lift':
      return postponeLift(draft, command);
    case 'rescind-lift':
      return rescindLift(draft, command);
    case 'adjust-response':
      return adjustResponse(draft, command);
    case 'adjust-measures':
      return adjustMeasures(draft, command);
    case 'propose-correction':
      return proposeCorrection(draft, command);
    case 'assign-task':
      return assignTask(draft, command);
    case 'close-task':
      return closeTask(draft, command);
    case 'declare-not-applicable':
      return declareNotApplicable(draft, command);
    case 'withdraw-episode':
      return withdrawEpisode(draft, command);
    case 'submit-evaluation':
      return submitEvaluation(draft, command);
    default: {
      const unknown: never = command;
      return refuse('invalid', '8.6', '未知操作', `unknown command ${JSON.stringify((unknown as { type: unknown }).type)}`, { path: 'type' });
    }
  }
}

/** Rows of the area's stream, each once and in order; an episode whose response has ended takes in only what concerns its own orders. */
function takeIn(draft: Draft, input: Extract<EpisodeCommand, { areaSeq: number }>): void {
  const { state } = draft;
  if (input.areaSeq <= state.areaSeq || state.phase === 'closed') return;
  switch (input.type) {
    case 'note-assessment':
      if (isActive(state)) noteAssessment(draft, input.areaSeq, input.assessment);
      return;
    case 'receive-order':
      if (isActive(state) && !holds(state, input.order.id)) receiveOrder(draft, input.areaSeq, input.order);
      return;
    case 'add-transmission':
      if (holds(state, input.order.id)) addTransmission(draft, input);
      return;
    case 'check-order':
      checkOrder(draft, input);
      return;
  }
}

function holds(state: EpisodeState, orderId: string): boolean {
  return state.orders.some((o) => o.order.id === orderId);
}
