/** What a run of past data came to: the episodes, their levels and why. Made of the episodes' events, whoever decided them. */
import type { Assessment, Process, Window } from '../air/assessment.js';
import type { EpisodeEvent } from '../episode/events.js';
import { evolve } from '../episode/evolve.js';
import type { EpisodeState } from '../episode/state.js';
import { higherLevel, type Clause, type LevelId, type Levels } from '../plan.js';
import { HOUR_MS, toBeijingIso } from '../time.js';
import type { EpisodeRecord } from './play.js';

/** `from` and `to` as Beijing time, e.g. `2025-01-06T12:00:00+08:00`. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

export interface Reason {
  readonly action: 'publish' | 'raise' | 'lower' | 'lift';
  readonly level: LevelId | null;
  readonly clause: Clause;
  /** The time whose air called for it: the run of windows, or the time the air stays below the line. */
  readonly window: TimeWindow;
}

export interface EpisodeReport {
  /** The episode's number. */
  readonly id: string;
  /** When a grading opened it. */
  readonly startedAt: string;
  readonly publishedAt: string;
  /** Null for a warning that was lifted before it took effect. */
  readonly effectiveAt: string | null;
  /** When the lift took effect; null while the warning still stood at the end of the data. */
  readonly liftedAt: string | null;
  readonly levels: readonly { readonly level: LevelId; readonly from: string; readonly to: string | null }[];
  readonly peakLevel: LevelId;
  readonly reasons: readonly Reason[];
  readonly ending: string | null;
}

export interface WithdrawnReport {
  readonly id: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
  readonly reason: string;
}

export interface SeasonReport {
  readonly episodes: readonly EpisodeReport[];
  /** Opened on an outlook, never published. */
  readonly withdrawn: readonly WithdrawnReport[];
  /** Days at each level, an hour being a twenty-fourth. */
  readonly daysAtLevel: Readonly<Record<LevelId, number>>;
  /** Processes of several runs that counted as one (3.3.6). */
  readonly merges: readonly { readonly id: string; readonly parts: readonly ({ readonly level: LevelId } & TimeWindow)[] }[];
}

/** `untilMs` closes, for the days, what stood at the end of the data. */
export function reportOf(plan: Levels, records: readonly EpisodeRecord[], untilMs: number): SeasonReport {
  const read = records.map((record) => ({ record, ...followed(record.events) }));
  const published = read.filter(({ state }) => state.levels.length > 0);
  return {
    episodes: published.map(({ state, reasons }) => episodeReport(plan, state, reasons)),
    withdrawn: read.filter(({ state }) => state.levels.length === 0).map(({ state }) => withdrawnReport(state)),
    daysAtLevel: daysAtLevel(plan, published.map(({ state }) => state), untilMs),
    merges: published.flatMap(({ state, merged }) => (merged ? [{ id: state.number, parts: merged.parts.map((p) => ({ level: p.level, ...timeWindow(p) })) }] : [])),
  };
}

interface Followed {
  readonly state: EpisodeState;
  readonly reasons: readonly Reason[];
  /** The process of most runs that the episode was about, as last seen. */
  readonly merged: Process | null;
}

function followed(events: readonly EpisodeEvent[]): Followed {
  let state: EpisodeState | null = null;
  let merged: Process | null = null;
  const reasons: Reason[] = [];
  for (const event of events) {
    const reason = state && reasonOf(event, state.assessment);
    if (reason) reasons.push(reason);
    state = evolve(state, event);
    if (event.type === 'assessment-noted') {
      const [process] = event.assessment.processes;
      if (process && process.parts.length >= (merged?.parts.length ?? 2)) merged = process;
    }
  }
  if (!state) throw new Error('an episode without events');
  return { state, reasons, merged };
}

function reasonOf(event: EpisodeEvent, assessment: Assessment | null): Reason | null {
  if (!assessment) return null;
  const [process] = assessment.processes;
  if (event.type === 'warning-published') return process ? { action: 'publish', level: event.notice.level, clause: process.clause, window: timeWindow(process) } : null;
  if (event.type === 'warning-raised') return raiseReason(event.notice.level, assessment);
  if (event.type === 'warning-lowered') {
    const fromMs = assessment.lower.find((l) => l.from === event.from)?.effectiveFromMs ?? event.notice.effectiveAtMs;
    return { action: 'lower', level: event.notice.level, clause: event.clause, window: timeWindow({ fromMs, toMs: Math.max(fromMs, process?.toMs ?? 0) }) };
  }
  if (event.type === 'lift-issued' && assessment.lift) {
    const { fromMs, holdsHours, clause } = assessment.lift;
    return { action: 'lift', level: null, clause, window: timeWindow({ fromMs, toMs: fromMs + holdsHours * HOUR_MS }) };
  }
  return null;
}

/** Raised on the run that stands now, or on a worse one to come (R16). */
function raiseReason(level: LevelId | null, { raise, processes }: Assessment): Reason | null {
  if (raise && raise.level === level) return { action: 'raise', level, clause: raise.clause, window: timeWindow(raise.window) };
  const part = processes[0]?.parts.find((p) => p.level === level);
  return part ? { action: 'raise', level, clause: part.clause, window: timeWindow(part) } : null;
}

/** The spans of level that were in force, in order; the last one ends with the lift. A level decided on again goes on. */
export function levelSpans(state: EpisodeState): { readonly level: LevelId; readonly fromMs: number; readonly toMs: number | null }[] {
  const liftMs = state.lift?.effectiveAtMs ?? Infinity;
  const begun = state.levels.filter((s) => s.fromMs < liftMs);
  const changes = begun.filter((s, i) => s.level !== begun[i - 1]?.level);
  return changes.map((s, i) => ({ level: s.level, fromMs: s.fromMs, toMs: changes[i + 1]?.fromMs ?? state.lift?.effectiveAtMs ?? null }));
}

function episodeReport(plan: Levels, state: EpisodeState, reasons: readonly Reason[]): EpisodeReport {
  const spans = levelSpans(state);
  const peak = spans.reduce<LevelId | null>((highest, s) => higherLevel(plan, highest, s.level), null) ?? state.levels[0]!.level;
  return {
    id: state.number,
    startedAt: toBeijingIso(state.openedAtMs),
    publishedAt: toBeijingIso(state.notices[0]?.issuedAtMs ?? state.openedAtMs),
    effectiveAt: spans[0] ? toBeijingIso(spans[0].fromMs) : null,
    liftedAt: state.lift ? toBeijingIso(state.lift.effectiveAtMs) : null,
    levels: spans.map(({ level, fromMs, toMs }) => ({ level, from: toBeijingIso(fromMs), to: toMs === null ? null : toBeijingIso(toMs) })),
    peakLevel: peak,
    reasons,
    ending: state.phase === 'closed' ? state.ending : null,
  };
}

function withdrawnReport(state: EpisodeState): WithdrawnReport {
  const closed = state.phase === 'closed';
  return { id: state.number, startedAt: toBeijingIso(state.openedAtMs), closedAt: closed ? toBeijingIso(state.closedAtMs) : null, reason: closed ? state.reason : 'still open' };
}

function daysAtLevel(plan: Levels, states: readonly EpisodeState[], untilMs: number): Record<LevelId, number> {
  const spans = states.flatMap(levelSpans);
  const hours = (level: LevelId) => spans.filter((s) => s.level === level).reduce((sum, s) => sum + Math.max(0, (s.toMs ?? untilMs) - s.fromMs) / HOUR_MS, 0);
  return Object.fromEntries(plan.levels.map(({ id }) => [id, Math.round((hours(id) / 24) * 100) / 100]));
}

function timeWindow({ fromMs, toMs }: Pick<Window, 'fromMs' | 'toMs'>): TimeWindow {
  return { from: toBeijingIso(fromMs), to: toBeijingIso(toMs) };
}
