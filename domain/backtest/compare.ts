/**
 * Two courses of the same air side by side, and wherein they differ (5.2, 8.5:
 * the plan's yearly revision).
 */
import type { LevelId, ObligationKind, Role } from '../plan.js';
import { MINUTE_MS } from '../time.js';
import { type Course, type CourseEpisode, hoursOf, type Span, type Totals } from './course.js';

export type Side = 'first' | 'second';

/** Warnings of both courses that overlap in time. */
export interface Pair {
  readonly first: readonly CourseEpisode[];
  readonly second: readonly CourseEpisode[];
  readonly differences: readonly Difference[];
}

/** Wherein the second differs from the first; `by…` is the second's less the first's. */
export type Difference =
  | { readonly what: 'only'; readonly side: Side; readonly level: LevelId; readonly fromMs: number }
  /** Reached, it or a higher one, on one side alone. */
  | { readonly what: 'level-only'; readonly side: Side; readonly level: LevelId; readonly fromMs: number }
  /** First reached, it or a higher one. */
  | { readonly what: 'starts'; readonly level: LevelId; readonly byMinutes: number }
  | { readonly what: 'lifted'; readonly byMinutes: number }
  | { readonly what: 'still-stands'; readonly side: Side }
  | { readonly what: 'warning-hours'; readonly by: number }
  | { readonly what: 'hours-at-level'; readonly level: LevelId; readonly by: number }
  | { readonly what: 'warnings'; readonly by: number }
  | { readonly what: 'asked'; readonly role: Role; readonly by: number }
  | { readonly what: 'owed'; readonly kind: ObligationKind; readonly by: number };

export interface Comparison {
  readonly pairs: readonly Pair[];
  /** Of the totals. */
  readonly differences: readonly Difference[];
}

export function compare(first: Course, second: Course, endMs: number): Comparison {
  return { pairs: pairsOf(first, second, endMs), differences: totalDifferences(first.totals, second.totals) };
}

/** Clusters of warnings whose times overlap, in order; the unpublished are in the totals alone. */
function pairsOf(first: Course, second: Course, endMs: number): Pair[] {
  const warnings = (['first', 'second'] as const)
    .flatMap((side) => (side === 'first' ? first : second).episodes.filter((e) => e.spans.length > 0).map((episode) => ({ side, episode, fromMs: episode.spans[0]?.fromMs ?? 0 })))
    .sort((a, b) => a.fromMs - b.fromMs);
  const clusters: { toMs: number; members: typeof warnings }[] = [];
  for (const warning of warnings) {
    const toMs = warning.episode.liftedAtMs ?? Infinity;
    const last = clusters.at(-1);
    if (last && warning.fromMs < last.toMs) {
      last.members.push(warning);
      last.toMs = Math.max(last.toMs, toMs);
    } else clusters.push({ toMs, members: [warning] });
  }
  return clusters.map(({ members }) => {
    const of = (side: Side) => members.filter((m) => m.side === side).map((m) => m.episode);
    const [a, b] = [of('first'), of('second')];
    return { first: a, second: b, differences: pairDifferences({ ...first, episodes: a }, { ...second, episodes: b }, endMs) };
  });
}

type Warnings = Pick<Course, 'levels' | 'episodes'>;

function pairDifferences(first: Warnings, second: Warnings, endMs: number): Difference[] {
  const [a, b] = [spansOf(first), spansOf(second)];
  const only = a[0] ?? b[0];
  if (!only) return [];
  if (a.length === 0 || b.length === 0) return [{ what: 'only', side: b.length === 0 ? 'first' : 'second', level: only.level, fromMs: only.fromMs }];
  const byHours = hoursOf(b, endMs) - hoursOf(a, endMs);
  return [...levelDifferences(first, second), ...liftDifference(first.episodes, second.episodes), ...(byHours === 0 ? [] : [{ what: 'warning-hours' as const, by: byHours }])];
}

const spansOf = ({ episodes }: Warnings): readonly Span[] => episodes.flatMap((e) => e.spans);

/** When a level, or a higher one, was first in force; null when none was. */
function reachedMs(side: Warnings, level: LevelId): number | null {
  const rank = side.levels.indexOf(level);
  return spansOf(side).find((s) => side.levels.indexOf(s.level) >= rank)?.fromMs ?? null;
}

/** Highest first; of levels that were reached together only the highest is told. */
function levelDifferences(first: Warnings, second: Warnings): Difference[] {
  const differences: Difference[] = [];
  const told = new Set<string>();
  for (const level of first.levels.filter((l) => second.levels.includes(l)).reverse()) {
    const [a, b] = [reachedMs(first, level), reachedMs(second, level)];
    if (a === b || told.has(`${a} ${b}`)) continue;
    told.add(`${a} ${b}`);
    if (a !== null && b !== null) differences.push({ what: 'starts', level, byMinutes: (b - a) / MINUTE_MS });
    else differences.push({ what: 'level-only', side: a === null ? 'second' : 'first', level, fromMs: a ?? b ?? 0 });
  }
  return [...differences, ...ownLevels('first', first, second), ...ownLevels('second', second, first)];
}

/** Levels that the other plan does not have. */
function ownLevels(side: Side, own: Warnings, other: Warnings): Difference[] {
  const spans = spansOf(own).filter((s, i, all) => !other.levels.includes(s.level) && all.findIndex((o) => o.level === s.level) === i);
  return spans.map(({ level, fromMs }) => ({ what: 'level-only', side, level, fromMs }));
}

/** Of the last warning of each. */
function liftDifference(first: readonly CourseEpisode[], second: readonly CourseEpisode[]): Difference[] {
  const [a, b] = [first.at(-1)?.liftedAtMs ?? null, second.at(-1)?.liftedAtMs ?? null];
  if (a !== null && b !== null) return a === b ? [] : [{ what: 'lifted', byMinutes: (b - a) / MINUTE_MS }];
  return a === b ? [] : [{ what: 'still-stands', side: a === null ? 'first' : 'second' }];
}

function totalDifferences(first: Totals, second: Totals): Difference[] {
  const by = (a: number | undefined, b: number | undefined) => (b ?? 0) - (a ?? 0);
  const keys = <K extends string>(a: Readonly<Partial<Record<K, number>>>, b: Readonly<Partial<Record<K, number>>>) => [...new Set([...Object.keys(a), ...Object.keys(b)])] as K[];
  const all: (Difference & { readonly by: number })[] = [
    { what: 'warnings', by: by(first.warnings, second.warnings) },
    { what: 'warning-hours', by: by(first.warningHours, second.warningHours) },
    ...keys(first.hoursAtLevel, second.hoursAtLevel).map((level) => ({ what: 'hours-at-level' as const, level, by: by(first.hoursAtLevel[level], second.hoursAtLevel[level]) })),
    ...keys(first.asked, second.asked).map((role) => ({ what: 'asked' as const, role, by: by(first.asked[role], second.asked[role]) })),
    ...keys(first.owed, second.owed).map((kind) => ({ what: 'owed' as const, kind, by: by(first.owed[kind], second.owed[kind]) })),
  ];
  return all.filter((d) => d.by !== 0);
}
