/** Natural days: a day's value, which holds for each of its hours (R5 `natural-day`, R37). */
import type { Settings } from '../plan.js';
import { DAY_MS, dayOf, endOfDayMs, HOUR_MS, startOfDayMs } from '../time.js';
import type { Day } from '../time.js';
import { dailyAqi, iaqi } from './aqi.js';
import type { TimeSpan } from './concentrations.js';
import type { MeanSettings } from './means.js';
import { maskOf, MISSING, PM10_BIT, PM25_BIT, scaled } from './pollutants.js';
import type { PollutantMask } from './pollutants.js';
import { emptySeries, GATE_CLOSED, GATE_PASSED, GATE_UNKNOWN, NATURAL_DAY } from './series.js';
import type { MeanSeries } from './series.js';
import { tableAt } from './tables.js';
import type { AqiTable } from './tables.js';

/** What is known of a day, concentrations in written units (µg/m³; CO mg/m³; O3 the highest 8 h mean). */
export interface DayValues {
  readonly date: Day;
  /** As reported or forecast; null or absent where only concentrations are known. */
  readonly aqi?: number | null;
  readonly pm25?: number | null;
  readonly pm10?: number | null;
  readonly so2?: number | null;
  readonly no2?: number | null;
  readonly co?: number | null;
  readonly o3_8h?: number | null;
  /** Names as in `POLLUTANTS`. */
  readonly primary?: readonly string[];
  /** The day is sand-dust, whatever the flagged spans say (R17). */
  readonly dust?: boolean;
}

/** A day's value as an hour of a series holds it. */
export interface DayMean {
  readonly aqi: number;
  readonly primary: PollutantMask;
  readonly gate: number;
}

export type DaySettings = MeanSettings & Pick<Settings, 'dust' | 'dailyFileAqi'>;

const NOTHING: DayMean = { aqi: MISSING, primary: 0, gate: GATE_CLOSED };

/**
 * Judges one day: its reported or its computed AQI (R37); a sand-dust day
 * without PM10, and missing where that cannot be told (R17).
 */
export function dayMean(day: DayValues, dusty: boolean, tables: readonly AqiTable[], settings: DaySettings): DayMean {
  const table = tableAt(tables, startOfDayMs(day.date));
  const named = maskOf(day.primary ?? []);
  const withoutPm10 = dusty && settings.dust === 'without-pm10';
  if (dusty && settings.dust === 'missing') return NOTHING;
  const pm25Known = scaled(day.pm25) !== MISSING;
  const known = pm25Known ? dailyAqi(table, withoutPm10 ? { ...day, pm10: null } : day) : null;
  const reported = withoutPm10 && (named === 0 || (named & PM10_BIT) !== 0) ? null : (day.aqi ?? null);
  const computedFirst = withoutPm10 || settings.dailyFileAqi === 'computed';
  const aqi = computedFirst ? (known?.aqi ?? reported) : (reported ?? known?.aqi);
  if (aqi === null || aqi === undefined) return NOTHING;
  const byConcentrations = known && (withoutPm10 || scaled(day.pm10) !== MISSING) ? maskOf(known.primary) : 0;
  const primary = named !== 0 && !withoutPm10 ? named : byConcentrations;
  return { aqi, primary, gate: gateOf(aqi, primary, day.pm25 ?? null, table, settings.basicCondition) };
}

/** R3 on a day's value: by AQI, by PM2.5 where it is known, else by the primary pollutant, whose IAQI the AQI is. */
function gateOf(aqi: number, primary: PollutantMask, pm25: number | null, table: AqiTable, gate: Settings['basicCondition']): number {
  if (!gate) return GATE_CLOSED;
  if (aqi > gate.aqiAbove) return GATE_PASSED;
  if (pm25 !== null) return scaled(pm25) > scaled(gate.pm25UgM3Above) ? GATE_PASSED : GATE_CLOSED;
  if (aqi <= (iaqi(table, 'pm25_24h', scaled(gate.pm25UgM3Above)) ?? MISSING)) return GATE_CLOSED;
  if (primary === 0) return GATE_UNKNOWN;
  return (primary & PM25_BIT) !== 0 ? GATE_PASSED : GATE_CLOSED;
}

/** Flagged itself, or touched by a flagged span. */
export function isDusty(day: DayValues, dustSpans: readonly TimeSpan[]): boolean {
  const [fromMs, toMs] = [startOfDayMs(day.date), endOfDayMs(day.date)];
  return day.dust === true || dustSpans.some((span) => span.fromMs < toMs && span.toMs > fromMs);
}

/** Writes a day's value into the hours of the day that lie in `[fromMs, toMs)` and in the series. */
export function setDay(series: MeanSeries, date: Day, mean: DayMean, fromMs: number, toMs: number): void {
  const index = (atMs: number) => Math.min(series.hours, Math.max(0, Math.ceil((atMs - series.startMs) / HOUR_MS)));
  const first = index(Math.max(fromMs, startOfDayMs(date)));
  const end = index(Math.min(toMs, endOfDayMs(date)));
  if (end <= first) return;
  series.aqi.fill(mean.aqi, first, end);
  series.primary.fill(mean.primary, first, end);
  series.gate.fill(mean.gate, first, end);
  series.kind.fill(NATURAL_DAY, first, end);
}

/** Days in a row of 24 equal hours each. Days may come in any order; what lies between them is missing. */
export function daySeries(days: readonly DayValues[], dustSpans: readonly TimeSpan[], tables: readonly AqiTable[], settings: DaySettings): MeanSeries {
  const starts = days.map((day) => startOfDayMs(day.date));
  const startMs = starts.reduce((a, b) => Math.min(a, b), Infinity);
  const endMs = starts.reduce((a, b) => Math.max(a, b), -Infinity) + DAY_MS;
  if (starts.length === 0) return emptySeries(0, 0);
  const series = emptySeries(startMs, Math.round((endMs - startMs) / HOUR_MS));
  series.kind.fill(NATURAL_DAY);
  for (const day of days) setDay(series, day.date, dayMean(day, isDusty(day, dustSpans), tables, settings), startMs, endMs);
  return series;
}

/**
 * Natural days of a running series: the window that ends with a day is the
 * day's own mean. A day that the series does not reach the end of is missing.
 */
export function toNaturalDays(running: MeanSeries): MeanSeries {
  const series = emptySeries(running.startMs, running.hours);
  series.kind.fill(NATURAL_DAY);
  const endMs = running.startMs + running.hours * HOUR_MS;
  for (let lastHourMs = endOfDayMs(dayOf(running.startMs)) - HOUR_MS; lastHourMs < endMs; lastHourMs += DAY_MS) {
    const hour = Math.round((lastHourMs - running.startMs) / HOUR_MS);
    const mean = { aqi: running.aqi[hour]!, primary: running.primary[hour]!, gate: running.gate[hour]! };
    setDay(series, dayOf(lastHourMs), mean, running.startMs, endMs);
  }
  return series;
}
