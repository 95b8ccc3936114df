/**
 * What an event does to the state. Total and pure; the workflow, the read
 * models, the replay and the verifier all use this one.
 */
import { attestedAtMs } from '../act.js';
import type { HeldOrder } from '../order.js';
import type { EpisodeEvent, EventOf } from './events.js';
import { approvalDecided, consultationRecorded, requestFailed, requestOpened } from './evolve/decisions.js';
import { orderChecked, tookEffect, withOrder, withPaper } from './evolve/orders.js';
import {
  adjusted,
  completed,
  correctionOf,
  count,
  discharge,
  isOfAPart,
  withChangedLift,
  withLevel,
  withNotice,
  withoutParts,
  withoutRequest,
  withPendingLift,
  withRequest,
  withTrigger,
} from './evolve/parts.js';
import type { EpisodeState } from './state.js';

/** The state after an event. The first event of every episode is `episode-opened`. */
export function evolve(state: EpisodeState | null, event: EpisodeEvent): EpisodeState {
  if (event.type === 'episode-opened') return opened(event);
  if (state === null) throw new Error(`an episode cannot begin with "${event.type}"`);
  return apply({ ...state, asOfMs: Math.max(state.asOfMs, event.atMs) }, event);
}

export function evolveAll(state: EpisodeState | null, events: readonly EpisodeEvent[]): EpisodeState | null {
  return events.reduce<EpisodeState | null>(evolve, state);
}

function opened(event: EventOf<'episode-opened'>): EpisodeState {
  return {
    phase: 'consulting',
    id: event.episodeId,
    number: event.number,
    areaId: event.areaId,
    drill: event.drill,
    clock: event.clock,
    planId: event.planId,
    planDigest: event.planDigest,
    rulesVersion: event.rulesVersion,
    openedAtMs: event.atMs,
    asOfMs: event.atMs,
    settledUntilMs: event.atMs,
    areaSeq: event.areaSeq,
    assessment: null,
    prompt: null,
    consultation: null,
    requests: [],
    counters: {},
    orders: [],
    levels: [],
    expectedEndMs: null,
    primaryPollutants: [],
    lift: null,
    notices: [],
    triggers: [],
    discharged: {},
    completeGroups: {},
    measureChanges: [],
    tasks: [],
    evaluationDigest: null,
  };
}

function apply(state: EpisodeState, event: Exclude<EpisodeEvent, { type: 'episode-opened' }>): EpisodeState {
  switch (event.type) {
    case 'assessment-noted':
      return { ...state, areaSeq: event.areaSeq, assessment: event.assessment };
    case 'consultation-prompted':
      return { ...state, prompt: event.prompt };
    case 'prompt-cleared':
      return { ...state, prompt: null };
    case 'consultation-recorded':
      return consultationRecorded(state, event);
    case 'request-opened':
      return requestOpened(state, event);
    case 'request-basis-changed':
      return withRequest(state, event.requestId, (r) => ({ ...r, basisChangedAtMs: event.atMs }));
    case 'request-renewed':
      return withRequest(state, event.requestId, (r) => ({
        ...r,
        evidence: event.evidence,
        evidenceDigest: event.evidenceDigest,
        basisChangedAtMs: null,
        decisions: [],
        stepOpenedAtMs: event.atMs,
        escalated: 0,
      }));
    case 'request-withdrawn':
      return requestFailed(state, event.requestId);
    case 'approval-decided':
      return approvalDecided(state, event);
    case 'approval-escalated':
      return withRequest(state, event.requestId, (r) => ({ ...r, escalated: event.count }));
    case 'approval-countersigned':
      return discharge(state, `countersignature:${event.requestId}.${event.step}`, attestedAtMs(event.act, event.atMs));
    case 'warning-published': {
      const { lift: _ended, ...published } = withLevel(state, event, 'published');
      return { ...published, phase: 'responding', lift: null };
    }
    case 'warning-raised':
      // R21: it is for the whole area.
      return withoutParts(withLevel(state, event, 'raised'));
    case 'warning-lowered':
      return withLevel(state, event, 'lowered');
    case 'response-began':
      return { ...state, levels: state.levels.map((s) => (s.fromMs <= event.effectiveAtMs ? { ...s, begun: true } : s)) };
    case 'response-adjusted':
      return { ...state, levels: adjusted(state, event) };
    case 'order-received': {
      const held: HeldOrder = { order: event.order, status: 'pending', checkedBy: null, relaySigned: false, endedBy: null };
      return {
        ...withTrigger(state, 'order-received', event.order.id, event.order.receivedAtMs, event.atMs),
        areaSeq: event.areaSeq,
        orders: [...state.orders, held],
      };
    }
    case 'order-left':
      return withOrder(state, event.orderId, (o) => ({ ...o, status: 'left' }));
    case 'order-taken-up':
      return withOrder(state, event.orderId, (o) => ({ ...o, status: 'pending' }));
    case 'order-transmission-added':
      return { ...withOrder(state, event.order.id, (o) => ({ ...o, order: withPaper(o.order, event.order) })), areaSeq: event.areaSeq };
    case 'order-checked':
      return orderChecked(state, event);
    case 'order-took-effect':
      return { ...state, orders: tookEffect(state, event) };
    case 'relay-signed':
      return discharge(
        withOrder(withoutRequest(state, event.requestId), event.orderId, (o) => ({ ...o, relaySigned: true })),
        `relay-signature:${event.orderId}`,
        event.atMs,
      );
    case 'lift-issued':
      return {
        ...withNotice(
          withTrigger(count(withoutRequest(state, event.requestId), 'lift'), 'lift-issued', event.notice.id, event.atMs),
          event.notice,
          event.atMs,
        ),
        lift: event.lift,
        prompt: null,
      };
    case 'part-lifted': {
      const { requestId, part, effectiveAtMs, notice, atMs } = event;
      const told = withNotice(withTrigger(withoutRequest(state, requestId), 'lift-issued', notice.id, atMs), notice, atMs);
      return { ...told, liftedParts: [...(state.liftedParts ?? []), { part, effectiveAtMs, noticeId: notice.id }] };
    }
    case 'lift-postponed':
      return withPendingLift(state, event, (lift) => ({ ...lift, effectiveAtMs: event.toMs }));
    case 'lift-rescinded':
      return isOfAPart(state, event.liftId) ? withoutParts(withChangedLift(state, event), (p) => p.noticeId === event.liftId) : withPendingLift(state, event, () => null);
    case 'response-ended': {
      if (!state.lift) throw new Error('a response ends only by a lift');
      return {
        ...withoutParts(withTrigger(state, 'lifted', state.lift.id, event.effectiveAtMs, event.atMs)),
        phase: 'reporting',
        lift: state.lift,
        prompt: null,
      };
    }
    case 'measures-adjusted':
      return { ...count(state, 'measure'), measureChanges: [...state.measureChanges, event.change] };
    case 'notice-corrected': {
      const { requestId, kind, notice, atMs } = event;
      const told = withNotice(withTrigger(withoutRequest(state, requestId), correctionOf(state, notice), notice.id, atMs), notice, atMs);
      return kind === 'recall' ? withoutParts(told, (p) => p.noticeId === notice.supersedes) : told;
    }
    case 'task-assigned': {
      const { taskId: id, ownerId, basis, content, targetAtMs, dueAtMs, atMs } = event;
      const task = { id, ownerId, basis, content, assignedAtMs: atMs, targetAtMs, dueAtMs, closedAtMs: null };
      return {
        ...withTrigger(count(state, 'task'), 'task-assigned', id, atMs, atMs, { ownerId, targetAtMs, dueAtMs }),
        tasks: [...state.tasks, task],
      };
    }
    case 'task-closed':
      return {
        ...discharge(state, `task:${event.taskId}`, event.atMs),
        tasks: state.tasks.map((t) => (t.id === event.taskId ? { ...t, closedAtMs: event.atMs } : t)),
      };
    case 'deadlines-settled':
      return { ...state, settledUntilMs: event.atMs, completeGroups: completed(state.completeGroups, event) };
    case 'evaluation-opened': {
      if (!state.lift) throw new Error('an evaluation follows a lift');
      return { ...state, phase: 'evaluating', lift: state.lift };
    }
    case 'episode-closed':
      return { ...state, phase: 'closed', ending: event.ending, reason: event.reason, closedAtMs: event.atMs, prompt: null, requests: [] };
  }
}
