/**
 * Episodes worked out on paper, day by day, from the plan's words. Daily AQI of
 * PM2.5 air (the basic condition of 3.3.1 passes above 150), perfect forecasts
 * issued at 16:00 for the rest of the day and the next 7, days known at their
 * 24:00, people who act at once. Times are Beijing time to the hour.
 */
import { describe, expect, test } from '@jest/globals';
import type { DayValues } from '../../domain/air/days.js';
import type { Past } from '../../domain/backtest/past.js';
import { addDays } from '../../domain/time.js';
import { core, naiveDaily, type Told } from './season.js';

const FIRST = '2016-01-01';

/** PM2.5 (µg/m³) of an AQI by the table of HJ 633-2012, so that the file is of one piece. */
function pm25Of(aqi: number): number {
  const iaqi = [0, 50, 100, 150, 200, 300, 400, 500];
  const points = [0, 35, 75, 115, 150, 250, 350, 500];
  const i = iaqi.findIndex((value, k) => k > 0 && aqi <= value);
  return points[i - 1]! + ((aqi - iaqi[i - 1]!) * (points[i]! - points[i - 1]!)) / (iaqi[i]! - iaqi[i - 1]!);
}

/** Ten clean days, these days, ten clean days; the first of them is 11 January 2016. */
function winter(...aqi: readonly (number | Partial<DayValues>)[]): Extract<Past, { kind: 'daily' }> {
  const clean = Array<number>(10).fill(60);
  const days = [...clean, ...aqi, ...clean].map((value, i): DayValues => {
    const date = addDays(FIRST, i);
    const base = (of: number): DayValues => ({ date, aqi: of, pm25: pm25Of(of), pm10: 40, so2: 10, no2: 30, co: 1, o3_8h: 40, dust: false });
    return typeof value === 'number' ? base(value) : { ...base(value.aqi ?? 60), ...value };
  });
  return { kind: 'daily', days };
}

interface ByHand {
  readonly what: string;
  readonly days: readonly (number | Partial<DayValues>)[];
  readonly expected: readonly Told[];
}

const BY_HAND: readonly ByHand[] = [
  {
    // 11 Jan 210, alone. A single 24 h mean over 200 is yellow (3.3.2(1), R1).
    // The forecast of 4 Jan 16:00 reaches 11 Jan: the episode opens. On 9 Jan
    // 00:00 the day is 48 h away: published for its beginning. From 12 Jan
    // 00:00 on every day is 60: below 150 for 36 h and more, known a day ahead.
    what: '3.3.2(1) one day over 200 is yellow, lifted at its end',
    days: [210],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-12 00', levels: ['yellow 2016-01-11 00'] }],
  },
  {
    // 180, 180: two days over 150 last 48 h: yellow. The forecast of 4 Jan sees
    // one of them only (24 h, nothing); that of 5 Jan sees both.
    what: '3.3.2(1) two days over 150 are yellow',
    days: [180, 180],
    expected: [{ started: '2016-01-05 16', effective: '2016-01-11 00', lifted: '2016-01-13 00', levels: ['yellow 2016-01-11 00'] }],
  },
  {
    // One day of 180: 24 h over 150 is nothing; 150 itself is not over 150.
    what: '3.3.2(1), R10: one day of 180 and two of 150 start nothing',
    days: [180, 150, 150, 90, 90, 180],
    expected: [],
  },
  {
    // 160, 160, 160: 72 h over 150 is orange. Seen whole on 6 Jan 16:00; on 5 Jan
    // two days are seen: yellow, still an outlook. Published on 9 Jan as orange.
    what: '3.3.2(2) three days over 150 are orange',
    days: [160, 160, 160],
    expected: [{ started: '2016-01-05 16', effective: '2016-01-11 00', lifted: '2016-01-14 00', levels: ['orange 2016-01-11 00'] }],
  },
  {
    // 220, 310, 220: 72 h over 200 with a day over 300 inside: red. When it is
    // published (9 Jan 00:00, forecast to 15 Jan) all of it is seen. While the
    // run stands, red stands; when it ends (14 Jan 00:00) the air is clean: lift.
    what: '3.3.2(3) three days over 200 with one over 300 are red',
    days: [220, 310, 220],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-14 00', levels: ['red 2016-01-11 00'] }],
  },
  {
    // 220, 220, 220: 72 h over 200 but never over 300: not red. Over 200 for
    // 48 h and more: orange.
    what: '3.3.2(2)(3) three days over 200 without one over 300 stay orange',
    days: [220, 220, 220],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-14 00', levels: ['orange 2016-01-11 00'] }],
  },
  {
    // 310 alone: over 200 for 24 h only: yellow (red wants its 72 h, R2).
    what: '3.3.2(3), R2: one day over 300 alone is yellow',
    days: [310],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-12 00', levels: ['yellow 2016-01-11 00'] }],
  },
  {
    // 210 | 100 | 210: yellow days with a gap of 24 h below 150, too short to
    // lift in (36 h): one process from the first start (R16), each part yellow,
    // never added up. Lifted only after the second: 14 Jan 00:00.
    what: '3.3.6, R16: a gap of one day does not end it',
    days: [210, 100, 210],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-14 00', levels: ['yellow 2016-01-11 00'] }],
  },
  {
    // 210 | 100 100 | 210: the gap is 48 h below 150, so one may lift at 12 Jan
    // 00:00, and the second day is an episode of its own. The first is running
    // (or announced) until that lift; at 12 Jan 00:00 the second opens, and its
    // day of 14 Jan is exactly 48 h away: published at once for 14 Jan 00:00.
    what: '3.3.6, R16: a gap of two days does',
    days: [210, 100, 100, 210],
    expected: [
      { started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-12 00', levels: ['yellow 2016-01-11 00'] },
      { started: '2016-01-12 00', effective: '2016-01-14 00', lifted: '2016-01-15 00', levels: ['yellow 2016-01-14 00'] },
    ],
  },
  {
    // 210 | 120 | 160 160 160: the gap of one day merges a yellow and an orange
    // part: it starts at the higher level, orange, from the first start (R16).
    // Seen at publication (9 Jan 00:00, forecast to 15 Jan): 13, 14, 15 Jan, so
    // orange at once.
    what: '3.3.6, R16: two parts start at the higher of their levels',
    days: [210, 120, 160, 160, 160],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-16 00', levels: ['orange 2016-01-11 00'] }],
  },
  {
    // 160 160 then 140s are below 150: lift. 150 exactly is not below (R10):
    // 13 Jan 150 and 14 Jan 140, 15 Jan 60 ...: the 36 h begin on 14 Jan.
    what: '3.3.6, R10: 150 does not lift, 140 does',
    days: [160, 160, 150, 140],
    expected: [{ started: '2016-01-05 16', effective: '2016-01-11 00', lifted: '2016-01-14 00', levels: ['yellow 2016-01-11 00'] }],
  },
  {
    // 220 310 220 then 120 (24 h) then 160 160, clean. Red 11-13 Jan; on 14 Jan
    // 120, too short to lift; 15, 16 Jan 160: yellow. Published red (9 Jan: the
    // forecast to 15 Jan sees red and one day of 160). From 14 Jan 00:00 red
    // does not come back: what remains, seen a day ahead (13 Jan 00:00, forecast
    // to 19 Jan), is yellow: lowered to yellow at 14 Jan 00:00 (R8). 17 Jan: lift.
    what: '3.3.6, R8: lowered to the level of what remains',
    days: [220, 310, 220, 120, 160, 160],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-17 00', levels: ['red 2016-01-11 00', 'yellow 2016-01-14 00'] }],
  },
  {
    // Ten days of 210 and on the eleventh 310. At publication, 9 Jan, only 210s
    // are seen: orange. The day over 300 (21 Jan) makes the run red. R34: a raise
    // wants it reached by observed hours and the next 24: at 20 Jan 00:00 the
    // next 24 h are still 210 (20 Jan); at 21 Jan 00:00 they are the 310: raised
    // at 01:00. 22 Jan is clean.
    what: '3.3.6, R34: raised when the observed hours and the next 24 reach it',
    days: [210, 210, 210, 210, 210, 210, 210, 210, 210, 210, 310],
    expected: [{ started: '2016-01-04 16', effective: '2016-01-11 00', lifted: '2016-01-22 00', levels: ['orange 2016-01-11 00', 'red 2016-01-21 01'] }],
  },
  {
    // Sand-dust: 400 by PM10 while PM2.5 is 60 µg/m³ (PM2.5:PM10 0.12): graded
    // without PM10 it is IAQI(60) = 82 and starts nothing (1.4, R17).
    what: '1.4, R17: a sand-dust day starts nothing',
    days: [{ aqi: 400, pm25: 60, pm10: 500, dust: true }, { aqi: 400, pm25: 60, pm10: 500, dust: true }],
    expected: [],
  },
  {
    // Ozone: AQI 160 for three days with PM2.5 of 30 µg/m³. 72 h over 150, but no
    // 24 h mean over 200 and no PM2.5 over 115: the basic condition fails (R3).
    what: '3.3.1, R3: three days of 160 by ozone start nothing',
    days: [
      { aqi: 160, pm25: 30, o3_8h: 226 },
      { aqi: 160, pm25: 30, o3_8h: 226 },
      { aqi: 160, pm25: 30, o3_8h: 226 },
    ],
    expected: [],
  },
];

describe('episodes worked out by hand', () => {
  test.each(BY_HAND)('$what', ({ days, expected }) => {
    const past = winter(...days);
    const forecasting = { skill: 'perfect', seed: 0 } as const;
    expect(naiveDaily(past, forecasting)).toEqual(expected);
    expect(core(past, forecasting)).toEqual(expected);
  });
});
