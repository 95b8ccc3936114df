/** What opens an episode in an area that has none running (3.2, 3.3.3; R28). */
import type { Assessment } from './air/assessment.js';
import type { AreaInput } from './episode/commands.js';

/** A graded process, near or still an outlook; a basic condition only a person can judge (R3); or a superior order to start. */
export function opensEpisode(input: AreaInput): boolean {
  switch (input.type) {
    case 'note-assessment':
      return concernsPeople(input.assessment);
    case 'receive-order':
      return input.order.kind === 'start' || input.order.kind === 'raise';
    case 'add-transmission':
    case 'check-order':
      return false;
  }
}

/** Whether an assessment is anybody's business before a warning: a process, or one whose basic condition is unknown (R3). */
export function concernsPeople({ processes, grades }: Assessment): boolean {
  return processes.length > 0 || [grades.low, grades.middle, grades.high].some((g) => g.basicCondition === 'unknown');
}

/** `KT-2026-003`: the prefix, the year of opening in Beijing time, and the count within it; drills carry a `D`. */
export function episodeNumber(prefix: string, year: string, count: number, drill: boolean): string {
  return `${prefix}-${drill ? 'D' : ''}${year}-${String(count).padStart(3, '0')}`;
}
