/**
 * Forecasts made from past data: issued at 16:00 Beijing time of a day D, for
 * the rest of D and the next 7 days. `perfect` is the data itself,
 * `persistence` the last known day over and over, `noisy` the data with an
 * error that grows with the lead.
 */
import { cityConcentrations, type Concentrations, emptyConcentrations, endMs, spanOf } from '../air/concentrations.js';
import { dailyAqi } from '../air/aqi.js';
import type { DayValues } from '../air/days.js';
import type { ForecastDay, ForecastValues } from '../air/joined.js';
import { POLLUTANT_KEYS } from '../air/pollutants.js';
import { type AqiTable, tableAt } from '../air/tables.js';
import { addDays, type Day, DAY_MS, dayOf, dayStartMs, endOfDayMs, HOUR_MS, startOfDayMs } from '../time.js';
import { normalOf } from './noise.js';
import { daysOfPast, type Past } from './past.js';

export interface Forecasting {
  readonly skill: 'perfect' | 'persistence' | 'noisy';
  readonly seed: number;
}

export const ISSUE_HOUR = 16;
export const DAYS_AHEAD = 7;

/** Share by which a noisy forecast is wrong (one standard deviation), for each day of lead begun. */
const ERROR_PER_DAY = 0.05;

/** When a forecast is issued: every day of the data. */
export function issueTimes(past: Past): number[] {
  const span = daysOfPast(past);
  if (!span) return [];
  const times: number[] = [];
  for (let day = span.first; day <= span.last; day = addDays(day, 1)) times.push(startOfDayMs(day) + ISSUE_HOUR * HOUR_MS);
  return times;
}

/** A maker of forecasts: given the instant of issue the forecast, or null where the data have nothing to make one of. */
export function forecaster(past: Past, tables: readonly AqiTable[], forecasting: Forecasting): (issuedAtMs: number) => ForecastValues | null {
  return past.kind === 'daily' ? dailyForecaster(past.days, tables, forecasting) : hourlyForecaster(cityOf(past.stations), forecasting);
}

function cityOf(stations: Readonly<Record<string, Concentrations>>): Concentrations {
  const all = Object.values(stations);
  return all.length > 0 ? cityConcentrations(all) : emptyConcentrations(0, 0);
}

function dailyForecaster(days: readonly DayValues[], tables: readonly AqiTable[], { skill, seed }: Forecasting): (issuedAtMs: number) => ForecastValues | null {
  const byDate = new Map(days.filter((d) => typeof d.aqi === 'number').map((d) => [d.date, d]));
  const [first, last] = [days[0]?.date ?? '', days.at(-1)?.date ?? ''];
  /** A day that the data lack is forecast like the last one before it. */
  const latestBy = (date: Day): DayValues | null => {
    for (let day = date; day >= first; day = addDays(day, -1)) {
      const found = byDate.get(day);
      if (found) return found;
    }
    return null;
  };
  return (issuedAtMs) => {
    const today = dayOf(issuedAtMs);
    const forecast = Array.from({ length: DAYS_AHEAD + 1 }, (_, lead): ForecastDay[] => {
      const date = addDays(today, lead);
      const source = skill === 'persistence' ? latestBy(addDays(today, -1)) : date <= last ? latestBy(date) : null;
      if (!source) return [];
      return [forecastDay(date, source, tables, skill === 'noisy' ? factorOf(seed, today, lead) : 1)];
    }).flat();
    return forecast.length > 0 ? { kind: 'daily', days: forecast } : null;
  };
}

function forecastDay(date: Day, source: DayValues, tables: readonly AqiTable[], factor: number): ForecastDay {
  const aqi = Math.min(500, Math.round((source.aqi ?? 0) * factor));
  const primary = dailyAqi(tableAt(tables, startOfDayMs(source.date)), source)?.primary ?? [];
  return {
    date,
    aqiLow: aqi,
    aqiHigh: aqi,
    ...(typeof source.pm25 === 'number' ? { pm25: Math.round(source.pm25 * factor * 1000) / 1000 } : {}),
    primary,
    dust: source.dust === true,
  };
}

function hourlyForecaster(city: Concentrations, { skill, seed }: Forecasting): (issuedAtMs: number) => ForecastValues | null {
  return (issuedAtMs) => {
    const today = dayOf(issuedAtMs);
    const untilMs = endOfDayMs(addDays(today, DAYS_AHEAD));
    const hours = skill === 'persistence' ? repeated(city, issuedAtMs, untilMs) : spanOf(city, issuedAtMs, Math.max(issuedAtMs, Math.min(untilMs, endMs(city))));
    if (hours.hours === 0) return null;
    return { kind: 'hourly', hours: skill === 'noisy' ? disturbed(hours, today, seed) : hours };
  };
}

/** The last 24 hours before the issue, over and over. */
function repeated(city: Concentrations, issuedAtMs: number, untilMs: number): Concentrations {
  const day = spanOf(city, issuedAtMs - DAY_MS, issuedAtMs);
  const result = emptyConcentrations(issuedAtMs, Math.round((untilMs - issuedAtMs) / HOUR_MS));
  for (const key of POLLUTANT_KEYS) result.columns[key].forEach((_, hour, column) => (column[hour] = day.columns[key][hour % 24]!));
  return result;
}

/** One error a day for all pollutants: what a forecast gets wrong is the weather. */
function disturbed(hours: Concentrations, today: Day, seed: number): Concentrations {
  const result = emptyConcentrations(hours.startMs, hours.hours);
  for (let hour = 0; hour < hours.hours; hour++) {
    const lead = Math.round((dayStartMs(hours.startMs + hour * HOUR_MS) - startOfDayMs(today)) / DAY_MS);
    const factor = factorOf(seed, today, lead);
    for (const key of POLLUTANT_KEYS) {
      const value = hours.columns[key][hour]!;
      if (value >= 0) result.columns[key][hour] = Math.round(value * factor);
    }
  }
  return result;
}

function factorOf(seed: number, today: Day, lead: number): number {
  return Math.exp(ERROR_PER_DAY * (lead + 1) * normalOf(seed, startOfDayMs(today) / DAY_MS, lead));
}
