/** AQI tables of HJ 633 as data: which break points hold from when (R26). */
import type { Scaled } from './pollutants.js';

/** A pollutant with its averaging time, as the columns of the standard's table. */
export const AQI_ITEMS = [
  'so2_24h',
  'so2_1h',
  'no2_24h',
  'no2_1h',
  'co_24h',
  'co_1h',
  'o3_1h',
  'o3_8h',
  'pm10_24h',
  'pm25_24h',
] as const;
export type AqiItem = (typeof AQI_ITEMS)[number];

/** One column: from concentration to IAQI. */
export interface IaqiScale {
  /** Ascending, from 0; as many as `iaqi` has or fewer. */
  readonly points: readonly Scaled[];
  /** IAQI at the points, ascending. */
  readonly iaqi: readonly number[];
  /** IAQI above the last point; null where the standard computes none and another averaging time decides. */
  readonly above: number | null;
}

export interface AqiTable {
  readonly id: string;
  readonly effectiveFromMs: number;
  /** End of its validity, not included; null while it is in force. */
  readonly effectiveUntilMs: number | null;
  /** Least valid hours of an 8 h mean of ozone (GB 3095). */
  readonly o3ValidHoursOf8: number;
  readonly scales: Readonly<Record<AqiItem, IaqiScale>>;
}

/** The table in force at an instant; before the first one's date the first. `tables` is in the order of its dates, never empty. */
export function tableAt(tables: readonly AqiTable[], atMs: number): AqiTable {
  const table = tables.findLast((t) => t.effectiveFromMs <= atMs) ?? tables[0];
  if (!table) throw new Error('no AQI table given');
  return table;
}
