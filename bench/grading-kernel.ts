/** What the grading bench measures: trailing means and grading of hours in memory (3.3.1, 3.3.2). */
import { emptyConcentrations } from '../domain/air/concentrations.js';
import type { Concentrations } from '../domain/air/concentrations.js';
import { gradeHours } from '../domain/air/grading.js';
import type { GradingPlan } from '../domain/air/grading.js';
import { POLLUTANT_KEYS } from '../domain/air/pollutants.js';
import type { AqiTable } from '../domain/air/tables.js';
import { startOfDayMs } from '../domain/time.js';

/** Waves of some days' length with noise, a fiftieth of the hours missing: enough spells of every level. */
export function syntheticHours(hours: number): Concentrations {
  const result = emptyConcentrations(startOfDayMs('2013-01-01'), hours);
  let seed = 20231101;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const typical = { pm25: 120, pm10: 180, so2: 30, no2: 60, co: 1.8, o3: 60 };
  for (const key of POLLUTANT_KEYS) {
    for (let hour = 0; hour < hours; hour++) {
      const wave = 1 + Math.sin(hour / 37) * Math.sin(hour / 211);
      if (random() > 0.02) result.columns[key][hour] = Math.round(typical[key] * wave * (0.8 + 0.4 * random()) * 1000);
    }
  }
  return result;
}

/** Rows per second of the fastest of some rounds over the same hours. */
export function rowsPerSecond(plan: GradingPlan, tables: readonly AqiTable[], hours: Concentrations, rounds = 5): number {
  let bestMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    gradeHours(plan, tables, hours);
    bestMs = Math.min(bestMs, performance.now() - startedAt);
  }
  return (hours.hours / bestMs) * 1000;
}
