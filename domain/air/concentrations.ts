/** Hourly concentrations in columns: what all means are made of. */
import { HOUR_MS } from '../time.js';
import { MISSING, POLLUTANT_KEYS, scaled } from './pollutants.js';
import type { PollutantKey } from './pollutants.js';

/**
 * Consecutive hours of one station or of the city. Element i of a column is the
 * hour `[startMs + i h, startMs + (i + 1) h)`, in scaled units, `MISSING` where
 * there is no valid value.
 */
export interface Concentrations {
  /** A whole hour. */
  readonly startMs: number;
  readonly hours: number;
  readonly columns: Readonly<Record<PollutantKey, Int32Array>>;
}

/** One hour in written units (µg/m³; CO mg/m³); what is absent or null is missing. */
export interface HourValues {
  /** Start of the hour. */
  readonly atMs: number;
  readonly pm25?: number | null;
  readonly pm10?: number | null;
  readonly so2?: number | null;
  readonly no2?: number | null;
  readonly co?: number | null;
  readonly o3?: number | null;
}

export function emptyConcentrations(startMs: number, hours: number): Concentrations {
  const column = () => new Int32Array(hours).fill(MISSING);
  return {
    startMs,
    hours,
    columns: { pm25: column(), pm10: column(), so2: column(), no2: column(), co: column(), o3: column() },
  };
}

/** Columns of rows in any order, holes missing; of two rows of one hour the later one counts. Null for no rows. */
export function concentrationsOf(rows: readonly HourValues[]): Concentrations | null {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { atMs } of rows) [firstMs, lastMs] = [Math.min(firstMs, atMs), Math.max(lastMs, atMs)];
  if (firstMs === Infinity) return null;
  const startMs = Math.floor(firstMs / HOUR_MS) * HOUR_MS;
  const result = emptyConcentrations(startMs, Math.floor((lastMs - startMs) / HOUR_MS) + 1);
  for (const row of rows) {
    const hour = Math.floor((row.atMs - startMs) / HOUR_MS);
    for (const key of POLLUTANT_KEYS) result.columns[key][hour] = scaled(row[key]);
  }
  return result;
}

export function endMs(c: { readonly startMs: number; readonly hours: number }): number {
  return c.startMs + c.hours * HOUR_MS;
}

/** The hours of `c` that lie in `[fromMs, toMs)`, padded with missing hours to exactly that span. */
export function spanOf(c: Concentrations, fromMs: number, toMs: number): Concentrations {
  const result = emptyConcentrations(fromMs, Math.max(0, Math.round((toMs - fromMs) / HOUR_MS)));
  const offset = Math.round((c.startMs - fromMs) / HOUR_MS);
  const [first, last] = [Math.max(0, -offset), Math.min(c.hours, result.hours - offset)];
  if (last > first) {
    for (const key of POLLUTANT_KEYS) result.columns[key].set(c.columns[key].subarray(first, last), first + offset);
  }
  return result;
}

/** `earlier` up to `atMs`, `later` from there on. */
export function joinedAt(earlier: Concentrations, later: Concentrations, atMs: number): Concentrations {
  const startMs = Math.min(earlier.startMs, atMs);
  const result = spanOf(earlier, startMs, Math.max(atMs, endMs(later)));
  const split = Math.round((atMs - startMs) / HOUR_MS);
  const tail = spanOf(later, atMs, Math.max(atMs, endMs(later)));
  for (const key of POLLUTANT_KEYS) result.columns[key].set(tail.columns[key], split);
  return result;
}

/** End of the last hour that has any value; null when none has. */
export function knownUntilMs(c: Concentrations): number | null {
  for (let hour = c.hours - 1; hour >= 0; hour--) {
    if (POLLUTANT_KEYS.some((key) => c.columns[key][hour]! >= 0)) return c.startMs + (hour + 1) * HOUR_MS;
  }
  return null;
}

/** The city's hours: the mean of the stations that are valid, per pollutant, to the nearest thousandth (R25). */
export function cityConcentrations(stations: readonly Concentrations[]): Concentrations {
  const [only] = stations;
  if (stations.length === 1 && only) return only;
  const startMs = Math.min(...stations.map((s) => s.startMs));
  const aligned = stations.map((s) => spanOf(s, startMs, Math.max(...stations.map(endMs))));
  const city = emptyConcentrations(startMs, aligned[0]?.hours ?? 0);
  for (const key of POLLUTANT_KEYS) {
    const target = city.columns[key];
    for (let hour = 0; hour < city.hours; hour++) {
      let [sum, count] = [0, 0];
      for (const station of aligned) {
        const value = station.columns[key][hour]!;
        if (value >= 0) [sum, count] = [sum + value, count + 1];
      }
      if (count > 0) target[hour] = Math.round(sum / count);
    }
  }
  return city;
}

export interface TimeSpan {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** Hours flagged as sand-dust, as a plan's setting wants them graded (R17). An hour that a span touches is flagged. */
export function withDustHandled(
  c: Concentrations,
  dustSpans: readonly TimeSpan[],
  dust: 'without-pm10' | 'missing' | 'as-measured',
): Concentrations {
  if (dust === 'as-measured' || dustSpans.length === 0) return c;
  const keys: readonly PollutantKey[] = dust === 'missing' ? POLLUTANT_KEYS : ['pm10'];
  const result = spanOf(c, c.startMs, endMs(c));
  for (const { fromMs, toMs } of dustSpans) {
    const first = Math.max(0, Math.floor((fromMs - c.startMs) / HOUR_MS));
    const end = Math.min(c.hours, Math.ceil((toMs - c.startMs) / HOUR_MS));
    for (const key of keys) if (end > first) result.columns[key].fill(MISSING, first, end);
  }
  return result;
}
