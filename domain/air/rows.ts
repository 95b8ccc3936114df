/** Checking our AQI against rows that carry a reported one (`aqi check`). */
import { hourlyAqi } from './aqi.js';
import type { HourlyConcentrations } from './aqi.js';
import { tableAt } from './tables.js';
import type { AqiTable } from './tables.js';

/** An hour of one station as reported. */
export interface ReportedRow {
  /** 1-based line of the file, for people. */
  readonly line: number;
  readonly atMs: number;
  readonly place: string;
  /** 1 h concentrations in written units; null where missing. */
  readonly values: HourlyConcentrations;
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
  let [count, completeRows] = [0, 0];
  const mismatches: Mismatch[] = [];
  for (const row of rows) {
    count++;
    if (row.aqi === null || !isComplete(row.values)) continue;
    completeRows++;
    const computed = hourlyAqi(tableAt(tables, row.atMs), row.values);
    const primary = computed?.primary ?? [];
    const same = computed?.aqi === row.aqi && (row.primary === null || sameSet(primary, row.primary));
    if (same) continue;
    const { line, place, atMs, aqi } = row;
    mismatches.push({ line, place, atMs, reported: { aqi, primary: row.primary }, computed: { aqi: computed?.aqi ?? null, primary } });
  }
  return { rows: count, completeRows, matches: completeRows - mismatches.length, mismatches };
}

function isComplete({ pm25, pm10, so2, no2, co, o3 }: HourlyConcentrations): boolean {
  return [pm25, pm10, so2, no2, co, o3].every((value) => value !== null && value !== undefined);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
