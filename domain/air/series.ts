/**
 * The one shape everything is graded on: the 24 h mean AQI hour by hour, be it
 * of trailing windows or of natural days.
 */
import { HOUR_MS } from '../time.js';
import { MISSING } from './pollutants.js';
import type { PollutantMask } from './pollutants.js';
import { tableAt } from './tables.js';
import type { AqiTable } from './tables.js';

export const WINDOW_HOURS = 24;

/** Kind of an hour's value: the window that ends with the hour, or the natural day the hour lies in. */
export const RUNNING = 0;
export const NATURAL_DAY = 1;

/** Basic condition of 3.3.1 at an hour (R3). */
export const GATE_CLOSED = 0;
export const GATE_PASSED = 1;
/** Only an AQI is known, not above the gate's line, and it may be PM2.5 or not. */
export const GATE_UNKNOWN = 2;

/** 24 h mean AQI, hour by hour; element i belongs to the hour `[startMs + i h, startMs + (i + 1) h)`. */
export interface MeanSeries {
  readonly startMs: number;
  readonly hours: number;
  /** `MISSING` where it is not known. */
  readonly aqi: Int16Array;
  /** Primary pollutants, a `PollutantMask`; 0 where none is named or known. */
  readonly primary: Uint8Array;
  readonly gate: Uint8Array;
  readonly kind: Uint8Array;
}

export function emptySeries(startMs: number, hours: number): MeanSeries {
  return {
    startMs,
    hours,
    aqi: new Int16Array(hours).fill(MISSING),
    primary: new Uint8Array(hours),
    gate: new Uint8Array(hours),
    kind: new Uint8Array(hours),
  };
}

/** Takes the IAQI of an hour's window into the series: the highest wins, ties are kept. */
export function take(series: MeanSeries, hour: number, iaqi: number, bit: PollutantMask): void {
  const highest = series.aqi[hour]!;
  if (iaqi > highest) {
    series.aqi[hour] = iaqi;
    series.primary[hour] = bit;
  } else if (iaqi === highest && iaqi !== MISSING) {
    series.primary[hour] = series.primary[hour]! | bit;
  }
}

/** Calls `each` for every stretch of hours with its table (R26): a window is judged by the table in force at its last hour. */
export function forEachTable(
  c: { readonly startMs: number; readonly hours: number },
  tables: readonly AqiTable[],
  each: (table: AqiTable, first: number, end: number) => void,
): void {
  for (let first = 0; first < c.hours; ) {
    const table = tableAt(tables, c.startMs + first * HOUR_MS);
    const next = tables.find((t) => t.effectiveFromMs > c.startMs + first * HOUR_MS);
    const end = next ? Math.min(c.hours, Math.ceil((next.effectiveFromMs - c.startMs) / HOUR_MS)) : c.hours;
    each(table, first, end);
    first = end;
  }
}
