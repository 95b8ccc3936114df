import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cityConcentrations, concentrationsOf, emptyConcentrations, joinedAt, knownUntilMs, spanOf, withDustHandled } from '../../../domain/air/concentrations.js';
import type { Concentrations } from '../../../domain/air/concentrations.js';
import { runningMeans, worstOf } from '../../../domain/air/means.js';
import { MISSING, pollutantsOf } from '../../../domain/air/pollutants.js';
import type { PollutantKey } from '../../../domain/air/pollutants.js';
import { GATE_CLOSED, GATE_PASSED } from '../../../domain/air/series.js';
import { tableAt } from '../../../domain/air/tables.js';
import type { AqiItem } from '../../../domain/air/tables.js';
import { HOUR_MS } from '../../../domain/time.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { exactIaqi, hoursAfter, hoursOf, START_MS } from '../../support/air.js';
import { DEFAULT_SETTINGS } from '../../support/kuitun-levels.js';

const tables = loadAqiTables();
const means = (c: Concentrations, changed = {}) => runningMeans(c, tables, { ...DEFAULT_SETTINGS, ...changed });

describe('3.3.1 running means: concentrations are averaged first, then AQI (R4)', () => {
  test('12 h at PM2.5 20 and 12 h at 280 make 150, AQI 200', () => {
    const series = means(hoursOf([[12, { pm25: 20 }], [12, { pm25: 280 }]]));
    expect(series.aqi[23]).toBe(200);
    expect(pollutantsOf(series.primary[23]!)).toEqual(['PM2.5']);
  });

  test('mean-of-hourly-aqi, the other reading: hourly AQI 29 and 330 make 180', () => {
    const series = means(hoursOf([[12, { pm25: 20 }], [12, { pm25: 280 }]]), { dailyAqi: 'mean-of-hourly-aqi' });
    expect(series.aqi[23]).toBe(Math.ceil((12 * 29 + 12 * 330) / 24));
  });

  test('O3 counts by its highest 8 h mean within the window, for the 17 hours it lies wholly within', () => {
    const series = means(hoursOf([[30, { o3: 20 }], [8, { o3: 265 }], [40, { o3: 20 }]]));
    const at200 = [...series.aqi.keys()].filter((hour) => series.aqi[hour] === 200);
    expect([at200[0], at200.at(-1), at200.length]).toEqual([37, 53, 17]);
    expect(pollutantsOf(series.primary[37]!)).toEqual(['O3']);
  });

  test('an 8 h mean of O3 needs 6 valid hours', () => {
    const withHole = (hole: number) => hoursOf([[24, { o3: 20 }], [8 - hole, { o3: 265 }], [hole, { o3: null }], [24, { o3: 20 }]]);
    expect(Math.max(...means(withHole(2), { validHours: 1 }).aqi)).toBe(200);
    // With 5 hours left, a mean of six takes in a clean hour.
    expect(Math.max(...means(withHole(3), { validHours: 1 }).aqi)).toBeLessThan(200);
  });

  test('O3 above 800 for 8 h: its highest hour under HJ 633-2012, 300 under HJ 633-2026', () => {
    const hours = (startMs: number) => hoursOf([[23, { o3: 900 }], [1, { o3: 1000 }]], startMs);
    expect(means(hours(START_MS)).aqi[23]).toBe(400);
    expect(means(hours(Date.parse('2026-04-01T00:00:00+08:00'))).aqi[23]).toBe(300);
  });
});

describe('3.3.1 a running mean needs 20 valid hours (R27)', () => {
  const withHole = (hole: number) => hoursOf([[24 - hole, { pm25: 200 }], [hole, { pm25: null }]]);

  test('20 are enough, 19 are missing', () => {
    expect(means(withHole(4)).aqi[23]).toBe(250);
    expect(means(withHole(5)).aqi[23]).toBe(MISSING);
    expect(means(withHole(5)).gate[23]).toBe(GATE_CLOSED);
  });

  test('the number is a setting', () => {
    expect(means(withHole(4), { validHours: 21 }).aqi[23]).toBe(MISSING);
    expect(means(withHole(12), { validHours: 12 }).aqi[23]).toBe(250);
  });

  test('another pollutant that is missing is left out; without PM2.5 the AQI is not known', () => {
    expect(means(hoursOf([[24, { pm25: 115, co: null, o3: null }]])).aqi[23]).toBe(150);
    expect(means(hoursOf([[24, { pm25: null, pm10: 400 }]])).aqi[23]).toBe(MISSING);
  });

  test('the first windows of a record are too short', () => {
    const { aqi } = means(hoursOf([[30, { pm25: 200 }]]));
    expect([...aqi.subarray(0, 20)]).toEqual([...Array<number>(19).fill(MISSING), 250]);
  });
});

describe('R3 the basic condition at an hour', () => {
  test('AQI > 200 or PM2.5 > 115 µg/m³; ozone or coarse dust at 151 to 200 does not pass', () => {
    const gate = (values: object) => means(hoursOf([[24, values]])).gate[23];
    expect(gate({ pm25: 115 })).toBe(GATE_CLOSED);
    expect(gate({ pm25: 115.1 })).toBe(GATE_PASSED);
    expect(gate({ pm10: 340 })).toBe(GATE_CLOSED);
    expect(gate({ o3: 260 })).toBe(GATE_CLOSED);
    expect(gate({ pm10: 351 })).toBe(GATE_PASSED);
  });
});

describe('R26 the table may change within an episode', () => {
  test('PM2.5 at 60 is AQI 82 in February 2026 and 100 from the first hour of March', () => {
    const { aqi } = means(hoursOf([[72, { pm25: 60 }]], Date.parse('2026-02-27T00:00:00+08:00')));
    expect([aqi[46], aqi[47], aqi[48], aqi[71]]).toEqual([82, 82, 100, 100]);
  });
});

describe('R25 the value of the city', () => {
  const a = hoursOf([[24, { pm25: 50 }]]);
  const b = hoursOf([[24, { pm25: 250 }]]);

  test('the mean of the stations that are valid, then AQI', () => {
    expect(means(cityConcentrations([a, b])).aqi[23]).toBe(200);
    expect(means(cityConcentrations([a, hoursOf([[24, { pm25: null }]])])).aqi[23]).toBe(means(a).aqi[23]);
  });

  test('stations of different spans are aligned by their hours', () => {
    const later = hoursOf([[24, { pm25: 250 }]], hoursAfter(12));
    expect([...cityConcentrations([a, later]).columns.pm25].map((v) => v / 1000)).toEqual([...Array<number>(12).fill(50), ...Array<number>(12).fill(150), ...Array<number>(12).fill(250)]);
  });

  test('worst-station: the highest AQI of any station, missing ones aside', () => {
    const worst = worstOf([means(a), means(b), means(hoursOf([[24, { pm25: null }]]))]);
    expect([worst.aqi[23], worst.gate[23]]).toEqual([300, GATE_PASSED]);
  });
});

describe('R17 hours flagged as sand-dust', () => {
  const storm = hoursOf([[24, { pm25: 60, pm10: 900 }]]);
  const flagged = [{ fromMs: START_MS + 30 * 60_000, toMs: hoursAfter(24) }];

  test('are graded without PM10', () => {
    expect(means(withDustHandled(storm, flagged, 'without-pm10')).aqi[23]).toBe(82);
  });

  test('missing: the whole hour is', () => {
    expect(means(withDustHandled(storm, flagged, 'missing')).aqi[23]).toBe(MISSING);
  });

  test('as-measured: as if not flagged', () => {
    expect(means(withDustHandled(storm, flagged, 'as-measured')).aqi[23]).toBe(500);
  });

  test('four flagged hours leave a PM10 mean of the other twenty', () => {
    const some = withDustHandled(hoursOf([[20, { pm10: 250 }], [4, { pm10: 900 }]]), [{ fromMs: hoursAfter(20), toMs: hoursAfter(24) }], 'without-pm10');
    expect(means(some).aqi[23]).toBe(150);
  });
});

describe('columns', () => {
  test('rows in any order, holes missing, the later of two rows of an hour counts', () => {
    const c = concentrationsOf([
      { atMs: hoursAfter(2), pm25: 30, co: 1.2 },
      { atMs: START_MS, pm25: 10 },
      { atMs: START_MS, pm25: 11 },
    ])!;
    expect([c.startMs, c.hours, [...c.columns.pm25], [...c.columns.co]]).toEqual([START_MS, 3, [11_000, -1, 30_000], [-1, -1, 1200]]);
    expect(concentrationsOf([])).toBeNull();
  });

  test('a span is cut and padded; a join takes the later part from its instant on', () => {
    const c = hoursOf([[4, { pm25: 1 }]]);
    expect([...spanOf(c, hoursAfter(-1), hoursAfter(2)).columns.pm25]).toEqual([-1, 1000, 1000]);
    expect([...joinedAt(c, hoursOf([[4, { pm25: 2 }]], hoursAfter(1)), hoursAfter(3)).columns.pm25]).toEqual([1000, 1000, 1000, 2000, 2000]);
    expect([...joinedAt(c, hoursOf([[1, { pm25: 2 }]], hoursAfter(5)), hoursAfter(4)).columns.pm25]).toEqual([1000, 1000, 1000, 1000, -1, 2000]);
  });

  test('known until the last hour with any value', () => {
    expect(knownUntilMs(joinedAt(hoursOf([[4, {}]]), emptyConcentrations(hoursAfter(4), 3), hoursAfter(4)))).toBe(hoursAfter(4));
    expect(knownUntilMs(emptyConcentrations(START_MS, 3))).toBeNull();
  });
});

describe('running sums', () => {
  type Mean = { sum: number; count: number };
  /** Every window computed again from its 24 hours, in whole numbers. */
  const slowAqi = (c: Concentrations, hour: number) => {
    const table = tableAt(tables, c.startMs + hour * HOUR_MS);
    const mean = (key: PollutantKey, from: number, to: number): Mean => {
      const values = [...c.columns[key].slice(Math.max(0, from), Math.max(0, to + 1))].filter((v) => v >= 0);
      return { sum: values.reduce((a, b) => a + b, 0), count: values.length };
    };
    const of = (item: AqiItem, { sum, count }: Mean, least: number) => (count < least ? -1 : exactIaqi(table, item, sum, count));
    const day = (key: PollutantKey) => mean(key, hour - 23, hour);
    const pm25 = of('pm25_24h', day('pm25'), 20);
    const eights = Array.from({ length: 17 }, (_, i) => hour - 16 + i).map((end) => of('o3_8h', mean('o3', end - 7, end), 6));
    const ozone = day('o3').count < 20 ? -1 : Math.max(...eights);
    const others = [of('pm10_24h', day('pm10'), 20), of('so2_24h', day('so2'), 20), of('no2_24h', day('no2'), 20), of('co_24h', day('co'), 20), ozone];
    return pm25 < 0 ? -1 : Math.max(pm25, ...others);
  };

  test('give what every window computed by itself gives, over a change of tables and with holes', () => {
    const cell = (max: number) => fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max }) }, { weight: 1, arbitrary: fc.constant(null) });
    const hour = fc.record({ pm25: cell(600), pm10: cell(700), so2: cell(900), no2: cell(500), co: cell(40), o3: cell(500) });
    fc.assert(
      fc.property(fc.array(hour, { minLength: 1, maxLength: 90 }), (rows) => {
        const c = hoursOf(rows.map((row) => [1, row] as const), Date.parse('2026-02-27T12:00:00+08:00'));
        expect([...means(c).aqi]).toEqual(rows.map((_, i) => slowAqi(c, i)));
      }),
      { numRuns: 150 },
    );
  });
});
