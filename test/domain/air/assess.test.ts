import { describe, expect, test } from '@jest/globals';
import { assess } from '../../../domain/air/assess.js';
import type { AssessmentInput } from '../../../domain/air/assess.js';
import type { Concentrations } from '../../../domain/air/concentrations.js';
import type { ForecastDay } from '../../../domain/air/joined.js';
import type { Settings } from '../../../domain/plan.js';
import { rulesOf } from '../../../domain/rules.js';
import { startOfDayMs } from '../../../domain/time.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { forecastDays, hoursAfter, hoursOf, observedDays } from '../../support/air.js';
import { kuitun } from '../../support/kuitun-levels.js';

const tables = loadAqiTables();
const NOTHING: AssessmentInput = { id: 'a1', forecastId: null, forecastDigest: null, forecastIssuedAtMs: null, observed: null, forecast: null, dustSpans: [] };
const run = (air: Partial<AssessmentInput>, atHours: number, changed: Partial<Settings> = {}) => assess(kuitun(changed), tables, { ...NOTHING, ...air }, hoursAfter(atHours));
const hourly = (hours: Concentrations) => ({ kind: 'hourly', stations: { city: hours } }) as const;
const daily = (days: readonly ForecastDay[]) => ({ kind: 'daily', days }) as const;
const clean = hoursOf([[48, { pm25: 30 }]]);

describe('3.2 a forecast of days', () => {
  test('R6 low, middle (rounded up) and high are graded; the upper end prompts', () => {
    const forecast = daily(forecastDays('2024-01-03', 90, [100, 301], [100, 201], 80, 80));
    const result = run({ observed: hourly(clean), forecast }, 48);
    expect([result.grades.low.level, result.grades.middle.level, result.grades.high.level]).toEqual([null, 'yellow', 'orange']);
    expect(result.processes).toMatchObject([{ level: 'orange', fromMs: startOfDayMs('2024-01-04'), toMs: startOfDayMs('2024-01-06') }]);
  });

  test('R6 the middle is rounded up: 200 and 201 make 201', () => {
    expect(run({ forecast: daily(forecastDays('2024-01-03', [200, 201])) }, 48).grades.middle.level).toBe('yellow');
    expect(run({ forecast: daily(forecastDays('2024-01-03', [199, 201])) }, 48).grades.middle.level).toBeNull();
  });

  test('R6 another end may prompt', () => {
    const forecast = daily(forecastDays('2024-01-03', [100, 301], [100, 201], 80, 80));
    expect(run({ forecast }, 48, { promptOn: 'low' })).toMatchObject({ processes: [], raise: null, lift: { fromMs: hoursAfter(48) } });
    expect(run({ forecast }, 48, { promptOn: 'middle' }).processes.map((p) => p.level)).toEqual(['yellow']);
  });

  test('R3 a day above 150 without its primary pollutant asks a person', () => {
    const unnamed = forecastDays('2024-01-03', 180, 180, 90).map(({ primary: _, ...day }) => day);
    expect(run({ forecast: daily(unnamed) }, 48).grades.high).toMatchObject({ level: null, basicCondition: 'unknown' });
    expect(run({ forecast: daily(unnamed.map((day) => ({ ...day, pm25: 130 }))) }, 48).grades.high).toMatchObject({ level: 'yellow', basicCondition: 'passed' });
    expect(run({ forecast: daily(unnamed.map((day) => ({ ...day, primary: ['O3'] }))) }, 48).grades.high).toMatchObject({ level: null, basicCondition: 'closed' });
  });

  test('the basis names forecast, observations and table', () => {
    const result = run({ observed: hourly(clean), forecastId: 'f7', forecastDigest: 'ab', forecastIssuedAtMs: hoursAfter(40), forecast: daily(forecastDays('2024-01-03', 90)) }, 48.5);
    expect(result).toMatchObject({ id: 'a1', atMs: hoursAfter(48.5), basis: { forecastId: 'f7', forecastDigest: 'ab', forecastIssuedAtMs: hoursAfter(40), observedUntilMs: hoursAfter(48), aqiTable: 'HJ633-2012', dustSpans: [] } });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

describe('observed hours joined with a forecast (R5)', () => {
  test('a run that starts in running means and goes on in forecast days covers its lead of 23 h', () => {
    const observed = hourly(hoursOf([[24, { pm25: 30 }], [34, { pm25: 260 }]]));
    const result = run({ observed, forecast: daily(forecastDays('2024-01-03', 220, 220, 90, 90)) }, 58);
    const window = result.grades.high.predicates.find((p) => p.predicateId === 'orange-200')!.windows[0]!;
    // 30 + n (260 - 30) / 24 passes 150 with n = 13: hour 36, whose window starts 23 h before.
    expect(window).toMatchObject({ fromMs: hoursAfter(13), toMs: hoursAfter(96), hours: 83 });
  });

  test('hours after the instant are not looked at; hours of a forecast before the last observation neither', () => {
    const observed = hourly(hoursOf([[48, { pm25: 30 }], [48, { pm25: 400 }]]));
    const result = run({ observed, forecast: daily(forecastDays('2024-01-01', 300, 300, 90)) }, 48);
    expect(result).toMatchObject({ processes: [], basis: { observedUntilMs: hoursAfter(48) } });
  });

  test('an hourly forecast: windows run across the join', () => {
    const forecast = { kind: 'hourly', hours: hoursOf([[30, { pm25: 300 }], [60, { pm25: 20 }]], hoursAfter(48)) } as const;
    const result = run({ observed: hourly(clean), forecast }, 48);
    // 30 + n 270 / 24 passes 115 µg/m³ (AQI 150) with n = 8.
    expect(result.processes[0]).toMatchObject({ level: 'orange', fromMs: hoursAfter(48 + 7 - 23) });
    expect(result.grades.low).toEqual(result.grades.high);
  });

  test('without a forecast, observations alone are graded', () => {
    const observed = hourly(hoursOf([[24, { pm25: 30 }], [48, { pm25: 260 }]]));
    expect(run({ observed }, 72)).toMatchObject({ grades: { high: { level: 'orange' } }, raise: { level: 'orange' }, lift: null, currentAqi: 310 });
  });

  test('without anything there is nothing to say', () => {
    expect(run({}, 0)).toMatchObject({ grades: { high: { level: null, missingHours: 0 } }, processes: [], raise: null, lower: [], lift: null, currentAqi: null, primaryPollutants: [] });
  });

  test('windows of natural days: a day that is not over has the forecast for the whole of it', () => {
    const observed = hourly(hoursOf([[24, { pm25: 160 }], [16, { pm25: 20 }]]));
    const result = run({ observed, forecast: daily(forecastDays('2024-01-02', 220, 90, 90)) }, 40, { windows: 'natural-day' });
    expect(result.processes).toMatchObject([{ level: 'orange', fromMs: hoursAfter(0), toMs: hoursAfter(48) }]);
  });

  test('a process that has ended does not count; one that runs does, from its start', () => {
    const observed = { kind: 'daily', days: observedDays('2024-01-01', 220, 90, 90, 220) } as const;
    const result = run({ observed, forecast: daily(forecastDays('2024-01-05', 220, 90, 90)) }, 4 * 24 + 16);
    expect(result.processes).toMatchObject([{ level: 'orange', fromMs: hoursAfter(72), toMs: hoursAfter(120) }]);
    expect(result.currentAqi).toBe(220);
  });

  test('observed days that have not ended are not known yet', () => {
    const observed = { kind: 'daily', days: observedDays('2024-01-01', 90, 400) } as const;
    expect(run({ observed }, 40)).toMatchObject({ basis: { observedUntilMs: hoursAfter(24) }, grades: { high: { level: null } } });
  });
});

describe('3.3.6 raise (R11, R34)', () => {
  const observed = hourly(hoursOf([[24, { pm25: 30 }], [24, { pm25: 260 }]]));

  test('observed hours with the next 24 h of forecast: what comes later does not count', () => {
    const forecast = daily(forecastDays('2024-01-03', 220, 310, 310, 90));
    const result = run({ observed, forecast }, 48);
    expect(result.raise).toMatchObject({ level: 'orange', clause: '3.3.2(2)', window: { fromMs: hoursAfter(13), toMs: hoursAfter(72) } });
    expect(result.grades.high.level).toBe('red');
  });

  test('outlook, the other reading: the whole forecast counts', () => {
    const forecast = daily(forecastDays('2024-01-03', 220, 310, 310, 90));
    expect(run({ observed, forecast }, 48, { raise: { basis: 'outlook', nextHours: 24 } }).raise).toMatchObject({ level: 'red' });
  });

  test('a run that does not cover the instant raises nothing', () => {
    expect(run({ observed: hourly(clean), forecast: daily(forecastDays('2024-01-03', 90, 220, 220)) }, 48).raise).toBeNull();
    expect(run({ observed: hourly(clean), forecast: daily(forecastDays('2024-01-03', 90, 220, 220)) }, 48, { raise: { basis: 'outlook', nextHours: 24 } }).raise).toBeNull();
  });
});

describe('3.3.6 lift and lower on the joined air (R8, R9)', () => {
  test('a lift ahead of time, from the first day of a clean forecast', () => {
    const observed = { kind: 'daily', days: observedDays('2024-01-01', 220, 220) } as const;
    const result = run({ observed, forecast: daily(forecastDays('2024-01-03', 180, 149, 100, 100)) }, 56);
    expect(result.lift).toEqual({ fromMs: startOfDayMs('2024-01-04'), holdsHours: 72, maxAqi: 149, clause: '3.3.6' });
    expect(result.lower).toEqual([
      { from: 'yellow', to: null, effectiveFromMs: startOfDayMs('2024-01-04') },
      { from: 'orange', to: null, effectiveFromMs: startOfDayMs('2024-01-04') },
      { from: 'red', to: 'orange', effectiveFromMs: hoursAfter(56) },
    ]);
  });
});

describe('1.4 sand-dust (R17)', () => {
  const storm = hourly(hoursOf([[24, { pm25: 30 }], [48, { pm25: 90, pm10: 900 }]]));
  const dustSpans = [{ fromMs: hoursAfter(24), toMs: hoursAfter(72) }];

  test('flagged hours start nothing, but people are still told the AQI as measured', () => {
    const result = run({ observed: storm, dustSpans }, 72);
    expect(result).toMatchObject({ grades: { high: { level: null } }, processes: [], raise: null, currentAqi: 500, basis: { dustSpans } });
  });

  test('unflagged they do, and as-measured they do though flagged', () => {
    expect(run({ observed: storm }, 72)).toMatchObject({ raise: { level: 'orange' }, primaryPollutants: ['PM10'] });
    expect(run({ observed: storm, dustSpans }, 72, { dust: 'as-measured' }).grades.high.level).toBe('orange');
  });

  test('missing: flagged hours neither start nor lift', () => {
    const forecast = daily(forecastDays('2024-01-04', 90, 90));
    const until = [{ fromMs: hoursAfter(24), toMs: hoursAfter(73) }];
    expect(run({ observed: storm, dustSpans: until, forecast }, 72, { dust: 'missing' })).toMatchObject({ raise: null, lift: null });
    expect(run({ observed: storm, dustSpans: until, forecast }, 72)).toMatchObject({ raise: null, lift: { fromMs: hoursAfter(72), holdsHours: 48 } });
  });

  test('a forecast day flagged by the forecaster is graded without PM10 and stands in the basis', () => {
    const days = forecastDays('2024-01-03', 400, 90).map((day, i) => (i === 0 ? { ...day, dust: true, primary: ['PM10'], pm25: 80 } : day));
    const result = run({ observed: hourly(clean), forecast: daily(days) }, 48);
    expect(result.grades.high).toMatchObject({ level: null, missingHours: 0 });
    expect(result.basis.dustSpans).toEqual([{ fromMs: startOfDayMs('2024-01-03'), toMs: startOfDayMs('2024-01-04') }]);
  });

  test('where only an AQI is known a flagged day is missing', () => {
    const days = forecastDays('2024-01-03', 400, 90).map((day, i) => (i === 0 ? { ...day, dust: true, primary: ['PM10'] } : day));
    expect(run({ observed: hourly(clean), forecast: daily(days) }, 48).grades.high).toMatchObject({ level: null, missingHours: 24 });
  });
});

describe('3.3.3 the value of the city (R25)', () => {
  const stations = { north: hoursOf([[48, { pm25: 60 }]]), south: hoursOf([[48, { pm25: 200 }]]) };
  const observed = { kind: 'hourly', stations } as const;

  test('the mean of all stations, of those the plan lists, or the worst', () => {
    expect(run({ observed }, 48).currentAqi).toBe(172);
    expect(run({ observed }, 48, { stations: ['north'] }).currentAqi).toBe(82);
    expect(run({ observed }, 48, { cityValue: 'worst-station' }).currentAqi).toBe(250);
    expect(run({ observed }, 48, { stations: ['elsewhere'] }).currentAqi).toBeNull();
  });

  test('a station that fell silent does not hide the others', () => {
    const silent = { kind: 'hourly', stations: { ...stations, north: hoursOf([[24, { pm25: 60 }]]) } } as const;
    expect(run({ observed: silent }, 48)).toMatchObject({ currentAqi: 250, basis: { observedUntilMs: hoursAfter(48) } });
  });
});

describe('R9, R27 what observations alone say', () => {
  test('the mean of the last observed hour, whatever the forecast says of the hours since', () => {
    const forecast = daily(forecastDays('2024-01-01', 300, 300, 300, 300));
    expect(run({ observed: hourly(clean), forecast }, 50).observed).toMatchObject({ untilMs: hoursAfter(48), missing: null });
    expect(run({ observed: hourly(clean), forecast }, 50).currentAqi).toBe(300);
    expect(run({ forecast }, 50).observed).toBeNull();
  });

  test('fewer than 20 valid hours: missing since the first window that falls short; near a level where the last known one was', () => {
    const gap = (pm25: number) => hourly(hoursOf([[48, { pm25 }], [6, { pm25: null, pm10: null, so2: null, no2: null, co: null, o3: null }], [2, { pm25 }]]));
    expect(run({ observed: gap(200) }, 56).observed).toEqual({ untilMs: hoursAfter(56), aqi: null, missing: { sinceMs: hoursAfter(53), nearLevel: true } });
    expect(run({ observed: gap(30) }, 56).observed?.missing).toEqual({ sinceMs: hoursAfter(53), nearLevel: false });
    // Nothing but empty hours since: the same.
    expect(run({ observed: gap(200) }, 54).observed).toMatchObject({ untilMs: hoursAfter(48), missing: { sinceMs: hoursAfter(53), nearLevel: true } });
    expect(run({ observed: gap(200) }, 52).observed?.missing).toBeNull();
  });

  test('rules version 1 named none', () => {
    const given = [kuitun(), tables, { ...NOTHING, observed: hourly(clean) }, hoursAfter(48)] as const;
    expect(rulesOf('1').assess(...given)).not.toHaveProperty('observed');
    const { observed: _, ...rest } = rulesOf('2').assess(...given);
    expect(rulesOf('1').assess(...given)).toEqual(rest);
  });
});

describe('R27 hours that are missing', () => {
  test('fire nothing and are reported', () => {
    const observed = hourly(hoursOf([[24, { pm25: 30 }], [18, { pm25: 260 }], [6, { pm25: null }]]));
    const result = run({ observed, forecast: daily(forecastDays('2024-01-03', 90, 90)) }, 48);
    expect(result.grades.high.missingHours).toBe(2);
    expect(result.currentAqi).toBeNull();
  });
});

describe('R26 the table in force', () => {
  test('is named for the instant of the assessment', () => {
    const at = (iso: string) => assess(kuitun(), tables, NOTHING, Date.parse(iso)).basis.aqiTable;
    expect([at('2026-02-28T23:00:00+08:00'), at('2026-03-01T00:00:00+08:00')]).toEqual(['HJ633-2012', 'HJ633-2026']);
  });
});
