import { basename, join } from 'node:path';
import { startDaemon, type Daemon, type DaemonExit, type StopStep } from './daemon.js';
import { SetupProblem } from './problem.js';
import type { Log } from './progress.js';

export interface Supervised<D extends Daemon = Daemon> {
  readonly name: string;
  /** The process that serves now; another one after each restart. */
  current(): D;
  /** Ends it and its supervision; safe to call twice. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly log: Log;
  /** Called once it ended too often without ever having lived for `steadyMs`. */
  readonly onGiveUp: (problem: SetupProblem) => void;
  readonly logFile: string;
  /** The first pause before a restart; doubled with each quick end. Default 500 ms. */
  readonly firstPauseMs?: number;
  /** A life this long counts as a good start. Default 20 s. */
  readonly steadyMs?: number;
}

const MAX_PAUSE_MS = 30_000;
const MAX_QUICK_ENDS = 6;

/**
 * Starts a process and starts it again whenever it ends by itself, at growing
 * intervals. A failure of the first start is the caller's; after that only
 * one that never got going is given up.
 */
export async function supervise<D extends Daemon>(
  name: string,
  start: (previous?: D) => Promise<D>,
  options: SuperviseOptions,
): Promise<Supervised<D>> {
  const { firstPauseMs = 500, steadyMs = 20_000 } = options;
  let daemon = await start();
  let startedAt = performance.now();
  let stopping = false;
  let wake: () => void = () => undefined;
  let quickEnds = 0;
  let wasSteady = false;

  const watch = async (): Promise<void> => {
    for (;;) {
      const exit = await daemon.exited;
      if (stopping) return;
      const livedMs = performance.now() - startedAt;
      wasSteady ||= livedMs >= steadyMs;
      quickEnds = livedMs >= steadyMs ? 0 : quickEnds + 1;
      if (!(await restarted(describeExit(exit)))) return;
    }
  };

  const restarted = async (why: string): Promise<boolean> => {
    for (let reason = why; ; quickEnds++) {
      if (!wasSteady && quickEnds >= MAX_QUICK_ENDS) {
        options.onGiveUp(neverSteady(name, reason, options.logFile));
        return false;
      }
      const pauseMs = Math.min(MAX_PAUSE_MS, firstPauseMs * 2 ** Math.max(0, quickEnds - 1));
      options.log(`${name} 意外停止（${reason}），${(pauseMs / 1000).toFixed(1)} s 后重新启动；日志 ${options.logFile}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopping) return false;
      try {
        startedAt = performance.now();
        daemon = await start(daemon);
        if (!stopping) return true;
        await daemon.stop();
        return false;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
  };

  const watching = watch();
  return {
    name,
    current: () => daemon,
    stop: async () => {
      stopping = true;
      wake();
      await daemon.stop();
      await watching;
    },
  };
}

export interface OwnProcess {
  readonly name: string;
  /** A TypeScript file of ours, from the project's root. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Its whole environment; see `childEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  /** How long it gets for its own clean end. */
  readonly stopWithinMs: number;
}

const PROJECT = join(import.meta.dirname, '..');

/** Starts one of our own programs; its output goes to `logs/NAME.log`. */
export function startOwnProcess({ name, entry, args = [], env, stopWithinMs }: OwnProcess, dataDir: string): Promise<Daemon> {
  const stopSteps: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: stopWithinMs }];
  return startDaemon({
    command: process.execPath,
    args: ['--import', 'tsx', join(PROJECT, entry), ...args],
    cwd: PROJECT,
    env,
    logFile: logFileOf(name, dataDir),
    pidFile: join(dataDir, 'run', `${name}.pid`),
    stopSteps,
  });
}

export function logFileOf(name: string, dataDir: string): string {
  return join(dataDir, 'logs', `${basename(name)}.log`);
}

function describeExit({ code, signal }: DaemonExit): string {
  return signal ?? `exit ${code}`;
}

function neverSteady(name: string, reason: string, logFile: string): SetupProblem {
  return new SetupProblem(
    { zh: `${name} 反复启动失败（${reason}）`, en: `${name} kept ending at its start (${reason})` },
    { zh: `请查看 ${logFile}`, en: `see ${logFile}` },
  );
}
