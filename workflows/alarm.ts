import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer, replaced when the next wake-up moves: two events in a workflow task
 * that runs anyway, where a ring for nothing would cost a task of its own.
 */
export class Alarm {
  private scope: CancellationScope | null = null;
  private atMs = Infinity;
  rang = false;

  /** Rings at `atMs` (real time); null stops it. */
  set(atMs: number | null, summary: string): void {
    this.rang = false;
    if (atMs === null) return this.stop();
    if (this.scope !== null && this.atMs === atMs) return;
    this.stop();
    const scope = new CancellationScope();
    this.scope = scope;
    this.atMs = atMs;
    const durationMs = Math.max(atMs - Date.now(), 1);
    void scope
      .run(() => sleep(durationMs, { summary }))
      .then(
        () => {
          this.rang = true;
          this.scope = null;
          this.atMs = Infinity;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  stop(): void {
    this.scope?.cancel();
    this.scope = null;
    this.atMs = Infinity;
  }
}
