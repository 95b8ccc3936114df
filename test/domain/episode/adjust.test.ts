import { describe, expect, test } from '@jest/globals';
import {
  act,
  air,
  clear,
  CLEAR,
  consult,
  DAY,
  D0,
  given,
  HOUR,
  IN_FORCE,
  KUITUN,
  liftIssued,
  MINUTE,
  note,
  opened,
  order,
  planWith,
  published,
  receive,
  responding,
  smog,
  step,
  submit,
  T0,
  underFirstRules,
  type Story,
} from '../../support/episode.js';
import { measuresInForce } from '../../../domain/measures.js';
import type { LevelId } from '../../../domain/plan.js';

const AT = T0 + 2 * DAY;
const worse = (to: LevelId, at = AT) => note(air(at, { processes: [{ level: to, from: IN_FORCE, to: T0 + 6 * DAY }], raise: to }));
/** Better air: the level's spells end, what remains is `to`; no lift in sight. */
const better = (from: LevelId, to: LevelId | null, at = AT) =>
  note(air(at, { processes: to ? [{ level: to, from: IN_FORCE, to: T0 + 5 * DAY }] : [], lower: [{ from, to, at }] }));

function approved(story: Story, at: number): Story {
  let done = story;
  while (done.state.requests.length > 0) done = given(done).when(step(), at).story();
  return done;
}

describe('3.3.6 raise (R11, R34)', () => {
  const prompted = () =>
    given(responding('yellow').until(AT))
      .when(worse('orange'), AT)
      .then('assessment-noted', { type: 'consultation-prompted', clause: '3.3.6', prompt: { reason: 'raise', level: 'orange' } });

  test('observed hours with the next 24 h reach a higher level: a consultation is prompted', () => {
    expect(prompted().state.prompt).toMatchObject({ reason: 'raise', level: 'orange' });
    given(responding('orange').until(AT)).when(worse('orange'), AT).then('assessment-noted');
  });

  test('its conclusion states no clear improvement, the management group submits, the higher chain approves', () => {
    given(prompted())
      .when(consult('raise', 'orange', { noClearImprovement: null }), AT)
      .refused('invalid', '3.3.6');
    const improving = given(prompted())
      .when(consult('raise', 'orange', { noClearImprovement: false }), AT)
      .story();
    given(improving).when(submit('raise', 'orange'), AT).refused('no-clear-improvement-not-stated', '3.3.6');
    const held = given(prompted()).when(consult('raise', 'orange'), AT).story();
    const asked = given(held)
      .when(submit('raise', 'orange'), AT)
      .then({ type: 'request-opened', evidence: { action: 'raise', fromLevel: 'yellow', level: 'orange', effectiveAtMs: AT + HOUR } });
    const reviewed = given(asked).when(step(), AT).then('approval-decided');
    const raised = given(reviewed)
      .when(step(), AT)
      .then('approval-decided', { type: 'warning-raised', from: 'yellow', notice: { level: 'orange' } });
    expect(raised.until(AT + HOUR).last('response-began')).toMatchObject({ clause: '4.2', level: 'orange', effectiveAtMs: AT + HOUR });
  });

  test('R33: an adjustment owes the zone its notice, the prefecture its filing and the units their acknowledgement again', () => {
    const held = given(prompted()).when(consult('raise', 'orange'), AT).story();
    const raised = approved(given(held).when(submit('raise', 'orange'), AT).story(), AT);
    const { id } = raised.last('warning-raised').notice;
    const owed = raised.owed(AT).filter((o) => o.ref === id);
    expect([...new Set(owed.map((o) => o.kind))].sort()).toEqual(['acknowledgement', 'prefecture-filing', 'site-publication', 'startup-report', 'zone-notice']);
    expect(owed.filter((o) => o.kind === 'acknowledgement')).toHaveLength(25);
  });

  test('only upwards, only while responding', () => {
    const held = given(responding('orange').until(AT)).when(consult('raise', 'yellow'), AT).story();
    given(held).when(submit('raise', 'yellow'), AT).refused('not-higher', '3.3.6');
    given(liftIssued().until(CLEAR + DAY))
      .when(submit('raise', 'red'), CLEAR + DAY)
      .refused('wrong-phase');
  });

  test('an unanswered raise is not asked for again the same day', () => {
    const kept = given(prompted()).when(consult('keep'), AT).story();
    given(kept)
      .when(worse('orange', AT + HOUR), AT + HOUR)
      .then('assessment-noted');
    given(kept)
      .when(worse('red', AT + HOUR), AT + HOUR)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { level: 'red' } });
  });
});

describe('3.3.6 two processes with too short a gap (R16)', () => {
  const twoPeaks = (at: number) =>
    air(at, {
      processes: [
        {
          level: 'red',
          from: IN_FORCE,
          to: T0 + 7 * DAY,
          parts: [
            { level: 'yellow', from: IN_FORCE, to: T0 + 2 * DAY },
            { level: 'red', from: T0 + 3 * DAY, to: T0 + 7 * DAY },
          ],
        },
      ],
    });

  test('known before the warning: one process, published at the higher level from the first start', () => {
    const story = opened(note(twoPeaks(T0)), T0);
    expect(story.state.prompt).toMatchObject({ reason: 'start', level: 'red' });
    const held = given(story).when(consult('publish', 'red'), T0).story();
    given(held)
      .when(submit('publish', 'red'), T0)
      .then({ type: 'request-opened', evidence: { level: 'red', effectiveAtMs: IN_FORCE } });
  });

  test('known while responding: the second, worse one prompts a raise, for which no judgement on 24 h is needed', () => {
    const prompted = given(responding('yellow'))
      .when(note(twoPeaks(IN_FORCE)), IN_FORCE)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'second-process', level: 'red' } });
    const held = given(prompted)
      .when(consult('raise', 'red', { noClearImprovement: false }), IN_FORCE)
      .story();
    given(held).when(submit('raise', 'red'), IN_FORCE).then('request-opened');
  });

  test('one that may be lifted before is another process: the lift is asked for, not the raise', () => {
    const at = AT;
    const apart = { ...air(at, { processes: [{ level: 'red', from: at + 44 * HOUR, to: at + 5 * DAY }], lift: { from: at, hours: 44 } }) };
    given(responding('yellow').until(at))
      .when(note(apart), at)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift' } });
  });

  test('farther than the consultation lead it is an outlook', () => {
    const later = air(IN_FORCE, {
      processes: [
        {
          level: 'red',
          from: IN_FORCE,
          to: T0 + 9 * DAY,
          parts: [
            { level: 'yellow', from: IN_FORCE, to: T0 + 4 * DAY },
            { level: 'red', from: T0 + 5 * DAY, to: T0 + 9 * DAY },
          ],
        },
      ],
    });
    given(responding('yellow')).when(note(later), IN_FORCE).then('assessment-noted');
  });
});

describe('3.3.6 lower (R8, R12)', () => {
  test('R8, no hour ahead (another plan): what may begin at the next whole hour is asked, also milliseconds after the hour', () => {
    const plan = planWith({ lift: { aqiBelow: 150, holdHours: 36, aheadHours: 0 } });
    given(responding('orange', plan).until(AT))
      .when(better('orange', 'yellow', AT + HOUR), AT + 13)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lower', level: 'yellow' } });
    given(responding('orange', plan).until(AT))
      .when(better('orange', 'yellow', AT + 2 * HOUR), AT + 13)
      .then('assessment-noted');
  });

  const prompted = (level: LevelId, to: LevelId | null) => given(responding(level).until(AT)).when(better(level, to), AT);

  test('below its own start standard for 36 h: to the grade of what remains, by the publication procedure of that level', () => {
    const asked = prompted('red', 'orange').then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lower', level: 'orange' } });
    const held = given(asked).when(consult('lower', 'orange'), AT).story();
    const submitted = given(held)
      .when(submit('lower', 'orange'), AT)
      .then({ type: 'request-opened', evidence: { fromLevel: 'red', level: 'orange' } });
    const done = approved(submitted, AT);
    expect(
      done
        .of('approval-decided')
        .slice(-2)
        .map((e) => e.act.actor.role),
    ).toEqual(['director', 'commander']);
    expect(done.last('warning-lowered').notice.recipients).toContain('commander');
  });

  test('R12: to yellow the director alone approves; the commander is told', () => {
    const held = given(prompted('orange', 'yellow').story()).when(consult('lower', 'yellow'), AT).story();
    const asked = given(held).when(submit('lower', 'yellow'), AT).story();
    const done = given(asked)
      .when(step(), AT)
      .then({ type: 'approval-decided', last: true, act: { actor: { role: 'director' } } }, { type: 'warning-lowered', from: 'orange' });
    expect(done.last('warning-lowered').notice.recipients).toContain('commander');
    expect(done.owed(AT).some((o) => o.kind === 'prefecture-filing' && o.ref === done.last('warning-lowered').notice.id)).toBe(true);
  });

  test("R12, other value: the current level's chain; nobody told where the plan lists no level", () => {
    const plan = planWith({ lowerChain: 'current-level', tellCommanderWhenLoweredFrom: [] });
    const prompt = given(responding('orange', plan).until(AT)).when(better('orange', 'yellow'), AT).story();
    const held = given(prompt).when(consult('lower', 'yellow'), AT).story();
    const reviewed = given(given(held).when(submit('lower', 'yellow'), AT).story())
      .when(step(), AT)
      .then({ type: 'approval-decided', last: false });
    const done = given(reviewed)
      .when(step(), AT)
      .then({ type: 'approval-decided', act: { actor: { role: 'commander' } } }, 'warning-lowered');
    expect(done.last('warning-lowered').notice.recipients).not.toContain('commander');
  });

  test('not while its own standard still holds, not below what remains forecast, not upwards', () => {
    const held = given(responding('red').until(AT)).when(consult('lower', 'yellow'), AT).story();
    given(held).when(submit('lower', 'yellow'), AT).refused('lower-condition-not-met', '3.3.6');
    const tooLow = given(prompted('red', 'orange').story()).when(consult('lower', 'yellow'), AT).story();
    given(tooLow).when(submit('lower', 'yellow'), AT).refused('lower-condition-not-met');
    const soon = given(responding('red').until(AT))
      .when(note(air(AT, { lower: [{ from: 'red', to: 'orange', at: AT + 10 * HOUR }] })), AT)
      .story();
    const early = given(soon).when(consult('lower', 'orange'), AT).story();
    given(early)
      .when(submit('lower', 'orange', { effectiveAtMs: AT + 9 * HOUR }), AT)
      .refused('lower-condition-not-met');
    given(early)
      .when(submit('lower', 'orange'), AT)
      .then({ type: 'request-opened', evidence: { effectiveAtMs: AT + 10 * HOUR } });
    const up = given(responding('yellow').until(AT)).when(consult('lower', 'orange'), AT).story();
    given(up).when(submit('lower', 'orange'), AT).refused('not-lower');
  });

  test('R8: no level remains but the air is not below 150: the lowest level is asked for, no lift', () => {
    prompted('red', null).then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lower', level: 'yellow' } });
    prompted('yellow', null).then('assessment-noted');
  });

  describe('R29: a forecast that takes the ground away changes the basis of the request', () => {
    const SOON = AT + 20 * MINUTE;
    const asked = (to: LevelId | null = 'yellow', effectiveAtMs: number | null = null, plan = planWith()) => {
      const prompt = given(responding('orange', plan).until(AT)).when(better('orange', to), AT).story();
      const held = given(prompt).when(consult('lower', 'yellow'), AT).story();
      return given(held).when(submit('lower', 'yellow', { effectiveAtMs }), AT).story();
    };
    const again = (sky: Parameters<typeof air>[1]) => note(air(SOON, { processes: [{ level: 'orange', from: IN_FORCE, to: T0 + 6 * DAY }], ...sky }));

    test('it may not be lowered at all any more: nobody signs it, and no consultation renews it', () => {
      const changed = given(asked())
        .when(again({ lower: [] }), SOON)
        .then('assessment-noted', { type: 'request-basis-changed', clause: '3.2', was: 'yellow', is: 'orange' });
      given(changed).when(step(), SOON).refused('basis-changed', '3.2');
      const held = given(changed)
        .when(consult('lower', 'yellow'), SOON)
        .then('consultation-recorded');
      given(held).when(step(), SOON).refused('basis-changed', '3.2');
    });

    test('nothing remained, and now it may not be lowered: null is not null', () => {
      given(asked(null))
        .when(again({ lower: [] }), SOON)
        .then('assessment-noted', { type: 'request-basis-changed', was: null, is: 'orange' });
      given(asked(null))
        .when(again({ lower: [{ from: 'orange', to: null, at: AT + HOUR }] }), SOON)
        .then('assessment-noted');
    });

    test('only later than asked: it is renewed for the hour from which one may', () => {
      const later = again({ lower: [{ from: 'orange', to: 'yellow', at: AT + 9 * HOUR }] });
      given(asked('yellow', AT + 10 * HOUR))
        .when(later, SOON)
        .then('assessment-noted');
      const changed = given(asked('yellow', AT + 4 * HOUR))
        .when(later, SOON)
        .then('assessment-noted', { type: 'request-basis-changed', was: 'yellow', is: 'orange' });
      given(changed)
        .when(consult('lower', 'yellow'), SOON)
        .then('consultation-recorded', { type: 'request-renewed', evidence: { gradedLevel: 'yellow', effectiveAtMs: AT + 9 * HOUR } });
    });

    test('rules version 1 took "not at all" for "nothing remains"', () => {
      given(underFirstRules(asked(null)))
        .when(again({ lower: [] }), SOON)
        .then('assessment-noted');
      given(underFirstRules(asked('yellow', AT + 4 * HOUR)))
        .when(again({ lower: [{ from: 'orange', to: 'yellow', at: AT + 9 * HOUR }] }), SOON)
        .then('assessment-noted');
    });
  });

  test('lifting comes before lowering', () => {
    given(responding('red').until(AT))
      .when(note(clear(AT)), AT)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift', level: null } });
  });
});

describe('a warning that has not begun yet (R7)', () => {
  test('clean air before its process takes nothing back', () => {
    const sky = { processes: [{ level: 'orange', from: IN_FORCE + 20 * HOUR, to: T0 + 5 * DAY }], lift: { from: T0 + 4 * HOUR, hours: 40 } };
    given(published('orange'))
      .when(note(air(T0 + 4 * HOUR, sky)), T0 + 4 * HOUR)
      .then('assessment-noted');
    given(published('orange'))
      .when(note(clear(T0 + 4 * HOUR)), T0 + 4 * HOUR)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift' } });
  });
});

describe('4.1, 4.2 the response', () => {
  test.each([
    ['yellow', 'III'],
    ['orange', 'II'],
    ['red', 'I'],
  ])('%s starts response %s with its warning, by itself, at its time', (level, response) => {
    const story = published(level);
    expect(story.of('response-began')).toEqual([]);
    const begun = story.until(IN_FORCE);
    expect(begun.last('response-began')).toMatchObject({ atMs: IN_FORCE, clause: '4.2', level, responseLevel: level });
    expect(story.plan.levels.find((l) => l.id === level)?.response.id).toBe(response);
  });

  test('4.5: it ends with the lift, by itself', () => {
    const story = liftIssued();
    expect(story.state.phase).toBe('responding');
    expect(story.until(D0 + 3 * DAY + 12 * HOUR).last('response-ended')).toMatchObject({
      clause: '4.5',
      effectiveAtMs: D0 + 3 * DAY + 12 * HOUR,
      observedAqi: null,
    });
  });

  test('R21: its own level, with the warning as its floor', () => {
    const adjust =
      (level: string, role: 'commander' | 'technical' = 'commander') =>
      (_: Story, at: number) => ({ type: 'adjust-response' as const, responseLevel: level, reason: '加严', act: act(role, at) });
    given(responding('orange')).when(adjust('yellow'), AT).refused('below-floor', '4.1');
    given(responding('orange')).when(adjust('red', 'technical'), AT).refused('not-your-role');
    given(responding('orange')).when(adjust('violet'), AT).refused('invalid');
    const strict = given(responding('orange')).when(adjust('red'), AT).story();
    expect(strict.last('response-adjusted')).toMatchObject({ responseLevel: 'red' });
    expect(strict.state.levels.at(-1)).toMatchObject({ level: 'orange', responseLevel: 'red' });
    given(responding('orange', planWith({ responseMayExceedWarning: false })))
      .when(adjust('red'), AT)
      .refused('invalid', '4.1');
  });
});

describe('R21: the response is adjusted from now on (4.2)', () => {
  const AT_HOUR = IN_FORCE + 6 * HOUR;
  const strict = (at = AT_HOUR, story = responding('orange')) =>
    given(story.until(at))
      .when(() => ({ type: 'adjust-response', responseLevel: 'red', reason: '加严', act: act('commander', at) }), at)
      .then('response-adjusted');
  const measures = (story: Story, at: number) => measuresInForce(KUITUN, story.state, at).filter((m) => m.measure.level === 'red').length;

  test('what was in force before stays as it was; no second beginning is told', () => {
    const story = strict();
    expect(story.state.levels).toMatchObject([
      { level: 'orange', responseLevel: 'orange', fromMs: IN_FORCE, begun: true },
      { level: 'orange', responseLevel: 'red', fromMs: AT_HOUR, begun: true },
    ]);
    expect([measures(story, AT_HOUR - 1), measures(story, AT_HOUR)]).toEqual([0, expect.any(Number)]);
    expect(measures(story, AT_HOUR)).toBeGreaterThan(0);
    expect(story.until(AT_HOUR + HOUR).of('response-began')).toHaveLength(1);
  });

  test('a level announced for later keeps its own; the floor is that of the level in force', () => {
    const down = order('O1', 'lower', { receivedAtMs: IN_FORCE, level: 'yellow', effectiveAtMs: IN_FORCE + DAY });
    const lowered = given(responding('orange')).when(receive(down), IN_FORCE).story();
    expect(strict(AT_HOUR, lowered).state.levels.map((s) => s.responseLevel)).toEqual(['orange', 'red', 'yellow']);
    const lenient = (_: Story, at: number) => ({ type: 'adjust-response' as const, responseLevel: 'yellow', reason: '放宽', act: act('commander', at) });
    given(lowered).when(lenient, AT_HOUR).refused('below-floor', '4.1');
    given(lowered.until(IN_FORCE + DAY)).when(lenient, IN_FORCE + DAY).then('response-adjusted');
  });

  test('before it begins, the response to come', () => {
    expect(strict(T0 + 4 * HOUR, published('orange')).state.levels).toMatchObject([{ responseLevel: 'red', fromMs: IN_FORCE }]);
  });

  test('rules version 1 adjusted the level last decided on, from its beginning', () => {
    expect(strict(AT_HOUR, underFirstRules(responding('orange'))).state.levels).toMatchObject([{ responseLevel: 'red', fromMs: IN_FORCE }]);
  });
});

test('a superior order and a process are one episode: what is open in an area takes it in', () => {
  const story = given(responding('yellow'))
    .when(receive(order('O1', 'raise', { receivedAtMs: IN_FORCE, level: 'red', effectiveAtMs: IN_FORCE + HOUR })), IN_FORCE)
    .story();
  given(story)
    .when(note(smog(IN_FORCE + HOUR, 'orange', IN_FORCE, T0 + 5 * DAY)), IN_FORCE + 2 * HOUR)
    .story();
  expect(story.state.levels.map((l) => l.level)).toEqual(['yellow', 'red']);
});
