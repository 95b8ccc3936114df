import { describe, expect, test } from '@jest/globals';
import type { Act } from '../../../domain/act.js';
import { escalationAtMs } from '../../../domain/episode/decide/approval.js';
import {
  act,
  awaiting,
  by,
  byPhone,
  consulting,
  consult,
  DAY,
  D0,
  given,
  HOUR,
  MINUTE,
  person,
  planWith,
  published,
  step,
  submit,
  T0,
  underFirstRules,
} from '../../support/episode.js';

const AT = T0 + 2 * HOUR + 10 * MINUTE;

describe('3.3.4 who approves', () => {
  test('yellow: the director approves', () => {
    const done = given(awaiting('yellow'))
      .when(step(), AT)
      .then({ type: 'approval-decided', clause: '3.3.4', step: 0, last: true }, { type: 'warning-published', requestId: 'R1', orderId: null });
    expect(done.state.phase).toBe('responding');
  });

  test.each(['orange', 'red'])('%s: the director reviews, the commander approves', (level) => {
    given(awaiting(level))
      .when(step('approve', { act: act('commander', AT) }), AT)
      .refused('not-your-step', '3.3.4');
    const reviewed = given(awaiting(level))
      .when(step(), AT)
      .then({ type: 'approval-decided', act: { actor: { role: 'director' } }, last: false });
    given(reviewed)
      .when(step(), AT)
      .then({ type: 'approval-decided', act: { actor: { role: 'commander' } }, last: true }, 'warning-published');
    given(reviewed)
      .when(step('approve', { act: act('director', AT) }), AT)
      .refused('not-your-step');
  });

  test('the notice goes to every unit, the zone and the prefecture, with pollutant and likely end (3.3.5)', () => {
    const { notice } = published('orange').last('warning-published');
    expect(notice.recipients).toHaveLength(27);
    expect(notice.recipients).toEqual(expect.arrayContaining(['unit:education', 'zone', 'prefecture']));
    expect(notice).toMatchObject({
      level: 'orange',
      responseLevel: 'orange',
      primaryPollutants: ['PM2.5'],
      expectedEndMs: T0 + 5 * DAY,
      effectiveAtMs: T0 + DAY,
    });
  });

  test('returned for revision, or refused, with a reason: back to consultation; it can be submitted anew', () => {
    given(awaiting())
      .when(step('return', { reason: null }), AT)
      .refused('reason-required');
    for (const decision of ['return', 'refuse'] as const) {
      const back = given(awaiting()).when(step(decision), AT).then({ type: 'approval-decided', decision, reason: '请补充依据' });
      expect(back.state).toMatchObject({ phase: 'consulting', requests: [] });
      given(back).when(submit('publish', 'orange'), AT).then({ type: 'request-opened', requestId: 'R2' });
    }
  });

  test('a step is taken once, and on what was shown', () => {
    const reviewed = given(awaiting()).when(step(), AT).story();
    given(reviewed)
      .when(step('approve', { step: 0 }), AT)
      .refused('request-closed');
    given(reviewed)
      .when(step('approve', { step: 7 }), AT)
      .refused('request-closed');
    given(reviewed)
      .when(step('approve', { evidenceDigest: 'seen-before' }), AT)
      .refused('evidence-changed', '3.3.4');
    given(reviewed)
      .when(by('commander', { type: 'decide-step', requestId: 'R9', step: 1, decision: 'approve', reason: null, evidenceDigest: '' }), AT)
      .refused('request-closed');
  });
});

describe('R14: hats, delegations, absence (2.1)', () => {
  const both = (role: 'director' | 'commander' | 'management') => person(role, 'deputy');

  test('nobody takes two steps of one chain, whatever hats they wear', () => {
    const reviewed = given(awaiting())
      .when(step('approve', { act: act(both('director'), AT) }), AT)
      .story();
    given(reviewed)
      .when(step('approve', { act: act(both('commander'), AT) }), AT)
      .refused('same-person-twice', '3.3.4');
  });

  test('nor approves what they submitted', () => {
    const held = given(consulting('yellow'))
      .when(consult('publish', 'yellow'), T0 + HOUR)
      .story();
    const asked = given(held)
      .when(submit('publish', 'yellow', { act: act(both('management'), T0) }), T0 + 2 * HOUR)
      .story();
    given(asked)
      .when(step('approve', { act: act(both('director'), AT) }), AT)
      .refused('same-person-twice');
  });

  test('other value: a plan may allow it', () => {
    const reviewed = given(awaiting('orange', planWith({ onePersonTwoSteps: true })))
      .when(step('approve', { act: act(both('director'), AT) }), AT)
      .story();
    given(reviewed)
      .when(step('approve', { act: act(both('commander'), AT) }), AT)
      .then('approval-decided', 'warning-published');
  });

  test('a delegation is named in the signature', () => {
    const deputy = person('director', 'deputy-director', { delegation: { id: 'D-7', by: 'a-director' } });
    const done = given(awaiting('yellow'))
      .when(step('approve', { act: act(deputy, AT) }), AT)
      .story();
    expect(done.last('approval-decided').act.actor).toMatchObject({ role: 'director', delegation: { id: 'D-7', by: 'a-director' } });
  });

  test('a delegate takes no step beside the delegator’s own; under the first rules only the one who signed counted', () => {
    const reviewed = given(awaiting())
      .when(step('approve', { act: act(both('director'), AT) }), AT)
      .story();
    const delegate = person('commander', 'delegate', { delegation: { id: 'D-8', by: 'a-deputy', byAccountId: both('director').accountId } });
    given(reviewed)
      .when(step('approve', { act: act(delegate, AT) }), AT)
      .refused('same-person-twice', '3.3.4');
    given(underFirstRules(reviewed))
      .when(step('approve', { act: act(delegate, AT) }), AT)
      .then('approval-decided', 'warning-published');
  });

  test('unanswered it is escalated after 30, 60 and 120 minutes, and never approves itself', () => {
    const silent = awaiting('yellow').until(T0 + 40 * DAY);
    expect(silent.of('approval-escalated').map((e) => [(e.atMs - T0 - 2 * HOUR) / MINUTE, e.count, e.tell])).toEqual([
      [30, 1, ['management']],
      [60, 2, ['management', 'director']],
      [120, 3, ['management', 'technical', 'director']],
    ]);
    expect(silent.state.phase).toBe('awaiting-approval');
  });

  test('each step has its own patience; an answered one is left alone', () => {
    const reviewed = given(awaiting('red')).when(step(), AT).story();
    expect(escalationAtMs(reviewed.plan, reviewed.request())).toBe(AT + 30 * MINUTE);
    expect(
      published('red')
        .until(T0 + DAY)
        .of('approval-escalated')
        .map((e) => [e.step, e.count]),
    ).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });
});

describe('R30: online one signs in person', () => {
  const byTheDesk = (of: Partial<Act>) => step('approve', { act: { ...act('director', AT), recordedBy: person('management', 'desk-1'), entry: 'proxy', ...of } });

  test('an approval entered online for another is refused; one entered as said by phone, before two, is not', () => {
    given(awaiting('yellow')).when(byTheDesk({ channel: 'online' }), AT).refused('not-owner', '8.6');
    given(awaiting('yellow'))
      .when(byTheDesk({ channel: 'phone', witness: person('management', 'desk-2') }), AT)
      .then({ type: 'approval-decided' }, 'warning-published');
  });

  test('under the first rules it was taken', () => {
    given(underFirstRules(awaiting('yellow'))).when(byTheDesk({ channel: 'online' }), AT).then({ type: 'approval-decided' }, 'warning-published');
  });
});

describe('R30: approved by phone', () => {
  const phoned = (of = {}) => step('approve', { act: byPhone('director', AT - 5 * MINUTE, of) });

  test('counts when two people recorded it, at the time it was said; the warning is never retroactive', () => {
    given(awaiting('yellow'))
      .when(phoned({ witness: null }), AT)
      .refused('needs-two-people', '8.6');
    given(awaiting('yellow'))
      .when(phoned({ witness: person('management', 'desk-1') }), AT)
      .refused('needs-two-people');
    given(awaiting('yellow'))
      .when(phoned({ witness: person('director') }), AT)
      .refused('needs-two-people');
    given(awaiting('yellow'))
      .when(phoned({ occurredAtMs: AT + 1 }), AT)
      .refused('invalid', '8.6');
    const done = given(awaiting('yellow'))
      .when(phoned(), AT)
      .then({ type: 'approval-decided', act: { occurredAtMs: AT - 5 * MINUTE, channel: 'phone' } }, 'warning-published');
    expect(done.state.triggers).toContainEqual(
      expect.objectContaining({ trigger: 'approved-by-phone', atMs: AT - 5 * MINUTE, knownAtMs: AT, ownerId: 'account:a-director' }),
    );
  });

  test('owes a signature by 18:00 of the next day from whoever said it, and nobody else', () => {
    const done = given(awaiting('yellow')).when(phoned(), AT).story();
    expect(done.owed(AT, 'countersignature')).toMatchObject([
      { id: 'countersignature:R1.0:account:a-director', clause: '8.6', targetAtMs: D0 + DAY + 18 * HOUR },
    ]);
    const sign = { type: 'countersign', requestId: 'R1', step: 0 } as const;
    given(done)
      .when(by(person('director', 'another'), sign), AT + HOUR)
      .refused('not-owner');
    given(done)
      .when(by('director', { ...sign, step: 1 }), AT + HOUR)
      .refused('unknown-reference');
    const signed = given(done)
      .when(by('director', sign), AT + HOUR)
      .then('approval-countersigned');
    given(signed)
      .when(by('director', sign), AT + 2 * HOUR)
      .refused('already-done');
    expect(
      signed
        .until(D0 + 3 * DAY)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .some((g) => g.groupId.startsWith('countersignature')),
    ).toBe(false);
    expect(
      done
        .until(D0 + 3 * DAY)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .filter((g) => g.groupId.startsWith('countersignature'))
        .map((g) => g.moment),
    ).toEqual(['reminder', 'target']);
  });

  test('paper and fax bring their signature with them', () => {
    const faxed = step('approve', { act: byPhone('director', AT, { channel: 'fax' }) });
    expect(given(awaiting('yellow')).when(faxed, AT).story().owed(AT, 'countersignature')).toEqual([]);
  });

  test('other value: one person is enough', () => {
    given(awaiting('yellow', planWith({ phonePeople: 1 })))
      .when(phoned({ witness: null }), AT)
      .then('approval-decided', 'warning-published');
  });
});
