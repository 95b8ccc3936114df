import { describe, expect, test } from '@jest/globals';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { episodeNumber, opensEpisode } from '../../../domain/watch.js';
import {
  act,
  air,
  by,
  clear,
  consult,
  consulting,
  D0,
  DAY,
  given,
  HOUR,
  MINUTE,
  note,
  opened,
  order,
  planWith,
  receive,
  responding,
  smog,
  step,
  Story,
  submit,
  T0,
  underFirstRules,
  WAKE,
} from '../../support/episode.js';

describe('what opens an episode (3.2, 3.3.3; R28)', () => {
  test('a process of any level, or a superior order that demands one; a clear sky or a lift does not', () => {
    expect(opensEpisode(note(smog(T0, 'yellow', T0 + 5 * DAY, T0 + 6 * DAY)))).toBe(true);
    expect(opensEpisode(note(clear(T0)))).toBe(false);
    expect(['start', 'raise', 'lower', 'lift'].map((kind) => opensEpisode(receive(order('O', kind as 'start', { receivedAtMs: T0 }))))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('R3, R27: a basic condition that only a person can judge', () => {
    expect(opensEpisode(note(air(T0, { unknown: true })))).toBe(true);
    const story = opened(note(air(T0, { unknown: true })), T0);
    expect(story.state).toMatchObject({ phase: 'consulting', prompt: { reason: 'basic-condition-unknown', level: null } });
    const held = given(story)
      .when(consult('publish', 'yellow'), T0 + HOUR)
      .story();
    given(held)
      .when(submit('publish', 'yellow'), T0 + HOUR)
      .then({ type: 'request-opened', evidence: { level: 'yellow', gradedLevel: null, clause: '3.3.2(1)' } });
  });

  test('numbers: the prefix, the year, the count; a drill says so (8.3)', () => {
    expect([episodeNumber('KT', '2026', 3, false), episodeNumber('KT', '2026', 12, true)]).toEqual(['KT-2026-003', 'KT-D2026-012']);
  });
});

describe('3.3.1 hours that are missing (R27): nothing fires by itself, a person is asked', () => {
  const gap = (at: number, nearLevel = false, since = at) => note(air(at, { observed: { until: at, missingSince: since, nearLevel } }));
  const asked = { type: 'consultation-prompted', clause: '3.3.1', prompt: { reason: 'hours-missing', level: null } } as const;
  const AT = T0 + 2 * DAY;

  test('after air above the lowest line they open an episode; after clean air they concern nobody', () => {
    expect(opensEpisode(gap(T0, true))).toBe(true);
    expect(opensEpisode(gap(T0))).toBe(false);
    const story = opened(gap(T0, true), T0);
    expect(story.state).toMatchObject({ phase: 'consulting', prompt: { reason: 'hours-missing' } });
    given(story)
      .when(note(clear(T0 + HOUR)), T0 + HOUR)
      .then('assessment-noted', { type: 'episode-closed', reason: 'outlook-gone' });
  });

  test('during a response they are asked about, once while they last', () => {
    const prompted = given(responding().until(AT)).when(gap(AT), AT).then('assessment-noted', asked);
    const still = given(prompted)
      .when(gap(AT + HOUR, false, AT), AT + HOUR)
      .then('assessment-noted');
    const held = given(still)
      .when(consult('keep'), AT + HOUR)
      .then('consultation-recorded');
    const quiet = given(held.until(AT + 2 * DAY))
      .when(gap(AT + 2 * DAY, false, AT), AT + 2 * DAY)
      .then('assessment-noted');
    given(quiet)
      .when(gap(AT + 3 * DAY), AT + 3 * DAY)
      .then('assessment-noted', asked);
    given(prompted)
      .when(note(air(AT + HOUR, { observed: { until: AT + HOUR, aqi: 180 } })), AT + HOUR)
      .then('assessment-noted', 'prompt-cleared');
  });

  test('what the air does ask comes first; rules version 1 asked nobody', () => {
    const raise = note(air(AT, { raise: 'red', observed: { until: AT, missingSince: AT } }));
    given(responding().until(AT)).when(raise, AT).then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'raise' } });
    given(underFirstRules(responding().until(AT))).when(gap(AT), AT).then('assessment-noted');
  });
});

describe('3.2 consultation is prompted from 48 h before the run (R28)', () => {
  const far = () => opened(note(smog(T0, 'orange', T0 + 100 * HOUR, T0 + 170 * HOUR)), T0);

  test('a process 100 h ahead is an outlook; at 48 h before it people are asked', () => {
    expect(far().state).toMatchObject({ phase: 'consulting', prompt: null });
    const asked = far().until(T0 + 52 * HOUR);
    expect(asked.last('consultation-prompted')).toMatchObject({ atMs: T0 + 52 * HOUR, clause: '3.3.2', prompt: { reason: 'start', level: 'orange' } });
    expect(far().until(T0 + 52 * HOUR - 1).state.prompt).toBeNull();
  });

  test('the hours are a setting', () => {
    expect(opened(note(smog(T0, 'orange', T0 + 60 * HOUR, T0 + 170 * HOUR)), T0, planWith({ consultLeadHours: 72 })).state.prompt).toMatchObject({
      reason: 'start',
    });
  });

  test('a consultation before the 48 h have come does not answer the question that is still to be asked', () => {
    const held = given(far())
      .when(consult('keep'), T0 + HOUR)
      .story();
    expect(held.until(T0 + 52 * HOUR).state.prompt).toMatchObject({ reason: 'start' });
  });

  test('asked once: the same answer is not asked for again on the same day, another level is, the next day it is', () => {
    const held = given(consulting('orange'))
      .when(consult('keep'), T0 + HOUR)
      .story();
    given(held)
      .when(note(smog(T0 + 2 * HOUR, 'orange', T0 + DAY, T0 + 5 * DAY)), T0 + 2 * HOUR)
      .then('assessment-noted');
    given(held)
      .when(note(smog(T0 + 2 * HOUR, 'red', T0 + DAY, T0 + 5 * DAY)), T0 + 2 * HOUR)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { level: 'red' } });
    given(held.until(T0 + 20 * HOUR))
      .when(note(smog(T0 + 20 * HOUR, 'orange', T0 + DAY, T0 + 5 * DAY)), T0 + 20 * HOUR)
      .then('assessment-noted', 'consultation-prompted');
    expect(held.until(T0 + 3 * DAY).of('consultation-prompted')).toHaveLength(1);
  });

  test('annex 1 二(一).1: the technical group holds it, and concludes with a level where one is meant', () => {
    given(consulting())
      .when(consult('publish', 'orange', { act: act('management', T0) }), T0)
      .refused('not-your-role', '附件1 二(一).1');
    given(consulting()).when(consult('publish'), T0).refused('invalid', '3.3.2');
    given(consulting()).when(consult('publish', 'violet'), T0).refused('invalid', '3.3.2');
    given(consulting()).when(consult('keep', 'red'), T0).refused('invalid');
  });
});

describe('3.3.3, annex 1: the request needs the consultation and its submission (R28)', () => {
  test('without a consultation, with another conclusion or another level there is none', () => {
    given(consulting())
      .when(submit('publish', 'orange'), T0 + HOUR)
      .refused('no-consultation', '3.2');
    const keep = given(consulting())
      .when(consult('keep'), T0 + HOUR)
      .story();
    given(keep)
      .when(submit('publish', 'orange'), T0 + HOUR)
      .refused('no-consultation');
    const held = given(consulting())
      .when(consult('publish', 'orange'), T0 + HOUR)
      .story();
    given(held)
      .when(submit('publish', 'red'), T0 + HOUR)
      .refused('no-consultation', '3.3.3');
    given(held)
      .when(submit('publish', 'orange', { act: act('technical', T0) }), T0 + HOUR)
      .refused('not-your-role');
  });

  test('annex 1 二(二).5: the management group submits it; it takes effect with the run (R7)', () => {
    const held = given(consulting('orange'))
      .when(consult('publish', 'orange'), T0 + HOUR)
      .story();
    const asked = given(held)
      .when(submit('publish', 'orange'), T0 + HOUR)
      .then({ type: 'request-opened', clause: '3.3.2', evidence: { effectiveAtMs: T0 + DAY, expectedEndMs: T0 + 5 * DAY, primaryPollutants: ['PM2.5'] } });
    expect(asked.state.phase).toBe('awaiting-approval');
    given(asked)
      .when(submit('publish', 'orange'), T0 + 2 * HOUR)
      .refused('request-open');
  });

  test('R7: a run that has begun takes effect at the next whole hour, never before it is decided', () => {
    const running = opened(note(smog(T0 + 25 * MINUTE, 'red', T0 - 5 * HOUR, T0 + 5 * DAY)), T0 + 25 * MINUTE);
    const held = given(running)
      .when(consult('publish', 'red'), T0 + 30 * MINUTE)
      .story();
    given(held)
      .when(submit('publish', 'red', { effectiveAtMs: T0 }), T0 + 30 * MINUTE)
      .refused('retroactive', '3.3.4');
    given(held)
      .when(submit('publish', 'red'), T0 + 30 * MINUTE)
      .then({ type: 'request-opened', evidence: { effectiveAtMs: T0 + HOUR } });
  });

  test('R7, other value: from the next whole hour, whenever the run begins', () => {
    const held = given(consulting('orange', planWith({ effectiveAt: 'next-hour' })))
      .when(consult('publish', 'orange'), T0 + HOUR)
      .story();
    given(held)
      .when(submit('publish', 'orange'), T0 + HOUR + MINUTE)
      .then({ type: 'request-opened', evidence: { effectiveAtMs: T0 + 2 * HOUR } });
  });

  test('R7: approved after the time that was asked for, it takes effect at the next whole hour', () => {
    const held = given(consulting('yellow'))
      .when(consult('publish', 'yellow'), T0 + HOUR)
      .story();
    const asked = given(held)
      .when(submit('publish', 'yellow', { effectiveAtMs: T0 + 2 * HOUR }), T0 + HOUR)
      .story();
    given(asked)
      .when(step(), T0 + 4 * HOUR + 10 * MINUTE)
      .then('approval-escalated', 'approval-escalated', 'approval-escalated', 'approval-decided', {
        type: 'warning-published',
        notice: { effectiveAtMs: T0 + 5 * HOUR },
      });
  });

  test('R28, other value: with autoPropose a graded forecast stands for both; a person still decides', () => {
    const story = opened(note(smog(T0, 'orange', T0 + DAY, T0 + 3 * DAY)), T0, planWith({ autoPropose: true }));
    expect(story.events.map((e) => e.type)).toEqual(['episode-opened', 'assessment-noted', 'consultation-prompted', 'request-opened']);
    expect(story.state).toMatchObject({
      phase: 'awaiting-approval',
      requests: [{ submittedBy: { accountId: 'system' }, evidence: { level: 'orange', consultationId: null } }],
    });
    const refused = given(story)
      .when(step('refuse'), T0 + MINUTE)
      .then('approval-decided');
    given(refused)
      .when(note(smog(T0 + HOUR, 'orange', T0 + DAY, T0 + 3 * DAY)), T0 + HOUR)
      .then('assessment-noted');
    given(refused)
      .when(note(smog(T0 + HOUR, 'red', T0 + DAY, T0 + 3 * DAY)), T0 + HOUR)
      .then('assessment-noted', 'consultation-prompted', 'request-opened');
    expect(opened(note(air(T0, { unknown: true })), T0, planWith({ autoPropose: true })).state.requests).toEqual([]);
  });

  test('R34: with autoPropose a raise too', () => {
    const { state, events } = responding('orange').until(T0 + 2 * DAY);
    const worse = air(T0 + 2 * DAY, { processes: [{ level: 'red', from: T0 + DAY, to: T0 + 5 * DAY }], raise: 'red' });
    given(new Story(planWith({ autoPropose: true }), state, events))
      .when(note(worse), T0 + 2 * DAY)
      .then('assessment-noted', 'consultation-prompted', { type: 'request-opened', evidence: { action: 'raise', level: 'red' } });
  });
});

describe('R29: the forecast changes', () => {
  const asked = () => {
    const held = given(consulting('orange'))
      .when(consult('publish', 'orange'), T0 + HOUR)
      .story();
    return given(held)
      .when(submit('publish', 'orange'), T0 + HOUR)
      .story();
  };
  const red = (at: number) => note(smog(at, 'red', T0 + DAY, T0 + 5 * DAY));

  test('a request is marked and waits for a new consultation, which asks every step again', () => {
    const reviewed = given(asked())
      .when(step(), T0 + 2 * HOUR)
      .story();
    const digest = reviewed.request().evidenceDigest;
    const changed = given(reviewed)
      .when(red(T0 + 3 * HOUR), T0 + 3 * HOUR)
      .then('approval-escalated', 'approval-escalated', 'assessment-noted', { type: 'request-basis-changed', was: 'orange', is: 'red' });
    given(changed)
      .when(step(), T0 + 3 * HOUR)
      .refused('basis-changed', '3.2');
    const renewed = given(changed)
      .when(consult('publish', 'red'), T0 + 3 * HOUR)
      .then('consultation-recorded', { type: 'request-renewed', evidence: { level: 'red', gradedLevel: 'red' } });
    expect(renewed.request()).toMatchObject({ decisions: [], basisChangedAtMs: null });
    given(renewed)
      .when(step('approve', { evidenceDigest: digest }), T0 + 3 * HOUR)
      .refused('evidence-changed');
    given(renewed)
      .when(step(), T0 + 3 * HOUR)
      .then({ type: 'approval-decided', step: 0, last: false });
  });

  test('the same level again changes nothing, and a consultation that says the same takes no signature back', () => {
    const reviewed = given(asked())
      .when(step(), T0 + 80 * MINUTE)
      .story();
    const same = given(reviewed)
      .when(note(smog(T0 + 85 * MINUTE, 'orange', T0 + DAY, T0 + 4 * DAY)), T0 + 85 * MINUTE)
      .then('assessment-noted');
    const again = given(same)
      .when(consult('publish', 'orange'), T0 + 86 * MINUTE)
      .then('consultation-recorded');
    expect(again.request().decisions).toHaveLength(1);
  });

  test('a person takes it back', () => {
    given(asked())
      .when(by('technical', { type: 'withdraw-request', requestId: 'R1', reason: '形势好转' }), T0 + HOUR)
      .refused('not-your-role');
    given(asked())
      .when(by('management', { type: 'withdraw-request', requestId: 'R1', reason: ' ' }), T0 + HOUR)
      .refused('reason-required');
    const back = given(asked())
      .when(by('management', { type: 'withdraw-request', requestId: 'R1', reason: '形势好转' }), T0 + HOUR)
      .then('request-withdrawn');
    expect(back.state.phase).toBe('consulting');
  });

  test('an outlook that has gone before any request ends the episode by itself, with its reason', () => {
    const ended = given(consulting())
      .when(note(clear(T0 + DAY)), T0 + DAY)
      .then('assessment-noted', { type: 'episode-closed', ending: 'withdrawn', reason: 'outlook-gone', act: null });
    expect(ended.state).toMatchObject({ phase: 'closed', ending: 'withdrawn' });
    expect(nextWakeUp(ended.plan, ended.state)).toBeNull();
    given(ended)
      .when(WAKE, T0 + 9 * DAY)
      .then();
    given(ended)
      .when(consult('keep'), T0 + 2 * DAY)
      .refused('wrong-phase');
  });

  test('1.4, R17: a sandstorm flagged over its whole run makes the plan not applicable; version 1 called that withdrawn', () => {
    const dust = (span: { fromMs: number; toMs: number }) => note({ ...clear(T0 + HOUR), basis: { ...clear(T0 + HOUR).basis, dustSpans: [span] } });
    const storm = dust({ fromMs: T0 + DAY, toMs: T0 + 5 * DAY });
    const ended = given(consulting())
      .when(storm, T0 + HOUR)
      .then('assessment-noted', { type: 'episode-closed', clause: '1.4', ending: 'not-applicable', reason: 'sand-dust', act: null });
    expect(ended.state).toMatchObject({ phase: 'closed', ending: 'not-applicable' });
    given(underFirstRules(consulting()))
      .when(storm, T0 + HOUR)
      .then('assessment-noted', { type: 'episode-closed', ending: 'withdrawn', reason: 'outlook-gone' });
    // Dust of another time has not taken it away.
    given(consulting())
      .when(dust({ fromMs: T0 - 3 * DAY, toMs: T0 - DAY }), T0 + HOUR)
      .then('assessment-noted', { type: 'episode-closed', ending: 'withdrawn', reason: 'outlook-gone' });
  });

  test('other value: it stays until a person ends it', () => {
    const story = consulting('orange', planWith({ withdrawWhenOutlookGone: false }));
    const still = given(story)
      .when(note(clear(T0 + HOUR)), T0 + HOUR)
      .then('assessment-noted', 'prompt-cleared');
    expect(still.state.phase).toBe('consulting');
    given(still)
      .when(by('management', { type: 'withdraw-episode', reason: '趋势消失' }), T0 + 2 * HOUR)
      .then({ type: 'episode-closed', ending: 'withdrawn' });
  });

  test('with a request behind it an episode is not withdrawn by itself', () => {
    const refused = given(asked())
      .when(step('refuse'), T0 + HOUR)
      .story();
    const still = given(refused)
      .when(note(clear(T0 + 2 * HOUR)), T0 + 2 * HOUR)
      .then('assessment-noted');
    expect(still.state.phase).toBe('consulting');
  });
});

describe('R36 how often to consult (3.2)', () => {
  test('every natural day an episode is open, by 18:00; the day it opens too', () => {
    const story = responding().until(D0 + 2 * DAY);
    expect(story.owed(D0 + 2 * DAY - 1, 'consultation').map((o) => [o.ref, o.targetAtMs, o.dueAtMs])).toEqual([
      ['2026-01-05', D0 + 18 * HOUR, null],
      ['2026-01-06', D0 + DAY + 18 * HOUR, null],
    ]);
  });

  test('a consultation fulfils its day; the next day owes its own', () => {
    const held = given(consulting())
      .when(consult('keep'), T0 + HOUR)
      .story()
      .until(D0 + 3 * DAY);
    const told = held
      .of('deadlines-settled')
      .flatMap((e) => e.groups)
      .filter((g) => g.groupId.startsWith('consultation:') && g.moment === 'target');
    expect(told.map((g) => g.groupId)).toEqual(['consultation:2026-01-06', 'consultation:2026-01-07']);
  });

  test('an episode that began after 18:00 owes none for that day, nor does one lifted before', () => {
    const late = opened(note(smog(D0 + 19 * HOUR, 'red', D0 + DAY, D0 + 4 * DAY)), D0 + 19 * HOUR);
    expect(late.owed(D0 + DAY - 1, 'consultation')).toEqual([]);
  });

  describe('other value: every 8 h, as a superior asks', () => {
    const plan = planWith({ consultEvery: { everyHours: 8 } });

    test('each period of the day owes its own, by its end; the one it opens in too', () => {
      expect(responding('orange', plan).until(D0 + 2 * DAY).owed(D0 + DAY + 9 * HOUR, 'consultation').map((o) => [o.ref, o.opensAtMs, o.targetAtMs])).toEqual([
        ['2026-01-05.08', T0, D0 + 16 * HOUR],
        ['2026-01-05.16', D0 + 16 * HOUR, D0 + DAY],
        ['2026-01-06.00', D0 + DAY, D0 + DAY + 8 * HOUR],
        ['2026-01-06.08', D0 + DAY + 8 * HOUR, D0 + DAY + 16 * HOUR],
      ]);
    });

    test('a consultation fulfils its period; nothing else is owed by periods', () => {
      const held = given(consulting('orange', plan))
        .when(consult('keep'), T0 + HOUR)
        .then({ type: 'consultation-recorded', period: '2026-01-05.08' });
      const missed = held
        .until(D0 + DAY + HOUR)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .filter((g) => g.moment === 'target' && g.groupId.startsWith('consultation:'));
      expect(missed.map((g) => g.groupId)).toEqual(['consultation:2026-01-05.16']);
    });

    test('an unanswered question is asked again in the next period, not in this one', () => {
      const kept = given(consulting('orange', plan)).when(consult('keep'), T0 + HOUR).story();
      const again = (at: number) => note(smog(at, 'orange', T0 + DAY, T0 + 5 * DAY));
      given(kept).when(again(T0 + 2 * HOUR), T0 + 2 * HOUR).then('assessment-noted');
      given(kept.until(T0 + 7 * HOUR)).when(again(T0 + 7 * HOUR), T0 + 7 * HOUR).then('assessment-noted', 'consultation-prompted');
    });
  });

  test('other value: never', () => {
    expect(responding('orange', planWith({ consultEvery: 'never' })).owed(D0 + 2 * DAY, 'consultation')).toEqual([]);
  });
});
