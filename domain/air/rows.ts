/** Checking our AQI against rows that carry a reported one (`aqi check`). */
import { dailyAqi, hourlyAqi } from './aqi.js';
import type { Aqi, DailyConcentrations, HourlyConcentrations } from './aqi.js';
import { tableAt } from './tables.js';
import type { AqiTable } from './tables.js';

/** An hour of one station as reported, or a day of a place. */
export interface ReportedRow<Values = HourlyConcentrations> {
  /** 1-based line of the file, for people. */
  readonly line: number;
  readonly atMs: number;
  readonly place: string;
  /** Concentrations in written units; null where missing. */
  readonly values: Values;
  readonly aqi: number | null;
  /** Names as in `POLLUTANTS`, none at AQI <= 50; null where the file tells none, then only AQI is compared. */
  readonly primary: readonly string[] | null;
}

export interface Mismatch {
  readonly line: number;
  readonly place: string;
  readonly atMs: number;
  readonly reported: { readonly aqi: number; readonly primary: readonly string[] | null };
  readonly computed: { readonly aqi: number | null; readonly primary: readonly string[] };
}

export interface RowsCheck {
  readonly rows: number;
  /** Rows with all six pollutants and a reported AQI; only these are compared. */
  readonly completeRows: number;
  readonly matches: number;
  readonly mismatches: readonly Mismatch[];
}

/** Recomputes the hourly AQI and its primary pollutants by the table in force at each row's time; ties in any order. */
export function checkRows(rows: Iterable<ReportedRow>, tables: readonly AqiTable[]): RowsCheck {
  const all = ({ pm25, pm10, so2, no2, co, o3 }: HourlyConcentrations) => [pm25, pm10, so2, no2, co, o3];
  return compare(rows, tables, all, hourlyAqi);
}

/** The same of natural days, from the day's means. */
export function checkDays(rows: Iterable<ReportedRow<DailyConcentrations>>, tables: readonly AqiTable[]): RowsCheck {
  const all = ({ pm25, pm10, so2, no2, co, o3_8h }: DailyConcentrations) => [pm25, pm10, so2, no2, co, o3_8h];
  return compare(rows, tables, all, dailyAqi);
}

function compare<Values>(
  rows: Iterable<ReportedRow<Values>>,
  tables: readonly AqiTable[],
  all: (values: Values) => readonly (number | null | undefined)[],
  aqiOf: (table: AqiTable, values: Values) => Aqi | null,
): RowsCheck {
  let [count, completeRows] = [0, 0];
  const mismatches: Mismatch[] = [];
  for (const row of rows) {
    count++;
    if (row.aqi === null || all(row.values).some((value) => value === null || value === undefined)) continue;
    completeRows++;
    const computed = aqiOf(tableAt(tables, row.atMs), row.values);
    const primary = computed?.primary ?? [];
    const same = computed?.aqi === row.aqi && (row.primary === null || sameSet(primary, row.primary));
    if (same) continue;
    const { line, place, atMs, aqi } = row;
    mismatches.push({ line, place, atMs, reported: { aqi, primary: row.primary }, computed: { aqi: computed?.aqi ?? null, primary } });
  }
  return { rows: count, completeRows, matches: completeRows - mismatches.length, mismatches };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
