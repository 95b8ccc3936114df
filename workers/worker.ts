import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import type { ReceiptClock } from '../db/clock.js';
import type { Pool } from '../db/pool.js';

/** Each cached episode holds its state; those beyond are read again from their history. */
export const MAX_CACHED_WORKFLOWS = 500;

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly pool: Pool;
  readonly clock: ReceiptClock;
  readonly bundle: WorkflowBundleOption;
}

/** A worker for all our workflows and activities; the caller runs it and shuts it down. */
export function createWorker({ connection, client, namespace, taskQueue, pool, clock, bundle }: WorkerParts): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: bundle,
    activities: createActivities({ pool, clock, client, taskQueue }),
    // A dead worker's cached workflows go to another within a second.
    stickyQueueScheduleToStartTimeout: '1 s',
    shutdownGraceTime: '5 s',
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  });
}
