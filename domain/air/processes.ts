/** Pollution processes (R16), the level that stands at each hour, and when one may lift or lower (R8-R10). */
import type { Settings } from '../plan.js';
import { HOUR_MS } from '../time.js';
import type { Assessment, Process } from './assessment.js';
import type { GradingPlan, Satisfied } from './grading.js';
import { MISSING } from './pollutants.js';
import type { MeanSeries } from './series.js';
import { windowOf } from './spells.js';

/** Runs that share hours: one part of a process, at the highest of their levels. */
interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly highest: Satisfied;
  readonly fromMs: number;
  readonly toMs: number;
  readonly peakAqi: number;
}

/** Stretches whose gap is too short to lift in are one process, from the first start at the highest level (3.3.6). */
export function processesOf(plan: GradingPlan, series: MeanSeries, satisfied: readonly Satisfied[]): Process[] {
  const processes: Stretch[][] = [];
  for (const stretch of stretchesOf(series, satisfied)) {
    const current = processes.at(-1);
    const last = current?.at(-1);
    const apart = !last || !plan.settings.mergeAcrossGaps || canLiftBetween(series, last.end, stretch.first, plan.settings.lift);
    if (current && !apart) current.push(stretch);
    else processes.push([stretch]);
  }
  return processes.map(processOf);
}

function stretchesOf(series: MeanSeries, satisfied: readonly Satisfied[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const one of [...satisfied].sort((a, b) => a.run.first - b.run.first)) {
    const { fromMs, toMs, peakAqi } = windowOf(series, one.run);
    const { first, end } = one.run;
    const last = stretches.at(-1);
    if (!last || first >= last.end) {
      stretches.push({ first, end, highest: one, fromMs, toMs, peakAqi });
      continue;
    }
    stretches[stretches.length - 1] = {
      first: last.first,
      end: Math.max(last.end, end),
      highest: one.rank > last.highest.rank ? one : last.highest,
      fromMs: Math.min(last.fromMs, fromMs),
      toMs: Math.max(last.toMs, toMs),
      peakAqi: Math.max(last.peakAqi, peakAqi),
    };
  }
  return stretches;
}

function processOf(stretches: readonly Stretch[]): Process {
  const { level, predicate } = stretches.map((s) => s.highest).reduce((a, b) => (b.rank > a.rank ? b : a));
  return {
    level: level.id,
    clause: predicate.clause,
    predicateId: predicate.id,
    fromMs: Math.min(...stretches.map((s) => s.fromMs)),
    toMs: Math.max(...stretches.map((s) => s.toMs)),
    peakAqi: Math.max(...stretches.map((s) => s.peakAqi)),
    parts: stretches.map((s) => ({ level: s.highest.level.id, clause: s.highest.predicate.clause, fromMs: s.fromMs, toMs: s.toMs })),
  };
}

function canLiftBetween(series: MeanSeries, first: number, end: number, lift: Settings['lift']): boolean {
  return heldStretch(series, first, end, lift) !== null;
}

/** The first stretch of known hours below the lift line, within `[first, end)`, that lasts the hold time; hour indices. */
function heldStretch(series: MeanSeries, first: number, end: number, lift: Settings['lift']): { first: number; end: number } | null {
  const below = (hour: number) => series.aqi[hour] !== MISSING && series.aqi[hour]! < lift.aqiBelow;
  for (let hour = first; hour < end; hour++) {
    if (!below(hour)) continue;
    const from = hour;
    while (hour < end && below(hour)) hour++;
    if (hour - from >= lift.holdHours) return { first: from, end: hour };
  }
  return null;
}

/** Index of the first whole hour at or after an instant, not before the series. */
function hourFrom(series: MeanSeries, atMs: number): number {
  return Math.max(0, Math.ceil((atMs - series.startMs) / HOUR_MS));
}

/** R8-R10: below the lift line (the line itself does not lift) for the hold time, from `atMs` on. */
export function liftFrom(plan: GradingPlan, series: MeanSeries, atMs: number): Assessment['lift'] {
  const held = heldStretch(series, hourFrom(series, atMs), series.hours, plan.settings.lift);
  if (!held) return null;
  return {
    fromMs: series.startMs + held.first * HOUR_MS,
    holdsHours: held.end - held.first,
    maxAqi: series.aqi.subarray(held.first, held.end).reduce((a, b) => Math.max(a, b)),
    clause: '3.3.6',
  };
}

/** Rank of the highest level whose satisfied windows cover each hour (0 for none). */
export function standingRanks(series: MeanSeries, satisfied: readonly Satisfied[]): Uint8Array {
  const ranks = new Uint8Array(series.hours);
  for (const { rank, run } of [...satisfied].sort((a, b) => a.rank - b.rank)) {
    ranks.fill(rank, Math.max(0, run.end - run.hours), run.end);
  }
  return ranks;
}

/**
 * R8: for each level the first whole hour from which, to the end of what is
 * forecast, it does not stand any more, provided the forecast covers the hold
 * time; and the highest level that remains. A level that comes back is not
 * lowered from before it has gone for good.
 */
export function lowerings(plan: GradingPlan, series: MeanSeries, satisfied: readonly Satisfied[], atMs: number): Assessment['lower'] {
  const ranks = standingRanks(series, satisfied);
  const start = hourFrom(series, atMs);
  const { holdHours } = plan.settings.lower;
  return plan.levels.flatMap((level, index) => {
    let first = series.hours;
    while (first > start && ranks[first - 1]! < index + 1) first--;
    const from = firstKnownHold(series, first, holdHours);
    if (from === null) return [];
    const remaining = ranks.subarray(from).reduce((a, b) => Math.max(a, b), 0);
    return [{ from: level.id, to: plan.levels[remaining - 1]?.id ?? null, effectiveFromMs: series.startMs + from * HOUR_MS }];
  });
}

/** First hour from which `holdHours` hours in a row are known; a missing hour lowers nothing (R27). */
function firstKnownHold(series: MeanSeries, first: number, holdHours: number): number | null {
  let known = 0;
  for (let hour = first; hour < series.hours; hour++) {
    known = series.aqi[hour] === MISSING ? 0 : known + 1;
    if (known >= holdHours) return hour - holdHours + 1;
  }
  return null;
}
