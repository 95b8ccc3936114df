/** What a what-if asks of the record besides the streams. */
import { areaStream } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

/** The last row of the area's stream that an episode opened before this instant took in; 0 when there is none. */
export async function takenInBefore(db: Db, areaId: string, openedBeforeMs: number): Promise<number> {
  const { rows } = await db.query<{ seq: number | null }>(`select max(area_seq) as seq from episodes where area_id = $1 and opened_at_ms < $2`, [areaId, openedBeforeMs]);
  return rows[0]?.seq ?? 0;
}

/** The last row of an area recorded up to an instant of plan time. */
export async function lastAreaSeqBy(db: Db, areaId: string, planAtMs: number): Promise<number> {
  const { rows } = await db.query<{ seq: number | null }>('select max(seq) as seq from ledger where stream = $1 and plan_at_ms <= $2', [areaStream(areaId), planAtMs]);
  return rows[0]?.seq ?? 0;
}

/** JSON documents by digest. */
export async function jsonDocuments(db: Db, digests: readonly string[]): Promise<Map<string, unknown>> {
  const { rows } = await db.query<{ digest: string; body: Buffer }>('select digest, body from documents where digest = any($1)', [digests]);
  return new Map(rows.map(({ digest, body }) => [digest, JSON.parse(body.toString('utf8')) as unknown]));
}
