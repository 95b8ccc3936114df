/**
 * Plays past data through the running city: what comes when is the back-test's
 * own timetable, what people do its own script; only here everything goes over
 * the API, and the workflows wake by themselves.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { forecaster } from '../../domain/backtest/forecasts.js';
import { timetable } from '../../domain/backtest/drive.js';
import { nextAct } from '../../domain/backtest/people.js';
import { type EpisodePlan, episodePlanOf } from '../../domain/episode/plan.js';
import { type EpisodeState, isActive } from '../../domain/episode/state.js';
import { CURRENT_RULES, rulesOf } from '../../domain/rules.js';
import { DAY_MS } from '../../domain/time.js';
import { activeEpisode, unarchivedEpisodes } from '../../db/read/episodes.js';
import type { Played } from '../commands/backtest.js';
import type { Progress } from '../output.js';
import { carryOut } from '../people/acts.js';
import { forecastBody, observationBody } from '../people/feeds.js';
import { handInAll, type People, type Planned, plansOf } from '../people/handing-in.js';
import { Refused } from '../people/office.js';
import type { City } from './city.js';

export interface Cast {
  readonly people: People;
  readonly seed: number;
}

/** Longest time an episode is followed after the data end. */
const FOLLOWED_MS = 60 * DAY_MS;
const SETTLE_LIMIT_MS = 30_000;
/** More than a workflow takes to answer. */
const INSTANT_MS = 1_000;
const RULES = rulesOf(CURRENT_RULES);

export async function play(city: City, played: Played, cast: Cast, progress: Progress): Promise<void> {
  const season = new Season(city, played, cast);
  const entries = timetable(played.past);
  for (const [i, { atMs, what }] of entries.entries()) {
    await season.passUntil(atMs);
    await (what === 'forecast' ? season.issueForecast(atMs) : season.observe(atMs));
    progress((i + 1) / entries.length);
  }
  await season.windUp((entries.at(-1)?.atMs ?? 0) + FOLLOWED_MS);
}

class Season {
  private readonly plan: EpisodePlan;
  private readonly forecastAt: ReturnType<typeof forecaster>;
  private planned: Planned[] = [];
  private readonly known = new Set<string>();

  constructor(
    private readonly city: City,
    private readonly played: Played,
    private readonly cast: Cast,
  ) {
    this.plan = episodePlanOf(played.plan);
    this.forecastAt = forecaster(played.past, played.tables, played.forecasting);
  }

  async issueForecast(atMs: number): Promise<void> {
    const values = this.forecastAt(atMs);
    if (!values) return;
    const answer = await this.city.office.post('technical', `/areas/${this.city.areaId}/forecasts`, forecastBody(values, atMs));
    await this.taken(answer);
  }

  async observe(atMs: number): Promise<void> {
    const body = observationBody(this.played.past, atMs, this.played.plan.settings.stations);
    if (body) await this.taken(await this.city.office.post('integration', `/areas/${this.city.areaId}/observations`, body));
  }

  /** Lets time pass, stopping wherever an episode wakes or somebody hands something in. */
  async passUntil(untilMs: number): Promise<void> {
    for (;;) {
      const states = await this.open();
      this.planAhead(states, untilMs);
      const next = Math.min(untilMs, this.planned[0]?.atMs ?? Infinity, ...states.map((s) => RULES.nextWakeUp(this.plan, s) ?? Infinity));
      await this.city.sleepUntil(next);
      await this.settled();
      await this.handInDue();
      await this.letPeopleAct();
      if (next >= untilMs) return;
    }
  }

  /** The data have ended: every episode whose lift was issued goes on to its end. */
  async windUp(untilMs: number): Promise<void> {
    for (;;) {
      const going = (await this.open()).filter((s) => !isActive(s) || s.lift);
      const wakes = going.map((s) => RULES.nextWakeUp(this.plan, s) ?? Infinity);
      const next = Math.min(...wakes);
      if (going.length === 0 || next > untilMs) return;
      await this.passUntil(next);
    }
  }

  private async open(): Promise<EpisodeState[]> {
    return (await unarchivedEpisodes(this.city.pool)).map((e) => e.state).filter((s) => s.phase !== 'closed');
  }

  private planAhead(states: readonly EpisodeState[], untilMs: number): void {
    const fresh = states.flatMap((s) => plansOf(this.plan, s, this.cast.people, this.cast.seed, untilMs, this.known));
    for (const p of fresh) this.known.add(`${p.episodeId}/${p.obligationId}`);
    if (fresh.length > 0) this.planned = [...this.planned, ...fresh].sort((a, b) => a.atMs - b.atMs);
  }

  private async handInDue(): Promise<void> {
    const nowMs = await this.city.planNowMs();
    const due = this.planned.filter((p) => p.atMs <= nowMs);
    this.planned = this.planned.filter((p) => p.atMs > nowMs);
    await handInAll(this.city.office, this.played.plan, due, nowMs);
  }

  private async letPeopleAct(): Promise<void> {
    for (const { id } of await this.open()) {
      for (;;) {
        const state = (await this.open()).find((s) => s.id === id);
        const act = state && nextAct(this.plan, state, await this.city.planNowMs());
        if (!act) break;
        try {
          await carryOut(this.city.office, id, act);
        } catch (error) {
          if (!(error instanceof Refused) || error.status !== 409) throw error;
          break;
        }
        await this.settled();
      }
    }
  }

  /** Waits until the engine has taken a new row in: only one that carries an assessment moves anything. */
  private async taken(answer: Record<string, unknown>): Promise<void> {
    const seq = Number(answer['seq']);
    if (answer['assessment'] !== null && answer['assessment'] !== undefined && seq > 0) {
      const opens = ((answer['assessment'] as { processes?: unknown[] }).processes ?? []).length > 0;
      await this.until(async () => {
        const id = await activeEpisode(this.city.pool, this.city.areaId);
        const states = await this.open();
        const active = states.find((s) => s.id === id);
        return active ? active.areaSeq >= seq : !opens || states.some((s) => s.areaSeq >= seq);
      }, `row ${seq} of the area`);
    }
    await this.settled();
    await this.letPeopleAct();
  }

  /**
   * Waits until no episode has anything left to do at this instant, or within the
   * next: a timer that rings while the time-skipping server waits for the answer
   * that would stop it leaves its workflow without a task for good (temporalio/sdk-java, issue 3088).
   */
  private async settled(): Promise<void> {
    await this.until(async () => {
      const nowMs = await this.city.planNowMs();
      return (await this.open()).every((s) => (RULES.nextWakeUp(this.plan, s) ?? Infinity) > nowMs + INSTANT_MS);
    }, 'an episode to wake');
  }

  private async until(holds: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`waited ${SETTLE_LIMIT_MS / 1000} s for ${what}`);
      await pause(3);
    }
  }
}
