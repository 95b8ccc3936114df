import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { categoryOf, dailyAqi, hourlyAqi, iaqi, iaqiOfMean } from '../../../domain/air/aqi.js';
import { scaled } from '../../../domain/air/pollutants.js';
import { checkRows } from '../../../domain/air/rows.js';
import type { ReportedRow } from '../../../domain/air/rows.js';
import { AQI_ITEMS, tableAt } from '../../../domain/air/tables.js';
import type { AqiItem, AqiTable } from '../../../domain/air/tables.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { exactIaqi } from '../../support/air.js';
import { describeShared, sharedPath } from '../../support/shared.js';

const tables = loadAqiTables();
const [old, recent] = tables as [AqiTable, AqiTable];
const of = (item: AqiItem, value: number, table = old) => iaqi(table, item, scaled(value));

describe('1.3 IAQI by HJ 633', () => {
  test('rounds up, without binary fractions: CO 24 h 2.2 is 55, CO 1 h 66.9 is 223', () => {
    expect(of('co_24h', 2.2)).toBe(55);
    expect(of('co_1h', 66.9)).toBe(223);
    expect(of('pm25_24h', 115)).toBe(150);
    expect(of('pm25_24h', 115.001)).toBe(151);
  });

  test('is 500 above the last point', () => {
    expect(of('pm25_24h', 501)).toBe(500);
    expect(of('pm10_24h', 9999)).toBe(500);
    expect(of('co_24h', 60.1)).toBe(500);
  });

  test('of a missing value is none', () => {
    expect(iaqi(old, 'pm25_24h', scaled(null))).toBeNull();
    expect(iaqi(old, 'pm25_24h', scaled(Number.NaN))).toBeNull();
    expect(iaqi(old, 'pm25_24h', scaled(-3))).toBeNull();
  });

  test('SO2 1 h above 800: none in 2012, 200 in 2026; at 800 itself 200 in both', () => {
    expect([of('so2_1h', 800), of('so2_1h', 801)]).toEqual([200, null]);
    expect([of('so2_1h', 800, recent), of('so2_1h', 801, recent)]).toEqual([200, 200]);
  });

  test('O3 8 h above 800: none in 2012, 300 in 2026', () => {
    expect([of('o3_8h', 800), of('o3_8h', 801)]).toEqual([300, null]);
    expect([of('o3_8h', 800, recent), of('o3_8h', 801, recent)]).toEqual([300, 300]);
  });

  test('never falls as the concentration rises, and meets every point of the table', () => {
    fc.assert(
      fc.property(fc.constantFrom(...AQI_ITEMS), fc.constantFrom(old, recent), fc.integer({ min: 0, max: 4_000_000 }), (item, table, value) => {
        const [a, b] = [iaqi(table, item, value), iaqi(table, item, value + 1)];
        expect(a === null || b === null || a <= b).toBe(true);
      }),
    );
    for (const table of tables) {
      for (const item of AQI_ITEMS) {
        const { points, iaqi: indices } = table.scales[item];
        expect(points.map((point) => iaqi(table, item, point))).toEqual(indices);
      }
    }
  });

  test('of a mean is what exact fractions give', () => {
    fc.assert(
      fc.property(fc.constantFrom(...AQI_ITEMS), fc.constantFrom(old, recent), fc.integer({ min: 0, max: 60_000_000 }), fc.integer({ min: 1, max: 24 }), (item, table, sum, count) => {
        expect(iaqiOfMean(table.scales[item], sum, count)).toBe(exactIaqi(table, item, sum, count));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('1.3 AQI and primary pollutants', () => {
  test('the highest IAQI, ties listed, none named at 50', () => {
    expect(dailyAqi(old, { pm25: 115, pm10: 250, so2: 20, no2: 40, co: 1, o3_8h: 90 })).toMatchObject({ aqi: 150, primary: ['PM2.5', 'PM10'] });
    expect(dailyAqi(old, { pm25: 35, pm10: 50, so2: 50, no2: 40, co: 2, o3_8h: 100 })).toMatchObject({ aqi: 50, primary: [] });
    expect(dailyAqi(old, { pm25: 36 })).toMatchObject({ aqi: 52, primary: ['PM2.5'] });
  });

  test('of nothing known is none', () => {
    expect(dailyAqi(old, {})).toBeNull();
    expect(hourlyAqi(old, { pm25: null })).toBeNull();
  });

  test('HJ 633-2012: above the 8 h scale the 1 h value of O3 decides, above the 1 h scale the 24 h value of SO2', () => {
    expect(dailyAqi(old, { pm25: 10, o3_8h: 900, o3_1h: 1000 })?.aqi).toBe(400);
    expect(dailyAqi(old, { pm25: 10, o3_8h: 900 })?.aqi).toBe(15);
    expect(dailyAqi(recent, { pm25: 10, o3_8h: 900, o3_1h: 1000 })?.aqi).toBe(300);
    expect(hourlyAqi(old, { pm25: 10, so2: 900, so2_24h: 475 })?.aqi).toBe(150);
    expect(hourlyAqi(old, { pm25: 10, so2: 900 })?.aqi).toBe(15);
    expect(hourlyAqi(recent, { pm25: 10, so2: 900, so2_24h: 475 })?.aqi).toBe(200);
  });

  test('categories end at 50, 100, 150, 200 and 300', () => {
    expect([50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500].map((aqi) => categoryOf(aqi).name.zh)).toEqual([
      ...['优', '良', '良', '轻度污染', '轻度污染', '中度污染', '中度污染', '重度污染', '重度污染', '严重污染', '严重污染'],
    ]);
  });
});

describe('R26 the table in force', () => {
  test('HJ 633-2026 from 2026-03-01 00:00 Beijing time', () => {
    expect(tableAt(tables, Date.parse('2026-02-28T23:59:59+08:00')).id).toBe('HJ633-2012');
    expect(tableAt(tables, Date.parse('2026-03-01T00:00:00+08:00')).id).toBe('HJ633-2026');
    expect(tableAt(tables, Date.parse('2000-01-01T00:00:00+08:00')).id).toBe('HJ633-2012');
  });

  test('only the IAQI-100 points of PM2.5 and PM10 moved, so no crossing of 150, 200 or 300 does', () => {
    const moved = AQI_ITEMS.flatMap((item) => old.scales[item].points.flatMap((point, i) => (point === recent.scales[item].points[i] ? [] : [`${item} ${old.scales[item].iaqi[i]}`])));
    expect(moved).toEqual(['pm10_24h 100', 'pm25_24h 100']);
  });
});

const number = (cell: string | undefined) => (cell === undefined || cell === '' ? null : Number(cell));
const csv = (name: string) => parse<Record<string, string>>(readFileSync(sharedPath('data', name), 'utf8'), { columns: true, bom: true });

describeShared('published vectors', () => {
  /**
   * `checked_against` joins by " + " the sources that gave the very value of
   * the row (one that differs stands in `note`): two agreeing sources are two
   * names there. "table only" and a lone package are not.
   */
  const vectors = csv('aqi-vectors.csv').map((v) => Object.assign({}, v, { sources: v['checked_against']!.split(' + ').length }));
  const tableOf = (v: Record<string, string>) => tables.find((t) => t.id === v['standard'])!;
  const itemOf = (v: Record<string, string>) => v['item']!.toLowerCase() as AqiItem;

  test('IAQI of every vector with two agreeing sources', () => {
    const agreed = vectors.filter((v) => v['kind'] === 'iaqi' && v.sources >= 2);
    expect(agreed.length).toBeGreaterThan(250);
    expect(agreed.map((v) => [v['id'], of(itemOf(v), Number(v['conc']), tableOf(v))])).toEqual(agreed.map((v) => [v['id'], Number(v['iaqi'])]));
  });

  test('the vectors of one source too', () => {
    const others = vectors.filter((v) => v.sources < 2);
    expect(others.length).toBeGreaterThan(5);
    expect(others.map((v) => [v['id'], of(itemOf(v), Number(v['conc']), tableOf(v))])).toEqual(others.map((v) => [v['id'], number(v['iaqi'])]));
  });

  test('AQI, category and primary pollutants of every daily and hourly vector', () => {
    const whole = vectors.filter((v) => v['kind'] !== 'iaqi' && v.sources >= 2);
    expect(whole.length).toBeGreaterThan(100);
    for (const v of whole) {
      const [pm25, pm10, so2, no2, co] = ['pm25', 'pm10', 'so2', 'no2', 'co'].map((c) => number(v[c]));
      const particulates = { pm25: pm25!, pm10: pm10!, so2: so2!, no2: no2!, co: co! };
      const computed =
        v['kind'] === 'aqi_hourly_reported'
          ? hourlyAqi(tableOf(v), { ...particulates, o3: number(v['o3_1h']) })
          : dailyAqi(tableOf(v), { ...particulates, o3_8h: number(v['o3_8h']), o3_1h: number(v['o3_1h']) });
      expect([v['id'], computed?.aqi, computed?.category.name.zh, computed?.primary.join('+')]).toEqual([v['id'], Number(v['aqi']), v['category'], v['primary']]);
    }
  });
});

describeShared('reported station hours', () => {
  const rows = (name: string, withPrimary: boolean): ReportedRow[] =>
    csv(name).map((row, i) => ({
      line: i + 2,
      atMs: Date.parse(row['time']!),
      place: `${row['city']} ${row['station']}`,
      values: Object.fromEntries(['pm25', 'pm10', 'so2', 'no2', 'co', 'o3', 'so2_24h'].map((c) => [c, number(row[c])])),
      aqi: number(row['aqi']),
      primary: withPrimary ? row['primary']!.split('+').filter((name) => name !== '') : null,
    }));

  test('AQI and primary pollutants, ties included, of every complete row of April 2020', () => {
    expect(checkRows(rows('stations_hourly_reported_aqi_2020-04.csv', true), tables)).toEqual({ rows: 54_638, completeRows: 48_341, matches: 48_341, mismatches: [] });
  });

  test('AQI of every complete row of the hour of July 2017', () => {
    expect(checkRows(rows('stations_snapshot_2017-07-07T16.csv', false), tables)).toEqual({ rows: 1495, completeRows: 1324, matches: 1324, mismatches: [] });
  });
});

describe('checkRows', () => {
  const row: ReportedRow = {
    line: 2,
    atMs: Date.parse('2020-04-02T03:00:00+08:00'),
    place: 'A',
    values: { pm25: 41, pm10: 97, so2: 1, no2: 26, co: 1, o3: 20 },
    aqi: 74,
    primary: ['PM10'],
  };

  test('compares complete rows only', () => {
    const rows = [row, { ...row, values: { ...row.values, co: null } }, { ...row, aqi: null }];
    expect(checkRows(rows, tables)).toEqual({ rows: 3, completeRows: 1, matches: 1, mismatches: [] });
  });

  test('tells what differs', () => {
    const check = checkRows([{ ...row, aqi: 75 }, { ...row, line: 3, primary: ['PM2.5'] }, { ...row, primary: null }], tables);
    expect(check).toMatchObject({ completeRows: 3, matches: 1 });
    expect(check.mismatches).toMatchObject([
      { line: 2, reported: { aqi: 75 }, computed: { aqi: 74, primary: ['PM10'] } },
      { line: 3, reported: { aqi: 74, primary: ['PM2.5'] }, computed: { aqi: 74, primary: ['PM10'] } },
    ]);
  });
});
