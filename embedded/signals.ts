import type { Log } from './progress.js';

/**
 * Resolves when the operator asks to end (Ctrl-C, SIGTERM, a closed terminal).
 * Asked again meanwhile, the process ends at once; its children are then ended
 * by their watchdogs.
 */
export function stopSignal(log: Log): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (signal: NodeJS.Signals) => {
      if (asked) {
        log('立即停止');
        process.exit(1);
      }
      asked = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  });
}
