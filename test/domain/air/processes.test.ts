import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../../../domain/air/grading.js';
import { liftFrom, lowerings, processesOf } from '../../../domain/air/processes.js';
import type { MeanSeries } from '../../../domain/air/series.js';
import type { Settings } from '../../../domain/plan.js';
import { hoursAfter, seriesOf } from '../../support/air.js';
import { kuitun } from '../../support/kuitun-levels.js';

const processes = (series: MeanSeries, changed: Partial<Settings> = {}) => processesOf(kuitun(changed), series, findingsOf(kuitun(changed), series, null).satisfied);
const days = (...aqi: number[]) => seriesOf(aqi.map((a) => [24, a]), 'natural-day');

describe('3.3.6 two processes with a gap shorter than the lift condition (R16)', () => {
  test('35 h below 150 between them: one process, from the first start, at the higher level', () => {
    const [only, ...others] = processes(seriesOf([[30, 100], [1, 210], [35, 100], [49, 160], [40, 100]]));
    expect(others).toEqual([]);
    expect(only).toEqual({
      level: 'orange',
      clause: '3.3.2(2)',
      predicateId: 'orange-150',
      fromMs: hoursAfter(7),
      toMs: hoursAfter(115),
      peakAqi: 210,
      parts: [
        { level: 'yellow', clause: '3.3.2(1)', fromMs: hoursAfter(7), toMs: hoursAfter(31) },
        { level: 'orange', clause: '3.3.2(2)', fromMs: hoursAfter(43), toMs: hoursAfter(115) },
      ],
    });
  });

  test('36 h below 150 between them: two processes', () => {
    expect(processes(seriesOf([[30, 100], [1, 210], [36, 100], [49, 160], [40, 100]])).map((p) => p.level)).toEqual(['yellow', 'orange']);
  });

  test('durations and gap hours are never added up: two yellows stay yellow', () => {
    expect(processes(seriesOf([[30, 100], [25, 160], [3, 140], [25, 160], [40, 100]])).map((p) => [p.level, p.parts.length])).toEqual([['yellow', 2]]);
  });

  test('a gap at 150 or with missing hours is none one could lift in', () => {
    expect(processes(seriesOf([[30, 100], [1, 210], [60, 150], [1, 210], [40, 100]]))).toHaveLength(1);
    expect(processes(seriesOf([[30, 100], [1, 210], [30, 100], [1, -1], [30, 100], [1, 210], [40, 100]]))).toHaveLength(1);
  });

  test('natural days: one clean day merges, two do not', () => {
    expect([processes(days(210, 100, 210)).length, processes(days(210, 100, 100, 210)).length]).toEqual([1, 2]);
  });

  test('mergeAcrossGaps off leaves them apart', () => {
    expect(processes(seriesOf([[30, 100], [1, 210], [35, 100], [49, 160], [40, 100]]), { mergeAcrossGaps: false }).map((p) => p.level)).toEqual(['yellow', 'orange']);
  });

  test('runs of several lines over the same hours are one part at the highest level', () => {
    const [only] = processes(seriesOf([[30, 100], [20, 160], [2, 310], [60, 220], [20, 160], [40, 100]]), { mergeAcrossGaps: false });
    expect(only).toMatchObject({ level: 'red', predicateId: 'red', fromMs: hoursAfter(7), toMs: hoursAfter(132), peakAqi: 310 });
    expect(only?.parts).toHaveLength(1);
  });
});

describe('3.3.6 lift (R8-R10)', () => {
  const lift = (series: MeanSeries, at: number, changed: Partial<Settings> = {}) => liftFrom(kuitun(changed), series, hoursAfter(at));

  test('the first whole hour from which AQI stays below 150 for 36 h, ahead of time too (R9)', () => {
    const series = seriesOf([[40, 210], [10, 120], [5, 160], [40, 90], [2, 200]]);
    expect(lift(series, 0)).toEqual({ fromMs: hoursAfter(55), holdsHours: 40, maxAqi: 90, clause: '3.3.6' });
    expect(lift(series, 57)).toMatchObject({ fromMs: hoursAfter(57), holdsHours: 38 });
    expect(lift(series, 56.5)).toMatchObject({ fromMs: hoursAfter(57) });
    expect(lift(series, 60)).toBeNull();
  });

  test('35 h are not enough; the forecast must reach that far', () => {
    expect(lift(seriesOf([[40, 210], [35, 100]]), 0)).toBeNull();
    expect(lift(seriesOf([[40, 210], [36, 100]]), 0)?.fromMs).toBe(hoursAfter(40));
  });

  test('exactly 150 does not lift (R10)', () => {
    expect(lift(seriesOf([[60, 150]]), 0)).toBeNull();
    expect(lift(seriesOf([[60, 149]]), 0)).toMatchObject({ fromMs: hoursAfter(0), maxAqi: 149 });
  });

  test('a missing hour ends the hold (R27)', () => {
    expect(lift(seriesOf([[30, 100], [1, -1], [36, 100]]), 0)?.fromMs).toBe(hoursAfter(31));
  });

  test('line and hold time are settings', () => {
    expect(lift(seriesOf([[24, 110], [24, 90]]), 0, { lift: { aqiBelow: 100, holdHours: 24, aheadHours: 0 } })?.fromMs).toBe(hoursAfter(24));
  });

  test("natural days: the day's value holds for each of its hours", () => {
    expect(lift(days(210, 100, 100), 0)).toMatchObject({ fromMs: hoursAfter(24), holdsHours: 48 });
    expect(lift(days(210, 100), 0)).toBeNull();
  });
});

describe('3.3.6 lowering (R8)', () => {
  const lower = (series: MeanSeries, at: number, changed: Partial<Settings> = {}) => {
    const plan = kuitun(changed);
    const atMs = hoursAfter(at);
    return Object.fromEntries(lowerings(plan, series, findingsOf(plan, series, atMs).satisfied, atMs).map((l) => [l.from, [l.to, (l.effectiveFromMs - hoursAfter(0)) / 3_600_000]]));
  };

  test('from the hour the level no longer stands, to the highest that remains', () => {
    // Orange by > 200 until hour 78; then > 150 for two days more keeps yellow.
    const series = seriesOf([[30, 100], [48, 210], [40, 100], [30, 160], [40, 100]]);
    expect(lower(series, 40)).toEqual({ red: [ 'orange', 40], orange: ['yellow', 78], yellow: [null, 148] });
  });

  test('a level that comes back within the forecast is not lowered from in between', () => {
    const series = seriesOf([[30, 100], [25, 210], [60, 160], [25, 210], [60, 100]]);
    expect(lower(series, 40)['orange']).toEqual([null, 140]);
  });

  test('the forecast must cover the hold time, without missing hours', () => {
    expect(lower(seriesOf([[30, 100], [25, 210], [35, 100]]), 40)['orange']).toBeUndefined();
    expect(lower(seriesOf([[30, 100], [25, 210], [36, 100]]), 40)['orange']).toEqual([null, 55]);
    expect(lower(seriesOf([[30, 100], [25, 210], [20, 100], [1, -1], [36, 100]]), 40)['orange']).toEqual([null, 76]);
  });

  test('the hold time is a setting', () => {
    expect(lower(seriesOf([[30, 100], [25, 210], [24, 100]]), 40, { lower: { holdHours: 24 } })['orange']).toEqual([null, 55]);
  });
});
