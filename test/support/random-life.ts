/** A random life of an episode: where it begins, what is done in it, and when. */
import fc from 'fast-check';
import type { EpisodeCommand } from '../../domain/episode/commands.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import { nextWakeUp } from '../../domain/episode/wake.js';
import {
  air, awaiting, DAY, evaluating, EXAMPLE_CITY, HOUR, liftAdvised, liftIssued, MINUTE, note, opened, order, partLifted, planWith, published, receive, reporting, responding, type Story, T0, WAKE,
} from './episode.js';
import { commandOf, handIn, isHandingIn, KIND_COUNT, type Throw, waiting } from './random-episode.js';

const KUITUN = [
  planWith(),
  planWith({ autoPropose: true, counting: 'elapsed', liftDayOwesReport: false, consultEvery: 'never' }),
  planWith({ orders: { bindWithoutApproval: false, liftNamingTheCityLifts: false }, lowerChain: 'current-level', phonePeople: 1 }),
];
export const PLANS: readonly EpisodePlan[] = [...KUITUN, planWith({}, EXAMPLE_CITY)];

const openings = [
  note(air(T0, { processes: [{ level: 'orange', from: T0 + 30 * HOUR, to: T0 + 4 * DAY }] })),
  note(air(T0, { processes: [{ level: 'red', from: T0 + 5 * DAY, to: T0 + 9 * DAY }] })),
  receive(order('O1', 'start', { receivedAtMs: T0, effectiveAtMs: T0 + 3 * HOUR, level: 'yellow' })),
  receive(order('O1', 'start', { receivedAtMs: T0, effectiveAtMs: T0 - 30 * HOUR, level: 'orange' })),
  note(air(T0, { unknown: true })),
  note(air(T0, { processes: [{ level: 'yellow', from: T0 + 30 * HOUR, to: T0 + 4 * DAY }], dust: [{ fromMs: T0 - DAY, toMs: T0 }] })),
];

/** At its opening under every plan; and at each later phase, so that a short life sees it, too. */
const STARTS: readonly Story[] = [
  ...PLANS.flatMap((plan) => openings.map((input) => opened(input, T0, plan))),
  ...[awaiting, published, responding, liftAdvised, partLifted, liftIssued, reporting, evaluating].map((phase) => phase('orange', KUITUN[0])),
  responding('red', KUITUN[2]),
];

export const throws: fc.Arbitrary<Throw> = fc.record({
  what: fc.nat(KIND_COUNT - 1),
  dice: fc.array(fc.nat(999), { minLength: 12, maxLength: 12 }),
  afterMinutes: fc.oneof({ weight: 7, arbitrary: fc.nat(60) }, { weight: 2, arbitrary: fc.nat(12 * 60) }, { weight: 1, arbitrary: fc.nat(4 * 24 * 60) }),
  besideMs: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) }),
});

/** Mostly short; some see everything that an episode can. */
export const sequences = fc.oneof(
  { weight: 93, arbitrary: fc.array(throws, { minLength: 1, maxLength: 6 }) },
  { weight: 6, arbitrary: fc.array(throws, { minLength: 7, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.array(throws, { minLength: 40, maxLength: 120 }) },
);

export interface Life {
  readonly start: number;
  readonly sequence: readonly Throw[];
  /** It is woken only when something comes in. */
  readonly lateWorker: boolean;
}
export const lives: fc.Arbitrary<Life> = fc.record({ start: fc.nat(STARTS.length - 1), sequence: sequences, lateWorker: fc.boolean() });

/** Of four days without a word from anybody. */
const MOST_WAKES = 200;

/** One decision: before and after it, and what it added. */
export interface Step {
  readonly before: Story;
  readonly after: Story;
  readonly at: number;
  readonly added: readonly EpisodeEvent[];
  /** It asked to be woken for this instant; or a command came in. */
  readonly woken: boolean;
  /** When it asks to be woken next. */
  readonly nextMs: number | null;
}

/** When the first of what nobody has handed in yet is due. */
function nextDueMs(story: Story, at: number): number | null {
  const dueMs = waiting(story, at).flatMap((o) => (o.dueAtMs === null || o.dueAtMs < at ? [] : [o.dueAtMs]));
  return dueMs.length === 0 ? null : Math.min(...dueMs);
}

/** Plays a life, shows every decision and gives its end. */
export function live({ start, sequence, lateWorker }: Life, seen: (step: Step) => void): Story {
  let story = STARTS[start]!;
  let at = story.state.asOfMs;
  let nextMs = nextWakeUp(story.plan, story.state);
  const decide = (command: EpisodeCommand, atMs: number, woken: boolean): void => {
    const before = story;
    story = before.decided(command, atMs).story;
    if (story !== before) nextMs = nextWakeUp(story.plan, story.state);
    seen({ before, after: story, at: atMs, added: story.events.slice(before.events.length), woken, nextMs });
  };
  for (const thrown of sequence) {
    const { afterMinutes, besideMs, dice } = thrown;
    const handsIn = isHandingIn(thrown);
    const soonMs = handsIn ? nextDueMs(story, at) : nextMs;
    at = besideMs === null || soonMs === null ? at + afterMinutes * MINUTE : Math.max(at, soonMs + besideMs);
    // In one and the same millisecond somebody hands in and the worker wakes: either may be first.
    const untilMs = handsIn && dice[2]! % 2 === 0 ? at - 1 : at;
    for (let wakes = 0; !lateWorker && nextMs !== null && nextMs <= untilMs; wakes++) {
      if (wakes > MOST_WAKES) throw new Error(`woken for ever, last for ${nextMs}`);
      decide(WAKE, Math.max(nextMs, story.state.asOfMs), true);
    }
    if (handsIn) story = handIn(story, thrown, at);
    const command = commandOf(story, thrown, at);
    if (command) decide(command, at, false);
  }
  return story;
}
