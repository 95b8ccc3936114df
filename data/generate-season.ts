/**
 * Writes `demo-season-daily.csv`: a winter of our own making, for a place that
 * does not exist. `npx tsx data/generate-season.ts`; the same seed writes the
 * same file.
 *
 * A basin in the cold half of the year: a slow wave of PM2.5 around its winter
 * level, inversions that build up over days and break with a front, one of them
 * with two peaks and a short gap, and a sand-dust day in spring.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dailyAqi } from '../domain/air/aqi.js';
import { tableAt } from '../domain/air/tables.js';
import { addDays, type Day, startOfDayMs } from '../domain/time.js';
import { loadAqiTables } from '../plans/aqi-tables.js';

const SEED = 20241101;
const FIRST: Day = '2024-11-01';
const DAYS = 151;
const CITY = '演示盆地';

/** PM2.5 (µg/m³) of the days of an inversion, from its first day on. */
const INVERSIONS: readonly { readonly from: Day; readonly pm25: readonly number[] }[] = [
  { from: '2024-11-19', pm25: [105, 135, 140, 95] },
  { from: '2024-12-09', pm25: [90, 125, 165, 180, 172, 138, 88] },
  { from: '2025-01-04', pm25: [98, 140, 190, 262, 285, 225, 150, 104, 162, 205, 180, 92] },
  { from: '2025-02-10', pm25: [96, 165, 172, 70] },
];

/** PM10 and PM2.5 of the days of a dust storm. */
const DUST: Readonly<Record<Day, { readonly pm10: number; readonly pm25: number }>> = {
  '2025-03-14': { pm10: 260, pm25: 58 },
  '2025-03-15': { pm10: 640, pm25: 118 },
};

interface GeneratedDay {
  readonly date: Day;
  readonly pm25: number;
  readonly pm10: number;
  readonly so2: number;
  readonly no2: number;
  readonly co: number;
  readonly o3_8h: number;
}

/** Mulberry32: uniform in [0, 1), the same series for the same seed. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function generateSeason(seed: number = SEED): GeneratedDay[] {
  const next = uniform(seed);
  const around = (spread: number) => 1 + (next() + next() - 1) * spread;
  const inverted = new Map(INVERSIONS.flatMap(({ from, pm25 }) => pm25.map((value, i) => [addDays(from, i), value] as const)));
  let wave = 0;
  return Array.from({ length: DAYS }, (_, i) => {
    const date = addDays(FIRST, i);
    wave = 0.7 * wave + (next() + next() - 1) * 14;
    const winter = 38 + 14 * Math.sin((Math.PI * (i + 20)) / (DAYS + 20));
    const dust = DUST[date];
    const pm25 = dust?.pm25 ?? (inverted.get(date) ?? Math.max(12, winter + wave)) * around(0.03);
    const burning = pm25 / 60;
    return {
      date,
      pm25: round(pm25),
      pm10: round(dust?.pm10 ?? pm25 * 1.35 * around(0.12) + 12),
      so2: round((9 + 5 * burning) * around(0.3)),
      no2: round((24 + 14 * burning) * around(0.2)),
      co: round((0.7 + 0.45 * burning) * around(0.2)),
      o3_8h: round(Math.max(8, 52 - 9 * burning + 0.15 * Math.abs(i - 75)) * around(0.25)),
    };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The columns of a daily file, with the AQI of the day's means. */
export function toCsv(days: readonly GeneratedDay[]): string {
  const tables = loadAqiTables();
  const lines = days.map((day) => {
    const aqi = dailyAqi(tableAt(tables, startOfDayMs(day.date)), day);
    return [day.date, CITY, day.pm25, day.pm10, day.so2, day.no2, day.co, day.o3_8h, aqi?.aqi ?? '', aqi?.category.name.zh ?? '', aqi?.primary.join('+') ?? ''].join(',');
  });
  return ['date,city,pm25,pm10,so2,no2,co,o3_8h,aqi,level,primary', ...lines, ''].join('\n');
}

const isProgram = process.argv[1] === fileURLToPath(import.meta.url);
if (isProgram) writeFileSync(new URL('demo-season-daily.csv', import.meta.url), toCsv(generateSeason()));
