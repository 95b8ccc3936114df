/** Carries notices over the channels and puts each delivery on record. */
import type { ReceiptClock } from '../db/clock.js';
import { appendEpisodeAudit } from '../db/ledger/audit.js';
import type { Pool } from '../db/pool.js';
import { readNoticeDeliveries } from '../db/read/notices.js';
import { digestOf } from '../domain/digest.js';
import { CHANNELS } from './channels.js';
import type { DisseminationActivities } from './contract.js';

export interface DisseminationDeps {
  readonly pool: Pool;
  readonly clock: ReceiptClock;
}

export function createDisseminationActivities({ pool, clock }: DisseminationDeps): DisseminationActivities {
  return {
    deliverNotice: async ({ episodeId, noticeId, channel: channelId }) => {
      const channel = CHANNELS.find((c) => c.id === channelId);
      const notice = await readNoticeDeliveries(pool, episodeId, noticeId, channelId);
      if (!channel || !notice) throw new Error(`no channel "${channelId}" or no notice ${noticeId} of ${episodeId}`);
      const waiting = notice.recipients.filter((r) => !notice.delivered.includes(r));
      const reached = waiting.length === 0 ? [] : await channel.deliver({ episodeId, noticeId }, waiting);
      if (reached.length > 0) {
        const commandId = `deliver:${noticeId}:${channelId}:${digestOf(reached).slice(0, 16)}`;
        const event = { type: 'notice-delivered', clause: notice.clause, noticeId, channel: channelId, recipients: reached } as const;
        await appendEpisodeAudit(pool, { episodeId, commandId, clock, event });
      }
      return { unreached: waiting.filter((r) => !reached.includes(r)) };
    },
  };
}
