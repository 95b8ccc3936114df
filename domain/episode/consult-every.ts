/** R36: how often an episode is consulted on while it is open: the periods, each of which owes one consultation. */
import type { Settings } from '../plan.js';
import { dayOf, daysTouched, HOUR_MS, startOfDayMs } from '../time.js';

/** `2026-01-05`, or where the plan counts in hours `2026-01-05.08`, by the hour it begins at. */
export type ConsultationPeriod = string;

type Every = Settings['consultEvery'];

export function consultationPeriodOf(every: Every, atMs: number): ConsultationPeriod {
  const day = dayOf(atMs);
  if (typeof every === 'string') return day;
  const hour = Math.floor((atMs - startOfDayMs(day)) / HOUR_MS / every.everyHours) * every.everyHours;
  return `${day}.${String(hour).padStart(2, '0')}`;
}

/** The periods of some hours that `[fromMs, toMs)` touches, with their beginnings and ends; none where days or nothing is counted. */
export function hourPeriods(every: Every, fromMs: number, toMs: number): { readonly ref: ConsultationPeriod; readonly beginMs: number; readonly endMs: number }[] {
  if (typeof every === 'string') return [];
  const lengthMs = every.everyHours * HOUR_MS;
  return daysTouched(fromMs, toMs).flatMap((day) => {
    const begins = Array.from({ length: 24 / every.everyHours }, (_, i) => startOfDayMs(day) + i * lengthMs);
    return begins
      .filter((beginMs) => beginMs + lengthMs > fromMs && beginMs < toMs)
      .map((beginMs) => ({ ref: consultationPeriodOf(every, beginMs), beginMs, endMs: beginMs + lengthMs }));
  });
}
