import { describe, expect, test } from '@jest/globals';
import {
  act,
  air,
  by,
  clear,
  CLEAR,
  consult,
  DAY,
  EXAMPLE_CITY,
  given,
  HOUR,
  LIFT,
  liftIssued,
  MINUTE,
  note,
  planWith,
  reporting,
  responding,
  smog,
  step,
  submit,
  T0,
  type Story,
  underFirstRules,
} from '../../support/episode.js';

const cleared = (hours = 168, plan = planWith()) => {
  const sky = note(air(CLEAR, { lift: { from: CLEAR, hours }, aqi: 80 }));
  return given(given(responding('orange', plan).until(CLEAR)).when(sky, CLEAR).story())
    .when(consult('lift'), CLEAR + MINUTE)
    .story();
};
const lift = (effectiveAtMs: number | null = null) => submit('lift', null, { effectiveAtMs });
const postpone = (toMs: number, reason = '有反弹') => by('management', { type: 'postpone-lift', toMs, reason });
const rescind = by('management', { type: 'rescind-lift', reason: '污染反弹' });

describe('3.3.6 lift (R8, R9, R13)', () => {
  test('annex 1: the technical group proposes, the management group issues, nobody approves', () => {
    const asked = given(responding().until(CLEAR))
      .when(note(clear(CLEAR)), CLEAR)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift' } });
    given(asked)
      .when(consult('lift', null, { act: act('management', CLEAR) }), CLEAR)
      .refused('not-your-role');
    const held = given(asked).when(consult('lift'), CLEAR).story();
    given(held)
      .when(submit('lift', null, { act: act('director', CLEAR) }), CLEAR)
      .refused('not-your-role', '附件1 二(二).5');
    const done = given(held)
      .when(lift(), CLEAR)
      .then('request-opened', {
        type: 'lift-issued',
        clause: '3.3.6',
        lift: { cause: 'local', effectiveAtMs: CLEAR + HOUR },
        notice: { action: 'lift', level: 'orange' },
      });
    expect(done.last('lift-issued').notice.recipients).toEqual(expect.arrayContaining(['zone', 'unit:education']));
    expect(done.last('lift-issued').notice.recipients).not.toContain('prefecture');
    expect(done.state.requests).toEqual([]);
  });

  test('R33: it owes the zone its instruction, the site and the acknowledgements, and no filing', () => {
    const done = given(cleared())
      .when(lift(), CLEAR + HOUR)
      .story();
    const { id } = done.last('lift-issued').notice;
    expect(
      [
        ...new Set(
          done
            .owed(CLEAR + HOUR)
            .filter((o) => o.ref === id)
            .map((o) => o.kind),
        ),
      ].sort(),
    ).toEqual(['acknowledgement', 'site-publication', 'zone-lift-instruction']);
  });

  test('not without a consultation, not without the condition', () => {
    given(responding().until(CLEAR)).when(lift(), CLEAR).refused('no-consultation');
    const unfounded = given(responding().until(CLEAR)).when(consult('lift'), CLEAR).story();
    given(unfounded).when(lift(), CLEAR).refused('lift-condition-not-met', '3.3.6');
  });

  test('R8: 36 h below 150 from the lift on: an hour too late is too late', () => {
    given(cleared(40))
      .when(lift(CLEAR + 4 * HOUR), CLEAR + 2 * MINUTE)
      .then('request-opened', 'lift-issued');
    given(cleared(40))
      .when(lift(CLEAR + 5 * HOUR), CLEAR + 2 * MINUTE)
      .refused('lift-condition-not-met');
    given(cleared(36))
      .when(lift(), CLEAR + 2 * MINUTE)
      .refused('lift-condition-not-met');
  });

  test('nobody is asked for a lift that cannot be issued any more', () => {
    given(responding().until(CLEAR + MINUTE))
      .when(note(air(CLEAR + MINUTE, { lift: { from: CLEAR, hours: 36 } })), CLEAR + MINUTE)
      .then('assessment-noted');
  });

  test('R9: issued ahead on the forecast, at most 24 h; other value 0: never ahead', () => {
    given(cleared())
      .when(lift(CLEAR + 25 * HOUR), CLEAR + 2 * MINUTE)
      .then('request-opened', 'lift-issued');
    given(cleared())
      .when(lift(CLEAR + 26 * HOUR), CLEAR + 2 * MINUTE)
      .refused('too-far-ahead', '3.3.6');
    const never = cleared(168, planWith({ lift: { aqiBelow: 150, holdHours: 36, aheadHours: 0 } }));
    given(never)
      .when(lift(CLEAR + HOUR), CLEAR + 2 * MINUTE)
      .then('request-opened', 'lift-issued');
    given(never)
      .when(lift(CLEAR + 2 * HOUR), CLEAR + 2 * MINUTE)
      .refused('too-far-ahead');
  });

  test('R8, other value: the hold time', () => {
    const short = cleared(24, planWith({ lift: { aqiBelow: 150, holdHours: 23, aheadHours: 24 } }));
    given(short)
      .when(lift(CLEAR + HOUR), CLEAR + 2 * MINUTE)
      .then('request-opened', 'lift-issued');
  });

  test('R13, other value, and a lift that the headquarters approves (another plan)', () => {
    const plan = planWith({ autoPropose: false, liftRoles: { proposes: 'management', issues: 'director' } }, EXAMPLE_CITY);
    const start = given(responding('orange', plan).until(CLEAR))
      .when(note(clear(CLEAR)), CLEAR)
      .story();
    given(start).when(consult('lift'), CLEAR).refused('not-your-role');
    const held = given(start)
      .when(consult('lift', null, { act: act('management', CLEAR) }), CLEAR)
      .story();
    const asked = given(held)
      .when(submit('lift', null, { act: act('director', CLEAR), effectiveAtMs: CLEAR + HOUR }), CLEAR)
      .then('request-opened');
    given(asked)
      .when(step(), CLEAR + MINUTE)
      .refused('same-person-twice');
    const reviewed = given(asked)
      .when(step('approve', { act: act({ ...act('director', 0).actor, accountId: 'a-deputy' }, CLEAR) }), CLEAR + MINUTE)
      .story();
    given(reviewed)
      .when(step(), CLEAR + 2 * HOUR)
      .then('approval-escalated', 'approval-escalated', 'approval-decided', { type: 'lift-issued', lift: { effectiveAtMs: CLEAR + 3 * HOUR } });
    given(asked)
      .when(note(smog(CLEAR + MINUTE, 'red', CLEAR, CLEAR + 2 * DAY)), CLEAR + MINUTE)
      .then('assessment-noted', { type: 'request-basis-changed', was: null, is: 'orange' });
  });
});

describe('R9: until it takes effect a lift may be postponed or rescinded', () => {
  test('postponed to a later time, with its reason, by the management group', () => {
    given(liftIssued())
      .when(postpone(LIFT), CLEAR + HOUR)
      .refused('invalid');
    given(liftIssued())
      .when(postpone(LIFT + DAY, ' '), CLEAR + HOUR)
      .refused('reason-required');
    given(liftIssued())
      .when(by('technical', { type: 'postpone-lift', toMs: LIFT + DAY, reason: 'x' }), CLEAR + HOUR)
      .refused('not-your-role');
    const later = given(liftIssued())
      .when(postpone(LIFT + 6 * HOUR), CLEAR + HOUR)
      .then({ type: 'lift-postponed', toMs: LIFT + 6 * HOUR, notice: { action: 'postpone', supersedes: 'N2' } });
    expect(later.until(LIFT + 5 * HOUR).state.phase).toBe('responding');
    expect(later.until(LIFT + 6 * HOUR).last('response-ended').effectiveAtMs).toBe(LIFT + 6 * HOUR);
  });

  test('rescinded: the warning goes on and the days after owe their reports', () => {
    const on = given(liftIssued())
      .when(rescind, CLEAR + HOUR)
      .then({ type: 'lift-rescinded', notice: { action: 'rescind', supersedes: 'N2' } });
    expect(on.state).toMatchObject({ phase: 'responding', lift: null });
    const days = on
      .until(LIFT + 3 * DAY)
      .owed(LIFT + 3 * DAY, 'office-daily-report')
      .map((o) => o.ref);
    expect(days).toEqual(['2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09', '2026-01-10']);
  });

  test('after it took effect it is neither', () => {
    given(reporting())
      .when(rescind, LIFT + MINUTE)
      .refused('wrong-phase');
    given(liftIssued())
      .when(postpone(LIFT + DAY), LIFT)
      .refused('wrong-phase');
  });

  test('the forecast takes it back: people are asked', () => {
    given(liftIssued())
      .when(note(clear(CLEAR + 90 * MINUTE)), CLEAR + 90 * MINUTE)
      .then('assessment-noted');
    const back = given(liftIssued())
      .when(note(air(CLEAR + 90 * MINUTE, { lift: { from: LIFT + 8 * HOUR, hours: 40 } })), CLEAR + 90 * MINUTE)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift-no-longer-held' } });
    given(back)
      .when(consult('keep'), CLEAR + 91 * MINUTE)
      .then('consultation-recorded');
  });

  test('a raise approved meanwhile takes it back; one still open when it takes effect is withdrawn', () => {
    const worse = air(CLEAR + 65 * MINUTE, { processes: [{ level: 'red', from: T0, to: CLEAR + 2 * DAY }], raise: 'red' });
    const prompted = given(liftIssued())
      .when(note(worse), CLEAR + 65 * MINUTE)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'raise' } });
    const held = given(prompted)
      .when(consult('raise', 'red'), CLEAR + 66 * MINUTE)
      .story();
    const asked = given(held)
      .when(submit('raise', 'red'), CLEAR + 67 * MINUTE)
      .story();
    const reviewed = given(asked)
      .when(step(), CLEAR + 70 * MINUTE)
      .story();
    given(reviewed)
      .when(step(), CLEAR + 71 * MINUTE)
      .then('approval-decided', 'lift-rescinded', 'warning-raised');
    const ended: Story = asked.until(LIFT);
    expect(ended.last('request-withdrawn')).toMatchObject({ reason: 'response-ended' });
    expect(ended.state).toMatchObject({ phase: 'reporting', requests: [] });
  });

  test('no lowering, and no second lift, while one is pending', () => {
    const held = given(liftIssued())
      .when(consult('lower', 'yellow'), CLEAR + HOUR)
      .story();
    given(held)
      .when(submit('lower', 'yellow'), CLEAR + HOUR)
      .refused('already-done');
  });

  describe('the observation at its hour is on record, held against the lift line (R8)', () => {
    const until = (observedUntil: number, aqi: number, told = LIFT - 5 * MINUTE) => {
      const sky = air(told, { aqi: 40, lift: { from: LIFT, hours: 60 }, observed: { until: observedUntil, aqi } });
      return given(liftIssued().until(told)).when(note(sky), told).story();
    };

    test.each([
      [149, true],
      [150, false],
      [152, false],
    ])('AQI %d of the hour before: below the line is %s', (aqi, belowLine) => {
      expect(until(LIFT - HOUR, aqi).until(LIFT).last('response-ended')).toMatchObject({ observedAqi: aqi, observedAtMs: LIFT - HOUR, belowLine });
    });

    test('an hour that came late may be two hours old; an older one tells nothing, nor does none', () => {
      expect(until(LIFT - 2 * HOUR, 90).until(LIFT).last('response-ended')).toMatchObject({ observedAqi: 90 });
      const nothing = { observedAqi: null, observedAtMs: null, belowLine: null };
      expect(until(LIFT - 3 * HOUR, 90).until(LIFT).last('response-ended')).toMatchObject(nothing);
      expect(liftIssued().until(LIFT).last('response-ended')).toMatchObject(nothing);
    });

    test('rules version 1 took the last value told, however old', () => {
      const old = underFirstRules(until(CLEAR, 90, CLEAR + HOUR)).until(LIFT).last('response-ended');
      expect(old).toMatchObject({ observedAqi: 40 });
      expect(old).not.toHaveProperty('observedAtMs');
    });
  });
});
