import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer that is only replaced when it would ring too late: a message that
 * does not bring the next wake-up forward costs no timer.
 */
export class Alarm {
  private scope: CancellationScope | null = null;
  private atMs = Infinity;
  rang = false;

  /** Rings at or before `atMs` (real time); null stops it. */
  set(atMs: number | null, summary: string): void {
    this.rang = false;
    if (atMs === null) return this.stop();
    if (this.scope !== null && this.atMs <= atMs) return;
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
