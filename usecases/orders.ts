/** Superior orders (3.3.3, 3.3.6, 4.4; R15): recorded on receipt, with the engine up or down, and looked at by a second person. */
import { z } from 'zod';
import type { AreaEvent } from '../domain/area.js';
import type { SuperiorOrder, Transmission } from '../domain/order.js';
import { refuse } from '../domain/refusal.js';
import { DAY_MS, MINUTE_MS } from '../domain/time.js';
import { areaStream } from '../domain/ledger.js';
import { readStream } from '../db/ledger/rows.js';
import { listOrders, orderById, type OrderRow } from '../db/read/orders.js';
import type { Db } from '../db/pool.js';
import { actOf, requireDocuments } from './acts.js';
import { appendToArea } from './area-stream.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { fail, invalid, notFound } from './failure.js';
import { type AreaContext, areaOf, planNowMs } from './plans.js';
import { channel, digest, envelope, id, instant, text, words } from './schemas.js';

const transmission = { channel, at: instant, from: words(200), documentDigest: digest.nullable().default(null) };

export const newOrder = z
  .strictObject({
    issuer: z.enum(['region', 'prefecture']),
    kind: z.enum(['start', 'raise', 'lower', 'lift']),
    level: id.nullable().default(null),
    namesCity: z.boolean(),
    scope: text,
    basedOn: words(300).nullable().default(null),
    ends: z.array(id).max(20).default([]),
    documentNumber: words(120).nullable().default(null),
    issuedAt: instant.nullable().default(null),
    receivedAt: instant.optional(),
    announcedAt: instant.nullable().default(null),
    effectiveAt: instant.nullable().default(null),
    primaryPollutants: z.array(words(20)).max(6).default([]),
    transmission: z.strictObject(transmission),
    witness: envelope.witness,
    evidence: envelope.evidence,
  })
  .refine((o) => (o.kind === 'lift') === (o.level === null), { path: ['level'], error: '解除不带级别，其他命令应写明级别' });
export const newTransmission = z.strictObject({ ...transmission, documentNumber: words(120).optional(), issuedAt: instant.optional(), announcedAt: instant.optional(), witness: envelope.witness, evidence: envelope.evidence });
export const orderCheck = z
  .strictObject({ confirmed: z.boolean(), reason: words(1000).optional(), ...envelope })
  .refine(({ confirmed, reason }) => confirmed || reason !== undefined, { path: ['reason'], error: '作废应写明理由' });

const CLOCK_TOLERANCE_MS = MINUTE_MS;
/** An order that has bound for longer is a mistyped date: it would owe every report since. */
const BOUND_AT_MOST_MS = 31 * DAY_MS;

export function recordOrder(deps: Deps, caller: Caller, areaId: string, input: z.output<typeof newOrder>) {
  return recorded(deps, caller, 'record-order', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const nowMs = await planNowMs(deps, area.clock);
    const act = await actOf(deps, caller, 'record-order', { areaId: area.rightsAreaId }, onlineNow(input), nowMs);
    await checkOrderInput(deps, caller, area, input, nowMs);
    const order: SuperiorOrder = {
      id: idOf('O', commandIdOf(caller)),
      issuer: input.issuer,
      kind: input.kind,
      level: input.level,
      namesCity: input.namesCity,
      scope: input.scope,
      basedOn: input.basedOn,
      ends: input.ends,
      documentNumber: input.documentNumber,
      issuedAtMs: input.issuedAt,
      receivedAtMs: input.receivedAt ?? input.transmission.at,
      announcedAtMs: input.announcedAt,
      effectiveAtMs: input.effectiveAt,
      primaryPollutants: input.primaryPollutants,
      transmissions: [transmissionOf(input.transmission, act.actor)],
    };
    const row = await appendToArea(deps, caller, area, ({ planAtMs }) => Promise.resolve({ type: 'order-received', atMs: planAtMs, clause: clauseOf(order), order, act }));
    return { orderId: order.id, seq: row?.seq ?? 0 };
  });
}

/** The paper after the phone: one order, one more transmission. */
export function addTransmission(deps: Deps, caller: Caller, areaId: string, orderId: string, input: z.output<typeof newTransmission>) {
  return recorded(deps, caller, 'record-order', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const nowMs = await planNowMs(deps, area.clock);
    const act = await actOf(deps, caller, 'record-order', { areaId: area.rightsAreaId }, onlineNow(input), nowMs);
    await requireOrder(deps.pool, areaId, orderId);
    if (input.at > nowMs + CLOCK_TOLERANCE_MS) throw invalid('at', '收到时间不得晚于当前时间');
    if (input.documentDigest !== null) await requireDocuments(deps, caller, [input.documentDigest], 'documentDigest');
    const row = await appendToArea(deps, caller, area, async ({ tx, planAtMs }) => {
      const { order: held } = await requireOrder(tx, areaId, orderId);
      const order: SuperiorOrder = {
        ...held,
        documentNumber: input.documentNumber ?? held.documentNumber,
        issuedAtMs: input.issuedAt ?? held.issuedAtMs,
        announcedAtMs: input.announcedAt ?? held.announcedAtMs,
        transmissions: [...held.transmissions, transmissionOf(input, act.actor)],
      };
      return { type: 'order-transmission-added', atMs: planAtMs, clause: clauseOf(order), order, act };
    });
    return { orderId, seq: row?.seq ?? 0 };
  });
}

/** By somebody else than whoever took the order down. */
export function checkOrder(deps: Deps, caller: Caller, areaId: string, orderId: string, input: z.output<typeof orderCheck>) {
  return recorded(deps, caller, 'check-order', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const act = await actOf(deps, caller, 'check-order', { areaId: area.rightsAreaId }, input, await planNowMs(deps, area.clock));
    await requireOrder(deps.pool, areaId, orderId);
    const row = await appendToArea(deps, caller, area, async ({ tx, planAtMs }) => {
      const held = await requireOrder(tx, areaId, orderId);
      const clause = clauseOf(held.order);
      if (held.confirmed !== null) throw fail({ kind: 'refused', ...refuse('already-done', clause, '该命令已复核', 'the order has been checked') });
      if ((await recordersOf(tx, areaId, held)).includes(act.actor.accountId))
        throw fail({ kind: 'refused', ...refuse('same-person-twice', clause, '录入人不得复核自己录入的命令', 'the check is by a second person') });
      return { type: 'order-checked', atMs: planAtMs, clause, orderId, confirmed: input.confirmed, ...(input.reason === undefined ? {} : { reason: input.reason }), act };
    });
    return { orderId, confirmed: input.confirmed, seq: row?.seq ?? 0 };
  });
}

export async function orders(deps: Deps, areaId: string) {
  await areaOf(deps, areaId);
  return { orders: (await listOrders(deps.pool, areaId, 100)).map(({ order, ...rest }) => ({ ...order, ...rest })) };
}

/** An order is entered when it is; what it tells of has its own times. */
function onlineNow({ witness, evidence }: Pick<z.output<typeof newOrder>, 'witness' | 'evidence'>) {
  return { channel: 'online' as const, lateEntry: false, evidence, ...(witness === undefined ? {} : { witness }) };
}

async function checkOrderInput(deps: Deps, caller: Caller, area: AreaContext, input: z.output<typeof newOrder>, nowMs: number): Promise<void> {
  const { level, ends, transmission: given, receivedAt, effectiveAt } = input;
  if (level !== null && !area.plan.levels.some((l) => l.id === level)) throw invalid('level', '预案没有该级别');
  const received = receivedAt === undefined ? { path: 'transmission.at', atMs: given.at } : { path: 'receivedAt', atMs: receivedAt };
  const binds = effectiveAt === null ? received : { path: 'effectiveAt', atMs: effectiveAt };
  if (received.atMs > nowMs + CLOCK_TOLERANCE_MS) throw invalid(received.path, '收到时间不得晚于当前时间');
  if (binds.atMs < nowMs - BOUND_AT_MOST_MS) throw invalid(binds.path, '距今已逾31日，请核对日期');
  for (const [i, ended] of ends.entries()) if (!(await orderById(deps.pool, area.areaId, ended))) throw invalid(`ends.${i}`, '没有该命令');
  if (given.documentDigest !== null) await requireDocuments(deps, caller, [given.documentDigest], 'transmission.documentDigest');
}

function transmissionOf({ channel: by, at: atMs, from, documentDigest }: z.output<typeof newOrder>['transmission'], takenBy: Transmission['takenBy']): Transmission {
  return { channel: by, atMs, from, takenBy, documentDigest };
}

function clauseOf(order: SuperiorOrder): string {
  return order.kind === 'start' ? '3.3.3' : '3.3.6';
}

async function requireOrder(db: Db, areaId: string, orderId: string): Promise<OrderRow> {
  const row = await orderById(db, areaId, orderId);
  if (!row) throw notFound('order');
  return row;
}

/** Whoever told it and whoever typed it in. */
async function recordersOf(db: Db, areaId: string, { seq }: OrderRow): Promise<string[]> {
  const [row] = await readStream(db, areaStream(areaId), seq - 1, 1);
  const event = row?.event as AreaEvent | undefined;
  return event?.type === 'order-received' ? [event.act.actor.accountId, event.act.recordedBy.accountId] : [];
}
