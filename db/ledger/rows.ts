import type { LedgerEvent, LedgerRow } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

interface StoredRow {
  readonly stream: string;
  readonly seq: number;
  readonly event_id: string;
  readonly command_id: string;
  readonly kind: LedgerRow['kind'];
  readonly decision_no: number | null;
  readonly recorded_at_ms: number;
  readonly plan_at_ms: number;
  readonly rules_version: string;
  readonly plan_digest: string;
  readonly event: LedgerEvent;
  readonly prev_hash: string;
  readonly hash: string;
}

const COLUMNS = 'stream, seq, event_id, command_id, kind, decision_no, recorded_at_ms, plan_at_ms, rules_version, plan_digest, event, prev_hash, hash';

function rowOf(r: StoredRow): LedgerRow {
  return {
    stream: r.stream,
    seq: r.seq,
    eventId: r.event_id,
    commandId: r.command_id,
    kind: r.kind,
    decisionNo: r.decision_no,
    recordedAtMs: r.recorded_at_ms,
    planAtMs: r.plan_at_ms,
    rulesVersion: r.rules_version,
    planDigest: r.plan_digest,
    event: r.event,
    prevHash: r.prev_hash,
    hash: r.hash,
  };
}

/** Rows of a stream after a sequence, in order. */
export async function readStream(db: Db, stream: string, afterSeq = 0, limit = 1_000): Promise<LedgerRow[]> {
  const { rows } = await db.query<StoredRow>(`select ${COLUMNS} from ledger where stream = $1 and seq > $2 order by seq limit $3`, [stream, afterSeq, limit]);
  return rows.map(rowOf);
}

/** What a command brought about, in order; none when it was never recorded. */
export async function rowsOfCommand(db: Db, stream: string, commandId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<StoredRow>(`select ${COLUMNS} from ledger where stream = $1 and command_id = $2 order by seq`, [stream, commandId]);
  return rows.map(rowOf);
}

/** What a command brought about, and the decisions after the one its sender knows. */
export async function rowsToAnswer(db: Db, stream: string, commandId: string, knownDecisions: number): Promise<LedgerRow[]> {
  const { rows } = await db.query<StoredRow>(
    `select ${COLUMNS} from ledger where stream = $1 and (command_id = $2 or decision_no > $3) order by seq`,
    [stream, commandId, knownDecisions],
  );
  return rows.map(rowOf);
}

/** The decisions after the one a sender knows, in order. */
export async function decisionRowsAfter(db: Db, stream: string, knownDecisions: number): Promise<LedgerRow[]> {
  const { rows } = await db.query<StoredRow>(`select ${COLUMNS} from ledger where stream = $1 and decision_no > $2 order by decision_no`, [stream, knownDecisions]);
  return rows.map(rowOf);
}

/** The last sequence of a stream, 0 when it has none. */
export async function headSeq(db: Db, stream: string): Promise<number> {
  const { rows } = await db.query<{ seq: number }>('select seq from streams where stream = $1', [stream]);
  return rows[0]?.seq ?? 0;
}
