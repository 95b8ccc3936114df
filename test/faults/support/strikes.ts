/** Kills at given points, one recovery after the other, in an order that a seed gives. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Part, System } from './system.js';

export interface Strike {
  readonly point: string;
  readonly parts: readonly Part[];
}

/** Each alone, pairs that share a commit, and everything: a power cut. */
const COMBINATIONS: readonly (readonly Part[])[] = [
  ['worker', 'temporal'],
  ['worker'],
  ['postgres', 'temporal', 'worker', 'api'],
  ['temporal'],
  ['api'],
  ['postgres'],
  ['worker', 'postgres'],
  ['api', 'temporal', 'worker'],
];
const WITHIN_MS = 400;
const AWAY_UP_TO_MS = 600;

export class Strikes {
  readonly done: Strike[] = [];
  /** Rejects as soon as the system did not come back. */
  readonly failed: Promise<never>;
  private giveUp!: (error: unknown) => void;
  private recovered: Promise<void> = Promise.resolve();
  private next: number;

  constructor(
    private readonly system: System,
    /** Where among the combinations it begins: another for every round. */
    round: number,
  ) {
    this.next = round * 3;
    this.failed = new Promise<never>((_, reject) => (this.giveUp = reject));
    this.failed.catch(() => undefined);
  }

  /** Soon after, while whatever goes on goes on; not before the system has recovered from the last one. */
  strike(point: string): void {
    const parts = COMBINATIONS[this.next++ % COMBINATIONS.length]!;
    this.recovered = this.recovered.then(async () => {
      await pause(this.varied(WITHIN_MS));
      await this.system.kill(...parts);
      this.done.push({ point, parts });
      await pause(this.varied(AWAY_UP_TO_MS));
      await this.system.restart(...parts);
    });
    this.recovered.catch(this.giveUp);
  }

  /** All struck and recovered; throws what went wrong. */
  settled(): Promise<void> {
    return this.recovered;
  }

  /** Spread over `[0, mostMs)` without a pattern, and the same in every run. */
  private varied(mostMs: number): number {
    return ((this.next * 0.6180339887 + this.done.length * 0.3819660113) % 1) * mostMs;
  }
}
