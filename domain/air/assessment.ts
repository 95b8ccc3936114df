/**
 * What the rules say of the air at one moment: the result of grading the
 * observed hours joined with a forecast. It is the only thing an episode
 * learns about the air; it is computed where the data is (`assess`), stored in
 * the area's stream, and recomputed by anyone who has the same data.
 */
import type { Clause, LevelId } from '../plan.js';

/** Where a number came from: enough to compute it again. */
export interface AssessmentBasis {
  /** The forecast version used; null when observations alone were graded. */
  readonly forecastId: string | null;
  readonly forecastDigest: string | null;
  readonly forecastIssuedAtMs: number | null;
  /** End of the last observed hour used; null when none. */
  readonly observedUntilMs: number | null;
  /** e.g. `HJ633-2012`. */
  readonly aqiTable: string;
  /** Spans `[fromMs, toMs)` graded as sand-dust (R17). */
  readonly dustSpans: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** One window of a predicate: the time its 24 h windows cover (R5). */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly hours: number;
  readonly peakAqi: number;
}

export interface PredicateResult {
  readonly predicateId: string;
  readonly level: LevelId;
  readonly clause: Clause;
  readonly holds: boolean;
  readonly windows: readonly Window[];
  /** What is wanting to make it hold; null when it holds or nothing is near. */
  readonly nearestMiss: { readonly missingHours: number; readonly window: Window } | null;
}

/** Grading of one reading of the forecast range (R6). */
export interface Grade {
  readonly level: LevelId | null;
  readonly predicates: readonly PredicateResult[];
  /** R3: `closed` a level's spell exists but no window passed the basic condition; `unknown` only an AQI is known: a person is asked. */
  readonly basicCondition: 'passed' | 'closed' | 'unknown' | 'not-needed';
  /** R27: hours whose mean had too few valid hours; nothing fires on them. */
  readonly missingHours: number;
}

/** A pollution process: spells that satisfy a level, merged over gaps shorter than the lift condition (R16). */
export interface Process {
  readonly level: LevelId;
  readonly clause: Clause;
  readonly predicateId: string;
  /** Start of the run that satisfied the level, and end of the last one merged. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly peakAqi: number;
  /** The separate runs merged into it, each with its own level, in order; one when nothing was merged. */
  readonly parts: readonly { readonly level: LevelId; readonly clause: Clause; readonly fromMs: number; readonly toMs: number }[];
}

export interface Assessment {
  readonly id: string;
  readonly atMs: number;
  readonly basis: AssessmentBasis;
  readonly grades: { readonly low: Grade; readonly middle: Grade; readonly high: Grade };
  /** Processes of the reading that prompts (R6) still running or to come at `atMs`, earliest first. */
  readonly processes: readonly Process[];
  readonly primaryPollutants: readonly string[];
  /** R11, R34: level reached by observed hours joined with the next 24 h; null when none. */
  readonly raise: { readonly level: LevelId; readonly clause: Clause; readonly window: Window } | null;
  /**
   * R8: what the level may be lowered to. For each level: the first instant at
   * or after `atMs` from which, for the hold time, no spell that satisfies the
   * level is running, and the highest level whose spells remain afterwards.
   */
  readonly lower: readonly { readonly from: LevelId; readonly to: LevelId | null; readonly effectiveFromMs: number }[];
  /** R8-R10: first whole hour at or after `atMs` from which AQI stays below the lift line for the hold time; null when the forecast shows none. */
  readonly lift: { readonly fromMs: number; readonly holdsHours: number; readonly maxAqi: number; readonly clause: Clause } | null;
  /** The value at `atMs`, for pages. */
  readonly currentAqi: number | null;
  /** The newest value that rests on observations alone; null where nothing was observed. Assessments of rules version 1 have none. */
  readonly observed?: Observation | null;
}

export interface Observation {
  /** End of the window: of the last observed hour, or day. */
  readonly untilMs: number;
  readonly aqi: number | null;
  /** R27: since that window, by its end, the means have had too few valid hours; near a level where the last known one lay above the line of the lowest. */
  readonly missing: { readonly sinceMs: number; readonly nearLevel: boolean } | null;
}
