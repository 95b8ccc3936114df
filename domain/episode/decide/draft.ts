import type { EpisodePlan } from '../plan.js';
import type { EpisodeEvent } from '../events.js';
import { evolve } from '../evolve.js';
import type { EpisodeState } from '../state.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;

/** A decision in the making: what follows from an event is decided on the state after it. */
export class Draft {
  readonly events: EpisodeEvent[] = [];

  constructor(
    readonly plan: EpisodePlan,
    public state: EpisodeState,
    readonly nowMs: number,
  ) {}

  add(event: WithoutTime<Exclude<EpisodeEvent, { type: 'episode-opened' }>>): void {
    const dated = { ...event, atMs: this.nowMs } as EpisodeEvent;
    this.events.push(dated);
    this.state = evolve(this.state, dated);
  }

  /** The next free id of a kind within the episode, e.g. `N3`. */
  nextId(prefix: string, counter: string): string {
    return `${prefix}${(this.state.counters[counter] ?? 0) + 1}`;
  }
}
