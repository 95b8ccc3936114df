/** `npx tsx bench/grading.ts`: hourly rows per second on one core at growing sizes; fails below the target. */
import { loadAqiTables } from '../plans/aqi-tables.js';
import { loadPlan } from '../plans/load.js';
import { rowsPerSecond, syntheticHours } from './grading-kernel.js';

const TARGET = 2_000_000;
const plan = loadPlan('kuitun-2023');
const tables = loadAqiTables(plan.settings.aqiTables);

for (const rows of [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000]) {
  const speed = Math.round(rowsPerSecond(plan, tables, syntheticHours(rows)));
  console.log(`${rows} rows: ${speed} rows/s`);
  if (speed < TARGET) process.exitCode = 1;
}
