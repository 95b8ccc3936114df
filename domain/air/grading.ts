/**
 * Grading by 3.3.2: which predicates of the plan's levels the air satisfies,
 * with which windows, and what is wanting. Generic over `Plan.levels`; linear
 * in the hours.
 */
import type { Level, Plan, Predicate } from '../plan.js';
import type { Grade, PredicateResult } from './assessment.js';
import type { Concentrations } from './concentrations.js';
import { runningMeans } from './means.js';
import { MISSING } from './pollutants.js';
import { GATE_CLOSED, GATE_PASSED, GATE_UNKNOWN, WINDOW_HOURS } from './series.js';
import type { MeanSeries } from './series.js';
import { currentFromMs, runsAbove, windowOf } from './spells.js';
import type { Run } from './spells.js';
import type { AqiTable } from './tables.js';
import { HOUR_MS } from '../time.js';

export type GradingPlan = Pick<Plan, 'levels' | 'settings'>;

/** A run long enough for a predicate, with its basic condition still to be asked. */
interface Candidate {
  readonly level: Level;
  /** 1 for the lowest level. */
  readonly rank: number;
  readonly predicate: Predicate;
  readonly run: Run;
}

/** A run that satisfies a predicate. */
export type Satisfied = Candidate;

/** What a series holds for a plan; `grade` and processes are read from it. */
export interface Findings {
  readonly satisfied: readonly Satisfied[];
  readonly grade: Grade;
}

/**
 * Grades a series. With `atMs` only the runs that matter then count (see
 * `currentFromMs`), and only hours missing from 24 h before it on are counted;
 * with null the whole series counts, from its first known hour.
 */
export function findingsOf(plan: GradingPlan, series: MeanSeries, atMs: number | null): Findings {
  const currentMs = currentFromMs(series, atMs);
  const byLine = new Map<number, readonly Run[]>();
  const allRuns = (line: number): readonly Run[] => {
    const runs = byLine.get(line) ?? runsAbove(series, line);
    byLine.set(line, runs);
    return runs;
  };
  const satisfied: Satisfied[] = [];
  const stopped: Candidate[] = [];
  const predicates: PredicateResult[] = [];
  plan.levels.forEach((level, index) => {
    for (const predicate of level.predicates) {
      const current = (line: number) => allRuns(line).filter((run) => series.startMs + run.end * HOUR_MS > currentMs);
      const runs = current(predicate.spell.aqiAbove);
      const lacking = lackingHours(plan, predicate, runs, predicate.containing ? allRuns(predicate.containing.aqiAbove) : [], current);
      const candidates = runs.filter((_, i) => lacking[i] === 0).map((run) => ({ level, rank: index + 1, predicate, run }));
      const holding = candidates.filter(({ run }) => !plan.settings.basicCondition || run.gate === GATE_PASSED);
      satisfied.push(...holding);
      stopped.push(...candidates.filter((c) => !holding.includes(c)));
      predicates.push({
        predicateId: predicate.id,
        level: level.id,
        clause: predicate.clause,
        holds: holding.length > 0,
        windows: holding.map(({ run }) => windowOf(series, run)),
        nearestMiss: candidates.length > 0 ? null : nearestMiss(series, runs, lacking),
      });
    }
  });
  const rank = satisfied.reduce((highest, s) => Math.max(highest, s.rank), 0);
  const grade: Grade = {
    level: plan.levels[rank - 1]?.id ?? null,
    predicates,
    basicCondition: basicCondition(plan, rank, stopped),
    missingHours: missingHours(series, atMs),
  };
  return { satisfied, grade };
}

export function gradeSeries(plan: GradingPlan, series: MeanSeries, atMs: number | null = null): Grade {
  return findingsOf(plan, series, atMs).grade;
}

/** Means and grading of consecutive hours in one go: what the bench measures. */
export function gradeHours(plan: GradingPlan, tables: readonly AqiTable[], hours: Concentrations): Grade {
  return gradeSeries(plan, runningMeans(hours, tables, plan.settings));
}

/** For each run, the hours that are wanting to satisfy the predicate; 0 when it is long enough and has its worse spell (R2). */
function lackingHours(
  plan: GradingPlan,
  { spell, containing }: Predicate,
  runs: readonly Run[],
  worse: readonly Run[],
  current: (line: number) => readonly Run[],
): number[] {
  const longest = (some: readonly Run[]) => some.reduce((most, run) => Math.max(most, run.hours), 0);
  const anywhere = containing && plan.settings.containedPeak === 'anywhere' ? longest(current(containing.aqiAbove)) : null;
  let next = 0;
  return runs.map((run) => {
    const outer = Math.max(0, spell.forHours - run.hours);
    if (!containing) return outer;
    if (anywhere !== null) return Math.max(outer, containing.forHours - anywhere);
    let inside = 0;
    while (next < worse.length && worse[next]!.first < run.first) next++;
    for (; next < worse.length && worse[next]!.end <= run.end; next++) inside = Math.max(inside, worse[next]!.hours);
    return Math.max(outer, containing.forHours - inside);
  });
}

function nearestMiss(series: MeanSeries, runs: readonly Run[], lacking: readonly number[]): PredicateResult['nearestMiss'] {
  let nearest = -1;
  runs.forEach((_, i) => {
    if (nearest < 0 || lacking[i]! < lacking[nearest]!) nearest = i;
  });
  return nearest < 0 ? null : { missingHours: lacking[nearest]!, window: windowOf(series, runs[nearest]!) };
}

/** R3 over the whole grading: a person is asked when an unknown run would reach a level above the one that is graded. */
function basicCondition(plan: GradingPlan, rank: number, stopped: readonly Candidate[]): Grade['basicCondition'] {
  if (!plan.settings.basicCondition) return 'not-needed';
  if (stopped.some((c) => c.run.gate === GATE_UNKNOWN && c.rank > rank)) return 'unknown';
  if (rank > 0) return 'passed';
  return stopped.some((c) => c.run.gate === GATE_CLOSED) ? 'closed' : 'not-needed';
}

/** Hours nothing can fire on (R27). The lead-in before the first known hour is no gap. */
function missingHours(series: MeanSeries, atMs: number | null): number {
  const since = atMs === null ? 0 : Math.ceil((atMs - series.startMs) / HOUR_MS) - WINDOW_HOURS;
  const { aqi, hours } = series;
  let first = 0;
  while (first < hours && aqi[first] === MISSING) first++;
  let missing = 0;
  for (let hour = Math.max(first, since); hour < hours; hour++) if (aqi[hour] === MISSING) missing++;
  return missing;
}
