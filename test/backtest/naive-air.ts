/** The air for the naive reading: 24 h AQI by brute force from raw rows, and what is seen at each look. No code of `domain/air` but the forecasts handed in. */
import type { View } from './naive.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Break points of HJ 633-2012 for means, as in its table. */
const IAQI = [0, 50, 100, 150, 200, 300, 400, 500];
const POINTS = {
  pm25: [0, 35, 75, 115, 150, 250, 350, 500],
  pm10: [0, 50, 150, 250, 350, 420, 500, 600],
  so2: [0, 50, 150, 475, 800, 1600, 2100, 2620],
  no2: [0, 40, 80, 180, 280, 565, 750, 940],
  co: [0, 2, 4, 14, 24, 36, 48, 60],
  o3: [0, 100, 160, 215, 265, 800],
} as const;
type Pollutant = keyof typeof POINTS;
const POLLUTANTS = Object.keys(POINTS) as Pollutant[];

/** Written units; null where missing. */
export type RawHour = Readonly<Record<Pollutant, number | null>>;

/** IAQI of a sum of `count` values, rounded up; in thousandths, so that all is whole numbers. */
function iaqiOf(pollutant: Pollutant, thousandths: number, count: number): number {
  const points = POINTS[pollutant].map((p) => p * 1000 * count);
  for (let i = 1; i < points.length; i++) {
    if (thousandths > points[i]!) continue;
    return IAQI[i - 1]! + Math.ceil(((thousandths - points[i - 1]!) * (IAQI[i]! - IAQI[i - 1]!)) / (points[i]! - points[i - 1]!));
  }
  return 500;
}

const known = (hours: readonly RawHour[], pollutant: Pollutant) => hours.map((h) => h[pollutant]).filter((v): v is number => v !== null);
const sum = (values: readonly number[]) => values.reduce((a, v) => a + Math.round(v * 1000), 0);

/** AQI and basic condition of the hours `[h - 23, h]` (R3, R4, R27). */
export function windowAqi(all: readonly RawHour[], h: number): { aqi: number | null; basic: boolean } {
  const hours = all.slice(Math.max(0, h - 23), h + 1);
  const pm25 = known(hours, 'pm25');
  if (pm25.length < 20) return { aqi: null, basic: false };
  const indices: number[] = [];
  for (const pollutant of POLLUTANTS) {
    const values = known(hours, pollutant);
    if (values.length < 20) continue;
    if (pollutant !== 'o3') {
      indices.push(iaqiOf(pollutant, sum(values), values.length));
      continue;
    }
    for (let last = h - 16; last <= h; last++) {
      const eight = known(all.slice(Math.max(0, last - 7), last + 1), 'o3');
      if (last >= 0 && eight.length >= 6) indices.push(iaqiOf('o3', sum(eight), eight.length));
    }
  }
  const aqi = Math.max(...indices);
  return { aqi, basic: aqi > 200 || sum(pm25) > 115_000 * pm25.length };
}

/** R27: whether at an instant, `now` hours into the data, the last observed window is short of hours, and the last known one stood above 150. */
export function missingAfterHeavy(all: readonly RawHour[], whole: readonly { readonly aqi: number | null }[], now: number): boolean {
  let last = now - 1;
  while (last >= 0 && POLLUTANTS.every((p) => all[last]![p] === null)) last--;
  // Five empty hours after it leave 19 of the 24.
  if (last >= 0 && whole[last]!.aqi !== null) return now - 1 - last >= 5 && whole[last]!.aqi! > 150;
  while (last >= 0 && whole[last]!.aqi === null) last--;
  return last >= 0 && whole[last]!.aqi! > 150;
}

/** A day as told: of a forecast PM2.5 alone may be known. */
export interface RawDay {
  readonly date: string;
  readonly aqi: number;
  readonly pm25: number | null;
  readonly others: Readonly<Partial<Record<Exclude<Pollutant, 'pm25' | 'pm10'>, number>>>;
  /** R17: graded without PM10. */
  readonly dust: boolean;
}

function dayAqi({ aqi, pm25, others, dust }: RawDay): { aqi: number; basic: boolean } {
  const one = (pollutant: Pollutant, value: number) => iaqiOf(pollutant, Math.round(value * 1000), 1);
  const graded = dust && pm25 !== null ? Math.max(one('pm25', pm25), ...Object.entries(others).map(([p, value]) => one(p as Pollutant, value))) : aqi;
  return { aqi: graded, basic: graded > 200 || (pm25 !== null && pm25 > 115) };
}

export const startOf = (date: string) => Date.parse(`${date}T00:00:00+08:00`);

/** Days observed, and beyond the last of them the days forecast. */
export function viewOfDays(observed: readonly RawDay[], forecast: readonly RawDay[]): View {
  const seenUntilMs = observed.length > 0 ? startOf(observed.at(-1)!.date) + DAY : -Infinity;
  const days = [...observed, ...forecast.filter((day) => startOf(day.date) >= seenUntilMs)];
  if (days.length === 0) return { fromMs: 0, aqi: [], basic: [], daily: true };
  const fromMs = Math.min(...days.map((day) => startOf(day.date)));
  const toMs = Math.max(...days.map((day) => startOf(day.date))) + DAY;
  const aqi: (number | null)[] = Array<null>((toMs - fromMs) / HOUR).fill(null);
  const basic: boolean[] = Array<boolean>(aqi.length).fill(false);
  for (const day of days) {
    const value = dayAqi(day);
    const first = (startOf(day.date) - fromMs) / HOUR;
    for (let h = first; h < first + 24; h++) [aqi[h], basic[h]] = [value.aqi, value.basic];
  }
  return { fromMs, aqi, basic, daily: true };
}
