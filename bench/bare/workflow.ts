/**
 * What one would write first: a workflow that takes each message as an Update
 * and keeps it by an ordinary activity. It knows no plan and no deadline.
 */
import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './activities.js';

export const messageUpdate = defineUpdate<number, [string, object]>('message');

const { keep } = proxyActivities<BareActivities>({ startToCloseTimeout: '10 s' });

export async function bare(episodeId: string, wanted: number): Promise<void> {
  let kept = 0;
  setHandler(messageUpdate, async (id, message) => {
    const seq = await keep(episodeId, id, message);
    kept++;
    return seq;
  });
  await condition(() => kept === wanted);
}
