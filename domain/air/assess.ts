/**
 * The assessment: what the rules of 3.3.1, 3.3.2 and 3.3.6 say at one moment of
 * the observed air joined with one forecast. Pure and repeatable: the same
 * input gives the same assessment years later.
 */
import { endOfDayMs, HOUR_MS, startOfDayMs } from '../time.js';
import type { Assessment, AssessmentBasis } from './assessment.js';
import type { TimeSpan } from './concentrations.js';
import { findingsOf } from './grading.js';
import type { Findings, GradingPlan } from './grading.js';
import { aqiAt, joined, observedPart } from './joined.js';
import type { Air, ObservedPart, RangeReading } from './joined.js';
import { observedOf } from './observed.js';
import { pollutantsOf } from './pollutants.js';
import { liftFrom, lowerings, processesOf } from './processes.js';
import type { MeanSeries } from './series.js';
import { currentFromMs, windowOf } from './spells.js';
import { tableAt } from './tables.js';
import type { AqiTable } from './tables.js';

export interface AssessmentInput extends Air {
  /** Id of the assessment. */
  readonly id: string;
  readonly forecastId: string | null;
  readonly forecastDigest: string | null;
  readonly forecastIssuedAtMs: number | null;
}

/**
 * Days of observations before `atMs` that an assessment is given, the same by
 * every caller: a run that began earlier is seen from there on, which changes
 * no level since all of them are reached within days.
 */
export const OBSERVED_DAYS_WANTED = 45;

/** Grades observed air up to `atMs` joined with the forecast. Observations after `atMs` are not looked at. */
export function assess(plan: GradingPlan, tables: readonly AqiTable[], input: AssessmentInput, atMs: number): Assessment {
  const { settings } = plan;
  const part = observedPart(input, tables, settings, atMs);
  const read = readings(plan, tables, input, part, atMs);
  const { series, findings } = read[settings.promptOn];
  const processes = processesOf(plan, series, findings.satisfied);
  const measured = asMeasured(plan, tables, input, part, atMs);
  return {
    id: input.id,
    atMs,
    basis: basisOf(tables, input, part, atMs),
    grades: { low: read.low.findings.grade, middle: read.middle.findings.grade, high: read.high.findings.grade },
    processes,
    primaryPollutants: pollutantsOf(primaryOf(series, findings, atMs)),
    raise: raiseOf(plan, series, findings, atMs),
    lower: lowerings(plan, series, findings.satisfied, atMs),
    lift: liftFrom(plan, series, atMs),
    currentAqi: aqiAt(measured, atMs),
    observed: observedOf(plan, measured, part),
  };
}

/** As rules version 1 assessed: what was observed stood in no value of its own. */
export function assessAtFirst(...given: Parameters<typeof assess>): Assessment {
  const { observed: _, ...assessment } = assess(...given);
  return assessment;
}

interface Reading {
  readonly series: MeanSeries;
  readonly findings: Findings;
}

/** R6; a forecast without ranges is graded once. */
function readings(plan: GradingPlan, tables: readonly AqiTable[], input: Air, part: ObservedPart, atMs: number): Record<RangeReading, Reading> {
  const one = (reading: RangeReading): Reading => {
    const series = joined(input, part, reading, tables, plan.settings);
    return { series, findings: findingsOf(plan, series, atMs) };
  };
  const high = one('high');
  if (input.forecast?.kind !== 'daily') return { low: high, middle: high, high };
  return { low: one('low'), middle: one('middle'), high };
}

/** R11, R34: the highest level whose satisfied run covers `atMs`, seen no further ahead than the plan says. */
function raiseOf(plan: GradingPlan, series: MeanSeries, whole: Findings, atMs: number): Assessment['raise'] {
  const { basis, nextHours } = plan.settings.raise;
  const seen = basis === 'outlook' ? series : until(series, atMs + nextHours * HOUR_MS);
  const { satisfied } = basis === 'outlook' ? whole : findingsOf(plan, seen, atMs);
  const currentMs = currentFromMs(seen, atMs);
  const covering = satisfied
    .map(({ level, rank, predicate, run }) => ({ level: level.id, rank, clause: predicate.clause, window: windowOf(seen, run) }))
    .filter(({ window }) => window.fromMs <= atMs && window.toMs > currentMs);
  if (covering.length === 0) return null;
  const { level, clause, window } = covering.reduce((a, b) => (b.rank > a.rank ? b : a));
  return { level, clause, window };
}

function until(series: MeanSeries, toMs: number): MeanSeries {
  const hours = Math.min(series.hours, Math.max(0, Math.floor((toMs - series.startMs) / HOUR_MS)));
  return {
    startMs: series.startMs,
    hours,
    aqi: series.aqi.subarray(0, hours),
    primary: series.primary.subarray(0, hours),
    gate: series.gate.subarray(0, hours),
    kind: series.kind.subarray(0, hours),
  };
}

/** Of the worst hour of the first run at the highest level; with no run, of the hour `atMs` follows. */
function primaryOf(series: MeanSeries, { satisfied }: Findings, atMs: number): number {
  if (satisfied.length > 0) {
    const { run } = satisfied.reduce((a, b) => (b.rank > a.rank || (b.rank === a.rank && b.run.first < a.run.first) ? b : a));
    return series.primary[run.peakHour] ?? 0;
  }
  return series.primary[Math.floor((atMs - series.startMs) / HOUR_MS) - 1] ?? 0;
}

/** R17: what people are told keeps PM10. */
function asMeasured(plan: GradingPlan, tables: readonly AqiTable[], input: AssessmentInput, part: ObservedPart, atMs: number): MeanSeries {
  const { settings } = plan;
  if (settings.dust === 'as-measured' || dustSpansOf(input).length === 0) return joined(input, part, settings.promptOn, tables, settings);
  const measured = { ...settings, dust: 'as-measured' } as const;
  return joined(input, observedPart(input, tables, measured, atMs), settings.promptOn, tables, measured);
}

function basisOf(tables: readonly AqiTable[], input: AssessmentInput, part: ObservedPart, atMs: number): AssessmentBasis {
  return {
    forecastId: input.forecastId,
    forecastDigest: input.forecastDigest,
    forecastIssuedAtMs: input.forecastIssuedAtMs,
    observedUntilMs: part.observedUntilMs,
    aqiTable: tableAt(tables, atMs).id,
    dustSpans: dustSpansOf(input),
  };
}

/** The flagged spans, and the days flagged one by one. */
function dustSpansOf({ observed, forecast, dustSpans }: Air): TimeSpan[] {
  const days = [observed, forecast].flatMap((part) => (part?.kind === 'daily' ? part.days.filter((day) => day.dust === true) : []));
  const spans = days.map(({ date }) => ({ fromMs: startOfDayMs(date), toMs: endOfDayMs(date) }));
  return [...dustSpans, ...spans].sort((a, b) => a.fromMs - b.fromMs);
}
