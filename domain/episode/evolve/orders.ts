/** Superior orders in the state (R15). */
import { attestedAtMs } from '../../act.js';
import { type HeldOrder, isLive, type SuperiorOrder } from '../../order.js';
import { decides } from '../../versions.js';
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

/** An entry found wrong binds nobody; what it had ended is again as it was. */
export function orderChecked(state: EpisodeState, event: EventOf<'order-checked'>): EpisodeState {
  const { orderId, confirmed, act, atMs, areaSeq } = event;
  const orders = state.orders.map((o): HeldOrder => {
    if (o.order.id === orderId) return { ...o, checkedBy: act.actor, status: confirmed ? o.status : 'voided' };
    if (confirmed || o.endedBy !== orderId) return o;
    const { endedAs: status = 'in-force', ...held } = o;
    return { ...held, status, endedBy: null };
  });
  return { ...discharge(state, `order-check:${orderId}`, attestedAtMs(act, atMs)), orders, areaSeq };
}

/** An order binds, and ends others. */
export function tookEffect({ orders, rulesVersion }: Pick<EpisodeState, 'orders' | 'rulesVersion'>, { orderId, ended }: Pick<EventOf<'order-took-effect'>, 'orderId' | 'ended'>): readonly HeldOrder[] {
  const isKnown = decides(rulesVersion, 'an-order-ended-before-its-time-changes-nothing');
  return orders.map((o): HeldOrder => {
    if (o.order.id === orderId) return { ...o, status: 'in-force' };
    if (!ended.includes(o.order.id)) return o;
    return { ...o, status: 'ended', endedBy: orderId, ...(isKnown && isLive(o) && { endedAs: o.status }) };
  });
}
