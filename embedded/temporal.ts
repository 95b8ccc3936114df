import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporalCli, type BinaryPlaces } from './binaries.js';
import { startDaemon, stopRecorded, type Daemon, type StopStep } from './daemon.js';
import { ensureWritableFolder, noSpace, requireFreeSpace, writeFileAtomically } from './folders.js';
import { lastLine, readLogSince } from './log-files.js';
import { freePort } from './ports.js';
import { SetupProblem } from './problem.js';
import type { Log } from './progress.js';

export type SearchAttributeType = 'Keyword' | 'Bool' | 'Int' | 'Datetime';

export interface TemporalOptions {
  /** Holds the server's SQLite file, its log and its ports; made when missing. */
  readonly dataDir: string;
  readonly binaries: BinaryPlaces;
  readonly log: Log;
  /** Default: `temporal.log` in `dataDir`. */
  readonly logFile?: string;
  /** Ports that must be used; else those used last, or free ones. */
  readonly ports?: TemporalPorts;
  readonly namespace: string;
  /** How long the history of closed workflows is kept. */
  readonly retentionDays: number;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
}

export interface TemporalServer extends Daemon {
  /** `host:port` of its gRPC frontend. */
  readonly address: string;
  readonly uiUrl: string;
  readonly ports: TemporalPorts;
}

export interface TemporalPorts {
  readonly port: number;
  readonly uiPort: number;
}

const STOP_STEPS: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: 10_000 }];
const READY_LIMIT_MS = 90_000;
const MIN_FREE_BYTES = 32 * 2 ** 20;
const PORTS_FILE = 'temporal.json';

/**
 * Starts the Temporal development server on its file in `dataDir`, on
 * 127.0.0.1, and resumes it after whatever ended it; an orphan of a killed
 * start is ended first. Ready when it answers for the namespace. Throws a
 * SetupProblem.
 */
export async function startTemporalDevServer(options: TemporalOptions): Promise<TemporalServer> {
  const dataDir = resolve(options.dataDir);
  ensureWritableFolder(dataDir);
  requireFreeSpace(dataDir, MIN_FREE_BYTES);
  const command = await temporalCli(options.binaries, options.log);
  const pidFile = join(dataDir, 'temporal.pid');
  await stopRecorded(pidFile, STOP_STEPS);
  const ports = options.ports ?? (await choosePorts(dataDir));
  const address = `127.0.0.1:${ports.port}`;
  const logFile = options.logFile ?? join(dataDir, 'temporal.log');
  const logFrom = existsSync(logFile) ? statSync(logFile).size : 0;
  const daemon = await startDaemon({
    command,
    args: serverArguments(options, ports, join(dataDir, 'temporal.db')),
    logFile,
    pidFile,
    stopSteps: STOP_STEPS,
  });
  try {
    await becomesReady(daemon, ports.port, address, options);
  } catch (error) {
    await daemon.stop();
    throw temporalProblem(readLogSince(logFile, logFrom), dataDir, logFile, error);
  }
  return { ...daemon, address, ports, uiUrl: `http://127.0.0.1:${ports.uiPort}` };
}

function serverArguments({ namespace, searchAttributes }: TemporalOptions, { port, uiPort }: TemporalPorts, file: string): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', file, '--namespace', namespace, '--ui-disable-news-fetch', '--log-level', 'warn'],
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

/** The ports used last where they are free, so that an open page of the UI still works after a restart. */
async function choosePorts(dataDir: string): Promise<TemporalPorts> {
  const file = join(dataDir, PORTS_FILE);
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TemporalPorts) : undefined;
  const ports = { port: await freePort(last?.port), uiPort: await freePort(last?.uiPort) };
  writeFileAtomically(file, JSON.stringify(ports), 0o644);
  return ports;
}

async function becomesReady(daemon: Daemon, port: number, address: string, options: TemporalOptions): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  let ended = false;
  void daemon.exited.then(() => (ended = true));
  const pause = () => new Promise((done) => setTimeout(done, 25));
  const checkPatience = (cause?: unknown) => {
    if (ended) throw new Error('the Temporal server ended at its start');
    if (performance.now() > deadline) throw new Error(`the Temporal server was not ready within ${READY_LIMIT_MS / 1000} s`, { cause });
  };
  while (!(await accepts(port))) {
    checkPatience();
    await pause();
  }
  const connection = await Connection.connect({ address, connectTimeout: READY_LIMIT_MS });
  try {
    for (;;) {
      try {
        await setRetention(connection, options);
        return;
      } catch (error) {
        checkPatience(error);
        await pause();
      }
    }
  } finally {
    await connection.close();
  }
}

/** Answers only once the namespace is there; the server makes it with a day's retention. */
async function setRetention(connection: Connection, { namespace, retentionDays }: TemporalOptions): Promise<void> {
  const seconds = retentionDays * 86_400;
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === seconds) return;
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: { seconds: seconds as never } } });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

function temporalProblem(output: string, dataDir: string, logFile: string, cause: unknown): SetupProblem {
  if (/no space left|database or disk is full/i.test(output)) return noSpace(dataDir);
  const reason = lastLine(output) || String(cause);
  return new SetupProblem(
    { zh: `Temporal 服务器无法启动（${reason}）`, en: `the Temporal server did not start (${reason})` },
    { zh: `请查看 ${logFile}，或设置 TEMPORAL_ADDRESS`, en: `see ${logFile}, or set TEMPORAL_ADDRESS` },
    { cause },
  );
}
