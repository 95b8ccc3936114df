/**
 * Histories replayed in a process of their own: the engine's bundler and its
 * isolates take seconds of a processor and tens of megabytes, which neither
 * those who use the API nor the running episodes should feel.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HistoryToReplay, HistoryVerdict } from './engine.js';

const PROGRAM = fileURLToPath(new URL('../workers/replay-main.ts', import.meta.url));
const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** The longest history allowed takes some seconds; what takes this long hangs. */
const WITHIN_MS = 180_000;

export interface ReplayProcesses {
  /** One at a time, however many ask. */
  readonly replay: (history: HistoryToReplay) => Promise<HistoryVerdict>;
  /** Ends what is under way and begins nothing more. */
  readonly stop: () => void;
}

export function replayProcesses(): ReplayProcesses {
  let before: Promise<unknown> = Promise.resolve();
  let running: ChildProcess | null = null;
  let isStopped = false;

  function replayed(history: HistoryToReplay): Promise<HistoryVerdict> {
    if (isStopped) return Promise.reject(new Error('no replay is begun any more'));
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'pipe'], timeout: WITHIN_MS });
      running = child;
      const [told, complained]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => void told.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => void complained.push(chunk));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        running = null;
        if (code === 0) return resolve(JSON.parse(Buffer.concat(told).toString('utf8')) as HistoryVerdict);
        reject(new Error(`the replay ended with ${signal ?? `exit ${code}`}: ${Buffer.concat(complained).toString('utf8').slice(-2_000)}`));
      });
      // A child that died before it read everything says so by its end.
      child.stdin.on('error', () => undefined);
      child.stdin.end(JSON.stringify(history));
    });
  }

  return {
    replay: (history) => {
      const verdict = before.then(() => replayed(history));
      before = verdict.catch(() => undefined);
      return verdict;
    },
    stop: () => {
      isStopped = true;
      running?.kill('SIGKILL');
    },
  };
}
