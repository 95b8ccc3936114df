/** The one place that writes ledger rows: under the stream's lock, each chained to the row before. */
import { CHAIN_START, type ChainHead, type LedgerRow, ledgerHash } from '../../domain/ledger.js';
import type { Tx } from '../pool.js';

/** `listen` here to learn of new rows; the payload is a `Notification`. */
export const CHANNEL = 'qingkong';

/** `{ episodeId, seq }` or `{ areaId, seq }`. */
export type Notification = { readonly seq: number } & ({ readonly episodeId: string } | { readonly areaId: string });

export interface LockedStream {
  readonly stream: string;
  readonly head: ChainHead;
}

export type NewRow = Pick<LedgerRow, 'commandId' | 'kind' | 'recordedAtMs' | 'planAtMs' | 'rulesVersion' | 'planDigest' | 'event'>;

/** Waits for the stream's row and holds it to the end of the transaction; null when nothing was ever appended. */
export async function lockKnownStream(tx: Tx, stream: string): Promise<LockedStream | null> {
  const { rows } = await tx.query<ChainHead>('select seq, head_hash as hash, decision_no as "decisionNo" from streams where stream = $1 for update', [stream]);
  return rows[0] ? { stream, head: rows[0] } : null;
}

/**
 * Locks the stream, making it for the first, and asks what is wanted of it
 * in one go: what `ask` asks is answered as of after the lock.
 */
export async function lockAndAsk<T>(tx: Tx, stream: string, ask: () => Promise<T>): Promise<{ readonly stream: LockedStream; readonly answer: T }> {
  const [known, answer] = await Promise.all([lockKnownStream(tx, stream), ask()]);
  if (known) return { stream: known, answer };
  const { seq, hash, decisionNo } = CHAIN_START;
  await tx.query('insert into streams (stream, seq, head_hash, decision_no) values ($1, $2, $3, $4) on conflict do nothing', [stream, seq, hash, decisionNo]);
  return lockAndAsk(tx, stream, ask);
}

/** The rows of one command on a stream, each chained to the row before. Event ids are `${commandId}#${index}`. */
export function chained({ stream, head }: LockedStream, commandRows: readonly NewRow[]): LedgerRow[] {
  const rows: LedgerRow[] = [];
  let at = head;
  for (const [index, row] of commandRows.entries()) {
    const decisionNo = row.kind === 'decision' ? at.decisionNo + 1 : null;
    const unhashed = { stream, seq: at.seq + 1, eventId: `${row.commandId}#${index}`, ...row, decisionNo, prevHash: at.hash };
    const hash = ledgerHash(unhashed);
    rows.push({ ...unhashed, hash });
    at = { seq: unhashed.seq, hash, decisionNo: decisionNo ?? at.decisionNo };
  }
  return rows;
}

/** Stores the rows of one command, moves the stream's head, and tells the listeners at commit. */
export async function storeRows(tx: Tx, rows: readonly LedgerRow[], { head }: LockedStream): Promise<void> {
  const last = rows.at(-1);
  if (!last) return;
  const { stream, seq, hash } = last;
  const decisionNo = rows.reduce((no, r) => r.decisionNo ?? no, head.decisionNo);
  const values = rows.map((r) => ({
    stream: r.stream,
    seq: r.seq,
    event_id: r.eventId,
    command_id: r.commandId,
    kind: r.kind,
    decision_no: r.decisionNo,
    plan_at_ms: r.planAtMs,
    recorded_at_ms: r.recordedAtMs,
    rules_version: r.rulesVersion,
    plan_digest: r.planDigest,
    event: r.event,
    prev_hash: r.prevHash,
    hash: r.hash,
  }));
  await tx.query(
    `with added as (
       insert into ledger (stream, seq, event_id, command_id, kind, decision_no, plan_at_ms, recorded_at_ms, rules_version, plan_digest, event, prev_hash, hash)
       select stream, seq, event_id, command_id, kind, decision_no, plan_at_ms, recorded_at_ms, rules_version, plan_digest, event, prev_hash, hash
       from json_to_recordset($1) as r (stream text, seq bigint, event_id text, command_id text, kind text, decision_no bigint, plan_at_ms bigint,
         recorded_at_ms bigint, rules_version text, plan_digest text, event jsonb, prev_hash text, hash text)
     ), moved as (
       update streams set seq = $3, head_hash = $4, decision_no = $5 where stream = $2
     )
     select pg_notify('${CHANNEL}', $6)`,
    [JSON.stringify(values), stream, seq, hash, decisionNo, JSON.stringify(notificationOf(stream, seq))],
  );
}

function notificationOf(stream: string, seq: number): Notification {
  const slash = stream.indexOf('/');
  const id = stream.slice(slash + 1);
  return stream.startsWith('episode/') ? { episodeId: id, seq } : { areaId: id, seq };
}
