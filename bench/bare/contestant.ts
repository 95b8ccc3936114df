import type { Daemon } from '../../embedded/daemon.js';
import type { Contestant } from '../episode/contestant.js';
import { historySizeOf } from '../episode/history.js';
import { CALENDAR, type Sample, sampleKindOf, timed, until } from '../episode/workload.js';
import type { Stand } from '../stand.js';
import { BARE_TABLE } from './activities.js';
import { messageUpdate } from './workflow.js';

const TASK_QUEUE = 'bare';
const MESSAGES = CALENDAR.reduce((sum, { acts }) => sum + acts.length, 0);

export async function bareContestant({ client, owner, ownerUrl, temporalAddress, namespace, run, untilPolled }: Stand): Promise<Contestant> {
  await owner.query(BARE_TABLE);
  const worker: Daemon = await run('bare-worker', 'bench/bare/worker.ts', [temporalAddress, namespace, TASK_QUEUE, ownerUrl], {});
  await untilPolled(TASK_QUEUE);
  const handleOf = (id: string) => client.workflow.getHandle(`bare/${id}`);
  return {
    name: 'bare',
    pids: [worker.pid],
    prepare: () => Promise.resolve(),
    play: async (id, pace) => {
      const samples: Sample[] = [];
      await client.workflow.start('bare', { workflowId: `bare/${id}`, taskQueue: TASK_QUEUE, args: [id, MESSAGES] });
      for (const [hour, { atMs, acts }] of CALENDAR.entries()) {
        await until(pace, atMs);
        for (const [at, act] of acts.entries())
          await timed(sampleKindOf(act), samples, () => handleOf(id).executeUpdate(messageUpdate, { args: [`${hour}.${at}`, act] }));
      }
      await handleOf(id).result();
      return samples;
    },
    historyOf: (id) => historySizeOf(client, [`bare/${id}`]),
  };
}
