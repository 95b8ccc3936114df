/** The whole system for a season: a real Temporal (the time-skipping server), PostgreSQL, worker and HTTP API, for as long as it is played. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { signalWatch } from '../../activities/engine.js';
import { createApp } from '../../api/app.js';
import type { Config } from '../../config/env.js';
import { clockBeside } from '../../db/clock.js';
import { APP_ROLE, migrate } from '../../db/migrate.js';
import { savePlan, setAreaClock, setAreaPlan } from '../../db/plans.js';
import { createPool, type Pool, withUser } from '../../db/pool.js';
import { type AffineClock, toPlanMs, toRealMs } from '../../domain/clock.js';
import type { Plan } from '../../domain/plan.js';
import { temporalTestServer } from '../../embedded/binaries.js';
import { passingSigner } from '../../evidence/signature.js';
import { patientTasks } from '../../embedded/patient-tasks.js';
import { startPostgres } from '../../embedded/postgres.js';
import { seedDemo } from '../../usecases/demo.js';
import { temporalEngine } from '../../usecases/temporal-engine.js';
import { cachedBundle } from '../../workers/bundle.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { createWorker } from '../../workers/worker.js';
import { type Office, officeAt } from '../people/office.js';

export interface City {
  readonly pool: Pool;
  readonly areaId: string;
  planNowMs(): Promise<number>;
  /** Lets time pass to an instant of plan time; what falls due on the way happens then. */
  sleepUntil(planMs: number): Promise<void>;
  readonly office: Office;
  close(): Promise<void>;
}

export type Say = (line: string) => void;

const quiet = (): void => undefined;

export async function startCity(config: Config, plan: Plan, startPlanMs: number, say: Say): Promise<City> {
  const ending: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    return await build(config, plan, startPlanMs, say, ending, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(config: Config, plan: Plan, startPlanMs: number, say: Say, ending: (() => Promise<unknown>)[], close: () => Promise<void>): Promise<City> {
  const folder = await mkdtemp(join(tmpdir(), 'qingkong-season-'));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });

  const path = await temporalTestServer(config.binaries, say);
  const env = await TestWorkflowEnvironment.createTimeSkipping({ client: { interceptors: { workflow: [patientTasks] } }, server: { executable: { type: 'existing-path', path } } });
  ending.push(() => env.teardown());
  // Its record lasts as long as the season is played: a crash may lose it.
  const postgres = await startPostgres({ dataDir: folder, cacheDir: config.binaries.cacheDir, log: say, durability: 'none' });
  ending.push(() => postgres.stop());
  await migrate(postgres.url, quiet, { appPassword: postgres.appPassword });
  const pool = createPool(withUser(postgres.url, APP_ROLE, postgres.appPassword));
  ending.push(() => pool.end());

  const clock = clockBeside(() => env.currentTimeMs());
  const planClock: AffineClock = { realOriginMs: await env.currentTimeMs(), planOriginMs: startPlanMs, rate: 1 };
  const { areaId } = plan;
  await setAreaPlan(pool, areaId, await savePlan(pool, plan, planClock.realOriginMs));
  await setAreaClock(pool, areaId, planClock);
  const accounts = await seedDemo({ pool, clock }, plan, areaId);

  const namespace = env.namespace ?? 'default';
  const taskQueue = 'season';
  await ensureSearchAttributes(env.connection, namespace);
  const worker = await createWorker({ connection: env.nativeConnection, client: env.client, namespace, taskQueue, pool, clock, bundle: await cachedBundle(config.binaries.cacheDir) });
  const working = worker.run();
  ending.push(() => {
    worker.shutdown();
    return working;
  });

  const log = { info: quiet, warn: (_: object, message: string) => say(message), error: (detail: object, message: string) => say(`${message} ${JSON.stringify(detail)}`) };
  const engine = temporalEngine({ client: env.client, taskQueue, pool, log, pokeWatch: (area) => signalWatch(env.client, taskQueue, area) });
  const app = createApp({ pool, clock, engine, log, signer: passingSigner() });
  const server = createServer(app.express);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ending.push(async () => {
    await app.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  return {
    pool,
    areaId,
    planNowMs: async () => toPlanMs(planClock, await env.currentTimeMs()),
    sleepUntil: async (planMs) => {
      const leftMs = toRealMs(planClock, planMs) - (await env.currentTimeMs());
      if (leftMs > 0) await env.sleep(leftMs);
    },
    office: officeAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, accounts),
    close,
  };
}
