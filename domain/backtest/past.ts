/** Past data as the back-test plays it: what had been observed when, and which days were sand-dust. */
import { dailyAqi } from '../air/aqi.js';
import { OBSERVED_DAYS_WANTED } from '../air/assess.js';
import { endMs, spanOf } from '../air/concentrations.js';
import type { DayValues } from '../air/days.js';
import type { Observed } from '../air/joined.js';
import { type AqiTable, tableAt } from '../air/tables.js';
import { DAY_MS, type Day, dayOf, endOfDayMs, HOUR_MS, startOfDayMs } from '../time.js';

/** The observations of one place, complete; days in order and each once. */
export type Past = Observed;

/** How a day of a daily file is found to be sand-dust (R17): by its ratio, by a list, or not at all. */
export type DustRule =
  | { readonly kind: 'hint'; readonly pm25ToPm10Below: number }
  | { readonly kind: 'days'; readonly days: readonly Day[] }
  | { readonly kind: 'none' };

/** First and last natural day of the data; null for none. */
export function daysOfPast(past: Past): { readonly first: Day; readonly last: Day } | null {
  if (past.kind === 'daily') {
    const [first, last] = [past.days[0], past.days.at(-1)];
    return first && last ? { first: first.date, last: last.date } : null;
  }
  const stations = Object.values(past.stations).filter((c) => c.hours > 0);
  if (stations.length === 0) return null;
  return { first: dayOf(Math.min(...stations.map((c) => c.startMs))), last: dayOf(Math.max(...stations.map(endMs)) - 1) };
}

/** What had been observed by an instant: a day is known at its 24:00, an hour at its end. As far back as an assessment wants. */
export function observedBy(past: Past, atMs: number): Observed {
  const fromMs = atMs - OBSERVED_DAYS_WANTED * DAY_MS;
  if (past.kind === 'daily') {
    const [first, after] = [dayOf(fromMs + DAY_MS - 1), dayOf(atMs)];
    return { kind: 'daily', days: past.days.filter((d) => d.date >= first && d.date < after) };
  }
  const stations = Object.entries(past.stations).flatMap(([name, c]) => {
    const [firstMs, lastMs] = [Math.max(Math.ceil(fromMs / HOUR_MS) * HOUR_MS, c.startMs), Math.min(Math.floor(atMs / HOUR_MS) * HOUR_MS, endMs(c))];
    return lastMs > firstMs ? [[name, spanOf(c, firstMs, lastMs)] as const] : [];
  });
  return { kind: 'hourly', stations: Object.fromEntries(stations) };
}

/** The instants at which something new is known, in order: every day's end, or every hour's. */
export function observationTimes(past: Past): number[] {
  if (past.kind === 'daily') return past.days.map((d) => endOfDayMs(d.date));
  const span = daysOfPast(past);
  if (!span) return [];
  const ends = Object.values(past.stations).map(endMs);
  const [fromMs, toMs] = [Math.min(...Object.values(past.stations).map((c) => c.startMs)), Math.max(...ends)];
  return Array.from({ length: Math.round((toMs - fromMs) / HOUR_MS) }, (_, i) => fromMs + (i + 1) * HOUR_MS);
}

/** The data of the days `[from, to]` alone: nothing outside is observed or forecast. */
export function between(past: Past, from: Day | null, to: Day | null): Past {
  const isIn = (day: Day) => (from === null || day >= from) && (to === null || day <= to);
  if (past.kind === 'daily') return { kind: 'daily', days: past.days.filter((d) => isIn(d.date)) };
  const cut = Object.entries(past.stations).flatMap(([name, c]) => {
    const fromMs = from === null ? c.startMs : Math.max(c.startMs, startOfDayMs(from));
    const toMs = to === null ? endMs(c) : Math.min(endMs(c), startOfDayMs(to) + DAY_MS);
    return toMs > fromMs ? [[name, spanOf(c, fromMs, toMs)] as const] : [];
  });
  return { kind: 'hourly', stations: Object.fromEntries(cut) };
}

/** Days with the AQI to grade by (R37), and flagged where the rule finds sand-dust. */
export function judged(days: readonly DayValues[], tables: readonly AqiTable[], aqi: 'reported' | 'computed', dust: DustRule): DayValues[] {
  return days.map((day) => {
    const computed = dailyAqi(tableAt(tables, startOfDayMs(day.date)), day);
    const chosen = aqi === 'computed' ? (computed?.aqi ?? day.aqi ?? null) : (day.aqi ?? computed?.aqi ?? null);
    return { ...day, aqi: chosen, dust: isDust(day, computed?.primary ?? [], dust) };
  });
}

function isDust({ date, pm25, pm10 }: DayValues, primary: readonly string[], rule: DustRule): boolean {
  switch (rule.kind) {
    case 'none':
      return false;
    case 'days':
      return rule.days.includes(date);
    case 'hint':
      return primary.includes('PM10') && typeof pm25 === 'number' && typeof pm10 === 'number' && pm25 / pm10 < rule.pm25ToPm10Below;
  }
}
