/** What opens an episode in an area that has none running (3.2, 3.3.3; R28). */
import type { Assessment } from './air/assessment.js';
import { type NewsPlan, saysSomethingNew } from './air/news.js';
import type { AreaInput } from './episode/commands.js';
import type { LevelSpan, Lift } from './episode/state.js';
import type { HeldOrder, SuperiorOrder } from './order.js';
import { HOUR_MS } from './time.js';

/** Orders that episodes past their response have left to the next, and that no episode has taken up since. */
export function ordersLeft(states: readonly { readonly orders: readonly HeldOrder[] }[]): SuperiorOrder[] {
  const isTaken = (id: string) => states.some((s) => s.orders.some((o) => o.order.id === id && o.status !== 'left'));
  return states.flatMap((s) => s.orders.filter((o) => o.status === 'left' && !isTaken(o.order.id)).map((o) => o.order));
}

/** A graded process, near or still an outlook; what only a person can judge (R3, R27); or a superior order that demands a level. */
export function opensEpisode(input: AreaInput): boolean {
  switch (input.type) {
    case 'note-assessment':
      return concernsPeople(input.assessment) || isMissingNearLevel(input.assessment);
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

/** R27: hours that cannot be told after air above the lowest level's line: nothing fires by itself, so a person is asked. */
export function isMissingNearLevel({ observed }: Assessment): boolean {
  return observed?.missing?.nearLevel ?? false;
}

interface Running {
  readonly levels: readonly LevelSpan[];
  readonly lift?: Lift | null;
}

/**
 * Whether one more observation is passed on: there is something to open an
 * episode for and none is running; or it is news to the one that is; or a level
 * of it has begun since, which makes other questions of the same air; or its
 * lift takes effect about now, which puts the observation on record (R9). A
 * forecast always is.
 */
export function isToBeTold(plan: NewsPlan, before: Assessment | null, now: Assessment, running: Running | null): boolean {
  if (running === null && (concernsPeople(now) || isMissingNearLevel(now))) return true;
  const hasBegun = running?.levels.some((s) => s.fromMs <= now.atMs && s.fromMs > (before?.atMs ?? -Infinity)) ?? false;
  return hasBegun || isOfTheLift(before, now, running) || saysSomethingNew(plan, before, now);
}

/** A value nobody has been told, of an hour that a lift to come will be judged by. */
function isOfTheLift(before: Assessment | null, { observed }: Assessment, running: Running | null): boolean {
  if (!observed || !running?.lift) return false;
  const { untilMs, aqi } = observed;
  const isKnown = before?.observed?.untilMs === untilMs && before.observed.aqi === aqi;
  return !isKnown && isOfTheHour(untilMs, running.lift.effectiveAtMs);
}

/**
 * Whether a value known until an instant tells of the hour of a lift. The hour
 * before a lift is published in the course of the next, so the newest on record
 * has ended an hour before; where it comes late, two.
 */
export function isOfTheHour(untilMs: number, liftMs: number): boolean {
  return untilMs >= liftMs - 2 * HOUR_MS && untilMs <= liftMs;
}

/** `KT-2026-003`: the prefix, the year of opening in Beijing time, and the count within it; drills carry a `D`. */
export function episodeNumber(prefix: string, year: string, count: number, drill: boolean): string {
  return `${prefix}-${drill ? 'D' : ''}${year}-${String(count).padStart(3, '0')}`;
}
