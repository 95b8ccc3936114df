import type { Contestant } from '../episode/contestant.js';
import { CALENDAR, type Sample, sampleKindOf, timed, until } from '../episode/workload.js';
import type { Stand } from '../stand.js';
import { TABLES, take } from './service.js';

export async function tablesContestant({ owner }: Stand): Promise<Contestant> {
  await owner.query(TABLES);
  return {
    name: 'tables',
    pids: [],
    prepare: () => Promise.resolve(),
    play: async (id, pace) => {
      const samples: Sample[] = [];
      for (const { atMs, acts } of CALENDAR) {
        await until(pace, atMs);
        for (const act of acts) await timed(sampleKindOf(act), samples, () => take(owner, id, act));
      }
      return samples;
    },
    historyOf: () => Promise.resolve({ events: 0, bytes: 0 }),
  };
}
