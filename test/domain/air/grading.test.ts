import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Grade } from '../../../domain/air/assessment.js';
import { gradeHours, gradeSeries } from '../../../domain/air/grading.js';
import { GATE_CLOSED, GATE_PASSED, GATE_UNKNOWN } from '../../../domain/air/series.js';
import type { MeanSeries } from '../../../domain/air/series.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { HOUR_MS } from '../../../domain/time.js';
import { hoursAfter, hoursOf, seriesOf } from '../../support/air.js';
import { kuitun } from '../../support/kuitun-levels.js';

const of = (grade: Grade, id: string) => grade.predicates.find((p) => p.predicateId === id)!;
const holding = (grade: Grade) => grade.predicates.filter((p) => p.holds).map((p) => p.predicateId);
const grade = (stretches: readonly (readonly [number, number])[], changed = {}) => gradeSeries(kuitun(changed), seriesOf(stretches));
const gradeDays = (...aqi: number[]) => gradeSeries(kuitun({ windows: 'natural-day' }), seriesOf(aqi.map((a) => [24, a]), 'natural-day'));

describe('3.3.2 levels of running means', () => {
  test('3.3.2(1) yellow: one window above 200 is enough, "48 h" does not bind it (R1)', () => {
    expect(grade([[30, 100], [1, 201], [30, 100]])).toMatchObject({ level: 'yellow' });
    expect(holding(grade([[30, 100], [1, 201], [30, 100]]))).toEqual(['yellow-200']);
  });

  test('3.3.2(1) yellow, other value of R1: where "48 h" binds above 200 too, 25 windows are needed', () => {
    const plan = kuitun();
    const [yellow, ...higher] = plan.levels;
    const bound = yellow!.predicates.map((p) => (p.id === 'yellow-200' ? { ...p, spell: { ...p.spell, forHours: 48 } } : p));
    const graded = (hours: number) => gradeSeries({ ...plan, levels: [{ ...yellow!, predicates: bound }, ...higher] }, seriesOf([[30, 100], [hours, 201], [30, 100]]));
    expect([1, 24, 25].map((hours) => of(graded(hours), 'yellow-200').holds)).toEqual([false, false, true]);
    expect(graded(1).level).toBeNull();
  });

  test('3.3.2(1) yellow: above 150 for 48 h is 25 windows; 24 windows last 47 h', () => {
    expect(grade([[30, 100], [24, 160], [30, 100]]).level).toBeNull();
    expect(grade([[30, 100], [25, 160], [30, 100]]).level).toBe('yellow');
  });

  test('3.3.2(2) orange: above 200 for 48 h, or above 150 for 72 h, both inclusive (R2)', () => {
    expect([24, 25].map((hours) => grade([[30, 100], [hours, 210], [30, 100]]).level)).toEqual(['yellow', 'orange']);
    expect([48, 49].map((hours) => grade([[30, 100], [hours, 160], [30, 100]]).level)).toEqual(['yellow', 'orange']);
  });

  test('3.3.2(3) red: above 200 for 72 h that contains a window above 300', () => {
    expect([47, 48].map((hours) => grade([[30, 100], [1, 301], [hours, 210], [30, 100]]).level)).toEqual(['orange', 'red']);
    expect(grade([[30, 100], [60, 300], [30, 100]]).level).toBe('orange');
  });

  test('R10 exactly 150 starts nothing; exactly 200 is not above 200', () => {
    expect(grade([[200, 150]]).level).toBeNull();
    expect(holding(grade([[30, 100], [25, 200], [30, 100]]))).toEqual(['yellow-150']);
  });

  test('a window tells the time it covers, its hours and its peak', () => {
    expect(of(grade([[30, 100], [10, 210], [1, 240], [30, 100]]), 'yellow-200').windows).toEqual([{ fromMs: hoursAfter(7), toMs: hoursAfter(41), hours: 34, peakAqi: 240 }]);
  });
});

describe('R2 the worse window of red', () => {
  const apart = [[30, 100], [2, 310], [5, 190], [60, 210], [30, 100]] as const;

  test('inside-run: it lies within the run above 200', () => {
    expect(grade(apart).level).toBe('orange');
  });

  test('anywhere: any window above 300 counts', () => {
    expect(grade(apart, { containedPeak: 'anywhere' }).level).toBe('red');
  });
});

describe('R5 natural days', () => {
  test('N days in a row last 24 N hours', () => {
    expect([gradeDays(100, 160, 100), gradeDays(100, 160, 160, 100), gradeDays(160, 160, 160), gradeDays(210, 100), gradeDays(210, 210)].map((g) => g.level)).toEqual([null, 'yellow', 'orange', 'yellow', 'orange']);
    expect([gradeDays(210, 210, 310), gradeDays(210, 310), gradeDays(210, 210, 210)].map((g) => g.level)).toEqual(['red', 'orange', 'orange']);
  });

  test('a window of days starts with its first day', () => {
    expect(of(gradeDays(100, 210, 100), 'yellow-200').windows).toEqual([{ fromMs: hoursAfter(24), toMs: hoursAfter(48), hours: 24, peakAqi: 210 }]);
  });
});

describe('3.3.1 the basic condition (R3)', () => {
  const with150s = (gateAt: number) => gradeSeries(kuitun(), seriesOf([[30, 100], [40, 170], [1, 180], [30, 100]], 'running', (aqi) => (aqi === 180 ? gateAt : GATE_CLOSED)));

  test('one window of the run that passes opens the whole run', () => {
    expect(with150s(GATE_PASSED)).toMatchObject({ level: 'yellow', basicCondition: 'passed' });
  });

  test('closed: ozone or coarse dust at 151 to 200 starts nothing by itself', () => {
    const closed = with150s(GATE_CLOSED);
    expect(closed).toMatchObject({ level: null, basicCondition: 'closed' });
    expect(of(closed, 'yellow-150')).toMatchObject({ holds: false, nearestMiss: null });
  });

  test('unknown: a person is asked, nothing fires', () => {
    expect(with150s(GATE_UNKNOWN)).toMatchObject({ level: null, basicCondition: 'unknown' });
  });

  test('unknown matters only above the level that is graded anyway', () => {
    const gate = (aqi: number) => (aqi > 200 ? GATE_PASSED : GATE_UNKNOWN);
    expect(gradeSeries(kuitun(), seriesOf([[30, 100], [30, 170], [30, 100], [1, 210], [30, 100]], 'running', gate))).toMatchObject({ level: 'yellow', basicCondition: 'passed' });
    expect(gradeSeries(kuitun(), seriesOf([[30, 100], [60, 170], [30, 100], [1, 210], [30, 100]], 'running', gate))).toMatchObject({ level: 'yellow', basicCondition: 'unknown' });
  });

  test('no gate: durations alone decide', () => {
    expect(gradeSeries(kuitun({ basicCondition: null }), seriesOf([[30, 160]], 'running', () => GATE_CLOSED))).toMatchObject({ level: 'yellow', basicCondition: 'not-needed' });
  });

  test('no run, no question', () => {
    expect(grade([[50, 100]])).toMatchObject({ level: null, basicCondition: 'not-needed' });
  });
});

describe('R27 missing hours', () => {
  test('end a spell, fire nothing and are counted; the lead-in is no gap', () => {
    const broken = grade([[19, -1], [20, 160], [2, -1], [20, 160]]);
    expect(broken).toMatchObject({ level: null, missingHours: 2 });
    expect(grade([[19, -1], [42, 160]])).toMatchObject({ level: 'yellow', missingHours: 0 });
  });

  test('with an instant, those from 24 h before it on', () => {
    expect(gradeSeries(kuitun(), seriesOf([[10, 90], [30, -1], [40, 90]]), hoursAfter(50)).missingHours).toBe(14);
  });
});

describe('nearest miss', () => {
  test('"6 more hours make it orange": the run that lacks least', () => {
    const near = grade([[30, 100], [43, 160], [50, 100], [10, 160], [30, 100]]);
    expect(near.level).toBe('yellow');
    expect(of(near, 'orange-150').nearestMiss).toEqual({ missingHours: 6, window: { fromMs: hoursAfter(7), toMs: hoursAfter(73), hours: 66, peakAqi: 160 } });
    expect(of(near, 'yellow-150').nearestMiss).toBeNull();
  });

  test('red lacks its run or its worse window, whichever is more', () => {
    expect(of(grade([[30, 100], [40, 210], [30, 100]]), 'red').nearestMiss?.missingHours).toBe(24);
    expect(of(grade([[30, 100], [1, 310], [10, 210], [30, 100]]), 'red').nearestMiss?.missingHours).toBe(72 - 34);
  });

  test('nothing above the line: nothing is near', () => {
    expect(of(grade([[50, 150]]), 'yellow-150').nearestMiss).toBeNull();
  });
});

describe('at an instant', () => {
  const series = seriesOf([[30, 100], [1, 210], [30, 100]]);

  test('a run whose windows have ended does not count', () => {
    expect(gradeSeries(kuitun(), series, hoursAfter(30)).level).toBe('yellow');
    expect(gradeSeries(kuitun(), series, hoursAfter(31)).level).toBeNull();
  });

  test('the last thing known counts until its end is seen', () => {
    const open = seriesOf([[30, 100], [1, 210], [5, -1]]);
    expect(gradeSeries(kuitun(), open, hoursAfter(33)).level).toBe('yellow');
  });
});

describe('another plan: four levels by data alone', () => {
  test('a level of its own below, other durations above', () => {
    const plan = kuitun();
    const [yellow, orange, red] = plan.levels as [(typeof plan.levels)[0], (typeof plan.levels)[0], (typeof plan.levels)[0]];
    const other = {
      ...plan,
      levels: [
        { ...yellow, id: 'blue', predicates: [{ ...yellow.predicates[0]!, id: 'blue-150', spell: { aqiAbove: 150, forHours: 24 } }] },
        { ...yellow, predicates: [yellow.predicates[1]!] },
        { ...orange, predicates: [orange.predicates[1]!] },
        { ...red, predicates: [{ ...red.predicates[0]!, spell: { aqiAbove: 200, forHours: 96 }, containing: { aqiAbove: 300, forHours: 48 } }] },
      ],
    };
    const levelOf = (...stretches: [number, number][]) => gradeSeries(other, seriesOf([[30, 100], ...stretches, [30, 100]])).level;
    expect([levelOf([1, 160]), levelOf([25, 160]), levelOf([49, 160]), levelOf([25, 310], [48, 210]), levelOf([24, 310], [60, 210])]).toEqual(['blue', 'yellow', 'orange', 'red', 'orange']);
  });
});

describe('grading against a naive second one', () => {
  /** Written from 3.3.2: for every hour walk to both ends of its stretch; nothing shared with the core. */
  const naive = ({ aqi, gate, kind }: MeanSeries) => {
    const spells = (line: number, from = 0, to = aqi.length) => {
      const found = new Map<number, { first: number; last: number; hours: number }>();
      for (let hour = from; hour < to; hour++) {
        if (aqi[hour]! <= line) continue;
        let [first, last] = [hour, hour];
        while (first - 1 >= from && aqi[first - 1]! > line) first--;
        while (last + 1 < to && aqi[last + 1]! > line) last++;
        found.set(first, { first, last, hours: last - first + 1 + (kind[first] === 0 ? 23 : 0) });
      }
      return [...found.values()];
    };
    const open = ({ first, last }: { first: number; last: number }) => [...gate.slice(first, last + 1)].includes(GATE_PASSED);
    const lasting = (line: number, hours: number) => spells(line).filter((s) => s.hours >= hours && open(s));
    const red = lasting(200, 72).filter((s) => spells(300, s.first, s.last + 1).some((peak) => peak.hours >= 24));
    const all = { 'yellow-200': lasting(200, 24), 'yellow-150': lasting(150, 48), 'orange-200': lasting(200, 48), 'orange-150': lasting(150, 72), red };
    return Object.fromEntries(Object.entries(all).map(([id, found]) => [id, found.map((s) => [s.last + 1 - s.hours, s.last + 1])]));
  };

  const value = fc.constantFrom(-1, 80, 149, 150, 151, 180, 200, 201, 250, 300, 301, 420);
  const stretches = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), value), { maxLength: 14 });

  test('finds the same windows for every predicate, running and natural', () => {
    fc.assert(
      fc.property(stretches, fc.constantFrom('running' as const, 'natural-day' as const), fc.integer({ min: 150, max: 260 }), (some, kind, passesAbove) => {
        const series = seriesOf(some, kind, (aqi) => (aqi > passesAbove ? GATE_PASSED : GATE_CLOSED));
        const found = gradeSeries(kuitun(), series).predicates.map((p) => [p.predicateId, p.windows.map((w) => [w.fromMs, w.toMs].map((ms) => Math.round((ms - series.startMs) / HOUR_MS)))]);
        expect(Object.fromEntries(found)).toEqual(naive(series));
      }),
      { numRuns: 400 },
    );
  });

  test('windows are maximal: no known hour above the line touches one', () => {
    fc.assert(
      fc.property(stretches, (some) => {
        const series = seriesOf(some);
        for (const { toMs, fromMs } of of(gradeSeries(kuitun({ basicCondition: null }), series), 'yellow-150').windows) {
          const [end, first] = [(toMs - series.startMs) / HOUR_MS, (fromMs - series.startMs) / HOUR_MS + 23];
          expect([(series.aqi[end] ?? 0) > 150, (series.aqi[first - 1] ?? 0) > 150, series.aqi[first]! > 150]).toEqual([false, false, true]);
        }
      }),
    );
  });
});

describe('gradeHours', () => {
  test('3.3.2: PM2.5 at 160 for 48 h after a clean day is orange', () => {
    const hours = hoursOf([[48, { pm25: 20 }], [48, { pm25: 160 }], [24, { pm25: 20 }]]);
    // The trailing mean passes 150 µg/m³ (AQI 200) with the 23rd hour and falls to it with the 2nd after.
    const result = gradeHours(kuitun(), loadAqiTables(), hours);
    expect(result.level).toBe('orange');
    expect(of(result, 'orange-200').windows).toEqual([{ fromMs: hoursAfter(47), toMs: hoursAfter(97), hours: 50, peakAqi: 210 }]);
  });
});
