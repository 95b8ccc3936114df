/** Superior orders (3.3.3, 3.3.6, 4.4; R15): they bind without local approval; order and local evaluation are both on record. */
import { type Act, SYSTEM } from '../../act.js';
import { bindsAtMs, endedBy, floorOf, type SuperiorOrder } from '../../order.js';
import { type LevelId, rankOf } from '../../plan.js';
import type { AreaInput } from '../commands.js';
import { decidedLevel, isActive, levelRequest, type Lift } from '../state.js';
import { openRequest, plainEvidence } from './approval.js';
import { revertLevel } from './correction.js';
import type { Draft } from './draft.js';
import { rescindPendingLift } from './lift.js';
import { noticeOf, toldWhenLowered } from './notices.js';

export function receiveOrder(draft: Draft, areaSeq: number, order: SuperiorOrder): void {
  const clause = order.kind === 'start' ? '3.3.3' : '3.3.6';
  draft.add({ type: 'order-received', clause, areaSeq, order });
  openRelay(draft, order, clause);
  if (isActive(draft.state)) follow(draft, order, clause);
  takeEffect(draft);
}

export function addTransmission(draft: Draft, { areaSeq, order }: Extract<AreaInput, { type: 'add-transmission' }>): void {
  draft.add({ type: 'order-transmission-added', clause: '3.3.3', areaSeq, order });
}

/** The second person's check; an entry found wrong takes back what it brought about. */
export function checkOrder(draft: Draft, { areaSeq, orderId, confirmed, act }: Extract<AreaInput, { type: 'check-order' }>): void {
  draft.add({ type: 'order-checked', clause: '3.3.3', areaSeq, orderId, confirmed, act });
  if (confirmed) return;
  const relay = draft.state.requests.find((r) => r.evidence.action === 'relay' && r.evidence.subject === orderId);
  if (relay) draft.add({ type: 'request-withdrawn', clause: '3.3.3', requestId: relay.id, reason: 'order-voided', act });
  if (draft.state.phase !== 'responding') return;
  if (draft.state.lift?.orderId === orderId) rescindPendingLift(draft, 'order-voided');
  revertLevel(draft, (span) => span.orderId === orderId, 'order-voided');
}

/** Orders whose time has come begin to bind. */
export function takeEffect(draft: Draft): void {
  for (const { order } of draft.state.orders.filter((o) => o.status === 'pending' && bindsAtMs(o.order) <= draft.nowMs)) {
    const held = draft.state.orders;
    const ended = endedBy(held, order).filter((id) => held.some((o) => o.order.id === id && o.status !== 'voided'));
    const after = held.map((o) => (o.order.id === order.id ? { ...o, status: 'in-force' as const } : ended.includes(o.order.id) ? { ...o, status: 'ended' as const } : o));
    const localLevel = draft.state.assessment?.processes[0]?.level ?? null;
    draft.add({ type: 'order-took-effect', clause: order.kind === 'start' ? '3.3.3' : '3.3.6', orderId: order.id, ended, floor: floorOf(draft.plan, after), localLevel });
    const liftsNothing = order.kind === 'lift' && draft.state.phase === 'responding' && draft.state.lift === null;
    if (liftsNothing) draft.add({ type: 'consultation-prompted', clause: '3.3.6', prompt: { reason: 'floor-removed', level: null, sinceMs: draft.nowMs, clause: '3.3.6' } });
  }
}

/** What the order does to the warning, announced on receipt for the time it takes effect. */
function follow(draft: Draft, order: SuperiorOrder, clause: string): void {
  switch (order.kind) {
    case 'start':
    case 'raise':
      followUp(draft, order, clause);
      return;
    case 'lower':
    case 'lift':
      followDown(draft, order, clause);
      return;
  }
}

function followUp(draft: Draft, order: SuperiorOrder, clause: string): void {
  if (order.level === null) return;
  const current = decidedLevel(draft.state);
  rescindPendingLift(draft, 'superior-order');
  const facts = { level: order.level, effectiveAtMs: bindsAtMs(order), primaryPollutants: order.primaryPollutants.length > 0 ? order.primaryPollutants : draft.state.primaryPollutants };
  if (draft.state.phase !== 'responding') {
    withdrawLevelRequest(draft);
    draft.add({ type: 'warning-published', clause, requestId: null, orderId: order.id, notice: noticeOf(draft, 'publish', facts, ['commander']) });
    return;
  }
  if (current === null || rankOf(draft.plan, order.level) <= rankOf(draft.plan, current)) return;
  withdrawLevelRequest(draft);
  draft.add({ type: 'warning-raised', clause, from: current, requestId: null, orderId: order.id, notice: noticeOf(draft, 'raise', facts, ['commander']) });
}

function followDown(draft: Draft, order: SuperiorOrder, clause: string): void {
  const { plan, state } = draft;
  const current = decidedLevel(state);
  if (state.phase !== 'responding' || current === null || !order.namesCity) return;
  const ended = endedBy(state.orders, order);
  const otherFloor = floorOf(plan, state.orders.filter((o) => !ended.includes(o.order.id)));
  const target = order.kind === 'lower' ? higher(draft, order.level, otherFloor) : otherFloor;
  if (target !== null && rankOf(plan, target) >= rankOf(plan, current)) return;
  withdrawLevelRequest(draft);
  const effectiveAtMs = bindsAtMs(order);
  if (target !== null) {
    const notice = noticeOf(draft, 'lower', { level: target, effectiveAtMs }, ['commander', ...toldWhenLowered(draft, current)]);
    draft.add({ type: 'warning-lowered', clause, from: current, requestId: null, orderId: order.id, notice });
  } else if (plan.settings.orders.liftNamingTheCityLifts) {
    const lift: Lift = { id: draft.nextId('L', 'lift'), issuedAtMs: draft.nowMs, effectiveAtMs, cause: 'order', orderId: order.id };
    draft.add({ type: 'lift-issued', clause, requestId: null, lift, notice: noticeOf(draft, 'lift', { level: current, effectiveAtMs }, ['commander']) });
  }
}

function higher(draft: Draft, a: LevelId | null, b: LevelId | null): LevelId | null {
  return rankOf(draft.plan, a) >= rankOf(draft.plan, b) ? a : b;
}

function withdrawLevelRequest(draft: Draft): void {
  const request = levelRequest(draft.state);
  if (request) draft.add({ type: 'request-withdrawn', clause: '3.3.6', requestId: request.id, reason: 'superior-order', act: null });
}

/** The director signs the city's relay of the order; nothing waits for it. */
function openRelay(draft: Draft, order: SuperiorOrder, clause: string): void {
  const act: Act = { occurredAtMs: draft.nowMs, channel: 'online', actor: SYSTEM, recordedBy: SYSTEM, witness: null, entry: 'direct', evidence: [] };
  const evidence = plainEvidence(draft.state, { action: 'relay', clause, level: order.level, effectiveAtMs: bindsAtMs(order), primaryPollutants: order.primaryPollutants, subject: order.id, text: order.scope.zh });
  openRequest(draft, evidence, act);
}
