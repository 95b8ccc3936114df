import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { processIdentity, waitUntilGone } from './process-identity.js';

export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

export interface DaemonSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the child; ours when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Both outputs are appended here. */
  readonly logFile: string;
  /** Where its pid and identity are written, so that the next start finds an orphan. */
  readonly pidFile: string;
  /** Signals in order, each with the time it gets; SIGKILL follows the last. */
  readonly stopSteps: readonly StopStep[];
}

export interface DaemonExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Daemon {
  readonly pid: number;
  readonly exited: Promise<DaemonExit>;
  /** Ends it by its stop steps; safe to call twice. */
  stop(): Promise<void>;
  /** Lets our own process end while the daemon still runs (it is then ended by its watchdog). */
  unref(): void;
}

const LOG_ROTATE_BYTES = 20 * 1024 * 1024;

/**
 * Starts a child that outlives neither a crash of ours nor its pid file:
 * its own process group (so Ctrl-C in a terminal reaches only us), a watchdog
 * that ends it when we die, a pid file for the case that both were killed.
 * Rejects when the command cannot be started.
 */
export async function startDaemon(spec: DaemonSpec): Promise<Daemon> {
  await stopRecorded(spec.pidFile, spec.stopSteps);
  rotate(spec.logFile);
  const output = openSync(spec.logFile, 'a');
  const child = spawn(spec.command, [...spec.args], {
    detached: true,
    stdio: ['ignore', output, output],
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...(spec.env === undefined ? {} : { env: spec.env }),
    ...(spec.uid === undefined ? {} : { uid: spec.uid }),
    ...(spec.gid === undefined ? {} : { gid: spec.gid }),
  });
  closeSync(output);
  const exited = new Promise<DaemonExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  writeRecord(spec.pidFile, pid);
  const watchdog = startWatchdog(pid, spec.stopSteps);
  void exited.then(() => {
    endWatchdog(watchdog);
    removeRecord(spec.pidFile, pid);
  });
  let stopping: Promise<void> | undefined;
  return {
    pid,
    exited,
    stop: () => (stopping ??= stopBySteps(pid, spec.stopSteps).then(() => exited).then(() => undefined)),
    unref: () => {
      child.unref();
      watchdog.unref();
      (watchdog.stdin as unknown as { unref(): void }).unref();
    },
  };
}

/** Ends what an earlier start recorded in `pidFile`, if that very process still runs; tells whether it did. */
export async function stopRecorded(pidFile: string, steps: readonly StopStep[]): Promise<boolean> {
  const record = readRecord(pidFile);
  if (record === null) return false;
  const alive = processIdentity(record.pid) === record.identity;
  if (alive) await stopBySteps(record.pid, steps);
  rmSync(pidFile, { force: true });
  return alive;
}

/** Sends each signal and waits its time; SIGKILL last. */
export async function stopBySteps(pid: number, steps: readonly StopStep[]): Promise<void> {
  for (const { signal, waitMs } of steps) {
    if (!sendSignal(pid, signal) || (await waitUntilGone(pid, waitMs))) return;
  }
  sendSignal(pid, 'SIGKILL');
  await waitUntilGone(pid, 5_000);
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A shell that waits for the end of our pipe, which the system closes however we die. */
function startWatchdog(pid: number, steps: readonly StopStep[]): ChildProcess {
  const lines = steps.map(({ signal, waitMs }) => {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return `kill -${signal.slice(3)} ${pid} || exit; i=0; while [ $i -lt ${seconds} ]; do sleep 1; kill -0 ${pid} || exit; i=$((i+1)); done`;
  });
  const script = `exec 2>/dev/null; cat >/dev/null; ${lines.join('; ')}; kill -KILL ${pid}`;
  const watchdog = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell we only lose the watchdog; the pid file still finds the orphan.
  watchdog.on('error', () => undefined);
  watchdog.stdin?.on('error', () => undefined);
  return watchdog;
}

function endWatchdog(watchdog: ChildProcess): void {
  if (watchdog.pid === undefined) return;
  try {
    process.kill(-watchdog.pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}

interface PidRecord {
  readonly pid: number;
  readonly identity: string;
}

function writeRecord(pidFile: string, pid: number): void {
  const identity = processIdentity(pid);
  if (identity !== null) writeFileSync(pidFile, JSON.stringify({ pid, identity } satisfies PidRecord));
}

function readRecord(pidFile: string): PidRecord | null {
  try {
    const { pid, identity } = JSON.parse(readFileSync(pidFile, 'utf8')) as Partial<PidRecord>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch {
    return null;
  }
}

function removeRecord(pidFile: string, pid: number): void {
  if (readRecord(pidFile)?.pid === pid) rmSync(pidFile, { force: true });
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_ROTATE_BYTES) renameSync(logFile, `${logFile}.1`);
}
