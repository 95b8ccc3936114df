/** The worker's process: settings, connections, bundle, work, and a clean end. */
import { pino } from 'pino';
import type { Connection } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../config/env.js';
import { databaseClock } from '../db/clock.js';
import { createPool, type Pool } from '../db/pool.js';
import { bundleWorkflows } from './bundle.js';
import { connectWhenReachable } from './connect.js';
import { sweepOf } from './sweep.js';
import { ensureSearchAttributes } from './search-attributes.js';
import { createWorker } from './worker.js';

const LOOK_EVERY_MS = 5_000;

const config = readConfig();
const log = pino({ level: config.logLevel, base: { part: 'worker' } });
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

if (config.databaseUrl === undefined) throw new Error('DATABASE_URL is not set: give the URL of the database, or use "npm start"');
// The SDK's own log goes where ours goes.
Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });

const pool = createPool(config.databaseUrl, { onIdleError: (error) => log.warn({ reason: error.message }, 'a database connection broke') });
const [bundle, engine] = await Promise.all([bundleWorkflows(), connectWhenReachable(config.temporal, log, stopping.signal)]);
if (engine) {
  const { namespace, taskQueue } = config.temporal;
  await ensureSearchAttributes(engine.client.connection as Connection, namespace);
  const worker = await createWorker({ connection: engine.native, client: engine.client, namespace, taskQueue, pool, clock: databaseClock, bundle });
  stopping.signal.addEventListener('abort', () => worker.shutdown());
  const looking = sweepWhenBack(pool, sweepOf({ pool, client: engine.client, taskQueue, log }));
  if (stopping.signal.aborted) worker.shutdown();
  log.info({ namespace, taskQueue }, 'working');
  await worker.run();
  stopping.abort();
  await looking;
  await engine.close();
}
await pool.end();

/** Sweeps at the start, and again whenever the database answers after it did not. */
async function sweepWhenBack(db: Pool, sweep: () => Promise<void>): Promise<void> {
  let isSwept = false;
  while (!stopping.signal.aborted) {
    try {
      if (isSwept) await db.query('select 1');
      else await sweep();
      isSwept = true;
    } catch (error) {
      if (isSwept) log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the database is out of reach');
      isSwept = false;
    }
    await pause(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
}
