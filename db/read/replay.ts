/** What a replay reads besides an episode's own rows: where a stream stands, and what its area recorded. */
import type { AreaEvent } from '../../domain/area.js';
import { areaStream } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

/** A row of the area's stream without the assessment that it carries. */
export interface AreaFact {
  readonly seq: number;
  /** Real time. */
  readonly recordedAtMs: number;
  readonly planAtMs: number;
  readonly event: WithoutAssessment<AreaEvent>;
  /** The instants that its observations are of; null for what observes nothing. */
  readonly coversFromMs: number | null;
  readonly coversToMs: number | null;
}

type WithoutAssessment<E> = E extends unknown ? Omit<E, 'assessment'> : never;

/** The last row of a stream; null when it has none. */
export async function streamHead(db: Db, stream: string): Promise<{ readonly seq: number; readonly hash: string } | null> {
  const { rows } = await db.query<{ seq: number; hash: string }>('select seq, head_hash as hash from streams where stream = $1 and seq > 0', [stream]);
  return rows[0] ?? null;
}

/** The plan time of the last row that an area recorded; 0 when it has none. */
export async function lastRecordedOfArea(db: Db, areaId: string): Promise<number> {
  const { rows } = await db.query<{ planAtMs: number }>('select plan_at_ms as "planAtMs" from ledger where stream = $1 order by seq desc limit 1', [areaStream(areaId)]);
  return rows[0]?.planAtMs ?? 0;
}

/** An area's inputs after a sequence, recorded between two instants of plan time, in order. */
export async function areaFacts(db: Db, areaId: string, { afterSeq, fromMs, untilMs }: { readonly afterSeq: number; readonly fromMs: number; readonly untilMs: number }): Promise<AreaFact[]> {
  const { rows } = await db.query<AreaFact>(
    `select l.seq, l.recorded_at_ms as "recordedAtMs", l.plan_at_ms as "planAtMs", l.event - 'assessment' as event, c.from_ms as "coversFromMs", c.to_ms as "coversToMs"
     from ledger l
     left join lateral (
       select min((r ->> 'atMs')::bigint) as from_ms, max((r ->> 'atMs')::bigint) as to_ms
       from documents d cross join lateral jsonb_array_elements(convert_from(d.body, 'UTF8')::jsonb -> 'rows') as r
       where d.digest = l.event ->> 'digest'
     ) c on l.type = 'observations-recorded'
     where l.stream = $1 and l.seq > $2 and l.kind = 'input' and l.plan_at_ms between $3 and $4
     order by l.seq`,
    [areaStream(areaId), afterSeq, fromMs, untilMs],
  );
  return rows;
}
