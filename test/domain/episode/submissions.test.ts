import { describe, expect, test } from '@jest/globals';
import {
  act,
  by,
  byPhone,
  consult,
  D0,
  DAY,
  evaluating,
  evaluation,
  given,
  HOUR,
  MINUTE,
  person,
  published,
  reporting,
  responding,
  step,
  T0,
  underFirstRules,
  unit,
} from '../../support/episode.js';

const NEXT = D0 + 2 * DAY;
const ID = 'daily-report:2026-01-06:education';
const story = () => responding().until(NEXT);

describe('5.1(1) handing in a report', () => {
  test('discharges the obligation at the time of receipt', () => {
    expect(story().submit(ID, NEXT + HOUR)).toMatchObject({
      ok: true,
      value: { type: 'submitted', atMs: NEXT + HOUR, clause: '5.1(1)', kind: 'daily-report', ownerId: 'education', version: 1, countsAtMs: NEXT + HOUR },
    });
  });

  test('not before its day is over, not what is not owed, not after the end', () => {
    expect(responding().submit(ID, NEXT - 1)).toMatchObject({ ok: false, refusal: { code: 'not-open-yet' } });
    expect(story().submit('daily-report:2026-01-05:education', NEXT)).toMatchObject({ ok: false, refusal: { code: 'not-owed', path: 'obligationId' } });
    expect(story().submit('daily-report:2026-01-06:discipline', NEXT)).toMatchObject({ ok: false, refusal: { code: 'not-owed' } });
    const asked = given(evaluating())
      .when(evaluation, D0 + 7 * DAY)
      .story();
    const closed = given(asked)
      .when(step(), D0 + 7 * DAY)
      .story();
    expect(closed.submit(ID, D0 + 8 * DAY)).toMatchObject({ ok: false, refusal: { code: 'wrong-phase' } });
  });

  test('only by its owner, with that hat', () => {
    const foreign = act(unit('ecology'), NEXT);
    expect(story().submit(ID, NEXT, { act: foreign })).toMatchObject({ ok: false, refusal: { code: 'not-owner' } });
    const director = act(person('director', 'd', { unitId: 'education' }), NEXT);
    expect(story().submit(ID, NEXT, { act: director })).toMatchObject({ ok: false, refusal: { code: 'not-owner' } });
    expect(story().submit('bulletin:2026-01-06:management', NEXT)).toMatchObject({ ok: true });
  });

  test('one fills in, another reviews', () => {
    const filler = unit('education', 'filler');
    expect(story().submit(ID, NEXT, { act: act(filler, NEXT), reviewedBy: filler })).toMatchObject({ ok: false, refusal: { code: 'same-person-twice' } });
    expect(story().submit(ID, NEXT, { act: act(filler, NEXT), reviewedBy: unit('education', 'chief') })).toMatchObject({ ok: true });
  });

  test('a correction is a new version with its reason, and does not restart the clock', () => {
    const filed = story().files(ID, NEXT + HOUR);
    expect(filed.submit(ID, NEXT + 2 * DAY)).toMatchObject({ ok: false, refusal: { code: 'already-filed', path: 'correctionReason' } });
    expect(filed.submit(ID, NEXT + 2 * DAY, { correctionReason: '数字有误' })).toMatchObject({
      ok: true,
      value: { version: 2, countsAtMs: NEXT + HOUR, correctionReason: '数字有误' },
    });
  });

  test('a nil report is a report (R20)', () => {
    expect(story().submit(ID, NEXT, { nil: true })).toMatchObject({ ok: true, value: { nil: true } });
  });
});

describe('R30: by phone and typed later', () => {
  const attested = (saidAt: number, of = {}) => ({ act: byPhone(unit('education'), saidAt, of) });

  test('judged by the attested time, both on record', () => {
    const result = story().submit(ID, NEXT + 2 * DAY, attested(NEXT + 20 * HOUR));
    expect(result).toMatchObject({ ok: true, value: { atMs: NEXT + 2 * DAY, countsAtMs: NEXT + 20 * HOUR } });
    expect(story().submit(ID, NEXT + 2 * DAY, attested(NEXT + 20 * HOUR, { entry: 'late' }))).toMatchObject({
      ok: true,
      value: { countsAtMs: NEXT + 20 * HOUR },
    });
  });

  test('a direct one by its receipt, whatever it says', () => {
    expect(story().submit(ID, NEXT + DAY, { act: act(unit('education'), NEXT) })).toMatchObject({ ok: true, value: { countsAtMs: NEXT + DAY } });
  });

  test('not in the future, not before its period was over, not hidden as direct', () => {
    expect(story().submit(ID, NEXT + HOUR, attested(NEXT + HOUR + 1))).toMatchObject({ ok: false, refusal: { code: 'invalid', path: 'act.occurredAtMs' } });
    expect(story().submit(ID, NEXT + HOUR, attested(NEXT - 1))).toMatchObject({ ok: false, refusal: { code: 'invalid', path: 'act.occurredAtMs' } });
    expect(story().submit(ID, NEXT + HOUR, attested(NEXT, { entry: 'direct' }))).toMatchObject({ ok: false, refusal: { code: 'invalid', path: 'act.entry' } });
  });

  test('the settling counts it in time', () => {
    const filed = story()
      .until(NEXT + 12 * HOUR)
      .files(ID, NEXT + 13 * HOUR, attested(NEXT + 11 * HOUR))
      .until(D0 + 3 * DAY + 1);
    const due = filed
      .of('deadlines-settled')
      .flatMap((e) => e.groups)
      .find((g) => g.groupId === 'daily-report:2026-01-06' && g.moment === 'due');
    expect(due).toMatchObject({ inTime: 1, late: 0 });
    expect(due?.open).toHaveLength(23);
  });
});

describe('what is done by a decision is not handed in', () => {
  test.each([
    ['consultation:2026-01-06:technical', 'technical'],
    ['evaluation:L1:management', 'management'],
  ] as const)('%s', (id, role) => {
    const at = D0 + 4 * DAY;
    const of = id.startsWith('evaluation') ? reporting() : story();
    expect(of.submit(id, at, { act: act(role, at) })).toMatchObject({ ok: false, refusal: { code: 'invalid' } });
  });
});

describe('tasks (R31; 1.4(3), 4.2, 附件1 二(二).1)', () => {
  const words = { basis: { zh: '督办单', en: 'order to inspect' }, content: { zh: '检查工地', en: 'inspect sites' } };
  const assign = (of = {}) => by('management', { type: 'assign-task', ownerId: 'housing', ...words, targetAtMs: null, dueAtMs: T0 + 10 * HOUR, ...of });
  const at = T0 + 4 * HOUR;

  test('basis, owner, content, due time: in the same ledger of deadlines', () => {
    const given1 = given(published()).when(assign(), at).then({ type: 'task-assigned', taskId: 'T1' });
    expect(given1.owed(at, 'task')).toMatchObject([{ id: 'task:T1:housing', clause: '1.4(3)', targetAtMs: null, dueAtMs: T0 + 10 * HOUR }]);
    const done = given1
      .until(T0 + DAY)
      .of('deadlines-settled')
      .flatMap((e) => e.groups)
      .filter((g) => g.groupId === 'task:T1');
    expect(done.map((g) => g.moment)).toEqual(['reminder', 'reminder', 'due']);
  });

  test('feedback discharges it, the office closes it; closed it is asked for no more', () => {
    const given1 = given(published()).when(assign(), at).story();
    expect(given1.submit('task:T1:housing', at + HOUR, { act: act(unit('housing'), at) })).toMatchObject({ ok: true });
    given(given1)
      .when(by('technical', { type: 'close-task', taskId: 'T1' }), at)
      .refused('not-your-role');
    given(given1)
      .when(by('management', { type: 'close-task', taskId: 'T9' }), at)
      .refused('unknown-reference');
    const closed = given(given1)
      .when(by('management', { type: 'close-task', taskId: 'T1' }), at + HOUR)
      .then('task-closed');
    given(closed)
      .when(by('management', { type: 'close-task', taskId: 'T1' }), at + HOUR)
      .refused('already-done');
    expect(
      closed
        .until(T0 + DAY)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .some((g) => g.groupId === 'task:T1'),
    ).toBe(false);
  });

  test.each(['technical', 'management'] as const)('asked of the office itself, of its %s group, which alone answers it', (group) => {
    const asked = given(published()).when(assign({ ownerId: group }), at).then({ type: 'task-assigned', ownerId: group });
    expect(asked.submit(`task:T1:${group}`, at + HOUR)).toMatchObject({ ok: true });
    expect(asked.submit(`task:T1:${group}`, at + HOUR, { act: act(unit('housing'), at + HOUR) })).toMatchObject({ refusal: { code: 'not-owner' } });
    given(underFirstRules(published()))
      .when(assign({ ownerId: group }), at)
      .refused('unknown-reference');
  });

  test('by the office, to a unit of the plan or a group of its own, with a time ahead', () => {
    given(published())
      .when(by('unit', { type: 'assign-task', ownerId: 'housing', ...words, targetAtMs: null, dueAtMs: T0 + DAY }), at)
      .refused('not-your-role');
    given(published())
      .when(assign({ ownerId: 'circus' }), at)
      .refused('unknown-reference');
    given(published())
      .when(assign({ ownerId: 'director' }), at)
      .refused('unknown-reference');
    given(published())
      .when(assign({ dueAtMs: null }), at)
      .refused('invalid');
    given(published())
      .when(assign({ dueAtMs: at }), at)
      .refused('retroactive');
    given(published())
      .when(assign({ targetAtMs: at - MINUTE }), at)
      .refused('retroactive');
  });
});

test('3.2 a consultation entered late counts for the day it was held (R30)', () => {
  const at = D0 + 2 * DAY + 9 * HOUR;
  const late = given(responding().until(at))
    .when(consult('keep', null, { act: byPhone('technical', D0 + DAY + 16 * HOUR, { entry: 'late' }) }), at)
    .story();
  expect(late.state.discharged['consultation:2026-01-06']).toBe(D0 + DAY + 16 * HOUR);
});
