/** What the bench runs on: a Temporal server on its file, PostgreSQL with fsync on, and processes of ours, all in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { childEnvironment, readConfig } from '../config/env.js';
import { APP_ROLE, migrate } from '../db/migrate.js';
import { createPool, type Pool, withUser } from '../db/pool.js';
import type { Daemon } from '../embedded/daemon.js';
import { ensureWritableFolder } from '../embedded/folders.js';
import { startPostgres } from '../embedded/postgres.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../embedded/search-attributes.js';
import { startOwnProcess } from '../embedded/supervise.js';
import { startTemporalDevServer } from '../embedded/temporal.js';

const silent = (): void => undefined;

export interface Stand {
  readonly pool: Pool;
  /** As the owner of the schema. */
  readonly owner: Pool;
  readonly ownerUrl: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly client: Client;
  readonly postgresPid: number;
  readonly temporalPid: number;
  /** What a worker of ours is told. */
  readonly workerEnv: (taskQueue: string) => Readonly<Record<string, string>>;
  readonly run: (name: string, entry: string, args: readonly string[], env: Readonly<Record<string, string>>) => Promise<Daemon>;
  /** Until somebody polls the task queue. */
  readonly untilPolled: (taskQueue: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startStand(): Promise<Stand> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qingkong-bench-'));
  for (const folder of ['run', 'logs']) ensureWritableFolder(join(dataDir, folder));
  const { binaries } = readConfig();
  const namespace = 'bench';
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(dataDir, 'postgres'), cacheDir: binaries.cacheDir, log: silent }),
    startTemporalDevServer({ dataDir: join(dataDir, 'temporal'), binaries, log: silent, namespace, retentionDays: 1, searchAttributes: QINGKONG_SEARCH_ATTRIBUTES }),
  ]);
  await migrate(postgres.url, silent, { appPassword: postgres.appPassword });
  const databaseUrl = withUser(postgres.url, APP_ROLE, postgres.appPassword);
  const pool = createPool(databaseUrl);
  const owner = createPool(postgres.url, { max: 10 });
  const connection = await Connection.connect({ address: temporal.address });
  const daemons: Daemon[] = [];
  return {
    pool,
    owner,
    ownerUrl: postgres.url,
    databaseUrl,
    temporalAddress: temporal.address,
    namespace,
    client: new Client({ connection, namespace }),
    postgresPid: postgres.pid,
    temporalPid: temporal.pid,
    workerEnv: (taskQueue) => ({ DATABASE_URL: databaseUrl, DATABASE_PASSWORD: '', TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace, TASK_QUEUE: taskQueue, DATA_DIR: dataDir }),
    run: async (name, entry, args, env) => {
      const daemon = await startOwnProcess({ name, entry, args, env: childEnvironment(env), stopWithinMs: 10_000 }, dataDir);
      daemons.push(daemon);
      return daemon;
    },
    untilPolled: async (taskQueue) => {
      for (;;) {
        const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: 1 });
        if ((pollers?.length ?? 0) > 0) return;
        await pause(100);
      }
    },
    stop: async () => {
      for (const daemon of daemons) await daemon.stop();
      await connection.close();
      await Promise.all([pool.end(), owner.end()]);
      await Promise.all([temporal.stop(), postgres.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
