/** The area's stream: forecasts, observations, dust flags and orders, and what else is put on record outside an episode. */
import { type AffineClock, toPlanMs } from '../../domain/clock.js';
import type { AreaEvent } from '../../domain/area.js';
import type { HeldOrder } from '../../domain/order.js';
import { areaStream, type LedgerEvent } from '../../domain/ledger.js';
import { ordersLeft } from '../../domain/watch.js';
import type { ReceiptClock } from '../clock.js';
import { type Db, transaction, type Tx } from '../pool.js';
import { projectAreaInput } from '../projections/area.js';
import { consumedUpTo } from '../read/episodes.js';
import { chained, lockAndAsk, storeRows } from './append.js';
import { rowsOfCommand } from './rows.js';

/** Under the stream's lock: what is graded, refused or numbered here sees everything recorded before. */
export interface AreaContext {
  readonly tx: Tx;
  /** The row's sequence, should it be appended. */
  readonly seq: number;
  readonly recordedAtMs: number;
  readonly planAtMs: number;
}

export interface AreaCommand {
  readonly areaId: string;
  readonly commandId: string;
  readonly rulesVersion: string;
  readonly planDigest: string;
  readonly clock: ReceiptClock;
}

export type AreaOutcome =
  | { readonly status: 'appended' | 'already'; readonly seq: number; readonly recordedAtMs: number; readonly event: LedgerEvent }
  | { readonly status: 'nothing' };

/** Records an input that `make` builds under the lock (null: nothing to record); the same command again returns what it recorded. */
export function appendInput(db: Db, command: AreaCommand, make: (context: AreaContext) => Promise<AreaEvent | null> | AreaEvent | null): Promise<AreaOutcome> {
  return appendArea(db, command, 'input', make);
}

/** Records what is no input: refusals outside an episode, access to the record, chain heads. */
export function appendAreaAudit(db: Db, command: AreaCommand, event: LedgerEvent & { readonly [key: string]: unknown }): Promise<AreaOutcome> {
  return appendArea(db, command, 'audit', () => event);
}

function appendArea<E extends LedgerEvent>(
  db: Db,
  { areaId, commandId, rulesVersion, planDigest, clock }: AreaCommand,
  kind: 'input' | 'audit',
  make: (context: AreaContext) => Promise<E | null> | E | null,
): Promise<AreaOutcome> {
  return transaction(db, async (tx, store) => {
    const name = areaStream(areaId);
    const ask = () => Promise.all([rowsOfCommand(tx, name, commandId), clock(tx), planClockOf(tx, areaId)]);
    const { stream, answer } = await lockAndAsk(tx, name, ask);
    const [[found], recordedAtMs, planClock] = answer;
    if (found) return { status: 'already', seq: found.seq, recordedAtMs: found.recordedAtMs, event: found.event };
    const planAtMs = toPlanMs(planClock, recordedAtMs);
    const event = await make({ tx, seq: stream.head.seq + 1, recordedAtMs, planAtMs });
    if (event === null) return { status: 'nothing' };
    const rows = chained(stream, [{ commandId, kind, recordedAtMs, planAtMs, rulesVersion, planDigest, event }]);
    const row = rows[0]!;
    await store([storeRows(tx, rows, stream), ...(kind === 'input' ? [projectAreaInput(tx, areaId, row)] : [])]);
    return { status: 'appended', seq: row.seq, recordedAtMs, event };
  });
}

async function planClockOf(tx: Tx, areaId: string): Promise<AffineClock> {
  const { rows } = await tx.query<{ clock: AffineClock }>('select clock from areas where area_id = $1', [areaId]);
  if (!rows[0]) throw new Error(`no area "${areaId}" here`);
  return rows[0].clock;
}

/** Of an area's rows those that say something to an episode or the watch; the others would fill its pages. */
const SAYS_SOMETHING = `kind = 'input' and (event -> 'assessment') is distinct from 'null'::jsonb`;

/** The area's inputs after a sequence, in order. */
export async function readInputs(db: Db, areaId: string, afterSeq: number, limit: number): Promise<{ readonly seq: number; readonly event: AreaEvent }[]> {
  const { rows } = await db.query<{ seq: number; event: AreaEvent }>(
    `select seq, event from ledger where stream = $1 and seq > $2 and ${SAYS_SOMETHING} order by seq limit $3`,
    [areaStream(areaId), afterSeq, limit],
  );
  return rows;
}

/** The first order that an episode of the area, now past its response, has left to the next, and that none has taken up. */
export async function orderLeft(db: Db, areaId: string): Promise<{ readonly seq: number; readonly event: AreaEvent } | null> {
  const { rows: episodes } = await db.query<{ orders: readonly HeldOrder[] }>(
    `select state -> 'orders' as orders from episodes where area_id = $1 and jsonb_array_length(state -> 'orders') > 0`,
    [areaId],
  );
  const left = ordersLeft(episodes).map((order) => order.id);
  if (left.length === 0) return null;
  const { rows } = await db.query<{ seq: number; event: AreaEvent }>(
    `select seq, event from ledger where stream = $1 and event ->> 'type' = 'order-received' and event -> 'order' ->> 'id' = any($2) order by seq limit 1`,
    [areaStream(areaId), left],
  );
  return rows[0] ?? null;
}

/** Whether the watch has something to look at: an input beyond what the area's episodes took in, or an order left to the next. */
export async function hasNewsForWatch(db: Db, areaId: string): Promise<boolean> {
  return (await readInputs(db, areaId, await consumedUpTo(db, areaId), 1)).length > 0 || (await orderLeft(db, areaId)) !== null;
}

/** Areas whose last row that says something to an episode was taken in by none yet. */
export async function unreadInputs(db: Db): Promise<{ readonly areaId: string; readonly seq: number }[]> {
  const { rows } = await db.query<{ areaId: string; seq: number }>(
    `select area_id as "areaId", last.seq
     from areas a
     cross join lateral (
       select seq from ledger where stream = 'area/' || a.area_id and ${SAYS_SOMETHING} order by seq desc limit 1
     ) last
     where last.seq > coalesce((select max(e.area_seq) from episodes e where e.area_id = a.area_id), 0)`,
  );
  return rows;
}
