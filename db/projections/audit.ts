import { attestedAtMs } from '../../domain/act.js';
import type { EpisodeAudit } from '../../domain/delivery.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Tx } from '../pool.js';
import { itemsOfDelivery, writeInbox } from './inbox.js';
import { projectDelivered, projectReceipt } from './notices.js';

/** What is recorded around an episode: deliveries with their inbox items, receipts, its archive. All is asked in one turn: the commit may follow in it. */
export async function projectAudit(tx: Tx, episode: { readonly id: string; readonly areaId: string }, row: LedgerRow): Promise<void> {
  const event = row.event as EpisodeAudit;
  switch (event.type) {
    case 'notice-delivered':
      await Promise.all([projectDelivered(tx, episode.id, event), event.channel === 'inbox' && writeInbox(tx, episode, itemsOfDelivery(event).map((item) => ({ row, item })))]);
      return;
    case 'notice-receipted':
      return projectReceipt(tx, episode.id, event.noticeId, event.recipient, attestedAtMs(event.act, event.atMs), event.act.actor);
    case 'history-archived':
      await tx.query('insert into archives (episode_id, digest, archived_at_ms) values ($1, $2, $3) on conflict (episode_id) do update set digest = excluded.digest, archived_at_ms = excluded.archived_at_ms', [
        episode.id,
        event.digest,
        event.atMs,
      ]);
      return;
    case 'refused':
      return;
  }
}
