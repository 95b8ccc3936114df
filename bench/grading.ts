/** Bench (b): hourly rows graded per second on one core, at growing sizes. */
import { loadAqiTables } from '../plans/aqi-tables.js';
import { loadPlan } from '../plans/load.js';
import { rowsPerSecond, syntheticHours } from './grading-kernel.js';

/** Rows per second by the number of rows. */
export function benchGrading(sizes: readonly number[], say: (line: string) => void): Readonly<Record<string, number>> {
  const plan = loadPlan('kuitun-2023');
  const tables = loadAqiTables(plan.settings.aqiTables);
  return Object.fromEntries(
    sizes.map((rows) => {
      const speed = Math.round(rowsPerSecond(plan, tables, syntheticHours(rows)));
      say(`${rows} rows: ${speed} rows/s`);
      return [rows, speed];
    }),
  );
}
