import { describe, expect, test } from '@jest/globals';
import { addDays, type Day, DAY_MS, HOUR_MS, startOfDayMs } from '../../domain/time.js';
import type { IssuedForecast, ObservedValue } from '../../db/read/statistics.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { loadPlan } from '../../plans/load.js';
import { forecastRows, linesOf } from '../../usecases/statistics-forecasts.js';

const plan = loadPlan('kuitun-2023');
const FIRST = '2026-01-05';
const judging = { plan, tables: loadAqiTables(), from: FIRST, to: '2026-01-08', nowMs: startOfDayMs('2026-01-09'), periodOf: () => 'all' };

const observedDay = (date: Day, aqi: number | null): ObservedValue => ({ areaId: 'kuitun', kind: 'daily', station: 'city', atMs: startOfDayMs(date), values: { aqi, pm25: aqi } });
const issued = (day: Day, aqi: readonly (readonly [number, number])[]): IssuedForecast => ({
  areaId: 'kuitun',
  issuedAtMs: startOfDayMs(day) + 16 * HOUR_MS,
  kind: 'daily',
  values: aqi.map(([aqiLow, aqiHigh], i) => ({ date: addDays(day, i + 1), aqiLow, aqiHigh, primary: ['PM2.5'] })),
});
const at = (rows: ReturnType<typeof forecastRows>, aqiAbove: number, leadDays: number) => {
  const { hits, misses, falseAlarms, neither, unknown, hitPercent } = rows.find((r) => r.aqiAbove === aqiAbove && r.leadDays === leadDays)!;
  return { hits, misses, falseAlarms, neither, unknown, hitPercent };
};

describe('forecast hits and misses (3.1, 6.7)', () => {
  test('are told by the lines of the plan’s levels', () => expect(linesOf(plan)).toEqual([150, 200, 300]));

  test('given days observed at 210, 140, 260 and one unknown, when a forecast said 220, 210, 190 and 250: one hit, one false alarm, one miss, one unknown', () => {
    const observed = [observedDay('2026-01-05', 210), observedDay('2026-01-06', 140), observedDay('2026-01-07', 260)];
    const rows = forecastRows(judging, [{ forecasts: [issued('2026-01-04', [[220, 220], [210, 210], [190, 190], [250, 250]])], observed, dustSpans: [] }]);
    const one = { hits: 0, misses: 0, falseAlarms: 0, neither: 0, unknown: 0, hitPercent: null };
    expect([1, 2, 3, 4].map((lead) => at(rows, 200, lead))).toEqual([{ ...one, hits: 1, hitPercent: 100 }, { ...one, falseAlarms: 1 }, { ...one, misses: 1, hitPercent: 0 }, { ...one, unknown: 1 }]);
    expect(at(rows, 150, 3)).toMatchObject({ hits: 1 });
    expect(at(rows, 300, 1)).toMatchObject({ neither: 1 });
  });

  test('R6: of a range the end that the plan takes counts: the upper in Kuitun, the lower where a plan says so', () => {
    const judged = [{ forecasts: [issued('2026-01-04', [[180, 220]])], observed: [observedDay('2026-01-05', 210)], dustSpans: [] }];
    expect(at(forecastRows(judging, judged), 200, 1)).toMatchObject({ hits: 1, misses: 0 });
    const lower = { ...judging, plan: { ...plan, settings: { ...plan.settings, promptOn: 'low' as const } } };
    expect(at(forecastRows(lower, judged), 200, 1)).toMatchObject({ hits: 0, misses: 1 });
  });

  test('a day that is not over, or not of the period, is not judged', () => {
    const judged = [{ forecasts: [issued('2026-01-04', [[220, 220], [220, 220]])], observed: [observedDay('2026-01-05', 210)], dustSpans: [] }];
    expect(forecastRows({ ...judging, nowMs: startOfDayMs('2026-01-06') + HOUR_MS }, judged).map((r) => r.leadDays)).toEqual([1, 1, 1]);
    expect(forecastRows({ ...judging, from: '2026-01-06' }, judged).every((r) => r.unknown === 1 && r.leadDays === 2)).toBe(true);
  });

  test('hours of stations make the day’s AQI as grading makes it (R4, R25): 24 h at 160 µg/m³ PM2.5 are AQI 210', () => {
    const [station] = plan.settings.stations;
    const observed = Array.from({ length: 24 }, (_, h): ObservedValue => ({ areaId: 'kuitun', kind: 'hourly', station: station!, atMs: startOfDayMs(FIRST) + h * HOUR_MS, values: { pm25: 160, pm10: 170, so2: 10, no2: 20, co: 1, o3: 20 } }));
    const judged = (aqi: number) => [{ forecasts: [issued('2026-01-04', [[aqi, aqi]])], observed, dustSpans: [] }];
    expect(at(forecastRows(judging, judged(220)), 200, 1)).toMatchObject({ hits: 1 });
    expect(at(forecastRows(judging, judged(190)), 200, 1)).toMatchObject({ misses: 1 });
  });

  test('two areas of drills are counted each by itself and added up', () => {
    const judged = (areaId: string, aqi: number) => ({ forecasts: [{ ...issued('2026-01-04', [[220, 220]]), areaId }], observed: [observedDay(FIRST, aqi)], dustSpans: [] });
    expect(at(forecastRows(judging, [judged('a', 210), judged('b', 100)]), 200, 1)).toMatchObject({ hits: 1, falseAlarms: 1 });
  });

  test('days a year apart stay in their own period', () => {
    const periodOf = (day: Day) => day.slice(0, 7);
    const judged = [{ forecasts: [issued('2025-12-30', [[220, 220], [220, 220]])], observed: [observedDay('2025-12-31', 210), observedDay('2026-01-01', 90)], dustSpans: [] }];
    const rows = forecastRows({ ...judging, from: '2025-12-01', to: '2026-01-31', nowMs: startOfDayMs('2026-01-02') + DAY_MS, periodOf }, judged);
    expect([...new Set(rows.map((r) => r.period))]).toEqual(['2025-12', '2026-01']);
  });
});
