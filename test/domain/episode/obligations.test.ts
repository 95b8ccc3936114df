import { describe, expect, test } from '@jest/globals';
import type { SettledGroup } from '../../../domain/episode/events.js';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { missedTarget, obligationStatus } from '../../../domain/obligation.js';
import {
  awaiting,
  clear,
  CLEAR,
  consult,
  D0,
  DAY,
  EXAMPLE_CITY,
  given,
  HOUR,
  IN_FORCE,
  KUITUN,
  LIFT,
  liftIssued,
  MINUTE,
  note,
  opened,
  order,
  planWith,
  published,
  receive,
  reporting,
  responding,
  smog,
  type Story,
  submit,
  T0,
} from '../../support/episode.js';
import type { ObligationKind, Plan } from '../../../domain/plan.js';
import { type EpisodePlan, episodePlanOf } from '../../../domain/episode/plan.js';

const told = (story: Story, group: string): SettledGroup[] =>
  story
    .of('deadlines-settled')
    .flatMap((e) => e.groups)
    .filter((g) => g.groupId.startsWith(group));
const groups = (story: Story, at: number, kind: ObligationKind) => [...new Set(story.owed(at, kind).map((o) => o.ref))];
/** A lift at an instant, the episode gone on well beyond it. */
const liftedAt = (effectiveAtMs: number, plan = planWith()): Story => {
  const cleared = given(responding('orange', plan).until(CLEAR))
    .when(note(clear(CLEAR)), CLEAR)
    .story();
  const held = given(cleared).when(consult('lift'), CLEAR).story();
  return given(held)
    .when(submit('lift', null, { effectiveAtMs }), CLEAR)
    .story()
    .until(effectiveAtMs);
};

describe('what a publication owes', () => {
  const story = published('orange');
  const at = T0 + 3 * HOUR;
  test.each<[ObligationKind, string, number, string]>([
    ['zone-notice', '3.3.4', 60, 'management'],
    ['prefecture-filing', '3.3.4', 60, 'management'],
    ['site-publication', '3.3.5', 120, 'management'],
    ['acknowledgement', '4.2', 60, 'education'],
    ['startup-report', '4.2', 240, 'education'],
  ])('%s (%s) within %i minutes, by %s (R22, R33)', (kind, clause, minutes, owner) => {
    const owed = story.owed(at, kind);
    expect(owed.find((o) => o.ownerId === owner)).toMatchObject({ clause, ref: 'N1', opensAtMs: at, targetAtMs: at + minutes * MINUTE, dueAtMs: null });
  });

  test('3.2 the consultation owes its advice to the prefecture', () => {
    expect(story.owed(at, 'consultation-advice')).toMatchObject([{ id: 'consultation-advice:C1:technical', clause: '3.2', targetAtMs: T0 + 3 * HOUR }]);
  });

  test('R22: acknowledgement, start-up report and the start itself are three facts; the start may lie ahead', () => {
    expect(story.owed(at, 'acknowledgement')).toHaveLength(25);
    expect(story.owed(at, 'startup-report').length).toBeGreaterThan(19);
    expect(story.state.levels[0]).toMatchObject({ begun: false, fromMs: IN_FORCE });
    expect(story.until(IN_FORCE).state.levels[0]).toMatchObject({ begun: true });
  });
});

describe('5.1(1), 5.1(3), 附件1 二(二).3 daily reports (R18, R20, R35)', () => {
  test('the day in force is reported by 24:00 of the next; units by 12:00 and the office by 18:00 for the office itself', () => {
    const story = responding().until(D0 + 2 * DAY);
    expect(story.owed(D0 + 2 * DAY, 'daily-report').find((o) => o.ownerId === 'ecology')).toMatchObject({
      id: 'daily-report:2026-01-06:ecology',
      clause: '5.1(1)',
      opensAtMs: D0 + 2 * DAY,
      targetAtMs: D0 + 2 * DAY + 12 * HOUR,
      dueAtMs: D0 + 3 * DAY,
    });
    expect(story.owed(D0 + 2 * DAY, 'office-daily-report')).toMatchObject([{ clause: '5.1(3)', targetAtMs: D0 + 2 * DAY + 18 * HOUR, dueAtMs: D0 + 3 * DAY }]);
  });

  test('R18: a working week or a holiday, the due time recurs every 24 h', () => {
    const days = responding()
      .until(D0 + 8 * DAY)
      .owed(D0 + 8 * DAY, 'office-daily-report');
    expect(days.map((o) => (o.dueAtMs ?? 0) - D0)).toEqual([3, 4, 5, 6, 7, 8, 9].map((d) => d * DAY));
  });

  test('the day before the response began owes none, however early it was published', () => {
    expect(groups(responding().until(D0 + 4 * DAY), D0 + 4 * DAY, 'daily-report')).toEqual(['2026-01-06', '2026-01-07', '2026-01-08']);
  });

  test('R20: the union of both lists is 25; the discipline inspection owes no daily report, but the rest', () => {
    const story = responding().until(D0 + 2 * DAY);
    const owners = (kind: ObligationKind) => story.owed(D0 + 2 * DAY, kind).map((o) => o.ownerId);
    expect(owners('acknowledgement')).toHaveLength(25);
    expect(owners('daily-report')).toHaveLength(24);
    expect(owners('daily-report')).not.toContain('discipline');
    expect(owners('startup-report')).toContain('discipline');
    expect(
      reporting()
        .owed(LIFT, 'summary-report')
        .map((o) => o.ownerId),
    ).toContain('discipline');
  });

  test('R35: the day of the lift owes its report too, once the response is over', () => {
    const story = liftedAt(LIFT);
    expect(groups(story, LIFT, 'daily-report')).toEqual(['2026-01-06', '2026-01-07', '2026-01-08']);
    expect(story.owed(LIFT, 'daily-report').at(-1)).toMatchObject({ ref: '2026-01-08', opensAtMs: LIFT, dueAtMs: D0 + 5 * DAY });
  });

  test('R35: a lift at 00:00 leaves no day of its own', () => {
    expect(groups(liftedAt(D0 + 4 * DAY), D0 + 5 * DAY, 'daily-report')).toEqual(['2026-01-06', '2026-01-07', '2026-01-08']);
    expect(groups(liftedAt(D0 + 4 * DAY + HOUR), D0 + 5 * DAY, 'daily-report')).toEqual(['2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09']);
  });

  test('R35, other value: the day of the lift owes none', () => {
    expect(groups(liftedAt(LIFT, planWith({ liftDayOwesReport: false })), LIFT + DAY, 'daily-report')).toEqual(['2026-01-06', '2026-01-07']);
  });

  test('R35: two episodes on one day owe one report each', () => {
    const first = liftedAt(LIFT);
    const second = opened(receive(order('O1', 'start', { receivedAtMs: LIFT + HOUR, effectiveAtMs: LIFT + 3 * HOUR })), LIFT + HOUR).until(D0 + 4 * DAY);
    expect(groups(first, D0 + 4 * DAY, 'office-daily-report')).toContain('2026-01-08');
    expect(groups(second, D0 + 4 * DAY, 'office-daily-report')).toEqual(['2026-01-08']);
  });

  test('5.1(2) a bulletin to the units each day by 20:00, the day of the lift included', () => {
    const story = liftedAt(LIFT).until(D0 + 4 * DAY);
    expect(story.owed(D0 + 4 * DAY, 'bulletin').map((o) => [o.ref, o.clause, (o.targetAtMs ?? 0) - D0])).toEqual([
      ['2026-01-06', '5.1(2)', DAY + 20 * HOUR],
      ['2026-01-07', '5.1(2)', 2 * DAY + 20 * HOUR],
      ['2026-01-08', '5.1(2)', 3 * DAY + 20 * HOUR],
    ]);
  });

  test('R36: a day whose response ended before 18:00 owes no consultation', () => {
    expect(groups(liftedAt(LIFT), D0 + 4 * DAY, 'consultation')).toEqual(['2026-01-05', '2026-01-06', '2026-01-07']);
  });
});

describe('5.1 within 1 and 2 days after the lift (R19)', () => {
  test('calendar days: the day of the lift is not counted; 24 h and 48 h are the office’s target', () => {
    const story = reporting();
    expect(story.owed(LIFT, 'summary-report')).toHaveLength(25);
    expect(story.owed(LIFT, 'summary-report')[0]).toMatchObject({ clause: '5.1(1)', targetAtMs: LIFT + DAY, dueAtMs: D0 + 5 * DAY });
    expect(story.owed(LIFT, 'office-final-report')).toMatchObject([{ clause: '5.1(3)', targetAtMs: LIFT + 2 * DAY, dueAtMs: D0 + 6 * DAY }]);
  });

  test('a lift at 00:00 belongs to the day that begins', () => {
    expect(liftedAt(D0 + 4 * DAY).owed(D0 + 4 * DAY, 'summary-report')[0]).toMatchObject({ dueAtMs: D0 + 6 * DAY });
  });

  test('other value: elapsed hours', () => {
    const story = reporting('orange', planWith({ counting: 'elapsed' }));
    expect(story.owed(LIFT, 'summary-report')[0]).toMatchObject({ dueAtMs: LIFT + DAY });
    expect(story.owed(LIFT, 'office-final-report')).toMatchObject([{ dueAtMs: LIFT + 2 * DAY }]);
  });

  test("annex 1 二(一).2 the process analysis, and R24 the evaluation: the office's targets, no due time of the plan", () => {
    expect(reporting().owed(LIFT, 'process-analysis')).toMatchObject([{ ownerId: 'technical', targetAtMs: D0 + 10 * DAY + 18 * HOUR, dueAtMs: null }]);
    expect(reporting().owed(LIFT, 'evaluation')).toMatchObject([{ ownerId: 'management', clause: '5.2', targetAtMs: D0 + 14 * DAY, dueAtMs: null }]);
    const other = planWith({ liftRoles: { proposes: 'technical', issues: 'management' }, autoPropose: false }, EXAMPLE_CITY);
    expect(other.obligations.find((o) => o.kind === 'evaluation')).toMatchObject({ target: { dayOffset: 20, hour: 24 }, due: { dayOffset: 30, hour: 24 } });
  });

  test('5.2: when the last of these has passed the evaluation opens, not a millisecond before', () => {
    const story = reporting().until(D0 + 6 * DAY);
    expect(story.state.phase).toBe('reporting');
    expect(nextWakeUp(story.plan, story.state)).toBe(D0 + 6 * DAY + 1);
    expect(story.until(D0 + 6 * DAY + 1)).toMatchObject({ state: { phase: 'evaluating' } });
  });
});

describe('8.6: the readings by their other values, in the plan’s data', () => {
  type Data = Writable<Plan>;
  type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
  const patched = (change: (plan: Data) => void) => {
    const plan = structuredClone(KUITUN) as Data;
    change(plan);
    return episodePlanOf(plan);
  };
  const rule = (plan: Data, kind: ObligationKind) => plan.obligations.find((o) => o.kind === kind)!;
  const issued = T0 + 3 * HOUR;

  const CASES: readonly [string, (plan: Data) => void, (plan: EpisodePlan) => unknown, unknown][] = [
    [
      'R14: an unanswered step is told of sooner, and to the commander',
      (p) => (p.escalations = [{ afterMinutes: 10, tell: ['commander'] }]),
      (plan) =>
        awaiting('orange', plan)
          .until(T0 + 3 * HOUR)
          .of('approval-escalated')
          .map((e) => [e.atMs - T0 - 2 * HOUR, e.tell]),
      [[10 * MINUTE, ['commander']]],
    ],
    ['R14: nobody is told', (p) => (p.escalations = []), (plan) => awaiting('orange', plan).until(T0 + DAY).of('approval-escalated'), []],
    [
      'R18: units report by 10:00 for the office, by 12:00 two days on for the plan',
      (p) => Object.assign(rule(p, 'daily-report'), { target: { dayOffset: 1, hour: 10 }, due: { dayOffset: 2, hour: 12 } }),
      (plan) =>
        responding('orange', plan)
          .until(D0 + 2 * DAY)
          .owed(D0 + 2 * DAY, 'daily-report')
          .slice(0, 1)
          .map((o) => [o.targetAtMs, o.dueAtMs]),
      [[D0 + 2 * DAY + 10 * HOUR, D0 + 3 * DAY + 12 * HOUR]],
    ],
    [
      'R20: the discipline inspection reports daily, too',
      (p) => (p.units.find((u) => u.id === 'discipline')!.reports.daily = true),
      (plan) =>
        responding('orange', plan)
          .until(D0 + 2 * DAY)
          .owed(D0 + 2 * DAY, 'daily-report').length,
      25,
    ],
    [
      'R22: signed within half an hour, started within the hour',
      (p) => {
        rule(p, 'acknowledgement').target = { minutesAfter: 30 };
        rule(p, 'startup-report').target = { minutesAfter: 60 };
      },
      (plan) => (['acknowledgement', 'startup-report'] as const).map((kind) => published('orange', plan).owed(issued, kind)[0]!.targetAtMs! - issued),
      [30 * MINUTE, HOUR],
    ],
    [
      'R24: the evaluation has a due time of the plan',
      (p) => Object.assign(rule(p, 'evaluation'), { target: { dayOffset: 20, hour: 24 }, due: { dayOffset: 30, hour: 24 } }),
      (plan) =>
        reporting('orange', plan)
          .owed(LIFT, 'evaluation')
          .map((o) => [o.targetAtMs, o.dueAtMs]),
      [[D0 + 24 * DAY, D0 + 34 * DAY]],
    ],
    [
      'R33: a lift is filed with the prefecture',
      (p) => rule(p, 'prefecture-filing').triggers.push('lift-issued'),
      (plan) => liftIssued('orange', plan).owed(CLEAR + HOUR, 'prefecture-filing').map((o) => o.trigger),
      ['published', 'lift-issued'],
    ],
    [
      'R33: the zone is sent no instruction of its own',
      (p) => (p.obligations = p.obligations.filter((o) => o.kind !== 'zone-lift-instruction')),
      (plan) => liftIssued('orange', plan).owed(CLEAR + HOUR, 'zone-lift-instruction'),
      [],
    ],
  ];

  test.each(CASES)('%s', (_reading, change, found, expected) => {
    expect(found(patched(change))).toEqual(expected);
  });
});

describe('settling: reminders, targets, due times', () => {
  test('5.1(1): reminded 120 and 30 minutes before the target, told at the target, and to the director at the due time', () => {
    const group = 'daily-report:2026-01-06';
    const story = responding().until(D0 + 3 * DAY + HOUR);
    expect(
      story
        .of('deadlines-settled')
        .flatMap((e) => e.groups.filter((g) => g.groupId === group).map((g) => [e.atMs - D0 - 2 * DAY, g.moment, g.open.length, g.tell])),
    ).toEqual([
      [10 * HOUR, 'reminder', 24, []],
      [11 * HOUR + 30 * MINUTE, 'reminder', 24, []],
      [12 * HOUR + 1, 'target', 24, ['management']],
      [DAY + 1, 'due', 24, ['management', 'director']],
    ]);
  });

  test('only those still open are named; a group that is complete wakes nobody', () => {
    const day = responding().until(D0 + 2 * DAY);
    const most = day.filesAll('daily-report', D0 + 2 * DAY + HOUR, ['education', 'housing']).until(D0 + 2 * DAY + 12 * HOUR + 1);
    const open = ['daily-report:2026-01-06:housing', 'daily-report:2026-01-06:education'];
    expect(told(most, 'daily-report:2026-01-06').at(-1)).toMatchObject({ moment: 'target', open, inTime: 22, late: 0 });
    const all = day.filesAll('daily-report', D0 + 2 * DAY + HOUR).until(D0 + 3 * DAY + HOUR);
    expect(told(all, 'daily-report:2026-01-06').map((g) => [g.moment, g.inTime, g.open])).toEqual([['reminder', 24, []]]);
  });

  test('a report at the due time is in time, a millisecond later it is late', () => {
    const dueAtMs = D0 + 3 * DAY;
    const story = responding().until(dueAtMs);
    const inTime = story.files('daily-report:2026-01-06:education', dueAtMs);
    expect(told(inTime.until(dueAtMs + 1), 'daily-report:2026-01-06').at(-1)).toMatchObject({ moment: 'due', inTime: 1, late: 0 });
    const [o] = story.owed(dueAtMs, 'daily-report');
    if (!o) throw new Error('nothing owed');
    const status = (submitted: number | null, now: number) => obligationStatus(o, submitted, now, story.plan.dueSoon);
    expect([status(dueAtMs, dueAtMs), status(dueAtMs + 1, dueAtMs + 1), status(null, dueAtMs), status(null, dueAtMs + 1)]).toEqual([
      'submitted',
      'submitted-late',
      'due-soon',
      'overdue',
    ]);
  });

  test('the five states: not due, due soon, submitted, submitted late, overdue; a missed target is no breach', () => {
    const o = { opensAtMs: 0, targetAtMs: 12 * HOUR, dueAtMs: 24 * HOUR };
    const at = (now: number, submitted: number | null = null) => obligationStatus(o, submitted, now, { shareLeft: 0.25, minutesLeft: 120 });
    expect([at(HOUR), at(9 * HOUR), at(9 * HOUR + 1), at(13 * HOUR), at(24 * HOUR), at(24 * HOUR + 1)]).toEqual([
      'not-due',
      'not-due',
      'due-soon',
      'due-soon',
      'due-soon',
      'overdue',
    ]);
    expect([at(30 * HOUR, 13 * HOUR), at(30 * HOUR, 25 * HOUR)]).toEqual(['submitted', 'submitted-late']);
    expect([missedTarget(o, 13 * HOUR, 0), missedTarget(o, 12 * HOUR, 0), missedTarget(o, null, 12 * HOUR + 1)]).toEqual([true, false, true]);
    expect(obligationStatus({ opensAtMs: 0, targetAtMs: HOUR, dueAtMs: null }, null, 9 * DAY, { shareLeft: 0.25, minutesLeft: 120 })).toBe('due-soon');
  });

  test('a late worker deals with everything at once, on what was handed in', () => {
    const story = responding();
    const late = given(story)
      .when({ type: 'wake' }, D0 + 3 * DAY + HOUR)
      .story();
    expect(told(late, 'daily-report:2026-01-06').map((g) => g.moment)).toEqual(['reminder', 'reminder', 'target', 'due']);
    expect(nextWakeUp(late.plan, late.state)).toBeGreaterThan(D0 + 3 * DAY + HOUR);
  });

  test('a message never overtakes a deadline: what was due is settled with it', () => {
    const story = given(responding())
      .when(note(smog(D0 + 3 * DAY + HOUR, 'orange', IN_FORCE, T0 + 6 * DAY)), D0 + 3 * DAY + HOUR)
      .story();
    expect(told(story, 'daily-report:2026-01-06').map((g) => g.moment)).toContain('due');
  });

  test('nothing more wakes an episode that waits for its evaluation, after the last reminder of it', () => {
    const story = reporting().until(D0 + 60 * DAY);
    expect(nextWakeUp(story.plan, story.state)).toBeNull();
    expect(told(story, 'evaluation').map((g) => g.moment)).toEqual(['reminder', 'reminder', 'target']);
  });
});

describe('size', () => {
  test('the state of a 30-day episode is below 100 KB, of one of 400 days too', () => {
    const daily = (days: number) => {
      let story = responding();
      for (let at = IN_FORCE; at < T0 + days * DAY; at += DAY) {
        story = given(story.until(at))
          .when(note(smog(at, 'orange', IN_FORCE, at + 3 * DAY)), at)
          .story();
        story = given(story)
          .when(consult('keep'), at + HOUR)
          .story();
      }
      return JSON.stringify(story.state).length;
    };
    expect(daily(30)).toBeLessThan(20_000);
    expect(daily(400)).toBeLessThan(100_000);
  }, 300_000);
});

test('R33, R9: an announced lift owes its instruction at once, and its reports only from when it takes effect', () => {
  const story = liftIssued();
  expect(story.owed(CLEAR + HOUR, 'zone-lift-instruction')).toMatchObject([{ clause: '3.3.6', targetAtMs: CLEAR + 2 * HOUR }]);
  expect(story.owed(CLEAR + HOUR, 'summary-report')).toEqual([]);
});
