import type { Pace, Sample } from './workload.js';

export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** A way of running the workload. */
export interface Contestant {
  readonly name: 'ours' | 'whole' | 'bare' | 'tables';
  /** Its own processes, besides the servers and this one. */
  readonly pids: readonly number[];
  /** Before the clock starts: an `id` is unique over the whole bench. */
  prepare(id: string, pace: Pace): Promise<void>;
  /** The whole workload of one episode, at the pace it was prepared for. */
  play(id: string, pace: Pace): Promise<Sample[]>;
  /** Of everything the engine kept of it. */
  historyOf(id: string): Promise<HistorySize>;
}
