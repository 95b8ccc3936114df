/**
 * The back-test: past data played through the rules of the episode, with
 * people who act at once and everything handed in in time. One area, events in
 * the order of their instants; no clock but the data's.
 */
import { assess } from '../air/assess.js';
import type { Assessment } from '../air/assessment.js';
import type { ForecastValues } from '../air/joined.js';
import type { AqiTable } from '../air/tables.js';
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
import { episodeNumber, isToBeTold, opensEpisode } from '../watch.js';
import { forecaster, type Forecasting, issueTimes } from './forecasts.js';
import { observationTimes, observedBy, type Past } from './past.js';
import { nextAct } from './people.js';

export interface BacktestInput {
  readonly plan: Plan;
  readonly tables: readonly AqiTable[];
  readonly past: Past;
  readonly forecasting: Forecasting;
}

/** The record of one episode, as the ledger would hold it. */
export interface EpisodeRecord {
  readonly number: string;
  readonly events: readonly EpisodeEvent[];
}

/** Longest time an episode is followed after the data end: its reports, its evaluation. */
const FOLLOWED_MS = 60 * DAY_MS;

/** Plays the data; `progress` is told how much of it is done, 0 to 1. */
export function backtest(input: BacktestInput, progress: (share: number) => void = () => undefined): EpisodeRecord[] {
  const area = new Area(input);
  const moments = timetable(input.past);
  moments.forEach(({ atMs, what }, i) => {
    area.wakeUntil(atMs);
    if (what === 'forecast') area.issueForecast(atMs);
    else area.observe(atMs);
    progress((i + 1) / moments.length);
  });
  area.windUp((moments.at(-1)?.atMs ?? 0) + FOLLOWED_MS);
  return area.episodes.map(({ state, events }) => ({ number: state.number, events }));
}

export interface TimetableEntry {
  readonly atMs: number;
  readonly what: 'observation' | 'forecast';
}

/** What comes when; an observation before the forecast of the same instant. */
export function timetable(past: Past): TimetableEntry[] {
  const observations = observationTimes(past).map((atMs) => ({ atMs, what: 'observation' as const }));
  const forecasts = issueTimes(past).map((atMs) => ({ atMs, what: 'forecast' as const }));
  return [...observations, ...forecasts].sort((a, b) => a.atMs - b.atMs);
}

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

class Area {
  readonly episodes: Episode[] = [];
  private readonly plan: EpisodePlan;
  private readonly forecastAt: (issuedAtMs: number) => ForecastValues | null;
  private forecast: { readonly values: ForecastValues; readonly issuedAtMs: number } | null = null;
  private last: Assessment | null = null;
  private seq = 0;
  private readonly numbered = new Map<string, number>();

  constructor(private readonly input: BacktestInput) {
    this.plan = episodePlanOf(input.plan);
    this.forecastAt = forecaster(input.past, input.tables, input.forecasting);
  }

  issueForecast(nowMs: number): void {
    const values = this.forecastAt(nowMs);
    if (!values) return;
    this.forecast = { values, issuedAtMs: nowMs };
    this.take(this.assessed(nowMs), nowMs);
  }

  /** One more hour, or day, is known; it is passed on when it is news. */
  observe(nowMs: number): void {
    const assessment = this.assessed(nowMs);
    if (isToBeTold(this.input.plan, this.last, assessment, this.running()?.state ?? null)) this.take(assessment, nowMs);
  }

  wakeUntil(nowMs: number): void {
    for (let next = this.nextToWake(nowMs); next !== null; next = this.nextToWake(nowMs)) {
      next.episode.wake(next.atMs);
      next.episode.letPeopleAct(next.atMs);
    }
  }

  /** The data have ended: every episode whose lift was issued goes on to its end. */
  windUp(untilMs: number): void {
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

  private assessed(nowMs: number): Assessment {
    const { plan, tables, past } = this.input;
    const { forecast } = this;
    return assess(
      plan,
      tables,
      {
        id: `A${this.seq + 1}`,
        observed: observedBy(past, nowMs),
        forecast: forecast?.values ?? null,
        dustSpans: [],
        forecastId: forecast && `F${dayOf(forecast.issuedAtMs)}`,
        forecastDigest: null,
        forecastIssuedAtMs: forecast?.issuedAtMs ?? null,
      },
      nowMs,
    );
  }

  private take(assessment: Assessment, nowMs: number): void {
    this.last = assessment;
    const input: AreaInput = { type: 'note-assessment', areaSeq: ++this.seq, assessment };
    const running = this.running();
    if (running) running.carryOut(input, nowMs);
    else if (opensEpisode(input)) this.open(input, nowMs);
    this.running()?.letPeopleAct(nowMs);
  }

  private running(): Episode | undefined {
    return this.episodes.find((e) => isActive(e.state));
  }

  private open(input: AreaInput, nowMs: number): void {
    const { areaId, numberPrefix } = this.plan;
    const year = dayOf(nowMs).slice(0, 4);
    const count = (this.numbered.get(year) ?? 0) + 1;
    this.numbered.set(year, count);
    const number = episodeNumber(numberPrefix, year, count, false);
    const opening = { episodeId: `${areaId}-${number}`.toLowerCase(), number, areaId, drill: false, clock: IDENTITY_CLOCK, planDigest: digestOf(this.input.plan), rulesVersion: CURRENT_RULES };
    this.episodes.push(new Episode(this.plan, RULES.open(this.plan, { type: 'open', ...opening, input }, nowMs)));
  }
}
