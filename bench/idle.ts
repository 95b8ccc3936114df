/** Bench (d): what episodes that only wait cost the worker's memory; and how long so many take to begin. */
import { setTimeout as pause } from 'node:timers/promises';
import { forecastPollution, inTurns, startCities } from './cities.js';
import { residentMb } from './measure/cpu.js';
import { rounded } from './measure/numbers.js';
import { MAX_CACHED_WORKFLOWS } from '../workers/worker.js';
import { startStand } from './stand.js';

const SETTLE_MS = 10_000;
const BEGUN_WITHIN_MS = 600_000;

export interface IdleResults {
  readonly episodes: number;
  readonly startedInS: number;
  /** Of the worker alone. Beyond those it keeps in memory an episode rests with the server, and is read again when it wakes. */
  readonly keptInMemory: number;
  readonly workerMb: { readonly before: number; readonly after: number; readonly perKeptEpisode: number };
}

export async function benchIdle(episodes: number, say: (line: string) => void): Promise<IdleResults> {
  const stand = await startStand();
  try {
    const { workerPid, cities } = await startCities(stand, episodes + 1);
    const [first, ...waiting] = cities;
    await forecastPollution(first!);
    await first!.begun();
    await pause(SETTLE_MS);
    const before = residentMb(workerPid);
    const startedAt = performance.now();
    await inTurns(waiting, forecastPollution);
    for (const city of waiting) await city.begun(BEGUN_WITHIN_MS);
    const startedInS = (performance.now() - startedAt) / 1000;
    await pause(SETTLE_MS);
    const after = residentMb(workerPid);
    const kept = Math.min(episodes, MAX_CACHED_WORKFLOWS);
    const results = {
      episodes,
      startedInS: rounded(startedInS),
      keptInMemory: kept,
      workerMb: { before: rounded(before), after: rounded(after), perKeptEpisode: rounded((after - before) / kept) },
    };
    say(`${episodes} waiting episodes: begun in ${results.startedInS} s, worker ${results.workerMb.before} → ${results.workerMb.after} MB with ${kept} of them in memory`);
    return results;
  } finally {
    await stand.stop();
  }
}
