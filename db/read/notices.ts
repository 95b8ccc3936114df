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

/** Notices with somebody whom no channel has reached. */
export async function undeliveredNotices(db: Db): Promise<{ readonly episodeId: string; readonly noticeId: string }[]> {
  const { rows } = await db.query<{ episodeId: string; noticeId: string }>(
    `select episode_id as "episodeId", id as "noticeId" from notices n
     where exists (select 1 from jsonb_array_elements_text(n.facts -> 'recipients') as r (recipient)
                   where not exists (select 1 from deliveries d where d.episode_id = n.episode_id and d.notice_id = n.id and d.recipient = r.recipient))`,
    [],
  );
  return rows;
}
