import { describe, expect, test } from '@jest/globals';
import { compare, type Comparison } from '../../domain/backtest/compare.js';
import { sayDifference } from '../../domain/backtest/compare-words.js';
import { courseOf } from '../../domain/backtest/course.js';
import { backtest } from '../../domain/backtest/drive.js';
import type { Past } from '../../domain/backtest/past.js';
import type { AqiTable } from '../../domain/air/tables.js';
import { concentrationsOf } from '../../domain/air/concentrations.js';
import type { Plan } from '../../domain/plan.js';
import { addDays, DAY_MS, endOfDayMs, HOUR_MS, startOfDayMs } from '../../domain/time.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { loadPlan } from '../../plans/load.js';

const kuitun = loadPlan('kuitun-2023');
const fourLevels = loadPlan('example-city-four-levels');
const tables = loadAqiTables();
const FIRST = '2025-01-01';

/** Days of equal AQI and PM2.5 from the first of January on. */
const days = (aqi: readonly number[]): Past => ({ kind: 'daily', days: aqi.map((value, i) => ({ date: addDays(FIRST, i), aqi: value, pm25: value, dust: false })) });
/** The same of one station's hours of PM2.5, µg/m³. */
function hours(pm25: readonly number[]): Past {
  const concentrations = concentrationsOf(pm25.flatMap((value, day) => Array.from({ length: 24 }, (_, h) => ({ atMs: startOfDayMs(FIRST) + day * DAY_MS + h * HOUR_MS, pm25: value, pm10: value + 10, so2: 10, no2: 20, co: 1, o3: 20 }))));
  return { kind: 'hourly', stations: { city: concentrations! } };
}

interface Side {
  readonly plan: Plan;
  readonly tables?: readonly AqiTable[];
}

function compared(past: Past, first: Side, second: Side) {
  const count = past.kind === 'daily' ? past.days.length : past.stations['city']!.hours / 24;
  const endMs = endOfDayMs(addDays(FIRST, count - 1));
  const course = ({ plan, tables: own = tables }: Side) => {
    const city = { ...plan, settings: { ...plan.settings, stations: [] } };
    return courseOf(city, backtest({ plan: city, tables: own, past, forecasting: { skill: 'perfect', seed: 1 } }), endMs);
  };
  const courses = [course(first), course(second)] as const;
  return { first: courses[0], second: courses[1], comparison: compare(...courses, endMs), said: (c: Comparison['differences'], lang: 'zh' | 'en' = 'en') => c.map((d) => sayDifference(d, { first: first.plan, second: second.plan })[lang]) };
}

describe('the plan of Kuitun beside one of four levels (5.2, 8.5)', () => {
  test('given one day of AQI 210, when both are played, then it is yellow here and blue there', () => {
    const { first, second, comparison, said } = compared(days([60, 60, 60, 210, 60, 60, 60, 60, 60]), { plan: kuitun }, { plan: fourLevels });
    expect(first.episodes.map((e) => e.peak)).toEqual(['yellow']);
    expect(second.episodes.map((e) => e.peak)).toEqual(['blue']);
    expect(comparison.pairs).toHaveLength(1);
    expect(said(comparison.pairs[0]!.differences)).toEqual(expect.arrayContaining(['Yellow warning only under the first, from 2025-01-04 00:00', 'Blue warning only under the second, from 2025-01-04 00:00']));
    expect(said(comparison.pairs[0]!.differences, 'zh')).toContain('只有对照方案达到蓝色预警，2025-01-04 00:00起');
  });

  test('given two days of AQI 160, then only the plan with a level for it warns', () => {
    const { first, second, comparison, said } = compared(days([60, 60, 60, 160, 160, 60, 60, 60, 60]), { plan: { ...kuitun, levels: kuitun.levels.map((l) => ({ ...l, predicates: l.predicates.filter((p) => p.spell.aqiAbove > 150) })) } }, { plan: fourLevels });
    expect([first.totals.warnings, second.totals.warnings]).toEqual([0, 1]);
    expect(said(comparison.pairs[0]!.differences)).toEqual(['a warning only under the second: Blue warning from 2025-01-04 00:00']);
    expect(said(comparison.differences)).toContain('1 more warning');
  });

  test('who is asked: a lift is the headquarters’ to approve there, here it needs nobody (3.3.6)', () => {
    const { first, second } = compared(days([60, 60, 60, 210, 60, 60, 60, 60, 60]), { plan: kuitun }, { plan: fourLevels });
    const asked = (of: typeof first) => of.episodes.flatMap((e) => e.asked.filter((a) => a.action === 'lift').map((a) => `${a.role} ${a.act}`));
    expect(asked(first)).toEqual([]);
    expect(asked(second)).toEqual(['director review', 'commander approve']);
  });

  test('what is owed: each plan’s own units acknowledge its notices (4.2)', () => {
    const { first, second } = compared(days([60, 60, 60, 210, 60, 60, 60, 60, 60]), { plan: kuitun }, { plan: fourLevels });
    const owners = (of: typeof first) => Object.keys(of.episodes[0]!.owed.find((o) => o.kind === 'acknowledgement')!.owners).sort();
    expect(owners(first)).toEqual(kuitun.units.map((u) => u.id).sort());
    expect(owners(second)).toEqual(fourLevels.units.map((u) => u.id).sort());
  });
});

describe('differences in words', () => {
  const after = (hoursOfClean: number): Plan => ({ ...kuitun, settings: { ...kuitun.settings, lift: { ...kuitun.settings.lift, aheadHours: hoursOfClean } } });
  const slower = (level: string, forHours: number): Plan => ({ ...kuitun, levels: kuitun.levels.map((l) => (l.id === level ? { ...l, predicates: l.predicates.map((p) => ({ ...p, spell: { ...p.spell, forHours } })) } : l)) });

  test('given four days above 200, when orange wants 72 hours nothing differs; when it wants 120 it is yellow instead', () => {
    const past = days([60, 60, 60, 230, 230, 230, 230, 60, 60, 60, 60]);
    expect(compared(past, { plan: kuitun }, { plan: slower('orange', 72) }).comparison.pairs[0]!.differences).toEqual([]);
    const { comparison, said } = compared(past, { plan: kuitun }, { plan: slower('orange', 120) });
    expect(said(comparison.pairs[0]!.differences)).toEqual(['Orange warning only under the first, from 2025-01-04 00:00']);
    expect(said(comparison.differences)).toEqual(expect.arrayContaining(['4 days more of Yellow warning', '4 days less of Orange warning']));
  });

  test('given a plan that lifts only when the air is clean, then the lift is an hour later and so is the warning’s end', () => {
    const { comparison, said } = compared(days([60, 60, 60, 230, 230, 60, 60, 60, 60]), { plan: kuitun }, { plan: after(0) });
    expect(said(comparison.pairs[0]!.differences)).toEqual(['lifted 1 hour later', '1 hour more under warning']);
    expect(said(comparison.pairs[0]!.differences, 'zh')).toEqual(['解除推迟1小时', '预警多1小时']);
  });

  test('a level reached by going straight to a higher one counts as reached; lowering to it later is no start of it', () => {
    const past = days([60, 60, 60, 230, 320, 320, 230, 230, 60, 60, 60, 60, 60]);
    const { first, second, comparison, said } = compared(past, { plan: kuitun }, { plan: slower('red', 400) });
    expect([first.episodes[0]!.spans[0]!.level, second.episodes[0]!.spans.map((s) => s.level)]).toEqual(['red', ['orange']]);
    expect(said(comparison.pairs[0]!.differences)[0]).toBe('Red warning only under the first, from 2025-01-04 00:00');
    expect(comparison.pairs[0]!.differences.filter((d) => d.what === 'starts' || d.what === 'level-only')).toHaveLength(1);
  });

  test('earlier and fewer are told as such, whole days as days', () => {
    const plans = { first: kuitun, second: fourLevels };
    const en = (d: Comparison['differences'][number]) => sayDifference(d, plans).en;
    const zh = (d: Comparison['differences'][number]) => sayDifference(d, plans).zh;
    expect(en({ what: 'starts', level: 'orange', byMinutes: -2880 })).toBe('Orange warning or higher 2 days earlier');
    expect(zh({ what: 'starts', level: 'orange', byMinutes: -2880 })).toBe('橙色预警（及以上）提前2天');
    expect(en({ what: 'warning-hours', by: -72 })).toBe('3 fewer warning days');
    expect(zh({ what: 'warning-hours', by: -72 })).toBe('预警少3天');
    expect(en({ what: 'starts', level: 'orange', byMinutes: 90 })).toBe('Orange warning or higher 1 hour 30 minutes later');
    expect(en({ what: 'still-stands', side: 'second' })).toBe('only under the second does it still stand when the data end');
  });
});

describe('the AQI tables of 2012 beside those of 2026 (R26)', () => {
  const only = (id: string) => tables.filter((t) => t.id === id);
  const past = hours([40, 40, 40, 170, 180, 190, 40, 40, 40]);

  test('given hours of PM2.5 that make a warning, then every level, time and request is the same: only points below the levels’ lines moved', () => {
    const { first, comparison } = compared(past, { plan: kuitun, tables: only('HJ633-2012') }, { plan: kuitun, tables: only('HJ633-2026') });
    expect(first.totals.warnings).toBe(1);
    expect([comparison.pairs.map((p) => p.differences), comparison.differences]).toEqual([[[]], []]);
  });

  test('given a plan with a line at 100, then days of 70 µg/m³ warn under the new tables alone', () => {
    const low: Plan = { ...kuitun, settings: { ...kuitun.settings, basicCondition: null, lift: { ...kuitun.settings.lift, aqiBelow: 100 } }, levels: kuitun.levels.map((l, i) => (i === 0 ? { ...l, predicates: [{ ...l.predicates[0]!, spell: { aqiAbove: 100, forHours: 24 } }] } : l)) };
    const { first, second, said, comparison } = compared(hours([40, 40, 40, 70, 70, 40, 40, 40, 40]), { plan: low, tables: only('HJ633-2012') }, { plan: low, tables: only('HJ633-2026') });
    expect([first.totals.warnings, second.totals.warnings]).toEqual([0, 1]);
    expect(said(comparison.pairs[0]!.differences)[0]).toMatch(/^a warning only under the second: Yellow warning from 2025-01-0/);
  });
});
