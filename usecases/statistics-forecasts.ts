/**
 * Forecast hits and misses (3.1, 6.7): each forecast's days held against the
 * days as observed, by the lines that the plan's levels are made of. Both are
 * daily AQI, made as grading makes them (R4, R6, R17, R25).
 */
import { forecastValuesOf, KnownAir } from '../domain/air/known.js';
import { aqiAt, joined, observedPart, type Air } from '../domain/air/joined.js';
import type { TimeSpan } from '../domain/air/concentrations.js';
import type { AqiTable } from '../domain/air/tables.js';
import type { Plan } from '../domain/plan.js';
import { addDays, DAY_MS, type Day, dayOf, endOfDayMs, startOfDayMs } from '../domain/time.js';
import type { IssuedForecast, ObservedValue } from '../db/read/statistics.js';

/** Days ahead that are held against what came. */
export const DAYS_AHEAD = 7;

export interface ForecastRow {
  readonly period: string;
  readonly aqiAbove: number;
  readonly leadDays: number;
  /** Forecast and observed above the line; observed only; forecast only; neither. */
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
  readonly neither: number;
  /** Days forecast and over whose AQI is not known. */
  readonly unknown: number;
  readonly hitPercent: number | null;
}

export interface Judged {
  readonly forecasts: readonly IssuedForecast[];
  readonly observed: readonly ObservedValue[];
  readonly dustSpans: readonly TimeSpan[];
}

export interface Judging {
  readonly plan: Plan;
  readonly tables: readonly AqiTable[];
  readonly from: Day;
  readonly to: Day;
  /** Plan time: days that are over by then are judged. */
  readonly nowMs: number;
  readonly periodOf: (day: Day) => string;
}

/** The lines of the plan's levels, lowest first. */
export function linesOf(plan: Plan): number[] {
  const lines = plan.levels.flatMap((l) => l.predicates.flatMap((p) => [p.spell.aqiAbove, ...(p.containing ? [p.containing.aqiAbove] : [])]));
  return [...new Set(lines)].sort((a, b) => a - b);
}

/** One row per period, line and days of lead; of each area apart, then added up. */
export function forecastRows(judging: Judging, areas: readonly Judged[]): ForecastRow[] {
  const rows = new Map<string, Omit<ForecastRow, 'hitPercent'>>();
  for (const judged of areas) count(judging, judged, rows);
  return [...rows.values()]
    .sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : a.aqiAbove - b.aqiAbove || a.leadDays - b.leadDays))
    .map((row) => ({ ...row, hitPercent: row.hits + row.misses === 0 ? null : Math.round((1000 * row.hits) / (row.hits + row.misses)) / 10 }));
}

function count(judging: Judging, judged: Judged, rows: Map<string, Omit<ForecastRow, 'hitPercent'>>): void {
  const observedAqi = observedDays(judging, judged);
  const lines = linesOf(judging.plan);
  for (const forecast of judged.forecasts) {
    const forecastAqi = forecastDays(judging, forecast);
    for (let leadDays = 1; leadDays <= DAYS_AHEAD; leadDays++) {
      const day = addDays(dayOf(forecast.issuedAtMs), leadDays);
      const said = forecastAqi(day);
      if (said === null || day < judging.from || day > judging.to || endOfDayMs(day) > judging.nowMs) continue;
      const came = observedAqi(day);
      for (const aqiAbove of lines) {
        const period = judging.periodOf(day);
        const key = `${period} ${aqiAbove} ${leadDays}`;
        const row = rows.get(key) ?? { period, aqiAbove, leadDays, hits: 0, misses: 0, falseAlarms: 0, neither: 0, unknown: 0 };
        const outcome = came === null ? 'unknown' : came > aqiAbove ? (said > aqiAbove ? 'hits' : 'misses') : said > aqiAbove ? 'falseAlarms' : 'neither';
        rows.set(key, { ...row, [outcome]: row[outcome] + 1 });
      }
    }
  }
}

function observedDays({ plan, tables, from, to, nowMs }: Judging, { observed, dustSpans }: Judged): (day: Day) => number | null {
  const known = new KnownAir();
  for (const kind of ['hourly', 'daily'] as const) known.observe({ kind, rows: observed.filter((o) => o.kind === kind) });
  known.flag('all', dustSpans);
  const untilMs = Math.min(nowMs, endOfDayMs(to));
  const air = known.since(startOfDayMs(from) - DAY_MS);
  const { series } = observedPart(air, tables, plan.settings, untilMs);
  return (day) => aqiAt(series, endOfDayMs(day));
}

function forecastDays({ plan, tables }: Judging, { issuedAtMs, kind, values }: IssuedForecast): (day: Day) => number | null {
  const air: Air = { observed: null, forecast: forecastValuesOf({ kind, values }), dustSpans: [] };
  const part = observedPart(air, tables, plan.settings, issuedAtMs);
  const series = joined(air, part, plan.settings.promptOn, tables, plan.settings);
  return (day) => aqiAt(series, endOfDayMs(day));
}
