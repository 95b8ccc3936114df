/**
 * One episode of 95 messages, the same for every contestant: 6 forecasts, 2
 * approval steps, 3 days with 21 reports each, the lift, 21 summaries, the
 * office's report and the evaluation. Each has its time on a calendar of short
 * days, so that all contestants idle alike between them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DAY_MS, HOUR_MS, MINUTE_MS, startOfDayMs } from '../../domain/time.js';

export const UNITS = 21;

export type Act =
  | { readonly kind: 'forecast'; readonly day: number; readonly hour: number }
  | { readonly kind: 'step'; readonly step: 0 | 1 }
  | { readonly kind: 'report'; readonly day: number; readonly unit: number }
  | { readonly kind: 'lift' }
  | { readonly kind: 'summary'; readonly unit: number }
  | { readonly kind: 'office-report' }
  | { readonly kind: 'evaluation' };

/** What is done from one moment of the calendar on, one message after the other. */
export interface Hour {
  readonly atMs: number;
  readonly acts: readonly Act[];
}

/** Midnight before the first day. */
export const FIRST_MIDNIGHT_MS = startOfDayMs('2026-01-05');
export const at = (day: number, hour: number): number => FIRST_MIDNIGHT_MS + (day - 1) * DAY_MS + hour * HOUR_MS;
const units = Array.from({ length: UNITS }, (_, unit) => unit);
/** Units hand in over a morning, one after the other. */
const BETWEEN_UNITS_MS = 10 * MINUTE_MS;
const morning = (fromMs: number, act: (unit: number) => Act): Hour[] => units.map((unit) => ({ atMs: fromMs + unit * BETWEEN_UNITS_MS, acts: [act(unit)] }));
const reports = (day: number, fromMs: number): Hour[] => morning(fromMs, (unit) => ({ kind: 'report', day, unit }));
const forecast = (day: number, hour: number): Hour => ({ atMs: at(day, hour), acts: [{ kind: 'forecast', day, hour }] });

/** The response is in force from the second day's evening to the fourth's: three natural days. Both leave a slow machine half a day. */
export const BEGINS_MS = at(1, 9);
export const RESPONSE_MS = at(2, 18);
export const LIFT_MS = at(4, 23);

export const CALENDAR: readonly Hour[] = [
  forecast(1, 10),
  { atMs: at(1, 14), acts: [{ kind: 'step', step: 0 }] },
  { atMs: at(1, 18), acts: [{ kind: 'step', step: 1 }] },
  forecast(2, 8),
  ...reports(2, at(3, 4)),
  forecast(3, 11),
  forecast(3, 15),
  ...reports(3, at(4, 2)),
  forecast(4, 6),
  forecast(4, 7),
  { atMs: at(4, 9), acts: [{ kind: 'lift' }] },
  ...reports(4, at(5, 4)),
  ...morning(at(5, 10), (unit) => ({ kind: 'summary', unit })),
  { atMs: at(5, 15), acts: [{ kind: 'office-report' }] },
  { atMs: at(7, 3), acts: [{ kind: 'evaluation' }] },
];

export type SampleKind = 'decision' | 'submission' | 'forecast';

/** From the message to its committed row. */
export interface Sample {
  readonly kind: SampleKind;
  readonly ms: number;
}

export function sampleKindOf({ kind }: Act): SampleKind {
  switch (kind) {
    case 'forecast':
      return 'forecast';
    case 'step':
    case 'lift':
    case 'evaluation':
      return 'decision';
    case 'report':
    case 'summary':
    case 'office-report':
      return 'submission';
  }
}

/** Short days: plan time runs from `BEGINS_MS` at `startedAtMs` (real). */
export interface Pace {
  readonly startedAtMs: number;
  readonly dayMs: number;
}

export async function until({ startedAtMs, dayMs }: Pace, planMs: number): Promise<void> {
  const dueAtMs = startedAtMs + ((planMs - BEGINS_MS) / DAY_MS) * dayMs;
  if (dueAtMs > Date.now()) await pause(dueAtMs - Date.now());
}

export async function timed(kind: SampleKind, samples: Sample[], work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  samples.push({ kind, ms: performance.now() - startedAt });
}
