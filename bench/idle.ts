/** Bench (d): what episodes that only wait cost the worker's memory; and how long so many take to begin. */
import { passingSigner } from '../evidence/signature.js';
import { setTimeout as pause } from 'node:timers/promises';
import { databaseClock } from '../db/clock.js';
import { savePlan, setAreaPlan } from '../db/plans.js';
import { addDays, dayOf } from '../domain/time.js';
import { loadPlan } from '../plans/load.js';
import { temporalEngine } from '../usecases/temporal-engine.js';
import { signalWatch } from '../activities/engine.js';
import { City } from '../test/support/city.js';
import { residentMb } from './measure/cpu.js';
import { rounded } from './measure/numbers.js';
import { startStand } from './stand.js';

const TASK_QUEUE = 'qingkong';
const AT_ONCE = 10;
const SETTLE_MS = 10_000;

export interface IdleResults {
  readonly episodes: number;
  readonly startedInS: number;
  readonly workerMb: { readonly before: number; readonly after: number; readonly per1000: number };
}

export async function benchIdle(episodes: number, say: (line: string) => void): Promise<IdleResults> {
  const stand = await startStand();
  try {
    const { pool, client } = stand;
    const worker = await stand.run('worker', 'workers/main.ts', [], stand.workerEnv(TASK_QUEUE));
    await stand.untilPolled(TASK_QUEUE);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const deps = { pool, clock: databaseClock, log, signer: passingSigner(), engine: temporalEngine({ client, taskQueue: TASK_QUEUE, pool, log, pokeWatch: (areaId) => signalWatch(client, TASK_QUEUE, areaId) }) };
    const planDigest = await savePlan(pool, loadPlan('kuitun-2023'), Date.now());
    const cities = Array.from({ length: episodes + 1 }, (_, i) => new City(deps, `area-${i}`));
    for (const { areaId } of cities) await setAreaPlan(pool, areaId, planDigest);
    const begin = async (city: City) => {
      const nowMs = Date.now();
      await city.forecast(nowMs, [60, 230, 230, 60, 60].map((aqi, i) => ({ date: addDays(dayOf(nowMs), i), aqi })));
    };
    await begin(cities[0]!);
    await cities[0]!.begun();
    await pause(SETTLE_MS);
    const before = residentMb(worker.pid);
    const startedAt = performance.now();
    const waiting = cities.slice(1);
    await Promise.all(Array.from({ length: AT_ONCE }, async (_, lane) => {
      for (let i = lane; i < waiting.length; i += AT_ONCE) await begin(waiting[i]!);
    }));
    for (const city of waiting) await city.begun(600_000);
    const startedInS = (performance.now() - startedAt) / 1000;
    await pause(SETTLE_MS);
    const after = residentMb(worker.pid);
    const results = {
      episodes,
      startedInS: rounded(startedInS),
      workerMb: { before: rounded(before), after: rounded(after), per1000: rounded(((after - before) / episodes) * 1000) },
    };
    say(`${episodes} waiting episodes: begun in ${results.startedInS} s, worker ${results.workerMb.before} → ${results.workerMb.after} MB`);
    return results;
  } finally {
    await stand.stop();
  }
}
