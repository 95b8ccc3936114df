import { join } from 'node:path';
import type { Config } from '../config/env.js';
import type { Daemon } from './daemon.js';
import { ensureWritableFolder } from './folders.js';
import { takeLock } from './lock.js';
import { startPostgres, type PostgresServer } from './postgres.js';
import type { SetupProblem } from './problem.js';
import { step, type Log } from './progress.js';
import { connectTemporal, requireDatabase } from './reach.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from './search-attributes.js';
import { logFileOf, startOwnProcess, supervise, type OwnProcess, type Supervised } from './supervise.js';
import { startTemporalDevServer, type TemporalServer } from './temporal.js';

export interface Stack {
  readonly databaseUrl: string;
  /** The superuser's, where PostgreSQL is the embedded one. */
  readonly adminUrl?: string;
  readonly temporalAddress: string;
  /** Temporal's own pages, where the server is the embedded one. */
  readonly temporalUiUrl?: string;
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
  return {
    ...database.value,
    ...temporal.value,
    failed,
    run: (program) => keep(program.name, () => startOwnProcess(program, dataDir)),
    stop,
  };
}

type Keep = <D extends Daemon>(name: string, start: (previous?: D) => Promise<D>) => Promise<Supervised<D>>;

async function databaseOf(config: Config, doing: Log, keep: Keep): Promise<Pick<Stack, 'databaseUrl' | 'adminUrl'>> {
  if (config.databaseUrl !== undefined) {
    await requireDatabase(config.databaseUrl);
    return { databaseUrl: config.databaseUrl };
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
  const { url, adminUrl } = part.current();
  return { databaseUrl: url, adminUrl };
}

async function temporalOf(config: Config, doing: Log, keep: Keep): Promise<Pick<Stack, 'temporalAddress' | 'temporalUiUrl'>> {
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
