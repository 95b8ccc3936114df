/** Superior orders in the state (R15). */
import { attestedAtMs } from '../../act.js';
import type { HeldOrder, SuperiorOrder } from '../../order.js';
import type { EventOf } from '../events.js';
import type { EpisodeState } from '../state.js';
import { discharge } from './parts.js';

export function withOrder(state: EpisodeState, id: string, change: (o: HeldOrder) => HeldOrder): EpisodeState {
  return { ...state, orders: state.orders.map((o) => (o.order.id === id ? change(o) : o)) };
}

/** The paper adds what the phone left open; what binds stays as it was checked. */
export function withPaper(order: SuperiorOrder, paper: SuperiorOrder): SuperiorOrder {
  const { transmissions, documentNumber, issuedAtMs, announcedAtMs } = paper;
  return { ...order, transmissions, documentNumber, issuedAtMs, announcedAtMs };
}

/** An entry found wrong binds nobody; what it had ended binds again. */
export function orderChecked(state: EpisodeState, event: EventOf<'order-checked'>): EpisodeState {
  const { orderId, confirmed, act, atMs, areaSeq } = event;
  const orders = state.orders.map((o): HeldOrder => {
    if (o.order.id === orderId) return { ...o, checkedBy: act.actor, status: confirmed ? o.status : 'voided' };
    return !confirmed && o.endedBy === orderId ? { ...o, status: 'in-force', endedBy: null } : o;
  });
  return { ...discharge(state, `order-check:${orderId}`, attestedAtMs(act, atMs)), orders, areaSeq };
}

export function tookEffect(held: HeldOrder, { orderId, ended }: EventOf<'order-took-effect'>): HeldOrder {
  if (held.order.id === orderId) return { ...held, status: 'in-force' };
  return ended.includes(held.order.id) ? { ...held, status: 'ended', endedBy: orderId } : held;
}
