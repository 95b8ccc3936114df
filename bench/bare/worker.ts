/** `tsx bench/bare/worker.ts ADDRESS NAMESPACE TASK_QUEUE DATABASE_URL`: the bare workflow's worker, set up as ours is. */
import { join } from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createPool } from '../../db/pool.js';
import { bundleWorkflowsAt } from '../../workers/bundle.js';
import { bareActivities } from './activities.js';

const [address = '', namespace = '', taskQueue = '', databaseUrl = ''] = process.argv.slice(2);
Runtime.install({ shutdownSignals: ['SIGTERM'], telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });
const pool = createPool(databaseUrl);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  workflowBundle: await bundleWorkflowsAt(join(import.meta.dirname, 'workflow.ts')),
  activities: bareActivities(pool),
  maxCachedWorkflows: 500,
});
await worker.run();
await connection.close();
await pool.end();
