import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startDaemon, stopBySteps, type Daemon, type StopStep } from './daemon.js';
import { ensureOwnDatabase } from './databases.js';
import { ensureWritableFolder, requireFreeSpace } from './folders.js';
import { readLogSince } from './log-files.js';
import { freePort, requireFreePort } from './ports.js';
import { canEnter, postgresBinaries, postgresUser } from './postgres-binaries.js';
import { clusterDirOf, clusterSettings, makeCluster, saveClusterSettings } from './postgres-cluster.js';
import { isPassing, isPortTaken, postgresProblem } from './postgres-problems.js';
import { SetupProblem } from './problem.js';
import { processIdentity } from './process-identity.js';
import type { Log } from './progress.js';

export interface PostgresOptions {
  /** Holds the cluster, its log and its passwords; made when missing. */
  readonly dataDir: string;
  /** Where a copy of the programs goes if the installed ones cannot be used. */
  readonly cacheDir: string;
  /** A port that must be used; else the one used last, or a free one. */
  readonly port?: number;
  readonly log: Log;
  /** Default: `postgres.log` in `dataDir`. */
  readonly logFile?: string;
  /** `none` for tests only: a crash may lose data. Default `full`. */
  readonly durability?: 'full' | 'none';
}

export interface PostgresServer extends Daemon {
  readonly port: number;
  /** Database `qingkong` as its owner `qingkong`, who may make roles. */
  readonly url: string;
  /** For the application's own role, which the migrations make and give this password. */
  readonly appPassword: string;
  /** Database `postgres` as the superuser. */
  readonly adminUrl: string;
}

/** Fast shutdown (open transactions are rolled back), then immediate, which the next start recovers from. */
const STOP_STEPS: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 15_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
];
const READY_LIMIT_MS = 120_000;
const MAX_ATTEMPTS = 40;
const ATTEMPT_PAUSE_MS = 250;
const MIN_FREE_BYTES = 32 * 2 ** 20;

/**
 * Starts the cluster in `dataDir` on 127.0.0.1, making it on the first start,
 * and resumes it after whatever ended it; an orphan of a killed start is ended
 * first. Throws a SetupProblem when the port is taken, the disk full or the
 * folder not ours.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  ensureWritableFolder(dataDir);
  const runAs = postgresUser();
  const binaries = postgresBinaries(runAs, options.cacheDir);
  const settings = clusterSettings(dataDir, canEnter(dataDir, runAs));
  const clusterDir = clusterDirOf(dataDir, settings);
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) {
    options.log('首次启动，正在建立数据库');
    await makeCluster(clusterDir, binaries.initdb, settings.superuserPassword, runAs);
  }
  requireFreeSpace(clusterDir, MIN_FREE_BYTES);
  await endOrphan(clusterDir);
  if (options.port !== undefined) await requireFreePort(options.port, '127.0.0.1', 'POSTGRES_PORT');

  const logFile = options.logFile ?? join(dataDir, 'postgres.log');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort(settings.port === 0 ? undefined : settings.port));
    const logFrom = existsSync(logFile) ? statSync(logFile).size : 0;
    const daemon = await startDaemon({
      command: binaries.postgres,
      args: ['-D', clusterDir, '-p', String(port), ...serverFlags(options.durability ?? 'full')],
      cwd: '/',
      ...runAs,
      logFile,
      pidFile: join(dataDir, 'postgres.pid'),
      stopSteps: STOP_STEPS,
    });
    const urlOf = (user: string, password: string, database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
    const adminUrl = urlOf('postgres', settings.superuserPassword, 'postgres');
    if (await becomesReady(daemon, adminUrl, logFile)) {
      if (port !== settings.port) saveClusterSettings(dataDir, { ...settings, port });
      await ensureOwnDatabase(adminUrl, settings.ownerPassword);
      return {
        ...daemon,
        port,
        adminUrl,
        url: urlOf('qingkong', settings.ownerPassword, 'qingkong'),
        appPassword: settings.appPassword,
      };
    }
    const output = readLogSince(logFile, logFrom);
    const worthAnother = isPassing(output) || (isPortTaken(output) && options.port === undefined);
    if (!worthAnother || attempt === MAX_ATTEMPTS) throw postgresProblem(output, port, clusterDir, logFile);
    await new Promise((done) => setTimeout(done, ATTEMPT_PAUSE_MS));
  }
}

function serverFlags(durability: 'full' | 'none'): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    fsync: durability === 'full' ? 'on' : 'off',
    synchronous_commit: durability === 'full' ? 'on' : 'off',
    full_page_writes: durability === 'full' ? 'on' : 'off',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * The cluster names the pid that serves it: ends that server if it still runs.
 * A pid that is another program's by now (or a zombie's) PostgreSQL would take
 * for a running server; our own, its parent's, it knows to be stale. The rest
 * of the file stays: by it a survivor of the old server is recognised.
 */
async function endOrphan(clusterDir: string): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n');
  if (processIdentity(Number(pid))?.includes(clusterDir) === true) await stopBySteps(Number(pid), STOP_STEPS);
  if (existsSync(file)) writeFileSync(file, [process.pid, ...rest].join('\n'));
}

/** True when it answers, false when it ended first. */
async function becomesReady(daemon: Daemon, adminUrl: string, logFile: string): Promise<boolean> {
  const deadline = performance.now() + READY_LIMIT_MS;
  let ended = false;
  void daemon.exited.then(() => (ended = true));
  for (;;) {
    const refusal = await tryConnect(adminUrl);
    if (ended) return false;
    if (refusal === null) return true;
    const isWrongPassword = (refusal as { code?: string }).code === '28P01';
    if (isWrongPassword || performance.now() > deadline) {
      await daemon.stop();
      throw new SetupProblem(
        { zh: `PostgreSQL 不接受连接（${refusal.message}）`, en: `PostgreSQL accepts no connection (${refusal.message})` },
        { zh: `请查看 ${logFile}，或换一个 DATA_DIR`, en: `see ${logFile}, or set another DATA_DIR` },
        { cause: refusal },
      );
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}

async function tryConnect(url: string): Promise<Error | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
