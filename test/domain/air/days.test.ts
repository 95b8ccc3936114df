import { describe, expect, test } from '@jest/globals';
import { dayMean, daySeries, toNaturalDays } from '../../../domain/air/days.js';
import type { DayValues } from '../../../domain/air/days.js';
import { runningMeans } from '../../../domain/air/means.js';
import { MISSING, pollutantsOf } from '../../../domain/air/pollutants.js';
import { GATE_CLOSED, GATE_PASSED, GATE_UNKNOWN, NATURAL_DAY } from '../../../domain/air/series.js';
import type { Settings } from '../../../domain/plan.js';
import { HOUR_MS } from '../../../domain/time.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { hoursAfter, hoursOf, START_MS } from '../../support/air.js';
import { DEFAULT_SETTINGS } from '../../support/kuitun-levels.js';

const tables = loadAqiTables();
const date = '2024-01-01';
const judge = (day: Omit<DayValues, 'date'>, changed: Partial<Settings> = {}, dusty = false) => dayMean({ date, ...day }, dusty, tables, { ...DEFAULT_SETTINGS, ...changed });

describe('R37 daily data with a reported AQI', () => {
  const day = { aqi: 176, pm25: 150, pm10: 180, primary: ['PM2.5'] };

  test('reported: it is used', () => {
    expect(judge(day).aqi).toBe(176);
  });

  test('computed: from the concentrations, and the reported one where there are none', () => {
    expect(judge(day, { dailyFileAqi: 'computed' }).aqi).toBe(200);
    expect(judge({ aqi: 176 }, { dailyFileAqi: 'computed' }).aqi).toBe(176);
  });

  test('without a reported one it is computed; without PM2.5 either it is missing (R27)', () => {
    expect(judge({ pm25: 150 }).aqi).toBe(200);
    expect(judge({ pm10: 300 }).aqi).toBe(MISSING);
  });

  test('primary pollutants as reported, else from the concentrations', () => {
    expect(pollutantsOf(judge(day).primary)).toEqual(['PM2.5']);
    expect(pollutantsOf(judge({ aqi: 210, pm25: 20, pm10: 360 }).primary)).toEqual(['PM10']);
    expect(pollutantsOf(judge({ aqi: 210, pm25: 20 }).primary)).toEqual([]);
  });
});

describe('3.3.1 the basic condition on a day (R3)', () => {
  test.each([
    ['AQI above 200', { aqi: 201 }, GATE_PASSED],
    ['PM2.5 above 115', { aqi: 180, pm25: 116 }, GATE_PASSED],
    ['PM2.5 at 115', { aqi: 180, pm25: 115 }, GATE_CLOSED],
    ['only an AQI, PM2.5 primary', { aqi: 180, primary: ['PM2.5'] }, GATE_PASSED],
    ['only an AQI, another pollutant primary', { aqi: 180, primary: ['O3'] }, GATE_CLOSED],
    ['only an AQI, primary not known', { aqi: 180 }, GATE_UNKNOWN],
    ['only an AQI at 150: PM2.5 cannot exceed 115', { aqi: 150 }, GATE_CLOSED],
  ])('%s', (_, day, gate) => {
    expect(judge(day).gate).toBe(gate);
  });

  test('another line', () => {
    expect(judge({ aqi: 180, pm25: 120 }, { basicCondition: { aqiAbove: 170, pm25UgM3Above: 150 } }).gate).toBe(GATE_PASSED);
  });
});

describe('R17 sand-dust days', () => {
  const storm = { aqi: 480, pm25: 100, pm10: 900, primary: ['PM10'] };

  test('are graded without PM10', () => {
    const mean = judge(storm, {}, true);
    expect([mean.aqi, pollutantsOf(mean.primary), mean.gate]).toEqual([132, ['PM2.5'], GATE_CLOSED]);
  });

  test('where only an AQI is known they are missing, unless PM10 is not its primary pollutant', () => {
    expect(judge({ aqi: 480 }, {}, true).aqi).toBe(MISSING);
    expect(judge({ aqi: 480, primary: ['PM10'] }, {}, true).aqi).toBe(MISSING);
    expect(judge({ aqi: 180, primary: ['PM2.5'] }, {}, true).aqi).toBe(180);
  });

  test('the other readings: missing, as measured', () => {
    expect(judge(storm, { dust: 'missing' }, true).aqi).toBe(MISSING);
    expect(judge(storm, { dust: 'as-measured' }, true).aqi).toBe(480);
  });

  test('a day is one when it says so or when a flagged span touches it', () => {
    const days = [{ date, ...storm }, { date: '2024-01-02', ...storm, dust: true }, { date: '2024-01-03', ...storm }];
    const series = daySeries(days, [{ fromMs: hoursAfter(10), toMs: hoursAfter(11) }], tables, DEFAULT_SETTINGS);
    expect([series.aqi[0], series.aqi[24], series.aqi[48]]).toEqual([132, 132, 480]);
  });
});

describe('R5 natural days', () => {
  test('a day holds for each of its hours, a day between is missing', () => {
    const series = daySeries([{ date: '2024-01-03', aqi: 90 }, { date, aqi: 160 }], [], tables, DEFAULT_SETTINGS);
    expect([series.startMs, series.hours]).toEqual([START_MS, 72]);
    expect([...series.aqi]).toEqual([...Array<number>(24).fill(160), ...Array<number>(24).fill(MISSING), ...Array<number>(24).fill(90)]);
    expect([...series.kind]).toEqual(Array<number>(72).fill(NATURAL_DAY));
    expect(daySeries([], [], tables, DEFAULT_SETTINGS).hours).toBe(0);
  });

  test('of a running series: the window that ends with the day; a day whose end is not reached is missing', () => {
    const hours = hoursOf([[12, { pm25: 20 }], [36, { pm25: 280 }], [5, { pm25: 280 }]]);
    const series = toNaturalDays(runningMeans(hours, tables, DEFAULT_SETTINGS));
    expect([series.aqi[0], series.aqi[23], series.aqi[24], series.aqi[47], series.aqi[48], series.aqi[52]]).toEqual([200, 200, 330, 330, MISSING, MISSING]);
  });

  test('a record that starts within a day judges that day by its own hours', () => {
    const series = toNaturalDays(runningMeans(hoursOf([[21, { pm25: 150 }]], START_MS + 3 * HOUR_MS), tables, DEFAULT_SETTINGS));
    expect([...new Set(series.aqi)]).toEqual([200]);
  });
});
