/** What opens an episode in an area that has none running (3.2, 3.3.3; R28). */
import type { Assessment } from './air/assessment.js';
import { type NewsPlan, saysSomethingNew } from './air/news.js';
import type { AreaInput } from './episode/commands.js';
import type { LevelSpan } from './episode/state.js';

/** A graded process, near or still an outlook; a basic condition only a person can judge (R3); or a superior order that demands a level. */
export function opensEpisode(input: AreaInput): boolean {
  switch (input.type) {
    case 'note-assessment':
      return concernsPeople(input.assessment);
    case 'receive-order':
      return input.order.kind !== 'lift';
    case 'add-transmission':
    case 'check-order':
      return false;
  }
}

/** Whether an assessment is anybody's business before a warning: a process, or one whose basic condition is unknown (R3). */
export function concernsPeople({ processes, grades }: Assessment): boolean {
  return processes.length > 0 || [grades.low, grades.middle, grades.high].some((g) => g.basicCondition === 'unknown');
}

/**
 * Whether one more observation is passed on: there is something to open an
 * episode for and none is running; or it is news to the one that is; or a level
 * of it has begun since, which makes other questions of the same air. A
 * forecast always is.
 */
export function isToBeTold(plan: NewsPlan, before: Assessment | null, now: Assessment, running: { readonly levels: readonly LevelSpan[] } | null): boolean {
  if (running === null && concernsPeople(now)) return true;
  const hasBegun = running?.levels.some((s) => s.fromMs <= now.atMs && s.fromMs > (before?.atMs ?? -Infinity)) ?? false;
  return hasBegun || saysSomethingNew(plan, before, now);
}

/** `KT-2026-003`: the prefix, the year of opening in Beijing time, and the count within it; drills carry a `D`. */
export function episodeNumber(prefix: string, year: string, count: number, drill: boolean): string {
  return `${prefix}-${drill ? 'D' : ''}${year}-${String(count).padStart(3, '0')}`;
}
