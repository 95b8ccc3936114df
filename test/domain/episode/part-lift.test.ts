/** R21: the warning may be lifted in a part of the area, while the response goes on in the rest (3.3.6). */
import { describe, expect, test } from '@jest/globals';
import { evolveAll } from '../../../domain/episode/evolve.js';
import type { EpisodeEvent } from '../../../domain/episode/events.js';
import {
  act,
  air,
  by,
  CLEAR,
  consult,
  DAY,
  EAST,
  EXAMPLE_CITY,
  given,
  HOUR,
  MINUTE,
  note,
  order,
  planWith,
  receive,
  responding,
  step,
  type Story,
  submit,
  T0,
  WEST,
} from '../../support/episode.js';

const AT = CLEAR + 2 * MINUTE;

const cleared = (hours = 168, plan = planWith()) => {
  const sky = note(air(CLEAR, { lift: { from: CLEAR, hours }, aqi: 80 }));
  const asked = given(responding('orange', plan).until(CLEAR)).when(sky, CLEAR).story();
  return given(asked).when(consult('lift'), CLEAR + MINUTE).story();
};
const lift = (part = WEST, effectiveAtMs: number | null = null) => submit('lift', null, { part, effectiveAtMs });
const partLifted = () => given(cleared()).when(lift(), AT).story();

/** What a lift, and nothing else, would change. */
const inTheRest = ({ state }: Story) => ({ phase: state.phase, levels: state.levels, lift: state.lift, expectedEndMs: state.expectedEndMs });

describe('R21: a lift for a part of the area', () => {
  test('without a part the whole is lifted, and nothing says otherwise', () => {
    const whole = given(cleared()).when(submit('lift'), AT).then('request-opened', 'lift-issued');
    expect(whole.last('request-opened').evidence).not.toHaveProperty('part');
    expect(whole.last('lift-issued').notice).not.toHaveProperty('part');
    expect(whole.state).not.toHaveProperty('liftedParts');
  });

  test('those told of a lift are told of it, and nothing is filed with anybody', () => {
    const whole = given(cleared()).when(submit('lift'), AT).story();
    const done = given(cleared())
      .when(lift(), AT)
      .then(
        { type: 'request-opened', evidence: { action: 'lift', part: WEST } },
        { type: 'part-lifted', clause: '3.3.6', part: WEST, effectiveAtMs: CLEAR + HOUR, requestId: 'R2', notice: { action: 'lift', level: 'orange', part: WEST } },
      );
    expect(done.last('part-lifted').notice.recipients).toEqual(whole.last('lift-issued').notice.recipients);
    const owedBy = (story: Story) => story.owed(AT).filter((o) => o.ref === 'N2').map((o) => o.id);
    expect(owedBy(done)).toEqual(owedBy(whole));
    expect(owedBy(done).join()).not.toContain('prefecture-filing');
  });

  test('the response goes on, and so do the reports', () => {
    const before = cleared();
    const done = given(before).when(lift(), AT).story();
    expect(inTheRest(done)).toEqual(inTheRest(before));
    expect(done.state.liftedParts).toEqual([{ part: WEST, effectiveAtMs: CLEAR + HOUR, noticeId: 'N2' }]);
    const later = done.until(CLEAR + 2 * DAY);
    expect(later.state.phase).toBe('responding');
    const days = (story: Story) => story.owed(CLEAR + 2 * DAY, 'daily-report').map((o) => o.id);
    expect(days(later)).toEqual(days(before.until(CLEAR + 2 * DAY)));
    expect(later.owed(CLEAR + 2 * DAY, 'summary-report')).toEqual([]);
  });

  test('R8, R9: on the condition of a lift and no other, at most 24 h ahead', () => {
    given(cleared(36)).when(lift(), AT).refused('lift-condition-not-met', '3.3.6');
    given(cleared()).when(lift(WEST, CLEAR + 26 * HOUR), AT).refused('too-far-ahead', '3.3.6');
    given(responding().until(CLEAR)).when(lift(), CLEAR).refused('no-consultation');
    given(cleared()).when(submit('lift', null, { part: WEST, act: act('director', AT) }), AT).refused('not-your-role');
  });

  test('3.3.3: not below a superior order', () => {
    const held = given(cleared()).when(receive(order('O1', 'start', { level: 'yellow', receivedAtMs: AT, effectiveAtMs: AT })), AT).story();
    given(held).when(lift(), AT + MINUTE).refused('below-floor', '3.3.3');
  });

  test('one part is lifted once, another beside it; a lift alone is for a part', () => {
    given(partLifted()).when(lift(), AT + MINUTE).refused('already-done', '3.3.6');
    const both = given(partLifted()).when(lift(EAST), AT + MINUTE).then('request-opened', { type: 'part-lifted', part: EAST });
    expect(both.state.liftedParts?.map((p) => p.part)).toEqual([WEST, EAST]);
    const lower = given(partLifted()).when(consult('lower', 'yellow'), AT + MINUTE).story();
    given(lower).when(submit('lower', 'yellow', { part: EAST }), AT + MINUTE).refused('invalid', '3.3.6');
  });

  test('it is not postponed or rescinded, which are for a whole lift', () => {
    const ahead = given(cleared()).when(lift(WEST, CLEAR + 8 * HOUR), AT).story();
    given(ahead).when(by('management', { type: 'postpone-lift', toMs: CLEAR + 9 * HOUR, reason: '反弹' }), AT + MINUTE).refused('wrong-phase');
    given(ahead).when(by('management', { type: 'rescind-lift', reason: '反弹' }), AT + MINUTE).refused('wrong-phase');
  });

  test('a chain approves it, where the plan has one, on evidence that names the part; renewed it names it still', () => {
    const plan = planWith({ autoPropose: false, liftRoles: { proposes: 'technical', issues: 'management' } }, EXAMPLE_CITY);
    const asked = given(cleared(168, plan)).when(lift(), AT).then('request-opened');
    const worse = given(asked).when(note(air(AT, { processes: [{ level: 'red', from: AT, to: AT + 2 * DAY }] })), AT).story();
    const better = given(worse).when(note(air(AT + MINUTE, { lift: { from: CLEAR, hours: 168 }, aqi: 80 })), AT + MINUTE).story();
    const again = given(better).when(consult('lift'), AT + MINUTE).then('consultation-recorded', { type: 'request-renewed', evidence: { part: WEST } });
    const reviewed = given(again).when(step(), AT + 2 * MINUTE).story();
    given(reviewed).when(step(), AT + 3 * MINUTE).then('approval-decided', { type: 'part-lifted', part: WEST });
  });
});

describe('R21: what becomes of it', () => {
  test('a raise covers the whole area again', () => {
    const worse = air(AT + MINUTE, { processes: [{ level: 'red', from: T0, to: CLEAR + 2 * DAY }], raise: 'red' });
    const warned = given(partLifted()).when(note(worse), AT + MINUTE).story();
    const asked = given(given(warned).when(consult('raise', 'red'), AT + 2 * MINUTE).story()).when(submit('raise', 'red'), AT + 3 * MINUTE).story();
    expect(asked.state.liftedParts).toHaveLength(1);
    const reviewed = given(asked).when(step(), AT + 4 * MINUTE).story();
    const raised = given(reviewed).when(step(), AT + 5 * MINUTE).then('approval-decided', 'warning-raised');
    expect(raised.state).not.toHaveProperty('liftedParts');
  });

  test('3.3.3: so does an order, which demands it everywhere, though it raises nothing', () => {
    const told = given(partLifted())
      .when(receive(order('O1', 'start', { level: 'orange', receivedAtMs: AT + MINUTE, effectiveAtMs: AT + MINUTE })), AT + MINUTE)
      .then('order-received', 'request-opened', { type: 'lift-rescinded', liftId: 'N2', reason: 'superior-order', notice: { action: 'rescind', supersedes: 'N2', part: WEST } }, 'order-took-effect');
    expect(told.state).not.toHaveProperty('liftedParts');
    expect(told.state.phase).toBe('responding');
    expect(told.last('lift-rescinded').notice.recipients).toEqual(expect.arrayContaining(['zone', 'unit:education']));
  });

  test('a lowering leaves it; the whole lift ends it with the rest', () => {
    const lifted = given(partLifted()).when(submit('lift'), AT + MINUTE).then('request-opened', { type: 'lift-issued', lift: { effectiveAtMs: CLEAR + HOUR } });
    expect(lifted.state.liftedParts).toHaveLength(1);
    given(lifted).when(lift(EAST), AT + 2 * MINUTE).refused('already-done', '3.3.6');
    const ended = lifted.until(CLEAR + HOUR);
    expect(ended.state.phase).toBe('reporting');
    expect(ended.state).not.toHaveProperty('liftedParts');
  });

  test('5.2: its notice recalled takes it back, corrected it stands; a whole lift still to come stays', () => {
    const changed = (kind: 'correction' | 'recall') => {
      const whole = given(partLifted()).when(submit('lift', null, { effectiveAtMs: CLEAR + 20 * HOUR }), AT + MINUTE).story();
      const asked = given(whole).when(by('management', { type: 'propose-correction', noticeId: 'N2', kind, text: '更正' }), AT + 2 * MINUTE).story();
      const reviewed = given(asked).when(step('approve', { action: 'correct' }), AT + 3 * MINUTE).story();
      return given(reviewed).when(step('approve', { action: 'correct' }), AT + 4 * MINUTE).then('approval-decided', { type: 'notice-corrected', kind, notice: { supersedes: 'N2', part: WEST } });
    };
    expect(changed('correction').state.liftedParts).toHaveLength(1);
    const recalled = changed('recall');
    expect(recalled.state).not.toHaveProperty('liftedParts');
    expect(recalled.state.lift).not.toBeNull();
    expect(recalled.last('notice-corrected').notice.recipients).toEqual(recalled.last('part-lifted').notice.recipients);
  });

  test('it is plain JSON, and read again the same', () => {
    const { state, events } = partLifted();
    const read = JSON.parse(JSON.stringify(events)) as EpisodeEvent[];
    expect(read).toStrictEqual(events);
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
    expect(evolveAll(null, read)).toStrictEqual(state);
  });
});
