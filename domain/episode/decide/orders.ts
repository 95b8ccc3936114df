/** Superior orders (3.3.3, 3.3.6, 4.4; R15): they bind without local approval; order and local evaluation are both on record. */
import { type Act, SYSTEM } from '../../act.js';
import { bindsAtMs, floorAhead, isBinding, isSecondPerson, type SuperiorOrder } from '../../order.js';
import { higherLevel, type LevelId, rankOf } from '../../plan.js';
import { decides } from '../../versions.js';
import type { AreaInput } from '../commands.js';
import { decidedLevel, type Evidence, isActive, levelRequest, type Lift, spanAt } from '../state.js';
import { openRequest, plainEvidence, withdrawLevelRequest } from './requests.js';
import { announceAgain, revertLevel } from './correction.js';
import type { Draft } from './draft.js';
import { rescindParts, rescindPendingLift } from './lift.js';
import { noticeOf, toldWhenLowered } from './notices.js';
import { clauseOf, endedIn, isBelow } from './order-effect.js';

export function receiveOrder(draft: Draft, areaSeq: number, order: SuperiorOrder): void {
  draft.add({ type: 'order-received', clause: clauseOf(order), areaSeq, order });
  if (!draft.plan.settings.orders.bindWithoutApproval) return openRelay(draft, order);
  if (isAfterLift(draft, order, bindsAtMs(order))) return leave(draft, order);
  openRelay(draft, order);
  follow(draft, order, bindsAtMs(order));
}

/** Whether what an order demands begins only once the announced lift has taken effect. */
function isAfterLift({ state }: Draft, order: SuperiorOrder, fromMs: number): boolean {
  if (!decides(state.rulesVersion, 'an-order-after-a-lift-is-the-next-episodes')) return false;
  return order.kind !== 'lift' && state.phase === 'responding' && state.lift !== null && state.lift.effectiveAtMs <= fromMs;
}

function leave(draft: Draft, order: SuperiorOrder): void {
  draft.add({ type: 'order-left', clause: clauseOf(order), orderId: order.id });
}

/** The lift they were left for has been put off, or rescinded: they bind here after all. */
export function takeUpLeftOrders(draft: Draft): void {
  for (const { order, status, relaySigned: isSigned } of draft.state.orders) {
    if (status !== 'left' || draft.state.phase !== 'responding' || isAfterLift(draft, order, bindsAtMs(order))) continue;
    draft.add({ type: 'order-taken-up', clause: clauseOf(order), orderId: order.id });
    if (!isSigned) openRelay(draft, order);
    follow(draft, order, Math.max(bindsAtMs(order), isSigned ? draft.nowMs : bindsAtMs(order)));
  }
}

export function addTransmission(draft: Draft, { areaSeq, order }: Extract<AreaInput, { type: 'add-transmission' }>): void {
  draft.add({ type: 'order-transmission-added', clause: '3.3.3', areaSeq, order });
}

/** The second person's check; an entry found wrong takes back what it brought about. Whoever entered it checks nothing. */
export function checkOrder(draft: Draft, { type: _type, ...check }: Extract<AreaInput, { type: 'check-order' }>): void {
  const { orderId, confirmed, act } = check;
  const held = draft.state.orders.find((o) => o.order.id === orderId);
  if (!held || held.checkedBy !== null || !isSecondPerson(held.order, act.actor)) return;
  const ended = draft.state.orders.filter((o) => o.endedBy === orderId).map((o) => o.order.id);
  draft.add({ type: 'order-checked', clause: '3.3.3', ...check });
  if (!confirmed) takeBack(draft, held.order, ended, act);
}

function takeBack(draft: Draft, { id }: SuperiorOrder, ended: readonly string[], act: Act): void {
  const relay = draft.state.requests.find((r) => r.evidence.action === 'relay' && r.evidence.subject === id);
  if (relay) draft.add({ type: 'request-withdrawn', clause: '3.3.3', requestId: relay.id, reason: 'order-voided', act });
  if (draft.state.phase !== 'responding') return;
  if (draft.state.lift?.orderId === id) rescindPendingLift(draft, 'order-voided');
  revertLevel(draft, (span) => span.orderId === id, 'order-voided');
  // Orders it had ended bind again, or wait for their time again.
  for (const held of draft.state.orders.filter((o) => ended.includes(o.order.id))) {
    if (held.status === 'in-force') holdLevel(draft, held.order, draft.nowMs);
    else if (held.status === 'pending' && isBinding(draft.plan, held)) follow(draft, held.order, Math.max(bindsAtMs(held.order), draft.nowMs));
  }
}

/** R15, other reading: the order binds once its relay is signed. */
export function relaySigned(draft: Draft, requestId: string, { clause, subject }: Evidence): void {
  const held = draft.state.orders.find((o) => o.order.id === subject);
  if (!held) return;
  draft.add({ type: 'relay-signed', clause, orderId: held.order.id, requestId });
  if (draft.plan.settings.orders.bindWithoutApproval) return;
  const fromMs = Math.max(bindsAtMs(held.order), draft.nowMs);
  if (isAfterLift(draft, held.order, fromMs)) leave(draft, held.order);
  else follow(draft, held.order, fromMs);
}

/** What the order does to the warning, announced at once for the time it takes effect. */
function follow(draft: Draft, order: SuperiorOrder, fromMs: number): void {
  if (!isActive(draft.state)) return;
  switch (order.kind) {
    case 'start':
    case 'raise':
      holdLevel(draft, order, fromMs);
      return;
    case 'lower':
      followDown(draft, order, fromMs);
      // The level it lowers to binds like any other.
      holdLevel(draft, order, fromMs);
      return;
    case 'lift':
      followDown(draft, order, fromMs);
      return;
  }
}

/** 3.3.3: from then on the warning is nowhere below the order's level; what is announced above it stays. */
function holdLevel(draft: Draft, order: SuperiorOrder, fromMs: number): void {
  const { plan, state } = draft;
  const { level } = order;
  if (level === null) return;
  rescindPendingLift(draft, 'superior-order');
  const request = levelRequest(state);
  if (request && rankOf(plan, request.evidence.action === 'lift' ? null : request.evidence.level) < rankOf(plan, level))
    withdrawLevelRequest(draft, 'superior-order');
  if (state.phase !== 'responding') {
    withdrawLevelRequest(draft, 'superior-order');
    announceUp(draft, order, level, fromMs);
    return;
  }
  const ahead = [spanAt(state, fromMs), ...state.levels.filter((s) => s.fromMs > fromMs)];
  const gap = ahead.findIndex((span) => isBelow(plan, span?.level ?? null, level));
  if (gap < 0) return rescindParts(draft, 'superior-order');
  withdrawLevelRequest(draft, 'superior-order');
  announceUp(draft, order, level, gap === 0 ? fromMs : (ahead[gap]?.fromMs ?? fromMs));
  for (const span of ahead.slice(gap + 1)) {
    if (span && rankOf(plan, span.level) > rankOf(plan, level)) announceAgain(draft, span, span.noticeId);
  }
}

function followDown(draft: Draft, order: SuperiorOrder, fromMs: number): void {
  const { plan, state } = draft;
  const { liftNamingTheCityLifts } = plan.settings.orders;
  const current = decidedLevel(state);
  if (state.phase !== 'responding' || current === null || !order.namesCity) return;
  if (order.kind === 'lower' ? order.level === null : !liftNamingTheCityLifts) return;
  const ended = [...endedIn(state, order), order.id];
  const otherFloor = floorAhead(plan, state.orders.filter((o) => !ended.includes(o.order.id)));
  const target = order.kind === 'lower' ? higherLevel(plan, order.level, otherFloor) : otherFloor;
  if (target !== null && rankOf(plan, target) >= rankOf(plan, current)) return;
  if (target === null && state.lift && state.lift.effectiveAtMs <= fromMs) return;
  withdrawLevelRequest(draft, 'superior-order');
  if (target !== null) {
    const notice = noticeOf(draft, 'lower', { level: target, effectiveAtMs: fromMs }, ['commander', ...toldWhenLowered(draft, current)]);
    draft.add({ type: 'warning-lowered', clause: clauseOf(order), from: current, requestId: null, orderId: order.id, notice });
    return;
  }
  const lift: Lift = { id: draft.nextId('L', 'lift'), issuedAtMs: draft.nowMs, effectiveAtMs: fromMs, cause: 'order', orderId: order.id };
  const notice = noticeOf(draft, 'lift', { level: current, effectiveAtMs: fromMs }, ['commander']);
  draft.add({ type: 'lift-issued', clause: clauseOf(order), requestId: null, lift, notice });
}

/** A level the order brings about in place of a lower one, or of none; the commander is told. */
function announceUp(draft: Draft, order: SuperiorOrder, level: LevelId, effectiveAtMs: number): void {
  const before = draft.state.phase === 'responding' ? spanAt(draft.state, effectiveAtMs) : null;
  const primaryPollutants = order.primaryPollutants.length > 0 ? order.primaryPollutants : draft.state.primaryPollutants;
  const notice = noticeOf(draft, before ? 'raise' : 'publish', { level, effectiveAtMs, primaryPollutants }, ['commander']);
  const of = { clause: clauseOf(order), requestId: null, orderId: order.id, notice };
  if (before) draft.add({ type: 'warning-raised', from: before.level, ...of });
  else draft.add({ type: 'warning-published', ...of });
}

/** The director signs the city's relay of the order; nothing waits for it, unless the plan says so. */
function openRelay(draft: Draft, order: SuperiorOrder): void {
  const act: Act = { occurredAtMs: draft.nowMs, channel: 'online', actor: SYSTEM, recordedBy: SYSTEM, witness: null, entry: 'direct', evidence: [] };
  const evidence = plainEvidence(draft.state, {
    action: 'relay',
    clause: clauseOf(order),
    level: order.level,
    effectiveAtMs: bindsAtMs(order),
    primaryPollutants: order.primaryPollutants,
    subject: order.id,
    text: order.scope.zh,
  });
  openRequest(draft, evidence, act);
}
