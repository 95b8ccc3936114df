/** Builders of air for tests: series by AQI, hours by PM2.5, days by AQI. */
import { emptyConcentrations } from '../../domain/air/concentrations.js';
import type { Concentrations } from '../../domain/air/concentrations.js';
import type { DayValues } from '../../domain/air/days.js';
import type { ForecastDay } from '../../domain/air/joined.js';
import { POLLUTANT_KEYS, scaled } from '../../domain/air/pollutants.js';
import type { PollutantKey } from '../../domain/air/pollutants.js';
import { emptySeries, GATE_CLOSED, GATE_PASSED, NATURAL_DAY, RUNNING } from '../../domain/air/series.js';
import type { MeanSeries } from '../../domain/air/series.js';
import type { AqiItem, AqiTable } from '../../domain/air/tables.js';
import { addDays, HOUR_MS, startOfDayMs } from '../../domain/time.js';

/** 00:00 Beijing time of a winter day under HJ 633-2012. */
export const START_MS = startOfDayMs('2024-01-01');
export const hoursAfter = (hours: number) => START_MS + hours * HOUR_MS;

/** Stretches of equal hours, as `[hours, AQI]`; -1 is missing. The basic condition passes above 150 unless told otherwise. */
export function seriesOf(stretches: readonly (readonly [number, number])[], kind: 'running' | 'natural-day' = 'running', gate?: (aqi: number) => number): MeanSeries {
  const aqi = stretches.flatMap(([hours, value]) => Array<number>(hours).fill(value));
  const series = emptySeries(START_MS, aqi.length);
  series.aqi.set(aqi);
  series.kind.fill(kind === 'running' ? RUNNING : NATURAL_DAY);
  series.gate.set(aqi.map(gate ?? ((value) => (value > 150 ? GATE_PASSED : GATE_CLOSED))));
  return series;
}

/** Low values of the other pollutants, so that PM2.5 decides. */
const CLEAN = { pm25: 10, pm10: 20, so2: 5, no2: 10, co: 0.5, o3: 20 } as const;

/** Hours of equal concentrations, one after the other; null in a stretch is missing. */
export function hoursOf(stretches: readonly (readonly [number, Partial<Record<PollutantKey, number | null>>])[], startMs = START_MS): Concentrations {
  const result = emptyConcentrations(startMs, stretches.reduce((sum, [hours]) => sum + hours, 0));
  let first = 0;
  for (const [hours, values] of stretches) {
    for (const key of POLLUTANT_KEYS) {
      const value = values[key];
      result.columns[key].fill(scaled(value === undefined ? CLEAN[key] : value), first, first + hours);
    }
    first += hours;
  }
  return result;
}

/** Consecutive forecast days of equal ends of the range, or `[low, high]`. */
export function forecastDays(first: string, ...aqi: readonly (number | readonly [number, number])[]): ForecastDay[] {
  return aqi.map((value, i) => {
    const [aqiLow, aqiHigh] = typeof value === 'number' ? [value, value] : value;
    return { date: addDays(first, i), aqiLow, aqiHigh, primary: ['PM2.5'] };
  });
}

/** Consecutive observed days with a reported AQI. */
export function observedDays(first: string, ...aqi: readonly (number | null)[]): DayValues[] {
  return aqi.map((value, i) => ({ date: addDays(first, i), aqi: value, primary: ['PM2.5'] }));
}

/** IAQI of the mean `sum / count` in whole numbers without any division of doubles; -1 for none. */
export function exactIaqi(table: AqiTable, item: AqiItem, sum: number, count: number): number {
  const { points, iaqi, above } = table.scales[item];
  const n = BigInt(count);
  const i = points.findIndex((point, k) => k > 0 && BigInt(sum) <= BigInt(point) * n);
  if (i < 0) return above ?? -1;
  const [low, high, from, to] = [points[i - 1]!, points[i]!, iaqi[i - 1]!, iaqi[i]!].map(BigInt) as [bigint, bigint, bigint, bigint];
  const [dividend, divisor] = [(BigInt(sum) - low * n) * (to - from), (high - low) * n];
  return Number(from + (dividend + divisor - 1n) / divisor);
}
