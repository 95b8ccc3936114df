/** An order's time has come (3.3.3, 3.3.6; R15): it binds, and ends others. */
import { bindsAtMs, endedBy, floorOf, type HeldOrder, isBinding, isLive, type SuperiorOrder } from '../../order.js';
import { type Clause, type LevelId, rankOf } from '../../plan.js';
import { decides } from '../../versions.js';
import type { EpisodePlan } from '../plan.js';
import { tookEffect } from '../evolve/orders.js';
import { type EpisodeState, type LevelSpan, spanAt } from '../state.js';
import { announceAgain } from './correction.js';
import type { Draft } from './draft.js';
import { rescindPendingLift } from './lift.js';

/** Orders waiting for their time, the earliest first. */
export function pendingOrders(plan: EpisodePlan, state: Pick<EpisodeState, 'orders'>): readonly HeldOrder[] {
  const pending = state.orders.filter((o) => o.status === 'pending' && isBinding(plan, o));
  return pending.sort((a, b) => bindsAtMs(a.order) - bindsAtMs(b.order));
}

/** Orders whose time has come begin to bind, one after the other: an earlier one may have ended a later one. */
export function takeEffect(draft: Draft): void {
  for (;;) {
    const { plan, state } = draft;
    const [next] = pendingOrders(plan, state);
    if (!next || bindsAtMs(next.order) > draft.nowMs) return;
    const { order } = next;
    const { ended, orders: after } = inForceWith(state, order);
    const localLevel = state.assessment?.processes[0]?.level ?? null;
    draft.add({ type: 'order-took-effect', clause: clauseOf(order), orderId: order.id, ended, floor: floorOf(plan, after), localLevel });
    keepLevels(draft, order, ended.filter((id) => state.orders.some((o) => o.order.id === id && o.status === 'pending')));
    if (order.kind === 'lift') askAfterFloor(draft);
  }
}

/** The orders once one of them binds, and those that it ends. */
function inForceWith(state: Pick<EpisodeState, 'orders' | 'rulesVersion'>, order: SuperiorOrder): { readonly ended: readonly string[]; readonly orders: readonly HeldOrder[] } {
  const ended = endedIn(state, order).filter((id) => state.orders.some((o) => o.order.id === id && isLive(o)));
  return { ended, orders: tookEffect(state, { orderId: order.id, ended }) };
}

/** The order that demands most at an instant to come, as far as is known now. */
function floorOrderAt(plan: EpisodePlan, { orders, rulesVersion }: EpisodeState, atMs: number): SuperiorOrder | null {
  for (let now = orders; ; ) {
    const [next] = pendingOrders(plan, { orders: now });
    if (next && bindsAtMs(next.order) <= atMs) now = inForceWith({ orders: now, rulesVersion }, next.order).orders;
    else return now.find((o) => o.status === 'in-force' && o.order.level !== null && o.order.level === floorOf(plan, now))?.order ?? null;
  }
}

type Standing = Pick<LevelSpan, 'level' | 'responseLevel' | 'orderId'>;

/**
 * 3.3.6: an order ended before its time lowers and lifts nothing. What
 * stood before stays in place of what it announced, and of the lesser level
 * by which whoever ended it, or a raise, had made up for that.
 */
function keepLevels(draft: Draft, { id: enderId }: SuperiorOrder, gone: readonly string[]): void {
  const { plan, state, nowMs } = draft;
  if (gone.length === 0 || !decides(state.rulesVersion, 'an-order-ended-before-its-time-changes-nothing') || state.phase !== 'responding') return;
  if (gone.includes(state.lift?.orderId ?? '')) rescindPendingLift(draft, 'order-ended');
  const raising = state.orders.filter(({ order }) => order.kind === 'start' || order.kind === 'raise').map((o) => o.order.id);
  let last: Standing | null = spanAt(state, nowMs);
  let hasChanged = false;
  for (const span of state.levels.filter((s) => s.fromMs > nowMs)) {
    const { fromMs, orderId } = span;
    const isMadeUp: boolean = orderId !== null && (gone.includes(orderId) || (raising.includes(orderId) && (hasChanged || orderId === enderId)));
    const kept: Standing = isMadeUp && last && isBelow(plan, span.level, last.level) ? last : span;
    const floor = floorOrderAt(plan, state, fromMs);
    const stands: Standing = floor?.level && isBelow(plan, kept.level, floor.level) ? { level: floor.level, responseLevel: floor.level, orderId: floor.id } : kept;
    hasChanged ||= stands !== span;
    if (hasChanged) announceAgain(draft, { ...stands, fromMs }, span.noticeId);
    last = stands;
  }
}

export function isBelow(plan: EpisodePlan, level: LevelId | null, other: LevelId | null): boolean {
  return rankOf(plan, level) < rankOf(plan, other);
}

/** Orders are held as they came in. */
export function endedIn({ orders, rulesVersion }: Pick<EpisodeState, 'orders' | 'rulesVersion'>, order: SuperiorOrder): string[] {
  const cameBefore = orders.slice(0, orders.findIndex((o) => o.order.id === order.id));
  return endedBy(decides(rulesVersion, 'a-lift-ends-what-came-before-it') ? cameBefore : orders, order);
}

/** A floor has gone and the warning still stands: people look at it. */
function askAfterFloor(draft: Draft): void {
  if (draft.state.phase !== 'responding' || draft.state.lift !== null) return;
  const prompt = { reason: 'floor-removed', level: null, sinceMs: draft.nowMs, clause: '3.3.6' } as const;
  draft.add({ type: 'consultation-prompted', clause: '3.3.6', prompt });
}

export function clauseOf(order: SuperiorOrder): Clause {
  return order.kind === 'start' ? '3.3.3' : '3.3.6';
}
