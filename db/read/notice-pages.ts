/** Notices with whom they reached and who confirmed. */
import type { Signatory } from '../../domain/act.js';
import type { NoticeFacts } from '../../domain/episode/events.js';
import type { Db } from '../pool.js';

export interface Delivery {
  readonly recipient: string;
  readonly channel: string;
  readonly deliveredAtMs: number;
  readonly receiptAtMs: number | null;
  readonly receiptBy: Signatory | null;
}

export interface NoticeRow {
  readonly id: string;
  readonly action: string;
  readonly clause: string;
  readonly facts: NoticeFacts;
  readonly issuedAtMs: number;
  readonly supersededBy: string | null;
  readonly seq: number;
  readonly deliveries: readonly Delivery[];
}

const QUERY = `select id, action, clause, facts, issued_at_ms as "issuedAtMs", superseded_by as "supersededBy", seq, coalesce(
    (select jsonb_agg(jsonb_build_object('recipient', recipient, 'channel', channel, 'deliveredAtMs', delivered_at_ms, 'receiptAtMs', receipt_at_ms, 'receiptBy', receipt_by) order by recipient, channel)
     from deliveries d where d.episode_id = n.episode_id and d.notice_id = n.id), '[]') as deliveries
  from notices n where episode_id = $1`;

/** In the order of their issue. */
export async function noticesOf(db: Db, episodeId: string): Promise<NoticeRow[]> {
  const { rows } = await db.query<NoticeRow>(`${QUERY} order by seq`, [episodeId]);
  return rows;
}

export async function noticeById(db: Db, episodeId: string, id: string): Promise<NoticeRow | null> {
  const { rows } = await db.query<NoticeRow>(`${QUERY} and id = $2`, [episodeId, id]);
  return rows[0] ?? null;
}
