import type { NoticeFacts } from '../../domain/episode/events.js';
import type { Db } from '../pool.js';

export interface NoticeDeliveries {
  readonly clause: string;
  readonly recipients: readonly string[];
  /** Whom the channel has reached, and who has confirmed the notice, whichever way it came: they are not told again. */
  readonly delivered: readonly string[];
}

export async function readNoticeDeliveries(db: Db, episodeId: string, noticeId: string, channel: string): Promise<NoticeDeliveries | null> {
  const { rows } = await db.query<{ clause: string; facts: NoticeFacts; delivered: string[] }>(
    `select clause, facts, array(select recipient from deliveries d where d.episode_id = n.episode_id and d.notice_id = n.id and (d.channel = $3 or d.receipt_at_ms is not null)) as delivered
     from notices n where episode_id = $1 and id = $2`,
    [episodeId, noticeId, channel],
  );
  const [row] = rows;
  return row ? { clause: row.clause, recipients: row.facts.recipients, delivered: row.delivered } : null;
}
