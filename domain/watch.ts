/** What opens an episode in an area that has none running (3.2, 3.3.3; R28). */
import type { AreaInput } from './episode/commands.js';

/** A graded process, near or still an outlook, or a superior order to start. */
export function opensEpisode(input: AreaInput): boolean {
  switch (input.type) {
    case 'note-assessment':
      return input.assessment.processes.length > 0;
    case 'receive-order':
      return input.order.kind === 'start' || input.order.kind === 'raise';
    case 'add-transmission':
    case 'check-order':
      return false;
  }
}

/** `KT-2026-003`: the prefix, the year of opening in Beijing time, and the count within it; drills carry a `D`. */
export function episodeNumber(prefix: string, year: string, count: number, drill: boolean): string {
  return `${prefix}-${drill ? 'D' : ''}${year}-${String(count).padStart(3, '0')}`;
}
