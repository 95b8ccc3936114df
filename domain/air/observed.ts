/** What observations alone say at the last hour they reach: its value, or how long it has been missing (R9, R27). */
import { dayStartMs, HOUR_MS } from '../time.js';
import type { Observation } from './assessment.js';
import type { GradingPlan } from './grading.js';
import { aqiAt, type ObservedPart } from './joined.js';
import type { MeanSeries } from './series.js';

const WINDOW_HOURS = 24;

/** Of the series as measured, sand-dust and all. With natural days the day that is not over has no value yet: the last whole one stands. */
export function observedOf(plan: GradingPlan, measured: MeanSeries, { observedUntilMs, toldUntilMs }: ObservedPart): Observation | null {
  if (observedUntilMs === null) return null;
  const { windows, validHours } = plan.settings;
  const untilMs = windows === 'natural-day' ? dayStartMs(observedUntilMs) : observedUntilMs;
  const aqi = aqiAt(measured, untilMs);
  if (aqi === null) {
    let sinceMs = untilMs;
    while (sinceMs - HOUR_MS > measured.startMs && aqiAt(measured, sinceMs - HOUR_MS) === null) sinceMs -= HOUR_MS;
    return { untilMs, aqi, missing: { sinceMs, nearLevel: isNearLevel(plan, aqiAt(measured, sinceMs - HOUR_MS)) } };
  }
  // Hours told without a value leave a window short, too.
  const shortFromMs = observedUntilMs + (WINDOW_HOURS - validHours + 1) * HOUR_MS;
  return { untilMs, aqi, missing: toldUntilMs >= shortFromMs ? { sinceMs: shortFromMs, nearLevel: isNearLevel(plan, aqi) } : null };
}

/** Whether what is missing follows on air above the line from which the lowest level starts. */
function isNearLevel({ levels }: GradingPlan, lastAqi: number | null): boolean {
  return lastAqi !== null && lastAqi > Math.min(...(levels[0]?.predicates ?? []).map((p) => p.spell.aqiAbove));
}
