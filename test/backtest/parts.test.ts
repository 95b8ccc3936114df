import { describe, expect, test } from '@jest/globals';
import { assess } from '../../domain/air/assess.js';
import type { DayValues } from '../../domain/air/days.js';
import { backtest, timetable } from '../../domain/backtest/drive.js';
import { forecaster } from '../../domain/backtest/forecasts.js';
import { between, judged, observedBy, type Past } from '../../domain/backtest/past.js';
import { addDays, DAY_MS, HOUR_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';
import { isToBeTold } from '../../domain/watch.js';
import { hoursOf as hoursOfAir } from '../support/air.js';
import { plan, tables } from './season.js';

const FIRST = '2016-01-01';
const daily = (...aqi: readonly (number | null)[]): Extract<Past, { kind: 'daily' }> => ({
  kind: 'daily',
  days: aqi.map((value, i): DayValues => ({ date: addDays(FIRST, i), aqi: value, pm25: value === null ? null : value * 0.75 })),
});
const at = (day: string, hour: number) => startOfDayMs(day) + hour * HOUR_MS;
const dailyAqis = (past: Past, skill: 'perfect' | 'persistence' | 'noisy', issuedAtMs: number, seed = 1) => {
  const forecast = forecaster(past, tables, { skill, seed })(issuedAtMs);
  return forecast?.kind === 'daily' ? forecast.days.map((d) => [d.date.slice(8), d.aqiHigh]) : forecast;
};

describe('3.1: forecasts made from past data', () => {
  const past = daily(50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150);

  test('perfect: the rest of the day of issue and the next 7 days, as they came', () => {
    expect(dailyAqis(past, 'perfect', at('2016-01-02', 16))).toEqual([['02', 60], ['03', 70], ['04', 80], ['05', 90], ['06', 100], ['07', 110], ['08', 120], ['09', 130]]);
  });

  test('perfect: ends with the data; a day the data lack is forecast like the one before it', () => {
    expect(dailyAqis(past, 'perfect', at('2016-01-10', 16))).toEqual([['10', 140], ['11', 150]]);
    const holed = { ...past, days: past.days.filter((d) => d.date !== '2016-01-03') };
    expect((dailyAqis(holed, 'perfect', at('2016-01-02', 16)) as unknown[]).slice(0, 3)).toEqual([['02', 60], ['03', 60], ['04', 80]]);
  });

  test('persistence: the last day known at 16:00 is yesterday', () => {
    expect(dailyAqis(past, 'persistence', at('2016-01-02', 16))).toEqual(['02', '03', '04', '05', '06', '07', '08', '09'].map((day) => [day, 50]));
    expect(dailyAqis(past, 'persistence', at('2016-01-01', 16))).toBeNull();
  });

  test('noisy: the same for the same seed, another for another, worse with the lead', () => {
    const flat = daily(...Array<number>(400).fill(100));
    const issues = Array.from({ length: 390 }, (_, i) => at(addDays(FIRST, i), 16));
    const of = (seed: number) => issues.map((issuedAtMs) => dailyAqis(flat, 'noisy', issuedAtMs, seed) as [string, number][]);
    expect(of(3)).toEqual(of(3));
    expect(of(4)).not.toEqual(of(3));
    const error = (lead: number) => of(3).reduce((sum, days) => sum + Math.abs((days[lead]?.[1] ?? 100) - 100), 0) / issues.length;
    expect([error(0) < error(3), error(3) < error(6), error(0) < 10, error(6) < 50]).toEqual([true, true, true, true]);
  });

  test('hourly: persistence repeats the last 24 hours, perfect is the hours themselves', () => {
    const hours = hoursOfAir([[24, { pm25: 10 }], [24, { pm25: 20 }], [48, { pm25: 30 }]], startOfDayMs(FIRST));
    const of = (skill: 'perfect' | 'persistence') => {
      const forecast = forecaster({ kind: 'hourly', stations: { A: hours } }, tables, { skill, seed: 1 })(at('2016-01-02', 16));
      return forecast?.kind === 'hourly' ? forecast.hours : null;
    };
    const [perfect, persistence] = [of('perfect'), of('persistence')];
    expect([perfect?.startMs, perfect?.hours, perfect?.columns.pm25[7], perfect?.columns.pm25[8]]).toEqual([at('2016-01-02', 16), 56, 20_000, 30_000]);
    expect([persistence?.hours, persistence?.columns.pm25[0], persistence?.columns.pm25[8], persistence?.columns.pm25[32]]).toEqual([176, 10_000, 20_000, 20_000]);
  });
});

describe('3.1: what is known when', () => {
  test('a day at its 24:00; the forecast is issued at 16:00 each day', () => {
    const past = daily(50, 60);
    expect(timetable(past).map(({ atMs, what }) => [toBeijingIso(atMs).slice(5, 13), what])).toEqual([
      ['01-01T16', 'forecast'],
      ['01-02T00', 'observation'],
      ['01-02T16', 'forecast'],
      ['01-03T00', 'observation'],
    ]);
    const known = (atMs: number) => (observedBy(past, atMs) as typeof past).days.map((d) => d.date);
    expect([known(at('2016-01-02', 0) - 1), known(at('2016-01-02', 0))]).toEqual([[], ['2016-01-01']]);
  });

  test('an hour at its end', () => {
    const past = { kind: 'hourly', stations: { A: hoursOfAir([[48, { pm25: 10 }]], startOfDayMs(FIRST)) } } as const;
    const known = (atMs: number) => (observedBy(past, atMs) as Extract<Past, { kind: 'hourly' }>).stations['A']?.hours ?? 0;
    expect([known(at(FIRST, 5) - 1), known(at(FIRST, 5)), known(at(FIRST, 5) + 1)]).toEqual([4, 5, 5]);
  });

  test('the days asked for, and nothing outside', () => {
    const cut = between(daily(50, 60, 70, 80), '2016-01-02', '2016-01-03') as Extract<Past, { kind: 'daily' }>;
    expect(cut.days.map((d) => d.date)).toEqual(['2016-01-02', '2016-01-03']);
  });
});

describe('1.4, R17, R37: days of a file', () => {
  const storm: DayValues = { date: FIRST, aqi: 300, pm25: 90, pm10: 420, so2: 10, no2: 20, co: 1, o3_8h: 40 };
  const of = (day: DayValues, aqi: 'reported' | 'computed', rule: Parameters<typeof judged>[3]) => judged([day], tables, aqi, rule)[0];

  test('sand-dust: PM10 primary and PM2.5:PM10 below the ratio; another ratio, a list, none', () => {
    expect(of(storm, 'reported', { kind: 'hint', pm25ToPm10Below: 0.3 })?.dust).toBe(true);
    expect(of({ ...storm, pm25: 126 }, 'reported', { kind: 'hint', pm25ToPm10Below: 0.3 })?.dust).toBe(false);
    expect(of(storm, 'reported', { kind: 'hint', pm25ToPm10Below: 0.2 })?.dust).toBe(false);
    expect(of(storm, 'reported', { kind: 'none' })?.dust).toBe(false);
    expect(of(storm, 'reported', { kind: 'days', days: [FIRST] })?.dust).toBe(true);
  });

  test('the AQI as reported, or of the means', () => {
    expect(of({ ...storm, aqi: 250 }, 'reported', { kind: 'none' })?.aqi).toBe(250);
    expect(of({ ...storm, aqi: 250 }, 'computed', { kind: 'none' })?.aqi).toBe(300);
    expect(of({ ...storm, aqi: null }, 'reported', { kind: 'none' })?.aqi).toBe(300);
  });
});

describe('3.2: which observations are told', () => {
  const assessed = (aqi: readonly number[], atMs: number) => {
    const observed = daily(...aqi);
    const input = { id: 'A', forecastId: null, forecastDigest: null, forecastIssuedAtMs: null, observed, forecast: null, dustSpans: [] };
    return assess(plan, tables, input, atMs);
  };
  const clean = assessed([60, 60], at('2016-01-03', 0));
  const heavy = assessed([60, 210], at('2016-01-03', 0));

  test('nothing while nothing happens; what may open an episode always', () => {
    expect(isToBeTold(plan, null, clean, null)).toBe(false);
    expect(isToBeTold(plan, clean, assessed([60, 60, 70], at('2016-01-04', 0)), null)).toBe(false);
    expect(isToBeTold(plan, heavy, heavy, null)).toBe(true);
  });

  test('to a running episode what is new, and the first after a level began', () => {
    const begins = (fromMs: number) => ({ levels: [{ level: 'yellow', responseLevel: 'yellow', fromMs, noticeId: 'N1', orderId: null, begun: true }] });
    const later = { ...heavy, atMs: heavy.atMs + HOUR_MS };
    expect(isToBeTold(plan, clean, heavy, begins(0))).toBe(true);
    expect(isToBeTold(plan, heavy, later, begins(heavy.atMs - DAY_MS))).toBe(false);
    expect(isToBeTold(plan, heavy, later, begins(heavy.atMs + 1))).toBe(true);
  });

  test('R9: what was observed at the hour of a lift to come, each value once', () => {
    const lifted = (effectiveAtMs: number) => ({ levels: [], lift: { id: 'L1', issuedAtMs: 0, effectiveAtMs, cause: 'local' as const, orderId: null } });
    const next = { ...clean, observed: { untilMs: clean.atMs + HOUR_MS, aqi: 70, missing: null } };
    expect(isToBeTold(plan, clean, next, lifted(clean.atMs + 2 * HOUR_MS))).toBe(true);
    expect(isToBeTold(plan, next, next, lifted(clean.atMs + 2 * HOUR_MS))).toBe(false);
    expect(isToBeTold(plan, clean, next, lifted(clean.atMs + 4 * HOUR_MS))).toBe(false);
    expect(isToBeTold(plan, clean, next, { levels: [] })).toBe(false);
  });

  test('R27: hours that cannot be told, once; with none running where the air before stood above a line', () => {
    const missing = (nearLevel: boolean) => ({ ...clean, observed: { untilMs: clean.atMs, aqi: null, missing: { sinceMs: clean.atMs, nearLevel } } });
    expect(isToBeTold(plan, clean, missing(false), { levels: [] })).toBe(true);
    expect(isToBeTold(plan, missing(false), missing(false), { levels: [] })).toBe(false);
    expect(isToBeTold(plan, missing(true), missing(true), null)).toBe(true);
    expect(isToBeTold(plan, missing(true), clean, { levels: [] })).toBe(true);
  });
});

describe('3.3.6: prompt people', () => {
  test('every episode of a winter comes to its end, with its evaluation approved', () => {
    const winter = daily(...[...Array<number>(10).fill(60), 210, 220, 320, 230, 90, ...Array<number>(20).fill(60)]);
    const [record] = backtest({ plan, tables, past: winter, forecasting: { skill: 'perfect', seed: 1 } });
    const types = record?.events.map((e) => e.type) ?? [];
    expect(types.at(-1)).toBe('deadlines-settled');
    expect(types.filter((type) => type === 'episode-closed')).toHaveLength(1);
    expect(record?.events.filter((e) => e.type === 'approval-decided').map((e) => [e.act.actor.role, e.decision])).toEqual([
      ['director', 'approve'],
      ['commander', 'approve'],
      ['director', 'approve'],
    ]);
  });

  test('a level announced to end with its run is not raised again before', () => {
    const winter = daily(...[...Array<number>(10).fill(60), 220, 310, 220, 120, 160, 160, ...Array<number>(12).fill(60)]);
    const [record] = backtest({ plan, tables, past: winter, forecasting: { skill: 'perfect', seed: 1 } });
    expect(record?.events.filter((e) => e.type === 'warning-raised')).toEqual([]);
    expect(record?.events.filter((e) => e.type === 'warning-lowered')).toHaveLength(1);
  });
});
