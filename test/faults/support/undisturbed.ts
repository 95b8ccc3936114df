/** The script on a system that nothing happens to: the real workflows and the real API, time skipped by Temporal's test server. */
import { passingSigner } from '../../../evidence/signature.js';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../api/app.js';
import { signalWatch } from '../../../activities/engine.js';
import { addDrillArea } from '../../../db/plans.js';
import { toRealMs } from '../../../domain/clock.js';
import type { Plan } from '../../../domain/plan.js';
import { seedDemo } from '../../../usecases/demo.js';
import { temporalEngine } from '../../../usecases/temporal-engine.js';
import { testEngine } from '../../support/engine.js';
import { Desk } from './desk.js';
import { episodeOfArea } from './episode.js';
import { type EpisodeRecord, episodeRecord } from './record.js';
import { BEGINS_MS, playEpisode } from './script.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function undisturbedRun(plan: Plan): Promise<EpisodeRecord> {
  const engine = await testEngine(plan);
  const { env, clock, taskQueue } = engine;
  const { pool } = engine.db;
  const areaId = `${plan.areaId}-undisturbed`;
  const affine = { realOriginMs: await env.currentTimeMs(), planOriginMs: BEGINS_MS, rate: 1 };
  await addDrillArea(pool, { areaId, drillsArea: plan.areaId, clock: affine });
  const accounts = await seedDemo({ pool, clock }, plan);
  const { client } = env;
  const app = createApp({ pool, clock, log: silent, signer: passingSigner(), engine: temporalEngine({ client, taskQueue, pool, log: silent, pokeWatch: (area) => signalWatch(client, taskQueue, area) }) });
  const server = createServer(app.express).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const desk = new Desk(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, new Map(accounts.map((a) => [a.login, a.token])));
    const until = async (planMs: number): Promise<void> => {
      await env.sleep(Math.max(1, toRealMs(affine, planMs) - (await env.currentTimeMs())));
    };
    await playEpisode(plan, { desk, areaId, until, episodeId: () => episodeOfArea(pool, areaId), strike: () => undefined, quiet: () => Promise.resolve() });
    return await episodeRecord(pool, await episodeOfArea(pool, areaId));
  } finally {
    server.closeAllConnections();
    server.close();
    await app.close();
    await engine.close();
  }
}
