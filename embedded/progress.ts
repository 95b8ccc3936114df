/** Where lines for the operator go. */
export type Log = (line: string) => void;

const STILL_AT_WORK_EVERY_MS = 5_000;

/**
 * Runs one step of a start, saying when it is done and how long it took
 * ("PostgreSQL … 2.1 s"), and every few seconds that it is still at work.
 * `work` may report what it is doing.
 */
export async function step<T>(log: Log, title: string, work: (doing: (what: string) => void) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  let doing = '';
  const timer = setInterval(() => log(`${title}${doing === '' ? '' : `（${doing}）`} … ${elapsed()}`), STILL_AT_WORK_EVERY_MS);
  try {
    const result = await work((what) => {
      doing = what;
      log(`${title}（${what}）…`);
    });
    log(`${title} … ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
