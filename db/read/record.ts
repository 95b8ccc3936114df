/** What an episode's record rests on in its area's stream. */
import { areaStream, type LedgerRow } from '../../domain/ledger.js';
import { readStream } from '../ledger/rows.js';
import type { Db } from '../pool.js';

const PAGE_ROWS = 1_000;

/** Rows of a stream from one sequence through another. */
export async function streamRange(db: Db, stream: string, fromSeq: number, toSeq: number): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (let after = fromSeq - 1; after < toSeq; ) {
    const page = await readStream(db, stream, after, Math.min(PAGE_ROWS, toSeq - after));
    if (page.length === 0) break;
    rows.push(...page);
    after = page.at(-1)?.seq ?? toSeq;
  }
  return rows;
}

/** The first row of an area recorded at or after an instant of plan time, not after `beforeSeq`. */
export async function firstAreaSeqSince(db: Db, areaId: string, planAtMs: number, beforeSeq: number): Promise<number> {
  const { rows } = await db.query<{ seq: number | null }>('select min(seq) as seq from ledger where stream = $1 and seq <= $3 and plan_at_ms >= $2', [areaStream(areaId), planAtMs, beforeSeq]);
  return rows[0]?.seq ?? beforeSeq;
}

/** Of what was recorded before a row: the forecast then current, the last assessment, and each sand-dust flag as it then stood. */
export async function areaRowsInEffect(db: Db, areaId: string, beforeSeq: number): Promise<number[]> {
  const { rows } = await db.query<{ seq: number }>(
    `with earlier as (select seq, type, event from ledger where stream = $1 and seq < $2 and kind = 'input' and type in ('forecast-recorded', 'observations-recorded', 'dust-flagged'))
     (select seq from earlier where type = 'forecast-recorded' and not (event ->> 'late')::boolean order by (event ->> 'issuedAtMs')::bigint desc, seq desc limit 1)
     union (select seq from earlier where jsonb_typeof(event -> 'assessment') = 'object' order by seq desc limit 1)
     union (select distinct on (event ->> 'flagId') seq from earlier where type = 'dust-flagged' order by event ->> 'flagId', seq desc)
     order by seq`,
    [areaStream(areaId), beforeSeq],
  );
  return rows.map((r) => r.seq);
}

/** The first row of an area recorded after an instant of real time; the last of all where there is none, or no instant is given. */
export async function areaSeqReached(db: Db, areaId: string, recordedAtMs: number | null): Promise<number> {
  const { rows } = await db.query<{ seq: number | null }>('select coalesce(min(seq) filter (where recorded_at_ms > $2), max(seq)) as seq from ledger where stream = $1', [areaStream(areaId), recordedAtMs]);
  return rows[0]?.seq ?? 0;
}

/** Rows of an area, recorded by an instant of real time, that tell of delegations: how each was made, and taken back. */
export async function delegationSeqs(db: Db, areaId: string, delegationIds: readonly string[], untilMs: number): Promise<number[]> {
  if (delegationIds.length === 0) return [];
  const { rows } = await db.query<{ seq: number }>(
    `select seq from ledger where stream = $1 and kind = 'audit' and type = 'access-changed' and recorded_at_ms <= $3
       and (event -> 'detail' ->> 'delegationId' = any ($2) or (event ->> 'change' = 'delegation-revoked' and event ->> 'subject' = any ($2))) order by seq`,
    [areaStream(areaId), delegationIds, untilMs],
  );
  return rows.map((r) => r.seq);
}

export interface StreamHead {
  readonly stream: string;
  readonly seq: number;
  readonly hash: string;
}

/** Where an area's stream and those of its episodes stand, as of one instant. */
export async function streamHeads(db: Db, areaId: string): Promise<StreamHead[]> {
  const { rows } = await db.query<StreamHead>(
    `select stream, seq, head_hash as hash from streams
     where seq > 0 and (stream = $1 or stream in (select 'episode/' || id from episodes where area_id = $2)) order by stream collate "C"`,
    [areaStream(areaId), areaId],
  );
  return rows;
}

/** The hashes now found at these places; null where there is no such row. */
export async function hashesAt(db: Db, places: readonly Pick<StreamHead, 'stream' | 'seq'>[]): Promise<(string | null)[]> {
  const { rows } = await db.query<{ hash: string | null }>(
    `select l.hash from unnest($1::text[], $2::bigint[]) with ordinality as p (stream, seq, place) left join ledger l using (stream, seq) order by p.place`,
    [places.map((p) => p.stream), places.map((p) => p.seq)],
  );
  return rows.map((r) => r.hash);
}

/** What the area's record says of its signing keys, in order. */
export async function keyChangesIn<E>(db: Db, areaId: string): Promise<{ readonly seq: number; readonly event: E }[]> {
  const { rows } = await db.query<{ seq: number; event: E }>(`select seq, event from ledger where stream = $1 and kind = 'audit' and type = 'signing-key-changed' order by seq`, [areaStream(areaId)]);
  return rows;
}

/** The newest signed head on an area's record, or that of a day; null when there is none. */
export async function headOnRecord(db: Db, areaId: string, day: string | null): Promise<{ readonly day: string; readonly digest: string; readonly fingerprint: string } | null> {
  const { rows } = await db.query<{ day: string; digest: string; fingerprint: string }>(
    `select event ->> 'day' as day, event ->> 'digest' as digest, event ->> 'fingerprint' as fingerprint from ledger
     where stream = $1 and kind = 'audit' and type = 'chain-head-signed' and ($2::text is null or event ->> 'day' = $2) order by seq desc limit 1`,
    [areaStream(areaId), day],
  );
  return rows[0] ?? null;
}
