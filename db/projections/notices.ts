import type { EpisodeAudit } from '../../domain/delivery.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { Tx } from '../pool.js';

type AuditOf<T extends EpisodeAudit['type']> = Extract<EpisodeAudit, { type: T }>;

/** Notices are kept as issued; a later one supersedes, nothing edits (R32). */
export async function projectNotices(tx: Tx, episodeId: string, event: EpisodeEvent, seq: number): Promise<void> {
  if (!('notice' in event)) return;
  const { notice } = event;
  const kept = tx.query('insert into notices (episode_id, id, action, clause, facts, issued_at_ms, seq) values ($1, $2, $3, $4, $5, $6, $7)', [
    episodeId,
    notice.id,
    notice.action,
    event.clause,
    JSON.stringify(notice),
    event.atMs,
    seq,
  ]);
  const superseded = notice.supersedes === null ? null : tx.query('update notices set superseded_by = $3 where episode_id = $1 and id = $2', [episodeId, notice.supersedes, notice.id]);
  await Promise.all([kept, superseded]);
}

/** A unit that acknowledged before the channel reported its delivery has received it all the same. */
export async function projectDelivered(tx: Tx, episodeId: string, { noticeId, channel, recipients, atMs }: AuditOf<'notice-delivered'>): Promise<void> {
  await tx.query(
    `insert into deliveries (episode_id, notice_id, recipient, channel, delivered_at_ms, receipt_at_ms, receipt_by)
     select $1, $2, recipient, $4, $5, s.counts_at_ms, s.act -> 'actor'
     from unnest($3::text[]) as r (recipient)
     left join submissions s on s.episode_id = $1 and s.version = 1 and s.obligation_id = 'acknowledgement:' || $2 || ':' || substr(recipient, length('unit:') + 1)
     on conflict do nothing`,
    [episodeId, noticeId, recipients, channel, atMs],
  );
}

/** The first receipt of a recipient counts, for every channel it was told by. */
export async function projectReceipt(tx: Tx, episodeId: string, noticeId: string, recipient: string, atMs: number, by: object): Promise<void> {
  await tx.query(
    'update deliveries set receipt_at_ms = $4, receipt_by = $5 where episode_id = $1 and notice_id = $2 and recipient = $3 and receipt_at_ms is null',
    [episodeId, noticeId, recipient, atMs, JSON.stringify(by)],
  );
}
