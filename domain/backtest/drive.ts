/**
 * The back-test: past data played through the rules of the episode. One area,
 * events in the order of their instants; no clock but the data's.
 */
import { assess } from '../air/assess.js';
import type { Assessment } from '../air/assessment.js';
import type { ForecastValues } from '../air/joined.js';
import type { AqiTable } from '../air/tables.js';
import type { Plan } from '../plan.js';
import { dayOf } from '../time.js';
import { isToBeTold } from '../watch.js';
import { forecaster, type Forecasting, issueTimes } from './forecasts.js';
import { observationTimes, observedBy, type Past } from './past.js';
import { type EpisodeRecord, Play } from './play.js';

export interface BacktestInput {
  readonly plan: Plan;
  readonly tables: readonly AqiTable[];
  readonly past: Past;
  readonly forecasting: Forecasting;
}

/** Plays the data; `progress` is told how much of it is done, 0 to 1. */
export function backtest(input: BacktestInput, progress: (share: number) => void = () => undefined): EpisodeRecord[] {
  const area = new Area(input);
  const moments = timetable(input.past);
  moments.forEach(({ atMs, what }, i) => {
    area.play.wakeUntil(atMs);
    if (what === 'forecast') area.issueForecast(atMs);
    else area.observe(atMs);
    progress((i + 1) / moments.length);
  });
  area.play.windUp(moments.at(-1)?.atMs ?? 0);
  return area.play.records;
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

class Area {
  readonly play: Play;
  private readonly forecastAt: (issuedAtMs: number) => ForecastValues | null;
  private forecast: { readonly values: ForecastValues; readonly issuedAtMs: number } | null = null;
  private last: Assessment | null = null;
  private seq = 0;

  constructor(private readonly input: BacktestInput) {
    this.play = new Play(input.plan);
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
    if (isToBeTold(this.input.plan, this.last, assessment, this.play.running)) this.take(assessment, nowMs);
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
    this.play.take({ type: 'note-assessment', areaSeq: ++this.seq, assessment }, nowMs);
  }
}
