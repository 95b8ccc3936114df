/** The worker container's health check: Temporal has lately seen this very container ask for work. */
import { hostname } from 'node:os';
import proto from '@temporalio/proto';
import { readConfig } from '../config/env.js';
import { connectTemporal } from '../embedded/reach.js';

/** A poll lasts up to a minute, so a living worker is never older than that by much. */
const SILENT_MS = 120_000;

const config = readConfig();
try {
  const connection = await connectTemporal(config.temporal);
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: config.temporal.namespace,
    taskQueue: { name: config.temporal.taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  await connection.close();
  const seen = pollers.some(
    ({ identity, lastAccessTime }) =>
      identity?.endsWith(`@${hostname()}`) === true && Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < SILENT_MS,
  );
  if (!seen) throw new Error(`no worker on ${hostname()} asks for work on ${config.temporal.taskQueue}`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
