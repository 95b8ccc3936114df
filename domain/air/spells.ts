/**
 * Spells of R5: a maximal run of consecutive hours whose 24 h mean AQI exceeds
 * a line. It lasts the time its windows cover: with running means its hours +
 * 23, with natural days its hours. A missing hour ends it (R27).
 */
import { HOUR_MS } from '../time.js';
import type { Window } from './assessment.js';
import { MISSING } from './pollutants.js';
import { GATE_CLOSED, GATE_PASSED, GATE_UNKNOWN, RUNNING, WINDOW_HOURS } from './series.js';
import type { MeanSeries } from './series.js';

export interface Run {
  /** First hour of the run and the hour after its last, in the series. */
  readonly first: number;
  readonly end: number;
  /** How long it lasts, lead of the first window included. */
  readonly hours: number;
  readonly peakAqi: number;
  readonly peakHour: number;
  /** The best of its hours: passed, else unknown, else closed (R3). */
  readonly gate: number;
}

/** All runs above a line, earliest first; one pass. */
export function runsAbove(series: MeanSeries, aqiAbove: number): Run[] {
  const { aqi, gate, kind, hours } = series;
  const runs: Run[] = [];
  for (let hour = 0; hour < hours; hour++) {
    if (aqi[hour]! <= aqiAbove) continue;
    const first = hour;
    let peakHour = hour;
    let passed = false;
    let unknown = false;
    for (; hour < hours && aqi[hour]! > aqiAbove; hour++) {
      if (aqi[hour]! > aqi[peakHour]!) peakHour = hour;
      if (gate[hour] === GATE_PASSED) passed = true;
      else if (gate[hour] === GATE_UNKNOWN) unknown = true;
    }
    const lead = kind[first] === RUNNING ? WINDOW_HOURS - 1 : 0;
    runs.push({
      first,
      end: hour,
      hours: hour - first + lead,
      peakAqi: aqi[peakHour]!,
      peakHour,
      gate: passed ? GATE_PASSED : unknown ? GATE_UNKNOWN : GATE_CLOSED,
    });
  }
  return runs;
}

/** The time a run's windows cover. */
export function windowOf(series: MeanSeries, run: Run): Window {
  const toMs = series.startMs + run.end * HOUR_MS;
  return { fromMs: toMs - run.hours * HOUR_MS, toMs, hours: run.hours, peakAqi: run.peakAqi };
}

/**
 * A run matters at `atMs` when its windows reach beyond this instant: it covers
 * `atMs` or is to come. Where nothing is known up to `atMs`, the last known run
 * matters too, since its end has not been seen. `null` asks about no instant.
 */
export function currentFromMs(series: MeanSeries, atMs: number | null): number {
  if (atMs === null) return -Infinity;
  let known = series.hours;
  while (known > 0 && series.aqi[known - 1] === MISSING) known--;
  return Math.min(atMs, series.startMs + known * HOUR_MS - 1);
}
