import { afterAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../domain/digest.js';
import { decide } from '../../../domain/episode/decide.js';
import { chainOf } from '../../../domain/episode/decide/chains.js';
import { deadlineGroups } from '../../../domain/episode/deadlines.js';
import type { EpisodeEvent, EventOf } from '../../../domain/episode/events.js';
import { evolve, evolveAll } from '../../../domain/episode/evolve.js';
import { type EpisodeState, isActive, spanAt } from '../../../domain/episode/state.js';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { floorOf } from '../../../domain/order.js';
import { rankOf } from '../../../domain/plan.js';
import { air, DAY, EXAMPLE_CITY, HOUR, MINUTE, note, opened, order, planWith, receive, type Story, T0, WAKE } from '../../support/episode.js';
import { commandOf, KIND_COUNT, type Throw } from '../../support/random-episode.js';

// Thousands of decisions on a machine that may be busy.
jest.setTimeout(300_000);

const throws: fc.Arbitrary<Throw> = fc.record({
  what: fc.nat(KIND_COUNT - 1),
  dice: fc.array(fc.nat(999), { minLength: 12, maxLength: 12 }),
  afterMinutes: fc.oneof({ weight: 7, arbitrary: fc.nat(60) }, { weight: 2, arbitrary: fc.nat(12 * 60) }, { weight: 1, arbitrary: fc.nat(4 * 24 * 60) }),
});

const PLANS = [
  planWith(),
  planWith({ autoPropose: true, counting: 'elapsed', liftDayOwesReport: false, consultEvery: 'never' }),
  planWith({ orders: { bindWithoutApproval: false, liftNamingTheCityLifts: false }, lowerChain: 'current-level', phonePeople: 1 }),
  planWith({}, EXAMPLE_CITY),
];

const openings = [
  (at: number) => note(air(at, { processes: [{ level: 'orange', from: at + 30 * HOUR, to: at + 4 * DAY }] })),
  (at: number) => note(air(at, { processes: [{ level: 'red', from: at + 5 * DAY, to: at + 9 * DAY }] })),
  (at: number) => receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at + 3 * HOUR, level: 'yellow' })),
  (at: number) => receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at - 30 * HOUR, level: 'orange' })),
  (at: number) => note(air(at, { unknown: true })),
];

interface Life {
  readonly story: Story;
  readonly commands: number;
}

/** Plays a life; `seen` is called with every decision, before and after. */
function live(plan: number, opening: number, life: readonly Throw[], lateWorker: boolean, seen: (before: Story, after: Story, at: number) => void): Life {
  const start = openings[opening % openings.length];
  const chosen = PLANS[plan % PLANS.length];
  if (!start || !chosen) throw new Error('no such opening');
  let story = opened(start(T0), T0, chosen);
  let at = T0;
  let commands = 0;
  for (const thrown of life) {
    at += thrown.afterMinutes * MINUTE;
    if (!lateWorker) {
      for (let next = nextWakeUp(story.plan, story.state); next !== null && next <= at; next = nextWakeUp(story.plan, story.state)) {
        const before = story;
        const wakeAt = Math.max(next, story.state.asOfMs);
        story = story.decided(WAKE, wakeAt).story;
        seen(before, story, wakeAt);
        commands++;
      }
    }
    const command = commandOf(story, thrown, at);
    if (!command) continue;
    const before = story;
    story = story.decided(command, at).story;
    seen(before, story, at);
    commands++;
  }
  return { story, commands };
}

const lives = fc.tuple(fc.nat(3), fc.nat(4), fc.array(throws, { minLength: 60, maxLength: 120 }), fc.boolean());
let commands = 0;
const phases = new Set<string>();

/** Plays lives of their own for each rule; `seen` is shown every decision, `done` the end of a life. */
function check(seed: number, seen: (before: Story, after: Story, at: number) => void, done: (story: Story) => void = () => undefined): void {
  fc.assert(
    fc.property(lives, ([plan, opening, life, lateWorker]) => {
      const lived = live(plan, opening, life, lateWorker, (before, after, at) => {
        phases.add(after.state.phase);
        seen(before, after, at);
      });
      commands += lived.commands;
      done(lived.story);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 15), seed },
  );
}

function newEvents(before: Story, after: Story): readonly EpisodeEvent[] {
  return after.events.slice(before.events.length);
}

describe('whatever happens to an episode', () => {
  afterAll(() => {
    expect(commands).toBeGreaterThan(10_000);
    expect([...phases].sort()).toEqual(['awaiting-approval', 'closed', 'consulting', 'evaluating', 'reporting', 'responding']);
  });

  test('3.3.3: the response is never below a superior order in force', () => {
    check(1, (_, { state, plan }, at) => {
      const floor = floorOf(plan, state.orders);
      const inForce = state.phase === 'responding' ? spanAt(state, at) : null;
      if (floor !== null && isActive(state))
        expect([state.phase, rankOf(plan, inForce?.responseLevel ?? null) >= rankOf(plan, floor)]).toEqual(['responding', true]);
      for (const span of state.levels) expect(rankOf(plan, span.responseLevel)).toBeGreaterThanOrEqual(rankOf(plan, span.level));
      expect(state.levels.map((s) => s.fromMs)).toEqual([...state.levels.map((s) => s.fromMs)].sort((a, b) => a - b));
    });
  });

  test('3.3.4: nothing is published without its whole chain or an order, and nobody takes two steps of a chain (R14)', () => {
    check(2, (before, after) => {
      const added = newEvents(before, after);
      for (const event of added) {
        if (event.type === 'notice-corrected' || event.type === 'relay-signed') expectWholeChain(after, event.requestId);
        if (!('requestId' in event) || !('notice' in event)) continue;
        if (event.requestId !== null) expectWholeChain(after, event.requestId);
        else expect(hasOtherBasis(event, added)).toBe(true);
      }
    });
  });

  test('R14: a request never approves itself: only a decision of its step by that role brings it about', () => {
    check(3, (before, after) => {
      for (const event of newEvents(before, after)) {
        if (event.type !== 'approval-decided') continue;
        const request = before.state.requests.find((r) => r.id === event.requestId);
        const steps = request && chainOf(after.plan, request.evidence).steps;
        expect(steps?.[event.step]?.role).toBe(event.act.actor.role);
        expect(event.evidenceDigest).toBe(request && digestOf(request.evidence));
        expect(request?.basisChangedAtMs).toBeNull();
      }
    });
  });

  test('waking always gets on: the next wake-up is later, or something was decided; at an end nothing wakes', () => {
    check(4, (before, after, at) => {
      const next = nextWakeUp(after.plan, after.state);
      if (after.state.phase === 'closed') {
        expect(next).toBeNull();
        expect(decide(after.plan, after.state, WAKE, at + DAY)).toEqual({ ok: true, value: { events: [], moments: [] } });
        if (before.state.phase === 'closed') expect(newEvents(before, after)).toEqual([]);
        return;
      }
      if (next === null) return;
      const wakeAt = Math.max(next, at);
      const woken = after.decided(WAKE, wakeAt).story;
      const later = nextWakeUp(woken.plan, woken.state);
      expect(woken.events.length > after.events.length || later === null || later > wakeAt).toBe(true);
    });
  });

  test('state and events are plain JSON, and the events alone give the state', () => {
    check(
      5,
      (_, { state }) => expect(JSON.parse(JSON.stringify(state))).toEqual(state),
      ({ events, state }) => {
        const read = JSON.parse(JSON.stringify(events)) as EpisodeEvent[];
        expect(evolveAll(null, read)).toEqual(state);
        expect(events.reduce<EpisodeState | null>(evolve, null)).toEqual(state);
      },
    );
  });

  test('4.5, 5.1, 5.2: after a lift the reporting ends and the evaluation opens, whoever is silent', () => {
    check(
      6,
      (_, after) => expect(after.state.phase !== 'reporting' || after.state.lift !== null).toBe(true),
      (story) => {
        if (story.state.phase !== 'reporting') return;
        expect(story.until(story.state.asOfMs + 10 * DAY).state.phase).toBe('evaluating');
      },
    );
  });

  test('5.1: at its end every group owed is fulfilled, complete, or settled as it stands', () => {
    check(7, (before, after, at) => {
      if (after.state.phase !== 'closed' || before.state.phase === 'closed') return;
      const settled = newEvents(before, after).filter((e): e is EventOf<'deadlines-settled'> => e.type === 'deadlines-settled');
      const closing = settled
        .flatMap((e) => e.groups)
        .filter((g) => g.moment === 'close')
        .map((g) => g.groupId);
      expect(new Set(closing).size).toBe(closing.length);
      for (const group of deadlineGroups(after.plan, after.state, at).filter((g) => g.opensAtMs <= at)) {
        const ways = [after.state.discharged[group.id] !== undefined, before.state.completeGroups[group.id] !== undefined, closing.includes(group.id)];
        expect([group.id, ways.filter(Boolean).length]).toEqual([group.id, 1]);
      }
      expect(after.state.requests).toEqual([]);
    });
  });
});

function expectWholeChain(story: Story, requestId: string): void {
  const about = story.events.filter((e) => 'requestId' in e && e.requestId === requestId);
  const renewed = about.findLastIndex((e) => e.type === 'request-opened' || e.type === 'request-renewed');
  const evidence = (about[renewed] as EventOf<'request-opened'>).evidence;
  const steps = chainOf(story.plan, evidence).steps;
  const decisions = about.slice(renewed).filter((e): e is EventOf<'approval-decided'> => e.type === 'approval-decided');
  expect(decisions.map((d) => [d.step, d.decision, d.act.actor.role])).toEqual(steps.map((s, i) => [i, 'approve', s.role]));
  expect(new Set(decisions.map((d) => d.act.actor.accountId)).size).toBe(steps.length);
}

/** By order, or in its place again after one; or what a recalled notice, or an order found to be a mistake, leaves behind. */
function hasOtherBasis(event: EpisodeEvent, added: readonly EpisodeEvent[]): boolean {
  if ('orderId' in event && event.orderId !== null) return true;
  if (event.type === 'lift-issued' && event.lift.cause === 'order') return true;
  const isTakenBack = (e: EpisodeEvent) => (e.type === 'notice-corrected' && e.kind === 'recall') || (e.type === 'order-checked' && !e.confirmed);
  // What was announced for later stands again after an order's level.
  const isAgain = 'notice' in event && event.notice.supersedes !== null && added.some((e) => 'orderId' in e && e.orderId !== null);
  return isAgain || added.some(isTakenBack);
}
