/** The API's process: settings, connections that may come later, server, and a clean end. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { Client, Connection } from '@temporalio/client';
import { signalWatch } from '../activities/engine.js';
import { readConfig } from '../config/env.js';
import { databaseClock } from '../db/clock.js';
import { createPool } from '../db/pool.js';
import { HOUR_MS } from '../domain/time.js';
import { openKey } from '../evidence/keys.js';
import { keepHouse } from '../usecases/housekeeping.js';
import { replayNightly } from '../usecases/replay-history.js';
import { temporalEngine } from '../usecases/temporal-engine.js';
import { createApp } from './app.js';

/** Requests under way get this long at the end. */
const END_WITHIN_MS = 10_000;

const config = readConfig();
const log = pino({ level: config.logLevel, base: { part: 'api' } });
if (config.databaseUrl === undefined) throw new Error('DATABASE_URL is not set: give the URL of the database, or use "npm start"');

const pool = createPool(config.databaseUrl, { max: 20, onIdleError: (error) => log.warn({ reason: error.message }, 'a database connection broke') });
const { address = '127.0.0.1:7233', namespace, taskQueue, tls, apiKey } = config.temporal;
// Units file and read while the engine is away: nothing waits for it here.
const connection = Connection.lazy({ address, ...(tls === undefined ? {} : { tls }), ...(apiKey === undefined ? {} : { apiKey }) });
const client = new Client({ connection, namespace });
const engine = temporalEngine({ client, taskQueue, pool, log, pokeWatch: (areaId) => signalWatch(client, taskQueue, areaId) });

const { trustProxy } = config.http;
const signer = openKey(config.dataDir);
const deps = { pool, clock: databaseClock, engine, log, signer };
const app = createApp(deps, trustProxy === undefined ? {} : { trustProxy });
const server = createServer(app.express);
server.on('error', (error) => {
  log.fatal({ reason: error.message, port: config.http.port }, 'cannot serve on this port');
  process.exitCode = 1;
  void end();
});
server.listen(config.http.port, config.http.bind, () => log.info({ port: config.http.port, bind: config.http.bind }, 'serving'));

const housekeeping = setInterval(() => void keepHouse(deps).then(replayHistories), HOUR_MS);
void keepHouse(deps);
housekeeping.unref();

let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());

/** Not at the start, when there is enough to do. */
async function replayHistories(): Promise<void> {
  try {
    await replayNightly(deps);
  } catch (error) {
    if (!isEnding) log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the histories could not all be replayed; the next hour tries again');
  }
}

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  clearInterval(housekeeping);
  const cut = setTimeout(() => server.closeAllConnections(), END_WITHIN_MS);
  const closed = new Promise<void>((done) => server.close(() => done()));
  await app.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
  await engine.idle();
  await pool.end();
  await connection.close();
}
