/**
 * AQI by HJ 633: individual indices by linear interpolation, rounded up, in
 * whole numbers throughout; the daily and the hourly form; primary pollutants.
 */
import type { Text } from '../text.js';
import { MISSING, POLLUTANTS, pollutantsOf, scaled } from './pollutants.js';
import type { Pollutant, PollutantMask, Scaled } from './pollutants.js';
import type { AqiItem, AqiTable, IaqiScale } from './tables.js';

/**
 * IAQI of the mean `sum / count` of scaled concentrations; `MISSING` where the
 * scale gives none above its last point. The quotient is of whole numbers whose
 * distance from the next whole number is far above a double's precision, so the
 * rounding up is exact.
 */
export function iaqiOfMean(scale: IaqiScale, sum: Scaled, count: number): number {
  const { points, iaqi } = scale;
  for (let i = 1; i < points.length; i++) {
    const high = points[i]!;
    if (sum > high * count) continue;
    const low = points[i - 1]!;
    const base = iaqi[i - 1]!;
    return base + Math.ceil(((sum - low * count) * (iaqi[i]! - base)) / ((high - low) * count));
  }
  return scale.above ?? MISSING;
}

/** IAQI of one scaled concentration; null when it is missing or the item has no IAQI there. */
export function iaqi(table: AqiTable, item: AqiItem, value: Scaled): number | null {
  if (value < 0) return null;
  const index = iaqiOfMean(table.scales[item], value, 1);
  return index === MISSING ? null : index;
}

/** Concentrations of a day in written units (24 h means; O3 the highest 8 h mean, and the highest hour for HJ 633-2012 above 800). */
export interface DailyConcentrations {
  readonly pm25?: number | null;
  readonly pm10?: number | null;
  readonly so2?: number | null;
  readonly no2?: number | null;
  readonly co?: number | null;
  readonly o3_8h?: number | null;
  readonly o3_1h?: number | null;
}

/** Concentrations of an hour in written units; the 24 h value of SO2 for HJ 633-2012 above 800. */
export interface HourlyConcentrations {
  readonly pm25?: number | null;
  readonly pm10?: number | null;
  readonly so2?: number | null;
  readonly no2?: number | null;
  readonly co?: number | null;
  readonly o3?: number | null;
  readonly so2_24h?: number | null;
}

export interface Aqi {
  readonly aqi: number;
  /** All with the highest IAQI; none unless AQI > 50. */
  readonly primary: readonly Pollutant[];
  readonly category: Category;
}

/** AQI of a day from whatever is known of it; null when nothing is. */
export function dailyAqi(table: AqiTable, day: DailyConcentrations): Aqi | null {
  const of = (item: AqiItem, value?: number | null) => iaqi(table, item, scaled(value));
  return aqiOf([
    of('pm25_24h', day.pm25),
    of('pm10_24h', day.pm10),
    of('so2_24h', day.so2),
    of('no2_24h', day.no2),
    of('co_24h', day.co),
    exceedsScale(table, 'o3_8h', day.o3_8h) ? of('o3_1h', day.o3_1h) : of('o3_8h', day.o3_8h),
  ]);
}

/** AQI of an hour: 1 h values of SO2, NO2, CO and O3; particulates against the 24 h table. */
export function hourlyAqi(table: AqiTable, hour: HourlyConcentrations): Aqi | null {
  const of = (item: AqiItem, value?: number | null) => iaqi(table, item, scaled(value));
  return aqiOf([
    of('pm25_24h', hour.pm25),
    of('pm10_24h', hour.pm10),
    exceedsScale(table, 'so2_1h', hour.so2) ? of('so2_24h', hour.so2_24h) : of('so2_1h', hour.so2),
    of('no2_1h', hour.no2),
    of('co_1h', hour.co),
    of('o3_1h', hour.o3),
  ]);
}

/** Known, yet without an IAQI of its own averaging time. */
function exceedsScale(table: AqiTable, item: AqiItem, value?: number | null): boolean {
  return scaled(value) !== MISSING && iaqi(table, item, scaled(value)) === null;
}

/** From the IAQI of the pollutants in the order of `POLLUTANTS`. */
function aqiOf(indices: readonly (number | null)[]): Aqi | null {
  let highest = MISSING;
  let mask: PollutantMask = 0;
  for (let i = 0; i < POLLUTANTS.length; i++) {
    const index = indices[i] ?? MISSING;
    if (index > highest) [highest, mask] = [index, 1 << i];
    else if (index === highest && index !== MISSING) mask |= 1 << i;
  }
  if (highest === MISSING) return null;
  return { aqi: highest, primary: highest > PRIMARY_ABOVE ? pollutantsOf(mask) : [], category: categoryOf(highest) };
}

/** A primary pollutant is named only above this AQI. */
export const PRIMARY_ABOVE = 50;

export interface Category {
  readonly id: 'excellent' | 'good' | 'light' | 'moderate' | 'heavy' | 'severe';
  readonly upTo: number;
  readonly name: Text;
}

export const CATEGORIES: readonly Category[] = [
  { id: 'excellent', upTo: 50, name: { zh: '优', en: 'Excellent' } },
  { id: 'good', upTo: 100, name: { zh: '良', en: 'Good' } },
  { id: 'light', upTo: 150, name: { zh: '轻度污染', en: 'Light pollution' } },
  { id: 'moderate', upTo: 200, name: { zh: '中度污染', en: 'Moderate pollution' } },
  { id: 'heavy', upTo: 300, name: { zh: '重度污染', en: 'Heavy pollution' } },
  { id: 'severe', upTo: Infinity, name: { zh: '严重污染', en: 'Severe pollution' } },
];

export function categoryOf(aqi: number): Category {
  return CATEGORIES.find((c) => aqi <= c.upTo)!;
}
