/**
 * An area's episodes played through the rules with scripted people (`people.ts`)
 * who act at once, everything handed in in time. What comes in, and when, is
 * the caller's: past data, or an episode's recorded inputs.
 */
import { IDENTITY_CLOCK } from '../clock.js';
import { digestOf } from '../digest.js';
import type { AreaInput, EpisodeCommand } from '../episode/commands.js';
import type { Moment } from '../episode/deadlines.js';
import type { EpisodeEvent } from '../episode/events.js';
import { type EpisodePlan, episodePlanOf } from '../episode/plan.js';
import type { Facts } from '../episode/settle.js';
import { type EpisodeState, isActive } from '../episode/state.js';
import type { Plan, Role } from '../plan.js';
import { CURRENT_RULES, rulesOf } from '../rules.js';
import { BY_DECISION } from '../submission.js';
import { DAY_MS, dayOf } from '../time.js';
import { episodeNumber, opensEpisode, ordersLeft } from '../watch.js';
import { nextAct } from './people.js';

/** The record of one episode, as the ledger would hold it. */
export interface EpisodeRecord {
  readonly number: string;
  readonly events: readonly EpisodeEvent[];
}

/** Longest time an episode is followed after the inputs end: its reports, its evaluation. */
const FOLLOWED_MS = 60 * DAY_MS;

const RULES = rulesOf(CURRENT_RULES);

/** Who owes what is not a unit's. */
const ROLES: readonly Role[] = ['technical', 'management', 'director', 'commander'];

class Episode {
  readonly events: EpisodeEvent[];
  state: EpisodeState;
  private wakes: { readonly atMs: number | null } | null = null;

  constructor(
    private readonly plan: EpisodePlan,
    first: readonly EpisodeEvent[],
  ) {
    this.events = [...first];
    const state = first.reduce<EpisodeState | null>(RULES.evolve, null);
    if (!state) throw new Error('an episode begins with an event');
    this.state = state;
  }

  get wakesAtMs(): number | null {
    this.wakes ??= { atMs: RULES.nextWakeUp(this.plan, this.state) };
    return this.wakes.atMs;
  }

  /** Whether the rules accepted it. */
  carryOut(command: EpisodeCommand, nowMs: number): boolean {
    const decided = RULES.decide(this.plan, this.state, command, nowMs);
    if (!decided.ok) return false;
    const { events, moments } = decided.value;
    this.follow(events);
    if (moments.length > 0) this.follow([RULES.settledEvent(this.plan, this.state, moments, allFiled(this.plan, moments), nowMs)]);
    this.wakes = null;
    return true;
  }

  wake(nowMs: number): void {
    const before = this.events.length;
    this.carryOut({ type: 'wake' }, nowMs);
    if (this.events.length === before) throw new Error(`${this.state.number} woke at ${nowMs} for nothing`);
  }

  letPeopleAct(nowMs: number): void {
    for (let act = nextAct(this.plan, this.state, nowMs); act !== null; act = nextAct(this.plan, this.state, nowMs)) {
      if (!this.carryOut(act, nowMs)) return;
    }
  }

  private follow(events: readonly EpisodeEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.state = RULES.evolve(this.state, event);
    }
  }
}

/** Submissions play no part in levels: whatever can be handed in was handed in before anyone asked. */
function allFiled(plan: EpisodePlan, moments: readonly Moment[]): Facts {
  const owners = [...plan.units.map((unit) => unit.id), ...ROLES];
  const handedIn = moments.filter((m) => !BY_DECISION.some((kind) => m.groupId.startsWith(`${kind}:`)));
  return Object.fromEntries(handedIn.flatMap((m) => owners.map((owner) => [`${m.groupId}:${owner}`, { submittedAtMs: m.atMs - 1 }])));
}

export class Play {
  private readonly episodes: Episode[] = [];
  private readonly plan: EpisodePlan;
  private readonly planDigest: string;
  private readonly numbered = new Map<string, number>();

  constructor(plan: Plan) {
    this.plan = episodePlanOf(plan);
    this.planDigest = digestOf(plan);
  }

  /** The episode that the area's inputs belong to; null where none runs. */
  get running(): EpisodeState | null {
    return this.runningEpisode()?.state ?? null;
  }

  get records(): EpisodeRecord[] {
    return this.episodes.map(({ state, events }) => ({ number: state.number, events }));
  }

  /** Goes on to whom it concerns, who act at once. */
  take(input: AreaInput, nowMs: number): void {
    const running = this.runningEpisode() ?? this.holderOf(input);
    if (running) running.carryOut(input, nowMs);
    else if (opensEpisode(input)) this.open(input, nowMs);
    this.runningEpisode()?.letPeopleAct(nowMs);
    this.followOrderLeft(nowMs);
  }

  wakeUntil(nowMs: number): void {
    for (let next = this.nextToWake(nowMs); next !== null; next = this.nextToWake(nowMs)) {
      next.episode.wake(next.atMs);
      next.episode.letPeopleAct(next.atMs);
      this.followOrderLeft(next.atMs);
    }
  }

  /** An order that the episode before has left to the next opens it once no other is running. */
  private followOrderLeft(nowMs: number): void {
    if (this.runningEpisode()) return;
    const [order] = ordersLeft(this.episodes.map((e) => e.state));
    if (!order) return;
    const areaSeq = Math.max(...this.episodes.map((e) => e.state.areaSeq));
    this.open({ type: 'receive-order', areaSeq, order }, nowMs);
    this.runningEpisode()?.letPeopleAct(nowMs);
  }

  /** The inputs have ended at `atMs`: every episode whose lift was issued goes on to its end. */
  windUp(atMs: number): void {
    const untilMs = atMs + FOLLOWED_MS;
    for (const episode of this.episodes) {
      while (episode.state.phase !== 'closed' && (!isActive(episode.state) || episode.state.lift) && episode.wakesAtMs !== null && episode.wakesAtMs <= untilMs) {
        const nowMs = episode.wakesAtMs;
        episode.wake(nowMs);
        episode.letPeopleAct(nowMs);
      }
    }
  }

  private nextToWake(untilMs: number): { readonly episode: Episode; readonly atMs: number } | null {
    let next: { episode: Episode; atMs: number } | null = null;
    for (const episode of this.episodes) {
      const atMs = episode.wakesAtMs;
      if (atMs !== null && atMs <= untilMs && (next === null || atMs < next.atMs)) next = { episode, atMs };
    }
    return next;
  }

  private runningEpisode(): Episode | undefined {
    return this.episodes.find((e) => isActive(e.state));
  }

  /** The paper, or the check, of an order that an episode past its response still holds. */
  private holderOf(input: AreaInput): Episode | undefined {
    const orderId = input.type === 'add-transmission' ? input.order.id : input.type === 'check-order' ? input.orderId : null;
    return this.episodes.find((e) => e.state.phase !== 'closed' && e.state.orders.some((held) => held.order.id === orderId));
  }

  private open(input: AreaInput, nowMs: number): void {
    const { areaId, numberPrefix } = this.plan;
    const year = dayOf(nowMs).slice(0, 4);
    const count = (this.numbered.get(year) ?? 0) + 1;
    this.numbered.set(year, count);
    const number = episodeNumber(numberPrefix, year, count, false);
    const opening = { episodeId: `${areaId}-${number}`.toLowerCase(), number, areaId, drill: false, clock: IDENTITY_CLOCK, planDigest: this.planDigest, rulesVersion: CURRENT_RULES };
    this.episodes.push(new Episode(this.plan, RULES.open(this.plan, { type: 'open', ...opening, input }, nowMs)));
  }
}
