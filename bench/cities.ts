/** Areas on a real server and worker, each with people at their desks. */
import { signalWatch } from '../activities/engine.js';
import { databaseClock } from '../db/clock.js';
import { savePlan, setAreaPlan } from '../db/plans.js';
import { addDays, dayOf } from '../domain/time.js';
import { passingSigner } from '../evidence/signature.js';
import { loadPlan } from '../plans/load.js';
import { City } from '../test/support/city.js';
import { temporalEngine } from '../usecases/temporal-engine.js';
import type { Stand } from './stand.js';

const TASK_QUEUE = 'qingkong';
/** Of what nobody waits for a desk to be free. */
const AT_ONCE = 10;

export interface Cities {
  readonly workerPid: number;
  readonly cities: readonly City[];
}

export async function startCities(stand: Stand, count: number): Promise<Cities> {
  const { pool, client } = stand;
  const worker = await stand.run('worker', 'workers/main.ts', [], stand.workerEnv(TASK_QUEUE));
  await stand.untilPolled(TASK_QUEUE);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = temporalEngine({ client, taskQueue: TASK_QUEUE, pool, log, pokeWatch: (areaId) => signalWatch(client, TASK_QUEUE, areaId) });
  const deps = { pool, clock: databaseClock, log, signer: passingSigner(), engine };
  const planDigest = await savePlan(pool, loadPlan('kuitun-2023'), Date.now());
  const cities = Array.from({ length: count }, (_, i) => new City(deps, `area-${i}`));
  for (const { areaId } of cities) await setAreaPlan(pool, areaId, planDigest);
  return { workerPid: worker.pid, cities };
}

/** Two polluted days from tomorrow on: an episode begins. */
export async function forecastPollution(city: City): Promise<void> {
  const nowMs = Date.now();
  await city.forecast(nowMs, [60, 230, 230, 60, 60].map((aqi, i) => ({ date: addDays(dayOf(nowMs), i), aqi })));
}

/** Each city's turn, some at once. */
export async function inTurns(cities: readonly City[], work: (city: City) => Promise<void>): Promise<void> {
  const waiting = cities.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const city of waiting) await work(city);
  }));
}
