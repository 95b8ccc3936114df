import { describe, expect, test } from '@jest/globals';
import {
  act,
  air,
  awaiting,
  by,
  byPhone,
  clear,
  consult,
  consulting,
  D0,
  DAY,
  evaluating,
  evaluation,
  given,
  HOUR,
  IN_FORCE,
  LIFT,
  MINUTE,
  note,
  opened,
  planWith,
  published,
  receive,
  order,
  reporting,
  responding,
  smog,
  step,
  type Story,
  submit,
  T0,
} from '../../support/episode.js';
import type { EpisodeEvent } from '../../../domain/episode/events.js';
import { evolveAll } from '../../../domain/episode/evolve.js';

const EVAL = D0 + 7 * DAY;
const closingGroups = (story: Story) =>
  story
    .of('deadlines-settled')
    .flatMap((e) => e.groups)
    .filter((g) => g.moment === 'close');

describe('the whole life, to each ending', () => {
  test('completed: evaluated and approved (5.2)', () => {
    const asked = given(evaluating())
      .when(evaluation, EVAL)
      .then({ type: 'request-opened', evidence: { action: 'evaluate', subject: 'evaluation-1' } });
    const closed = given(asked)
      .when(step(), EVAL + HOUR)
      .story();
    expect(closed.last('episode-closed')).toMatchObject({ clause: '5.2', ending: 'completed', reason: 'evaluated', act: { actor: { role: 'director' } } });
    expect(closed.events.map((e) => e.type).filter((t) => t !== 'deadlines-settled' && t !== 'approval-escalated')).toEqual([
      'episode-opened',
      'assessment-noted',
      'consultation-prompted',
      'consultation-recorded',
      'request-opened',
      'approval-decided',
      'approval-decided',
      'warning-published',
      'response-began',
      'assessment-noted',
      'consultation-prompted',
      'consultation-recorded',
      'request-opened',
      'lift-issued',
      'response-ended',
      'evaluation-opened',
      'request-opened',
      'approval-decided',
      'episode-closed',
    ]);
  });

  test('withdrawn before any warning, by the management group with its reason', () => {
    const words = { type: 'withdraw-episode', reason: '预报失误' } as const;
    given(consulting())
      .when(by('technical', words), T0 + HOUR)
      .refused('not-your-role');
    given(consulting())
      .when(by('management', { ...words, reason: '' }), T0 + HOUR)
      .refused('reason-required');
    given(responding()).when(by('management', words), IN_FORCE).refused('wrong-phase', '3.3.6');
    const closed = given(awaiting())
      .when(by('management', words), T0 + 3 * HOUR)
      .then(
        'approval-escalated',
        'approval-escalated',
        { type: 'request-withdrawn', reason: 'episode-closed' },
        { type: 'episode-closed', ending: 'withdrawn' },
      );
    expect(closed.state).toMatchObject({ phase: 'closed', ending: 'withdrawn', requests: [] });
  });

  test('what an order demanded for a later time begins no more once the episode is closed', () => {
    const ordered = given(consulting())
      .when(receive(order('O1', 'lift', { receivedAtMs: T0, effectiveAtMs: T0 + 2 * HOUR })), T0)
      .story();
    const closed = given(ordered)
      .when(by('management', { type: 'withdraw-episode', reason: '误报' }), T0 + HOUR)
      .story();
    expect(closed.state.phase).toBe('closed');
    given(closed)
      .when(note(clear(T0 + 3 * HOUR)), T0 + 3 * HOUR)
      .then();
  });

  test('1.4, R17: not applicable: sand-dust on record, only before publication', () => {
    const words = { type: 'declare-not-applicable', reason: 'PM10 为首要污染物，沙尘输入' } as const;
    given(consulting())
      .when(by('technical', words), T0 + HOUR)
      .refused('not-sand-dust', '1.4');
    const dusty = air(T0 + HOUR, { processes: [{ level: 'yellow', from: T0 + DAY, to: T0 + 3 * DAY }], dust: [{ fromMs: T0, toMs: T0 + DAY }] });
    const flagged = given(consulting())
      .when(note(dusty), T0 + HOUR)
      .story();
    given(flagged)
      .when(by('unit', words), T0 + HOUR)
      .refused('not-your-role');
    given(flagged)
      .when(by('technical', { ...words, reason: '' }), T0 + HOUR)
      .refused('reason-required');
    given(flagged)
      .when(by('technical', words), T0 + HOUR)
      .then({ type: 'episode-closed', clause: '1.4', ending: 'not-applicable' });
    const inForce = given(responding().until(IN_FORCE))
      .when(note({ ...dusty, atMs: IN_FORCE }), IN_FORCE)
      .story();
    given(inForce).when(by('technical', words), IN_FORCE).refused('wrong-phase', '3.3.6');
  });

  test('a sandstorm in the middle: flagged hours are none of the assessment’s, so the lift is asked for as ever', () => {
    const storm = { ...clear(T0 + 2 * DAY), basis: { ...clear(T0 + 2 * DAY).basis, dustSpans: [{ fromMs: T0 + DAY, toMs: T0 + 2 * DAY }] } };
    given(responding().until(T0 + 2 * DAY))
      .when(note(storm), T0 + 2 * DAY)
      .then('assessment-noted', { type: 'consultation-prompted', prompt: { reason: 'lift' } });
  });

  test('3.3.3: not while a superior order is in force', () => {
    const at = T0 + HOUR;
    const plan = planWith({ orders: { bindWithoutApproval: false, liftNamingTheCityLifts: true } });
    const unsigned = given(consulting('orange', plan))
      .when(receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at })), at)
      .story();
    given(unsigned)
      .when(by('management', { type: 'withdraw-episode', reason: 'x' }), at)
      .then('request-withdrawn', 'episode-closed');
    given(opened(receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at + DAY })), at))
      .when(by('management', { type: 'withdraw-episode', reason: 'x' }), at)
      .refused('wrong-phase');
  });
});

describe('5.2, 附件1 二(二).4 evaluation', () => {
  test('after the final reports, by the management group, one at a time', () => {
    given(reporting())
      .when(evaluation, LIFT + HOUR)
      .refused('wrong-phase', '5.2');
    given(evaluating())
      .when(by('technical', { type: 'submit-evaluation', documentDigest: 'd', summary: '', missing: [] }), EVAL)
      .refused('not-your-role', '附件1 二(二).4');
    const asked = given(evaluating()).when(evaluation, EVAL).story();
    given(asked).when(evaluation, EVAL).refused('request-open');
  });

  test('returned, it is owed again, and its target is kept', () => {
    const asked = given(evaluating()).when(evaluation, EVAL).story();
    expect(asked.state.discharged['evaluation:L1']).toBe(EVAL);
    const back = given(asked)
      .when(step('return'), EVAL + HOUR)
      .then('approval-escalated', 'approval-escalated', 'approval-decided');
    expect(back.state).toMatchObject({ phase: 'evaluating', evaluationDigest: null });
    expect(back.state.discharged['evaluation:L1']).toBeUndefined();
    expect(
      back
        .until(D0 + 15 * DAY)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .filter((g) => g.groupId === 'evaluation:L1')
        .map((g) => g.moment),
    ).toEqual(['reminder', 'reminder', 'target']);
    const again = given(back)
      .when(evaluation, EVAL + 2 * HOUR)
      .story();
    expect(
      given(again)
        .when(step(), EVAL + 2 * HOUR)
        .story().state.phase,
    ).toBe('closed');
  });

  test('the director sees what was never handed in', () => {
    const missing = ['summary-report:L1:housing'];
    const asked = given(evaluating())
      .when(by('management', { type: 'submit-evaluation', documentDigest: 'd', summary: '', missing }), EVAL)
      .story();
    expect(asked.request('evaluate').evidence.missing).toEqual(missing);
  });

  test('what is open at the end is on record as missing: reports, tasks, countersignatures, each once', () => {
    const text = { zh: '督查', en: 'inspect' };
    const phoned = given(awaiting('yellow'))
      .when(step('approve', { act: byPhone('director', T0 + 3 * HOUR) }), T0 + 3 * HOUR)
      .story();
    const tasked = given(phoned)
      .when(by('management', { type: 'assign-task', ownerId: 'housing', basis: text, content: text, targetAtMs: null, dueAtMs: T0 + DAY }), T0 + 4 * HOUR)
      .story();
    const cleared = given(tasked.until(T0 + 2 * DAY))
      .when(note(clear(T0 + 2 * DAY)), T0 + 2 * DAY)
      .story();
    const held = given(cleared)
      .when(consult('lift'), T0 + 2 * DAY)
      .story();
    const lifted = given(held)
      .when(submit('lift'), T0 + 2 * DAY)
      .story();
    const filed = lifted.until(T0 + 3 * DAY).filesAll('summary-report', T0 + 3 * DAY, ['housing']);
    const asked = given(filed.until(EVAL)).when(evaluation, EVAL).story();
    const closed = given(asked)
      .when(step(), EVAL + MINUTE)
      .story();
    const open = closingGroups(closed).flatMap((g) => g.open);
    expect(open).toEqual(
      expect.arrayContaining(['task:T1:housing', 'countersignature:R1.0:account:a-director', 'summary-report:L1:housing', 'process-analysis:L1:technical']),
    );
    expect(open).not.toContain('summary-report:L1:education');
    expect(new Set(open).size).toBe(open.length);
    expect(closed.last('episode-closed').atMs).toBe(closed.last('deadlines-settled').atMs);
  });

  test('relays and corrections still before an approver at the end are taken back', () => {
    const correction = given(evaluating())
      .when(by('management', { type: 'propose-correction', noticeId: 'N1', kind: 'correction', text: '时间有误' }), EVAL)
      .story();
    const asked = given(correction).when(evaluation, EVAL).story();
    given(asked)
      .when(step('approve', { action: 'evaluate' }), EVAL + MINUTE)
      .then('approval-decided', { type: 'request-withdrawn', reason: 'episode-closed' }, 'episode-closed');
  });

  test('a new process while the old episode reports is another episode', () => {
    given(reporting())
      .when(note(smog(LIFT + HOUR, 'red', LIFT + DAY, LIFT + 4 * DAY)), LIFT + HOUR)
      .then();
    const second = opened(note(smog(LIFT + HOUR, 'red', LIFT + DAY, LIFT + 4 * DAY)), LIFT + HOUR);
    expect(second.state).toMatchObject({ phase: 'consulting', prompt: { level: 'red' } });
    expect(reporting().until(D0 + 6 * DAY + HOUR).state.phase).toBe('evaluating');
  });
});

describe('the area’s rows', () => {
  test('each is taken in once, in order', () => {
    const row = { ...note(smog(T0 + HOUR, 'red', T0 + DAY, T0 + 5 * DAY)), areaSeq: 7 };
    const taken = given(consulting())
      .when(row, T0 + HOUR)
      .then('assessment-noted', 'consultation-prompted');
    expect(taken.state.areaSeq).toBe(7);
    given(taken)
      .when(row, T0 + 2 * HOUR)
      .then();
    given(taken)
      .when({ ...row, areaSeq: 6 }, T0 + 2 * HOUR)
      .then();
  });

  test('the events alone give the state, years later and read from JSON', () => {
    const story = given(given(evaluating()).when(evaluation, EVAL).story()).when(step(), EVAL).story();
    expect(evolveAll(null, JSON.parse(JSON.stringify(story.events)) as EpisodeEvent[])).toEqual(story.state);
  });

  test('an episode begins with its opening and nothing else', () => {
    expect(() => evolveAll(null, published().events.slice(1))).toThrow('cannot begin');
  });
});

test('act of the future is none (R30)', () => {
  given(consulting())
    .when(consult('keep', null, { act: act('technical', T0 + 2 * HOUR, { entry: 'late' }) }), T0 + HOUR)
    .refused('invalid', '8.6');
});
