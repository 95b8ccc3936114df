/** Observed hours (or days) up to now, then one forecast: the series an assessment grades. */
import type { Settings } from '../plan.js';
import { DAY_MS, dayStartMs, endOfDayMs, HOUR_MS, startOfDayMs } from '../time.js';
import type { Day } from '../time.js';
import { cityConcentrations, emptyConcentrations, endMs, joinedAt, knownUntilMs, spanOf, withDustHandled } from './concentrations.js';
import type { Concentrations, TimeSpan } from './concentrations.js';
import { dayMean, isDusty, setDay, toNaturalDays } from './days.js';
import type { DayValues } from './days.js';
import { runningMeans, worstOf } from './means.js';
import { MISSING } from './pollutants.js';
import { emptySeries } from './series.js';
import type { MeanSeries } from './series.js';
import type { AqiTable } from './tables.js';

export type Observed =
  /** By station; the city's own series is one station. */
  | { readonly kind: 'hourly'; readonly stations: Readonly<Record<string, Concentrations>> }
  | { readonly kind: 'daily'; readonly days: readonly DayValues[] };

/** A forecast day: a range of AQI (R6), and what else is said of the day. */
export interface ForecastDay {
  readonly date: Day;
  readonly aqiLow: number;
  readonly aqiHigh: number;
  /** µg/m³. */
  readonly pm25?: number | null;
  readonly primary?: readonly string[];
  readonly dust?: boolean;
}

export type ForecastValues =
  | { readonly kind: 'daily'; readonly days: readonly ForecastDay[] }
  | { readonly kind: 'hourly'; readonly hours: Concentrations };

export interface Air {
  readonly observed: Observed | null;
  readonly forecast: ForecastValues | null;
  readonly dustSpans: readonly TimeSpan[];
}

/** An end of the forecast's range, or its middle rounded up (R6). */
export type RangeReading = 'low' | 'middle' | 'high';

/** The observed part, which is the same for every reading of the forecast. */
export interface ObservedPart {
  /** Observed (and hourly forecast) hours, missing ones up to the end of the forecast. */
  readonly series: MeanSeries;
  /** End of the last observed hour or day used; null when none. */
  readonly observedUntilMs: number | null;
  /** End of the last hour or day told, be it without any value. */
  readonly toldUntilMs: number;
}

/** What had been observed by `atMs`; hourly forecasts are joined to the concentrations, so that windows run across. */
export function observedPart(air: Air, tables: readonly AqiTable[], settings: Settings, atMs: number): ObservedPart {
  if (air.observed?.kind === 'daily') return observedDays(air, air.observed.days, tables, settings, atMs);
  const stations = air.observed ? stationsOf(air.observed.stations, settings.stations, atMs) : [];
  const known = stations.map(knownUntilMs).filter((ms) => ms !== null);
  const observedUntilMs = known.length > 0 ? Math.max(...known) : null;
  const toldUntilMs = Math.max(...stations.map(endMs));
  return { series: ofHours(air, stations, observedUntilMs, tables, settings), observedUntilMs, toldUntilMs };
}

/** The listed stations (all where the plan lists none), cut to the hours that have ended by `atMs` (R25). */
function stationsOf(given: Readonly<Record<string, Concentrations>>, listed: readonly string[], atMs: number): Concentrations[] {
  const nowMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return Object.entries(given)
    .filter(([name]) => listed.length === 0 || listed.includes(name))
    .map(([, hours]) => (endMs(hours) > nowMs ? spanOf(hours, Math.min(hours.startMs, nowMs), nowMs) : hours));
}

function ofHours(air: Air, stations: Concentrations[], observedUntilMs: number | null, tables: readonly AqiTable[], settings: Settings): MeanSeries {
  const places = settings.cityValue === 'mean-concentrations' && stations.length > 0 ? [cityConcentrations(stations)] : stations;
  const forecast = air.forecast?.kind === 'hourly' ? air.forecast.hours : null;
  const joinMs = observedUntilMs ?? forecast?.startMs ?? 0;
  const observed = places.length > 0 ? places : forecast ? [emptyConcentrations(joinMs, 0)] : [];
  const startMs = Math.min(...observed.map((c) => c.startMs));
  const toMs = Math.max(joinMs, ...(forecast ? [endMs(forecast)] : []));
  const series = observed.map((c) => {
    const hours = spanOf(forecast ? joinedAt(c, forecast, joinMs) : c, startMs, toMs);
    return runningMeans(withDustHandled(hours, air.dustSpans, settings.dust), tables, settings);
  });
  if (series.length === 0) return emptySeries(joinMs, 0);
  const city = worstOf(series);
  return settings.windows === 'natural-day' ? toNaturalDays(city) : city;
}

function observedDays(air: Air, given: readonly DayValues[], tables: readonly AqiTable[], settings: Settings, atMs: number): ObservedPart {
  const days = given
    .filter((day) => endOfDayMs(day.date) <= atMs)
    .map((day) => ({ date: day.date, mean: dayMean(day, isDusty(day, air.dustSpans), tables, settings), said: day.aqi ?? day.pm25 ?? null }));
  const said = days.filter((day) => day.said !== null).map((day) => day.date).sort();
  const [first, last] = [said[0], said.at(-1)];
  const toldUntilMs = Math.max(...days.map((day) => endOfDayMs(day.date)));
  const forecast = ofHours({ ...air, observed: null }, [], null, tables, settings);
  if (first === undefined || last === undefined) return { series: forecast, observedUntilMs: null, toldUntilMs };
  const observedUntilMs = endOfDayMs(last);
  const series = extended(forecast, startOfDayMs(first), observedUntilMs);
  for (const { date, mean } of days) setDay(series, date, mean, -Infinity, observedUntilMs);
  return { series, observedUntilMs, toldUntilMs };
}

/** The whole series for one reading of a daily forecast's range. */
export function joined(air: Air, part: ObservedPart, reading: RangeReading, tables: readonly AqiTable[], settings: Settings): MeanSeries {
  if (air.forecast?.kind !== 'daily' || air.forecast.days.length === 0) return part.series;
  const { days } = air.forecast;
  const fromMs = forecastFromMs(part, settings);
  const starts = days.map((day) => startOfDayMs(day.date));
  const series = extended(part.series, Math.min(...starts), Math.max(...starts) + DAY_MS);
  for (const day of days) {
    const values = { ...day, aqi: aqiOf(day, reading) };
    setDay(series, day.date, dayMean(values, isDusty(day, air.dustSpans), tables, { ...settings, dailyFileAqi: 'reported' }), fromMs, Infinity);
  }
  return series;
}

/** With natural days a day that is not over has no observed value, so the forecast's stands for the whole of it. */
function forecastFromMs({ observedUntilMs }: ObservedPart, settings: Settings): number {
  if (observedUntilMs === null) return -Infinity;
  return settings.windows === 'natural-day' ? dayStartMs(observedUntilMs) : observedUntilMs;
}

function aqiOf(day: ForecastDay, reading: RangeReading): number {
  switch (reading) {
    case 'low':
      return day.aqiLow;
    case 'middle':
      return Math.ceil((day.aqiLow + day.aqiHigh) / 2);
    case 'high':
      return day.aqiHigh;
  }
}

/** A copy that reaches from `startMs` or earlier to `toMs` or later; added hours are missing. */
function extended(series: MeanSeries, startMs: number, toMs: number): MeanSeries {
  const [firstMs, lastMs] =
    series.hours === 0 ? [startMs, toMs] : [Math.min(series.startMs, startMs), Math.max(endMs(series), toMs)];
  const result = emptySeries(firstMs, Math.round((lastMs - firstMs) / HOUR_MS));
  const offset = Math.round((series.startMs - firstMs) / HOUR_MS);
  if (series.hours === 0) return result;
  result.aqi.set(series.aqi, offset);
  result.primary.set(series.primary, offset);
  result.gate.set(series.gate, offset);
  result.kind.set(series.kind, offset);
  return result;
}

/** The AQI of the last hour that had ended by `atMs`; null where it is missing. */
export function aqiAt(series: MeanSeries, atMs: number): number | null {
  const aqi = series.aqi[Math.floor((atMs - series.startMs) / HOUR_MS) - 1];
  return aqi === undefined || aqi === MISSING ? null : aqi;
}
