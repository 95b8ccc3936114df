import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/env.js';
import { APP_ROLE } from '../db/migrate.js';
import { withUser } from '../db/pool.js';
import type { Daemon } from './daemon.js';
import { ensureWritableFolder, writeFileAtomically } from './folders.js';
import { isLocked, takeLock } from './lock.js';
import { startPostgres, type PostgresServer } from './postgres.js';
import type { SetupProblem } from './problem.js';
import { step, type Log } from './progress.js';
import { connectTemporal, requireDatabase } from './reach.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from './search-attributes.js';
import { logFileOf, startOwnProcess, supervise, type OwnProcess, type Supervised } from './supervise.js';
import { startTemporalDevServer, type TemporalServer } from './temporal.js';

/** Where the running parts are found. */
export interface Services {
  /** What the worker and the API connect with: as the application's role, once the migrations made it. */
  readonly databaseUrl: string;
  /** What the migrations run with. */
  readonly ownerUrl: string;
  /** What the migrations give the application's role, where PostgreSQL is the embedded one. */
  readonly appPassword?: string;
  readonly temporalAddress: string;
  /** Temporal's own pages, where the server is the embedded one. */
  readonly temporalUiUrl?: string;
}

export interface Stack extends Services {
  /** Resolves when a part could not be kept running. */
  readonly failed: Promise<SetupProblem>;
  /** Runs one of our programs and keeps it running. */
  run(program: OwnProcess): Promise<Supervised>;
  /** Ends all parts, the last started first, and frees the data folder. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly config: Config;
  readonly log: Log;
}

/**
 * Brings up what DATABASE_URL and TEMPORAL_ADDRESS do not replace, side by
 * side, each restarted on its port when it ends by itself. Throws a
 * SetupProblem, with nothing left running, when a part cannot be had.
 */
export async function startEmbedded({ config, log }: StackOptions): Promise<Stack> {
  const { dataDir } = config;
  for (const folder of [dataDir, join(dataDir, 'run'), join(dataDir, 'logs')]) ensureWritableFolder(folder);
  const releaseLock = takeLock(dataDir);
  const parts: Supervised[] = [];
  let giveUp: (problem: SetupProblem) => void = () => undefined;
  const failed = new Promise<SetupProblem>((resolve) => (giveUp = resolve));
  const keep: Keep = async (name, start) => {
    const part = await supervise(name, start, { log, onGiveUp: giveUp, logFile: logFileOf(name, dataDir) });
    parts.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of parts.splice(0).reverse()) await part.stop();
    rmSync(join(dataDir, RUNNING_FILE), { force: true });
    releaseLock();
  };
  const [database, temporal] = await Promise.allSettled([
    step(log, '准备 PostgreSQL', (doing) => databaseOf(config, doing, keep)),
    step(log, '准备 Temporal', (doing) => temporalOf(config, doing, keep)),
  ]);
  if (database.status === 'rejected' || temporal.status === 'rejected') {
    await stop();
    throw database.status === 'rejected' ? database.reason : (temporal as PromiseRejectedResult).reason;
  }
  const services = { ...database.value, ...temporal.value };
  recordRunning(dataDir, services);
  return {
    ...services,
    failed,
    run: (program) => keep(program.name, () => startOwnProcess(program, dataDir)),
    stop,
  };
}

const RUNNING_FILE = join('run', 'services.json');

/** For the other programs of this machine; it holds passwords. */
function recordRunning(dataDir: string, services: Services): void {
  writeFileAtomically(join(dataDir, RUNNING_FILE), JSON.stringify(services, null, 2), 0o600);
}

/** The parts of the start that runs on `dataDir` now; null when none does. */
export function runningServices(dataDir: string): Services | null {
  if (!isLocked(dataDir)) return null;
  try {
    return JSON.parse(readFileSync(join(dataDir, RUNNING_FILE), 'utf8')) as Services;
  } catch {
    return null;
  }
}

type Keep = <D extends Daemon>(name: string, start: (previous?: D) => Promise<D>) => Promise<Supervised<D>>;

async function databaseOf(config: Config, doing: Log, keep: Keep): Promise<Omit<Services, 'temporalAddress' | 'temporalUiUrl'>> {
  if (config.databaseUrl !== undefined) {
    const ownerUrl = config.databaseOwnerUrl ?? config.databaseUrl;
    await requireDatabase(ownerUrl);
    return { databaseUrl: config.databaseUrl, ownerUrl };
  }
  const part = await keep('postgres', (previous?: PostgresServer) => {
    const port = previous?.port ?? config.postgresPort;
    return startPostgres({
      dataDir: join(config.dataDir, 'postgres'),
      cacheDir: config.binaries.cacheDir,
      logFile: logFileOf('postgres', config.dataDir),
      log: doing,
      ...(port === undefined ? {} : { port }),
    });
  });
  const { url, appPassword } = part.current();
  return { databaseUrl: withUser(url, APP_ROLE, appPassword), ownerUrl: url, appPassword };
}

async function temporalOf(config: Config, doing: Log, keep: Keep): Promise<Pick<Services, 'temporalAddress' | 'temporalUiUrl'>> {
  const { address, namespace, retentionDays } = config.temporal;
  if (address !== undefined) {
    await (await connectTemporal(config.temporal)).close();
    return { temporalAddress: address };
  }
  const part = await keep('temporal', (previous?: TemporalServer) =>
    startTemporalDevServer({
      dataDir: join(config.dataDir, 'temporal'),
      binaries: config.binaries,
      logFile: logFileOf('temporal', config.dataDir),
      log: doing,
      namespace,
      retentionDays,
      searchAttributes: QINGKONG_SEARCH_ATTRIBUTES,
      ...(previous === undefined ? {} : { ports: previous.ports }),
    }),
  );
  const { address: temporalAddress, uiUrl } = part.current();
  return { temporalAddress, temporalUiUrl: uiUrl };
}
