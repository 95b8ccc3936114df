/** An episode that the server asks to continue as new: a real server told to ask early, and days of some seconds. */
import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { readConfig } from '../../config/env.js';
import { databaseClock } from '../../db/clock.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { DAY_MS } from '../../domain/time.js';
import { temporalCli } from '../../embedded/binaries.js';
import { loadPlan } from '../../plans/load.js';
import { keptBundle } from '../support/engine.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { createWorker } from '../../workers/worker.js';
import { migratedDatabase } from '../support/db.js';
import { liftAndClose, publish } from './episodes.js';
import { Stage } from './stage.js';

/** The server's own threshold is 4,096 events. */
const SUGGESTED_AT_EVENTS = 60;
const REAL_DAY_MS = 15_000;

export async function recordContinued(): Promise<string> {
  const path = await temporalCli(readConfig().binaries, () => undefined);
  const extraArgs = ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT_EVENTS}`];
  const [env, db, bundle] = await Promise.all([
    TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs } }),
    migratedDatabase(),
    keptBundle(),
  ]);
  const { client, nativeConnection: connection } = env;
  const namespace = env.namespace ?? 'default';
  await ensureSearchAttributes(env.connection, namespace);
  const plan = loadPlan('kuitun-2023');
  await setAreaPlan(db.pool, plan.areaId, await savePlan(db.pool, plan, Date.now()));
  const nowMs = Date.now();
  await db.owner.query('update areas set clock = $1', [JSON.stringify({ realOriginMs: nowMs, planOriginMs: nowMs, rate: DAY_MS / REAL_DAY_MS })]);
  const taskQueue = `record-${randomUUID()}`;
  const worker = await createWorker({ connection, client, namespace, taskQueue, pool: db.pool, clock: databaseClock, bundle });
  const history = await worker.runUntil(async () => {
    const stage = new Stage({ env, pool: db.pool, clock: databaseClock, taskQueue });
    await publish(stage, 'yellow');
    await stage.pass(2 * DAY_MS);
    await liftAndClose(stage);
    return stage.history();
  });
  await env.teardown();
  await db.close();
  return history;
}
