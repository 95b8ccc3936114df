/** Archived histories, and what is on an area's record about looking at it and replaying it. */
import { areaStream } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

export interface Archive {
  readonly episodeId: string;
  readonly number: string;
  /** The area whose rights hold for it. */
  readonly areaId: string;
  readonly rightsAreaId: string;
  /** Of the history, kept as a document. */
  readonly digest: string;
}

const QUERY = `select r.episode_id as "episodeId", e.number, e.area_id as "areaId", coalesce(a.drills_area, a.area_id) as "rightsAreaId", r.digest
  from archives r join episodes e on e.id = r.episode_id join areas a using (area_id)`;

export async function archiveOf(db: Db, episodeId: string): Promise<Archive | null> {
  const { rows } = await db.query<Archive>(`${QUERY} where r.episode_id = $1`, [episodeId]);
  return rows[0] ?? null;
}

/** Of an area and of the drills held for it, oldest first. */
export async function archivesOf(db: Db, areaId: string): Promise<Archive[]> {
  const { rows } = await db.query<Archive>(`${QUERY} where coalesce(a.drills_area, a.area_id) = $1 order by r.archived_at_ms, r.episode_id`, [areaId]);
  return rows;
}

export interface AuditRow<E> {
  readonly seq: number;
  /** Real time. */
  readonly recordedAtMs: number;
  readonly event: E;
}

export interface AuditQuery {
  readonly types: readonly string[];
  /** Only rows before this one; the page's cursor. */
  readonly beforeSeq?: number | null;
  readonly episodeId?: string;
  readonly limit: number;
}

/** What an area's stream holds of these types, newest first. */
export async function auditRows<E>(db: Db, areaId: string, { types, beforeSeq = null, episodeId, limit }: AuditQuery): Promise<AuditRow<E>[]> {
  const { rows } = await db.query<AuditRow<E>>(
    `select seq, recorded_at_ms as "recordedAtMs", event from ledger
     where stream = $1 and kind = 'audit' and type = any($2) and ($3::bigint is null or seq < $3) and ($4::text is null or event ->> 'episodeId' = $4)
     order by seq desc limit $5`,
    [areaStream(areaId), types, beforeSeq, episodeId ?? null, limit],
  );
  return rows;
}
