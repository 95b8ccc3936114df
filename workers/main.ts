/** The worker's process: settings, connections, bundle, work, and a clean end. */
import { pino } from 'pino';
import type { Connection } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { readConfig } from '../config/env.js';
import { databaseClock } from '../db/clock.js';
import { createPool } from '../db/pool.js';
import { archiverOf } from './archive.js';
import { cachedBundle } from './bundle.js';
import { connectWhenReachable } from './connect.js';
import { beat } from './heartbeat.js';
import { lookAfterEpisodes } from './look.js';
import { newsTeller, sweepOf } from './sweep.js';
import { ensureSearchAttributes } from './search-attributes.js';
import { createWorker } from './worker.js';

const config = readConfig();
const log = pino({ level: config.logLevel, base: { part: 'worker' } });
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

if (config.databaseUrl === undefined) throw new Error('DATABASE_URL is not set: give the URL of the database, or use "npm start"');
// The SDK's own log goes where ours goes.
Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });

const pool = createPool(config.databaseUrl, { onIdleError: (error) => log.warn({ reason: error.message }, 'a database connection broke') });
const [bundle, engine] = await Promise.all([cachedBundle(config.binaries.cacheDir), connectWhenReachable(config.temporal, log, stopping.signal)]);
if (engine) {
  const { namespace, taskQueue } = config.temporal;
  const connection = engine.client.connection as Connection;
  await ensureSearchAttributes(connection, namespace);
  const worker = await createWorker({ connection: engine.native, client: engine.client, namespace, taskQueue, pool, clock: databaseClock, bundle });
  stopping.signal.addEventListener('abort', () => worker.shutdown());
  const deps = { pool, client: engine.client, taskQueue, log };
  const looking = lookAfterEpisodes({ pool, connection, sweep: sweepOf(deps), tellNews: newsTeller(deps), keepHistories: archiverOf({ ...deps, clock: databaseClock }), log, signal: stopping.signal });
  const beating = beat({ pool, taskQueue, signal: stopping.signal });
  if (stopping.signal.aborted) worker.shutdown();
  log.info({ namespace, taskQueue }, 'working');
  await worker.run();
  stopping.abort();
  await Promise.all([looking, beating]);
  await engine.close();
}
await pool.end();
