/** Carries one notice to every recipient over every channel, for as long as it takes; a receipt of each is on record. */
import { condition, setHandler } from '@temporalio/workflow';
import { MINUTE_MS } from '../domain/time.js';
import { type ChannelRef, type DisseminationInput, pokeSignal } from './messages.js';
import { deliveryOutside, deliveryWithin, untilDone } from './retry.js';

const AGAIN_AFTER_MS = 5 * MINUTE_MS;
/** Whom a channel has not reached by then is the duty officer's to ring: the notice's page names them. */
const ATTEMPTS = 12;

export async function dissemination({ episodeId, noticeId, channels }: DisseminationInput): Promise<void> {
  let pokes = 0;
  setHandler(pokeSignal, () => void pokes++);
  await Promise.all(channels.map((channel) => deliverOver(channel)));

  async function deliverOver({ id: channel, isWithin }: ChannelRef): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const delivery = { episodeId, noticeId, channel };
      const { unreached } = isWithin ? await untilDone(() => deliveryWithin.deliverNotice(delivery), () => pokes) : await deliveryOutside.deliverNotice(delivery);
      if (unreached.length === 0) return;
      const heard = pokes;
      await condition(() => pokes !== heard, AGAIN_AFTER_MS, { summary: `${channel}：${unreached.length} 个未送达` });
    }
  }
}
