/** The real engine for a test file: time-skipping Temporal server, PostgreSQL, worker; time is the server's. */
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker, WorkflowBundleOption } from '@temporalio/worker';
import { readConfig } from '../../config/env.js';
import { clockBeside, type ReceiptClock } from '../../db/clock.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import type { Plan } from '../../domain/plan.js';
import { cachedBundle } from '../../workers/bundle.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { createWorker } from '../../workers/worker.js';
import { type MigratedDatabase, migratedDatabase } from './db.js';
import { timeSkippingEnv } from './temporal.js';

export interface TestEngine {
  readonly env: TestWorkflowEnvironment;
  readonly db: MigratedDatabase;
  readonly clock: ReceiptClock;
  readonly taskQueue: string;
  readonly planDigest: string;
  /** Starts the one worker, or another after `stopWorker`. */
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** Of the workflows as they are; made once, and kept with the binaries. */
export const keptBundle = (): Promise<WorkflowBundleOption> => cachedBundle(readConfig().binaries.cacheDir);

/** `makeEnv`: the development server, say, where Updates must be left pending or pollers be listed. */
export async function testEngine(plan: Plan, areaId = plan.areaId, makeEnv = timeSkippingEnv): Promise<TestEngine> {
  const [env, db, bundle] = await Promise.all([makeEnv(), migratedDatabase(), keptBundle()]);
  await ensureSearchAttributes(env.connection, env.namespace ?? 'default');
  const clock = clockBeside(() => env.currentTimeMs());
  const planDigest = await savePlan(db.pool, plan, await env.currentTimeMs());
  await setAreaPlan(db.pool, areaId, planDigest);
  const taskQueue = `test-${randomUUID()}`;
  let running: { worker: Worker; ended: Promise<void> } | null = null;

  async function startWorker(): Promise<void> {
    const worker = await createWorker({ connection: env.nativeConnection, client: env.client, namespace: env.namespace ?? 'default', taskQueue, pool: db.pool, clock, bundle });
    running = { worker, ended: worker.run() };
  }

  async function stopWorker(): Promise<void> {
    running?.worker.shutdown();
    await running?.ended;
    running = null;
  }

  await startWorker();
  return {
    env,
    db,
    clock,
    taskQueue,
    planDigest,
    startWorker,
    stopWorker,
    close: async () => {
      await stopWorker();
      await env.teardown();
      await db.close();
    },
  };
}
