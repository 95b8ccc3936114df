/**
 * Superior orders (上级命令, 3.3.3, 3.3.6, 4.4; R15): floors under the response.
 * Floors are kept per order; the highest in force applies.
 */
import type { Channel, Signatory } from './act.js';
import { higherLevel, type LevelId, type Levels } from './plan.js';
import type { Text } from './text.js';

export type Issuer = 'region' | 'prefecture';

export interface Transmission {
  readonly channel: Channel;
  readonly atMs: number;
  readonly from: string;
  readonly takenBy: Signatory;
  readonly documentDigest: string | null;
}

export interface SuperiorOrder {
  readonly id: string;
  readonly issuer: Issuer;
  readonly kind: 'start' | 'raise' | 'lower' | 'lift';
  /** Null for a lift. */
  readonly level: LevelId | null;
  /** Does it name the city, or only a larger area? */
  readonly namesCity: boolean;
  readonly scope: Text;
  /** The order it relays, in the issuer's words or by id. */
  readonly basedOn: string | null;
  /** Ids of the orders it ends. A lift without any ends all of its issuer's. */
  readonly ends: readonly string[];
  /** 文号; may come later with the paper. */
  readonly documentNumber: string | null;
  /** The four times, in any order the world produced; null where not known. */
  readonly issuedAtMs: number | null;
  readonly receivedAtMs: number;
  readonly announcedAtMs: number | null;
  readonly effectiveAtMs: number | null;
  readonly primaryPollutants: readonly string[];
  readonly transmissions: readonly Transmission[];
}

/** An order as an episode holds it. */
export interface HeldOrder {
  readonly order: SuperiorOrder;
  /** `left`: it begins once this episode's lift has taken effect, and is the next one's. */
  readonly status: 'pending' | 'in-force' | 'ended' | 'voided' | 'left';
  readonly checkedBy: Signatory | null;
  readonly relaySigned: boolean;
  /** The order whose taking effect ended it. */
  readonly endedBy: string | null;
  /** What it was until then; rows of before rules version 3 say nothing of it. */
  readonly endedAs?: 'pending' | 'in-force' | 'left';
}

type OrderPlan = Levels & { readonly settings: { readonly orders: { readonly bindWithoutApproval: boolean } } };

/** Whether an order binds when its time comes; a plan may want the relay signed first (R15). */
export function isBinding(plan: OrderPlan, held: HeldOrder): boolean {
  return plan.settings.orders.bindWithoutApproval || held.relaySigned;
}

/** When an order binds: its effective time, on receipt where none was given. */
export function bindsAtMs(order: SuperiorOrder): number {
  return order.effectiveAtMs ?? order.receivedAtMs;
}

/** The level below which the response may not be (3.3.3); null when no order is in force. */
export function floorOf(plan: Levels, orders: readonly HeldOrder[]): LevelId | null {
  return orders
    .filter((o) => o.status === 'in-force' && o.order.kind !== 'lift')
    .reduce<LevelId | null>((floor, o) => higherLevel(plan, floor, o.order.level), null);
}

/** The level no local decision may go below: that of the orders in force and of those that will be. */
export function floorAhead(plan: OrderPlan, orders: readonly HeldOrder[]): LevelId | null {
  return orders
    .filter((o) => o.order.kind !== 'lift' && (o.status === 'in-force' || (o.status === 'pending' && isBinding(plan, o))))
    .reduce<LevelId | null>((floor, o) => higherLevel(plan, floor, o.order.level), null);
}

/** Whether it binds, or will: neither ended nor found wrong. */
export function isLive<T extends Pick<HeldOrder, 'status'>>(held: T): held is T & { readonly status: 'pending' | 'in-force' | 'left' } {
  return held.status === 'pending' || held.status === 'in-force' || held.status === 'left';
}

/** The second person's check: whoever took the order in does not check it (R15). */
export function isSecondPerson(order: SuperiorOrder, checker: Signatory): boolean {
  return order.transmissions.every((t) => t.takenBy.accountId !== checker.accountId);
}

/** Ids of the held orders that this one ends when it takes effect. */
export function endedBy(orders: readonly HeldOrder[], order: SuperiorOrder): string[] {
  if (order.kind === 'start' || order.kind === 'raise') return [...order.ends];
  const sameIssuer = orders.filter((o) => o.order.issuer === order.issuer && o.order.kind !== 'lift' && o.order.id !== order.id);
  return order.ends.length > 0 ? [...order.ends] : sameIssuer.map((o) => o.order.id);
}
