/**
 * What an event does to the state. Total and pure; the workflow, the read
 * models, the replay and the verifier all use this one.
 */
import type { HeldOrder } from '../order.js';
import type { Trigger } from '../plan.js';
import { DAY_MS, dayOf } from '../time.js';
import type { EpisodeEvent, EventOf, NoticeFacts } from './events.js';
import type { Common, EpisodeState, Lift, LevelSpan, Request, TriggerRecord } from './state.js';

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
      return {
        ...discharge(
          withTrigger(count(state, 'consultation'), 'consulted', event.consultationId, event.act.occurredAtMs, event.atMs),
          `consultation:${dayOf(event.act.occurredAtMs)}`,
          event.act.occurredAtMs,
        ),
        prompt: null,
        consultation: { id: event.consultationId, atMs: event.atMs, assessmentId: event.assessmentId, conclusion: event.conclusion, by: event.act.actor },
      };
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
      return withoutRequest(state, event.requestId);
    case 'approval-decided':
      return approvalDecided(state, event);
    case 'approval-escalated':
      return withRequest(state, event.requestId, (r) => ({ ...r, escalated: event.count }));
    case 'approval-countersigned':
      return discharge(state, `countersignature:${event.requestId}.${event.step}`, event.act.occurredAtMs);
    case 'warning-published': {
      const { lift: _ended, ...published } = withLevel(state, event, 'published');
      return { ...published, phase: 'responding', lift: null };
    }
    case 'warning-raised':
      return withLevel(state, event, 'raised');
    case 'warning-lowered':
      return withLevel(state, event, 'lowered');
    case 'response-began':
      return { ...state, levels: state.levels.map((s) => (s.fromMs <= event.effectiveAtMs ? { ...s, begun: true } : s)) };
    case 'response-adjusted':
      return { ...state, levels: state.levels.map((s, i) => (i === state.levels.length - 1 ? { ...s, responseLevel: event.responseLevel } : s)) };
    case 'order-received': {
      const held: HeldOrder = { order: event.order, status: 'pending', checkedBy: null, relaySigned: false };
      return { ...withTrigger(state, 'order-received', event.order.id, event.order.receivedAtMs, event.atMs), areaSeq: event.areaSeq, orders: [...state.orders, held] };
    }
    case 'order-transmission-added':
      return { ...withOrder(state, event.order.id, (o) => ({ ...o, order: event.order })), areaSeq: event.areaSeq };
    case 'order-checked': {
      const checked = withOrder(state, event.orderId, (o) => ({ ...o, checkedBy: event.act.actor, status: event.confirmed ? o.status : 'voided' }));
      return { ...discharge(checked, `order-check:${event.orderId}`, event.act.occurredAtMs), areaSeq: event.areaSeq };
    }
    case 'order-took-effect':
      return {
        ...state,
        orders: state.orders.map((o) =>
          o.order.id === event.orderId ? { ...o, status: 'in-force' } : event.ended.includes(o.order.id) ? { ...o, status: 'ended' } : o,
        ),
      };
    case 'relay-signed':
      return discharge(withOrder(withoutRequest(state, event.requestId), event.orderId, (o) => ({ ...o, relaySigned: true })), `relay-signature:${event.orderId}`, event.atMs);
    case 'lift-issued':
      return {
        ...withNotice(withTrigger(count(withoutRequest(state, event.requestId), 'lift'), 'lift-issued', event.notice.id, event.atMs), event.notice, event.atMs),
        lift: event.lift,
        prompt: null,
      };
    case 'lift-postponed':
      return withPendingLift(state, event, (lift) => ({ ...lift, effectiveAtMs: event.toMs }));
    case 'lift-rescinded':
      return withPendingLift(state, event, () => null);
    case 'response-ended': {
      if (!state.lift) throw new Error('a response ends only by a lift');
      return { ...withTrigger(state, 'lifted', state.lift.id, event.effectiveAtMs, event.atMs), phase: 'reporting', lift: state.lift, prompt: null };
    }
    case 'measures-adjusted':
      return { ...count(state, 'measure'), measureChanges: [...state.measureChanges, event.change] };
    case 'notice-corrected':
      return withNotice(withTrigger(withoutRequest(state, event.requestId), 'corrected', event.notice.id, event.atMs), event.notice, event.atMs);
    case 'task-assigned': {
      const { taskId: id, ownerId, basis, content, targetAtMs, dueAtMs, atMs } = event;
      const task = { id, ownerId, basis, content, assignedAtMs: atMs, targetAtMs, dueAtMs, closedAtMs: null };
      return { ...withTrigger(count(state, 'task'), 'task-assigned', id, atMs, atMs, { ownerId, targetAtMs, dueAtMs }), tasks: [...state.tasks, task] };
    }
    case 'task-closed':
      return {
        ...state,
        tasks: state.tasks.map((t) => (t.id === event.taskId ? { ...t, closedAtMs: event.atMs } : t)),
        completeGroups: { ...state.completeGroups, [`task:${event.taskId}`]: event.atMs },
      };
    case 'deadlines-settled':
      return { ...state, settledUntilMs: event.atMs, completeGroups: withComplete(state.completeGroups, event) };
    case 'evaluation-opened': {
      if (!state.lift) throw new Error('an evaluation follows a lift');
      return { ...state, phase: 'evaluating', lift: state.lift };
    }
    case 'episode-closed':
      return { ...state, phase: 'closed', ending: event.ending, reason: event.reason, closedAtMs: event.atMs, prompt: null, requests: [] };
  }
}

function requestOpened(state: EpisodeState, event: EventOf<'request-opened'>): EpisodeState {
  const request: Request = {
    id: event.requestId,
    evidence: event.evidence,
    evidenceDigest: event.evidenceDigest,
    openedAtMs: event.atMs,
    submittedBy: event.act.actor,
    decisions: [],
    stepOpenedAtMs: event.atMs,
    escalated: 0,
    basisChangedAtMs: null,
  };
  const next: EpisodeState = { ...count(state, 'request'), requests: [...state.requests, request] };
  if (event.evidence.action === 'evaluate') {
    return { ...discharge(next, `evaluation:${state.lift?.id ?? ''}`, event.act.occurredAtMs), evaluationDigest: event.evidence.subject };
  }
  return next.phase === 'consulting' && event.evidence.action === 'publish' ? { ...next, phase: 'awaiting-approval' } : next;
}

function approvalDecided(state: EpisodeState, event: EventOf<'approval-decided'>): EpisodeState {
  const { step, decision, act, atMs, reason, requestId } = event;
  const phoned: EpisodeState =
    act.channel === 'online' ? state : withTrigger(state, 'approved-by-phone', `${requestId}.${step}`, act.occurredAtMs, atMs, { ownerId: `account:${act.actor.accountId}` });
  if (decision !== 'approve' || event.last) return withoutRequest(phoned, requestId);
  const taken = { step, decision, by: act.actor, atMs, channel: act.channel, reason };
  return withRequest(phoned, requestId, (r) => ({ ...r, decisions: [...r.decisions, taken], stepOpenedAtMs: atMs, escalated: 0 }));
}

/** A change of level takes the place of every change announced for the same time or later. */
function withLevel(state: EpisodeState, event: EventOf<'warning-published' | 'warning-raised' | 'warning-lowered'>, trigger: Trigger): EpisodeState {
  const { notice } = event;
  if (notice.level === null || notice.responseLevel === null) throw new Error(`"${event.type}" without a level`);
  const span: LevelSpan = {
    level: notice.level,
    responseLevel: notice.responseLevel,
    fromMs: notice.effectiveAtMs,
    noticeId: notice.id,
    orderId: event.orderId,
    begun: false,
  };
  return {
    ...withNotice(withTrigger(withoutRequest(state, event.requestId), trigger, notice.id, event.atMs), notice, event.atMs),
    levels: [...state.levels.filter((s) => s.fromMs < span.fromMs), span],
    expectedEndMs: notice.expectedEndMs,
    primaryPollutants: notice.primaryPollutants,
    prompt: null,
  };
}

function withPendingLift(state: EpisodeState, event: EventOf<'lift-postponed' | 'lift-rescinded'>, change: (lift: Lift) => Lift | null): EpisodeState {
  if (state.phase !== 'responding' || !state.lift) throw new Error(`"${event.type}" without a lift to come`);
  const noted = withNotice(state, event.notice, event.atMs);
  return { ...noted, phase: 'responding', lift: change(state.lift) };
}

function withNotice(state: EpisodeState, notice: NoticeFacts, atMs: number): EpisodeState {
  const { id, action, level, effectiveAtMs, supersedes } = notice;
  return { ...count(state, 'notice'), notices: [...state.notices, { id, action, level, issuedAtMs: atMs, effectiveAtMs, supersedes }] };
}

function withTrigger(
  state: EpisodeState,
  trigger: Trigger,
  ref: string,
  atMs: number,
  knownAtMs = atMs,
  of: Partial<Pick<TriggerRecord, 'ownerId' | 'targetAtMs' | 'dueAtMs'>> = {},
): EpisodeState {
  const record: TriggerRecord = { trigger, ref, atMs, knownAtMs, ownerId: null, targetAtMs: null, dueAtMs: null, ...of };
  return { ...state, triggers: [...state.triggers, record] };
}

function withRequest(state: EpisodeState, id: string, change: (r: Request) => Request): EpisodeState {
  return { ...state, requests: state.requests.map((r) => (r.id === id ? change(r) : r)) };
}

/** Without its request an episode not yet published is back in consultation. */
function withoutRequest(state: EpisodeState, id: string | null): EpisodeState {
  const next: EpisodeState = { ...state, requests: state.requests.filter((r) => r.id !== id) };
  return next.phase === 'awaiting-approval' && !next.requests.some((r) => r.evidence.action === 'publish') ? { ...next, phase: 'consulting' } : next;
}

function withOrder(state: EpisodeState, id: string, change: (o: HeldOrder) => HeldOrder): EpisodeState {
  return { ...state, orders: state.orders.map((o) => (o.order.id === id ? change(o) : o)) };
}

/** Fulfils a group by a decision; the first time it happens counts. */
function discharge(state: EpisodeState, groupId: string, atMs: number): EpisodeState {
  return state.discharged[groupId] === undefined ? { ...state, discharged: { ...state.discharged, [groupId]: atMs } } : state;
}

function count<S extends EpisodeState>(state: S, what: string): S {
  return { ...state, counters: { ...state.counters, [what]: (state.counters[what] ?? 0) + 1 } };
}

/** Groups of long ago have no moment left; forgetting them keeps the state of a long episode small. */
function withComplete(complete: Common['completeGroups'], event: EventOf<'deadlines-settled'>): Record<string, number> {
  const recent = Object.entries(complete).filter(([, atMs]) => atMs > event.atMs - 30 * DAY_MS);
  const found = event.groups.filter((g) => g.open.length === 0).map((g) => [g.groupId, event.atMs] as const);
  return Object.fromEntries([...recent, ...found]);
}
