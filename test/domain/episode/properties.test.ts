/**
 * Random lives of an episode, thousands of them, each shown to every rule
 * below. `SEED=` plays the lives of an earlier run again, `RUNS=` another number.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { digestOf } from '../../../domain/digest.js';
import { decide } from '../../../domain/episode/decide.js';
import { chainOf } from '../../../domain/episode/decide/chains.js';
import { deadlineGroups } from '../../../domain/episode/deadlines.js';
import type { EpisodeEvent, EventOf, SettledGroup } from '../../../domain/episode/events.js';
import { evolve, evolveAll } from '../../../domain/episode/evolve.js';
import { type EpisodeState, isActive, spanAt } from '../../../domain/episode/state.js';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { floorAhead, floorOf } from '../../../domain/order.js';
import { rankOf } from '../../../domain/plan.js';
import { DAY, type Story, WAKE } from '../../support/episode.js';
import { live, lives, type Step } from '../../support/random-life.js';

const RUNS = Number(process.env['RUNS'] ?? 10_000);
const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** On a busy machine; and however long a counterexample could be made shorter still. */
const LOOKED_AT_MOST_MS = 900_000;

interface Rule {
  readonly says: string;
  /** Of every decision. */
  readonly step?: (step: Step) => void;
  /** Of the end of a life, which may be anywhere. */
  readonly end?: (story: Story) => void;
}

const rules: Rule[] = [];
let broken: { readonly says: string; readonly error: unknown } | null = null;
let report = '';

/** One test of its own; all are shown the same lives. */
function rule(says: string, shown: Omit<Rule, 'says'>): void {
  rules.push({ says, ...shown });
  test(says, () => {
    if (broken?.says === says) throw new Error(report, { cause: broken.error });
  });
}

const seen = { lives: 0, steps: 0, lengths: { short: 0, middle: 0, long: 0 }, phases: new Set<string>(), endings: { completed: 0, 'not-applicable': 0, withdrawn: 0 }, onTheInstant: 0, oneLater: 0, partsLifted: 0, partsCovered: 0 };

beforeAll(() => {
  const show = (says: string, look: () => void): void => {
    try {
      look();
    } catch (error) {
      broken = { says, error };
      throw error;
    }
  };
  const property = fc.property(lives, (life) => {
    const end = live(life, (step) => {
      seen.steps++;
      seen.phases.add(step.after.state.phase);
      for (const { says, step: look } of rules) if (look) show(says, () => look(step));
    });
    for (const { says, end: look } of rules) if (look) show(says, () => look(end));
    seen.lives++;
    seen.lengths[life.sequence.length < 7 ? 'short' : life.sequence.length <= 30 ? 'middle' : 'long']++;
    if (end.state.phase === 'closed') seen.endings[end.state.ending]++;
  });
  const run = fc.check(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: LOOKED_AT_MOST_MS });
  process.stdout.write(`SEED=${SEED}: ${seen.lives} lives (${JSON.stringify(seen.lengths)}), ${seen.steps} decisions; handed in at the due time ${seen.onTheInstant}, a millisecond later ${seen.oneLater}; parts lifted ${seen.partsLifted}, covered again ${seen.partsCovered}; ended ${JSON.stringify(seen.endings)}\n`);
  if (run.failed) report = fc.defaultReportMessage(run) ?? '';
  if (run.failed && !broken) throw new Error(report);
}, LOOKED_AT_MOST_MS + 60_000);

afterAll(() => {
  if (RUNS < 10_000 || broken) return;
  expect(seen.lives).toBeGreaterThanOrEqual(10_000);
  expect([...seen.phases].sort()).toEqual(['awaiting-approval', 'closed', 'consulting', 'evaluating', 'reporting', 'responding']);
  expect(Math.min(...Object.values(seen.endings), seen.onTheInstant, seen.oneLater, seen.partsLifted, seen.partsCovered)).toBeGreaterThan(0);
});

/** Said in full only where it does not hold: thousands of lives are looked at. */
function must(holds: boolean, ...what: readonly unknown[]): void {
  if (!holds) throw new Error(JSON.stringify(what));
}

const settlements = (added: readonly EpisodeEvent[]): SettledGroup[] => added.flatMap((e) => (e.type === 'deadlines-settled' ? e.groups : []));

rule('3.3.3: the response is never below a superior order in force', {
  step: ({ after: { state, plan }, at, added }) => {
    // A refusal leaves the state as of before: what time alone has brought about since is not in it yet.
    if (added.length === 0) return;
    const floor = floorOf(plan, state.orders);
    const inForce = state.phase === 'responding' ? spanAt(state, at) : null;
    if (floor !== null && isActive(state)) must(state.phase === 'responding' && rankOf(plan, inForce?.responseLevel ?? null) >= rankOf(plan, floor), state.phase, inForce, floor);
  },
});

rule('R21: the lift of a part changes no level and ends nothing; it is in force while the response goes on, and nowhere an order demands otherwise', {
  step: ({ before, after, added }) => {
    const { liftedParts } = after.state;
    if (liftedParts) must(after.state.phase === 'responding' && liftedParts.length > 0, after.state.phase, liftedParts);
    if (added.some((e) => e.type === 'part-lifted') && !added.some((e) => 'level' in e || e.type === 'response-ended'))
      must(isDeepStrictEqual([after.state.phase, after.state.levels, after.state.lift], [before.state.phase, before.state.levels, before.state.lift]), added);
    must(!liftedParts || floorAhead(after.plan, after.state.orders) === null, after.state.orders, liftedParts);
    seen.partsLifted += added.filter((e) => e.type === 'part-lifted').length;
    if (before.state.liftedParts && !liftedParts && after.state.phase === 'responding') seen.partsCovered++;
  },
});

rule('4.4: the response is never below its warning, and levels follow each other in time', {
  step: ({ after: { state, plan } }) => {
    for (const [i, span] of state.levels.entries()) {
      must(rankOf(plan, span.responseLevel) >= rankOf(plan, span.level), span);
      must(i === 0 || state.levels[i - 1]!.fromMs <= span.fromMs, state.levels);
    }
  },
});

rule('3.3.4: nothing is published without its whole chain, or an order', {
  step: ({ after, added }) => {
    for (const event of added) {
      if (event.type === 'notice-corrected' || event.type === 'relay-signed') mustHaveWholeChain(after, event.requestId);
      else if ('requestId' in event && 'notice' in event) {
        if (event.requestId !== null) mustHaveWholeChain(after, event.requestId);
        else must(hasOtherBasis(event, added), event);
      }
    }
  },
});

rule('R14: nobody takes two steps of one chain', {
  step: ({ after: { state, plan } }) => {
    for (const { evidence, decisions } of plan.settings.onePersonTwoSteps ? [] : state.requests) {
      const people = decisions.map((d) => d.by.accountId);
      must(new Set(people).size === people.length, evidence, people);
    }
  },
});

rule('R14, R29: a request never approves itself: only a decision on its step, by that role, on that evidence, brings it about', {
  step: ({ before, added }) => {
    for (const event of added) {
      if (event.type !== 'approval-decided') continue;
      const request = before.state.requests.find((r) => r.id === event.requestId);
      must(request !== undefined && request.basisChangedAtMs === null, event);
      must(chainOf(before.plan, request!.evidence).steps[event.step]?.role === event.act.actor.role, event);
      must(event.evidenceDigest === digestOf(request!.evidence), event);
    }
  },
});

rule('waking always gets on: something is decided, or the next wake-up is later', {
  step: ({ woken, at, added, nextMs }) => must(!woken || added.length > 0 || nextMs === null || nextMs > at, at, nextMs),
});

rule('nothing wakes after the close, and nothing is decided any more', {
  step: ({ before, added }) => must(before.state.phase !== 'closed' || added.length === 0, added),
  end: ({ plan, state }) => {
    if (state.phase !== 'closed') return;
    must(nextWakeUp(plan, state) === null);
    must(isDeepStrictEqual(decide(plan, state, WAKE, state.closedAtMs + DAY), { ok: true, value: { events: [], moments: [] } }));
  },
});

rule('state and events are plain JSON, and the events read again give the state', {
  end: ({ state, events }) => {
    must(isDeepStrictEqual(JSON.parse(JSON.stringify(state)), state), state);
    const read = JSON.parse(JSON.stringify(events)) as EpisodeEvent[];
    must(isDeepStrictEqual(read, events), events);
    must(isDeepStrictEqual(evolveAll(null, read), state), state);
    must(isDeepStrictEqual(read.reduce<EpisodeState | null>(evolve, null), state), state);
  },
});

/** Longer than any report that a lift gives rise to may take. */
const REPORTED_WITHIN_DAYS = 10;

rule('4.5, 5.1, 5.2: after a lift the reporting ends and the evaluation opens, whoever is silent', {
  step: ({ after: { state } }) => must(state.phase !== 'reporting' || state.lift !== null, state),
  end: (story) => {
    // A month is long: some of those that end here are followed.
    if (story.state.phase !== 'reporting' || story.events.length % 8 > 0) return;
    must(story.until(story.state.asOfMs + REPORTED_WITHIN_DAYS * DAY).state.phase === 'evaluating', story.state);
  },
});

rule('5.1: a deadline counts whoever handed in up to its very millisecond as in time, and everybody once', {
  step: ({ after, added, at }) => {
    const found = settlements(added);
    if (found.length === 0) return;
    const groups = new Map(deadlineGroups(after.plan, after.state, at).map((g) => [g.id, g]));
    for (const { groupId, moment, open, inTime, late } of found) {
      const { owners, dueAtMs, targetAtMs } = groups.get(groupId)!;
      const handedIn = owners.flatMap((owner) => after.filed[`${groupId}:${owner}`]?.submittedAtMs ?? []);
      const latest = dueAtMs ?? Infinity;
      must(inTime === handedIn.filter((ms) => ms <= latest).length && late === handedIn.filter((ms) => ms >= latest + 1).length, groupId, moment, inTime, late, handedIn, dueAtMs);
      must(open.length === owners.length - handedIn.length, groupId, open);
      must(moment === 'reminder' || moment === 'close' || at > (moment === 'due' ? dueAtMs! : targetAtMs!), groupId, moment, at);
      seen.onTheInstant += handedIn.filter((ms) => ms === latest).length;
      seen.oneLater += handedIn.filter((ms) => ms === latest + 1).length;
    }
  },
});

rule('5.1, 5.2: at the close each obligation of each owner has ended in exactly one way: decided on, handed in, or missing', {
  step: ({ before, after, added, at }) => {
    if (after.state.phase !== 'closed' || before.state.phase === 'closed') return;
    const missing = settlements(added).flatMap((g) => (g.moment === 'close' ? g.open : []));
    must(new Set(missing).size === missing.length, missing);
    const owed = after.owed(at);
    for (const { id, groupId } of owed) {
      const ends = { decidedOn: after.state.discharged[groupId] !== undefined, handedIn: after.filed[id] !== undefined, missing: missing.includes(id) };
      // A task may be closed by the desk after its feedback has come: its unit has handed in.
      must(Object.values(ends).filter(Boolean).length === 1 || (groupId.startsWith('task:') && !ends.missing), id, ends);
    }
    must(missing.every((id) => owed.some((o) => o.id === id)), missing);
    must(after.state.requests.length === 0, after.state.requests);
  },
});

function mustHaveWholeChain(story: Story, requestId: string): void {
  const about = story.events.filter((e) => 'requestId' in e && e.requestId === requestId);
  const renewed = about.findLastIndex((e) => e.type === 'request-opened' || e.type === 'request-renewed');
  const { steps } = chainOf(story.plan, (about[renewed] as EventOf<'request-opened'>).evidence);
  const decisions = about.slice(renewed).filter((e): e is EventOf<'approval-decided'> => e.type === 'approval-decided');
  must(isDeepStrictEqual(decisions.map((d) => [d.step, d.decision, d.act.actor.role]), steps.map((s, i) => [i, 'approve', s.role])), decisions, steps);
  must(new Set(decisions.map((d) => d.act.actor.accountId)).size === steps.length, decisions);
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
