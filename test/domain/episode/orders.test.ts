import { describe, expect, test } from '@jest/globals';
import {
  act,
  air,
  awaiting,
  by,
  byPhone,
  check,
  clear,
  CLEAR,
  consult,
  consulting,
  D0,
  DAY,
  given,
  HOUR,
  IN_FORCE,
  LIFT,
  liftIssued,
  MINUTE,
  note,
  opened,
  order,
  person,
  planWith,
  published,
  receive,
  reporting,
  responding,
  step,
  type Story,
  submit,
  T0,
  transmit,
  underFirstRules,
  underRules,
} from '../../support/episode.js';
import { spanAt } from '../../../domain/episode/state.js';
import { floorOf, isSecondPerson } from '../../../domain/order.js';
import { ordersLeft } from '../../../domain/watch.js';

const AT = T0 + 2 * DAY;
const start = (of: Partial<Parameters<typeof order>[2]> = {}, id = 'O1') =>
  order(id, 'start', { receivedAtMs: AT, level: 'orange', effectiveAtMs: AT + 2 * HOUR, ...of });

describe('3.3.3 a start or raise from above is a floor (R15, 4.4)', () => {
  test('opens an episode and its response without local approval, at its effective time; the commander is told', () => {
    const story = opened(receive(start()), AT);
    expect(story.events.map((e) => e.type)).toEqual(['episode-opened', 'order-received', 'request-opened', 'warning-published']);
    expect(story.last('warning-published')).toMatchObject({
      clause: '3.3.3',
      requestId: null,
      orderId: 'O1',
      notice: { level: 'orange', effectiveAtMs: AT + 2 * HOUR },
    });
    expect(story.last('warning-published').notice.recipients).toContain('commander');
    const begun = story.until(AT + 2 * HOUR);
    expect(begun.last('order-took-effect')).toMatchObject({ atMs: AT + 2 * HOUR, orderId: 'O1', floor: 'orange', localLevel: null });
    expect(begun.last('response-began').level).toBe('orange');
  });

  test('in consultation, or awaiting approval: published by order, the local request withdrawn', () => {
    const at = T0 + 3 * HOUR;
    given(consulting('yellow'))
      .when(receive(start({ receivedAtMs: at, effectiveAtMs: at })), at)
      .then('order-received', 'request-opened', 'warning-published', 'order-took-effect', 'response-began');
    const story = given(awaiting('yellow'))
      .when(receive(start({ receivedAtMs: at, effectiveAtMs: at })), at)
      .story();
    expect(story.last('request-withdrawn')).toMatchObject({ requestId: 'R1', reason: 'superior-order' });
  });

  test('raises a lower warning; leaves a higher one alone, both on record', () => {
    const at = AT;
    given(responding('yellow').until(at))
      .when(receive(start()), at)
      .then('order-received', 'request-opened', { type: 'warning-raised', from: 'yellow', orderId: 'O1', clause: '3.3.3' });
    const higher = given(responding('red').until(at))
      .when(receive(start({ effectiveAtMs: at })), at)
      .then('order-received', 'request-opened', 'order-took-effect');
    expect(floorOf(higher.plan, higher.state.orders)).toBe('orange');
  });

  test('floor refused: no lowering, no lift, no end below it, not even before it takes effect', () => {
    const held = given(responding('orange').until(CLEAR))
      .when(receive(start({ receivedAtMs: CLEAR, effectiveAtMs: CLEAR + 5 * HOUR })), CLEAR)
      .story();
    const cleared = given(held)
      .when(note(clear(CLEAR + MINUTE)), CLEAR + MINUTE)
      .then('assessment-noted');
    const lift = given(cleared)
      .when(consult('lift'), CLEAR + 2 * MINUTE)
      .story();
    given(lift)
      .when(submit('lift'), CLEAR + 3 * MINUTE)
      .refused('below-floor', '3.3.3');
    const lower = given(cleared)
      .when(consult('lower', 'yellow'), CLEAR + 2 * MINUTE)
      .story();
    given(lower)
      .when(submit('lower', 'yellow'), CLEAR + 3 * MINUTE)
      .refused('below-floor', '3.3.3');
  });

  test('a lowering that was before the director when the order came is withdrawn', () => {
    const better = note(air(AT, { processes: [], lower: [{ from: 'red', to: 'yellow', at: AT }] }));
    const held = given(given(responding('red').until(AT)).when(better, AT).story())
      .when(consult('lower', 'yellow'), AT)
      .story();
    const asked = given(held).when(submit('lower', 'yellow'), AT).story();
    given(asked)
      .when(receive(start({ effectiveAtMs: AT })), AT)
      .then('order-received', 'request-opened', { type: 'request-withdrawn', reason: 'superior-order' }, 'order-took-effect');
  });

  test('between now and a higher level announced for later, its level holds; then the higher one, announced again', () => {
    const now = T0 + 4 * HOUR;
    const story = given(published('red'))
      .when(receive(start({ receivedAtMs: now, effectiveAtMs: now })), now)
      .then(
        'order-received',
        'request-opened',
        { type: 'warning-published', notice: { level: 'orange' } },
        { type: 'warning-raised', from: 'orange', notice: { level: 'red', effectiveAtMs: IN_FORCE } },
        'order-took-effect',
        'response-began',
      );
    expect([spanAt(story.state, now)?.level, spanAt(story.state, IN_FORCE)?.level]).toEqual(['orange', 'red']);
  });

  test('an announced lift is taken back', () => {
    const story = given(liftIssued())
      .when(receive(start({ receivedAtMs: CLEAR + HOUR, effectiveAtMs: LIFT - MINUTE })), CLEAR + HOUR)
      .story();
    expect(story.last('lift-rescinded')).toMatchObject({ reason: 'superior-order', act: null });
  });

  describe('beginning only once the announced lift has taken effect it leaves the lift as it is (3.3.6)', () => {
    const later = start({ receivedAtMs: CLEAR + HOUR, effectiveAtMs: LIFT + 3 * DAY, level: 'yellow' });
    const left = () =>
      given(liftIssued())
        .when(receive(later), CLEAR + HOUR)
        .then('order-received', { type: 'order-left', clause: '3.3.3', orderId: 'O1' });

    test('the response ends as announced, the order binds nobody here and opens the next episode', () => {
      const ended = left().until(later.effectiveAtMs! + HOUR);
      expect(ended.last('response-ended')).toMatchObject({ effectiveAtMs: LIFT });
      expect(ended.of('order-took-effect')).toEqual([]);
      expect(ended.owed(LIFT, 'relay-signature')).toEqual([]);
      expect(ended.owed(LIFT, 'order-check')).toHaveLength(1);
      expect(ordersLeft([ended.state])).toEqual([later]);
      const next = opened(receive(later), LIFT);
      expect(next.last('warning-published')).toMatchObject({ orderId: 'O1', notice: { level: 'yellow', effectiveAtMs: LIFT + 3 * DAY } });
      expect(ordersLeft([ended.state, next.state])).toEqual([]);
    });

    test('beginning before the lift does, it takes it back', () => {
      const before = { ...later, effectiveAtMs: LIFT - 30 * MINUTE };
      given(liftIssued()).when(receive(before), CLEAR + HOUR).then('order-received', 'request-opened', 'lift-rescinded');
      given(liftIssued())
        .when(receive({ ...before, effectiveAtMs: LIFT }), CLEAR + HOUR)
        .then('order-received', 'order-left');
    });

    test('rescinded, or put off beyond it, the order is taken up here', () => {
      const changed = (words: { type: 'rescind-lift' } | { type: 'postpone-lift'; toMs: number }) => by('management', { ...words, reason: '反弹' });
      const rescinded = given(left())
        .when(changed({ type: 'rescind-lift' }), CLEAR + 80 * MINUTE)
        .then('lift-rescinded', { type: 'order-taken-up', orderId: 'O1' }, { type: 'request-opened', evidence: { action: 'relay' } });
      expect(rescinded.until(LIFT + 3 * DAY).last('order-took-effect')).toMatchObject({ orderId: 'O1', floor: 'yellow' });
      given(left())
        .when(changed({ type: 'postpone-lift', toMs: LIFT + DAY }), CLEAR + 80 * MINUTE)
        .then('lift-postponed');
      given(left())
        .when(changed({ type: 'postpone-lift', toMs: LIFT + 4 * DAY }), CLEAR + 80 * MINUTE)
        .then('lift-postponed', 'order-taken-up', 'request-opened', 'lift-rescinded');
    });

    test('found wrong, or ended by another order, it opens nothing', () => {
      const voided = given(left())
        .when(check('O1', false, CLEAR + 80 * MINUTE), CLEAR + 80 * MINUTE)
        .then('order-checked');
      const ended = given(left())
        .when(receive(order('O2', 'lift', { receivedAtMs: CLEAR + 80 * MINUTE, effectiveAtMs: CLEAR + 80 * MINUTE })), CLEAR + 80 * MINUTE)
        .story();
      expect([voided, ended].flatMap((story) => ordersLeft([story.state]))).toEqual([]);
    });

    test('the ordered lift that it follows on does not end it: that ends what came before it', () => {
      const lift = order('O1', 'lift', { receivedAtMs: AT, effectiveAtMs: AT + 6 * HOUR });
      const after = order('O2', 'start', { receivedAtMs: AT + HOUR, effectiveAtMs: AT + 3 * DAY });
      const both = (story: Story) => {
        const lifted = given(story.until(AT)).when(receive(lift), AT).story();
        return given(lifted).when(receive(after), AT + HOUR).story().until(AT + 6 * HOUR);
      };
      const ended = both(responding());
      expect(ended.last('order-took-effect')).toMatchObject({ orderId: 'O1', ended: [] });
      expect(ended.state).toMatchObject({ phase: 'reporting', orders: [{}, { status: 'left' }] });
      expect(ordersLeft([ended.state])).toEqual([after]);
      expect(both(underFirstRules(responding())).last('order-took-effect')).toMatchObject({ orderId: 'O1', ended: ['O2'] });
    });

    test('rules version 1 took the lift back, whatever the dates', () => {
      given(underFirstRules(liftIssued()))
        .when(receive(later), CLEAR + HOUR)
        .then('order-received', 'request-opened', 'lift-rescinded');
    });
  });

  test('effective before it was known: in force from then, the days it covers owe their reports at once', () => {
    const story = opened(receive(start({ effectiveAtMs: AT - 2 * DAY })), AT);
    expect(story.events.map((e) => e.type)).toEqual([
      'episode-opened',
      'order-received',
      'request-opened',
      'warning-published',
      'order-took-effect',
      'response-began',
    ]);
    expect(story.state.levels).toMatchObject([{ fromMs: T0, begun: true }]);
    expect(story.owed(AT, 'office-daily-report').map((o) => o.ref)).toEqual(['2026-01-05', '2026-01-06']);
    const late = story
      .until(AT + 1)
      .last('deadlines-settled')
      .groups.filter((g) => g.groupId === 'office-daily-report:2026-01-05');
    expect(late.map((g) => [g.moment, g.open])).toEqual([
      ['target', ['office-daily-report:2026-01-05:management']],
      ['due', ['office-daily-report:2026-01-05:management']],
    ]);
    expect(
      story
        .until(AT + HOUR)
        .of('deadlines-settled')
        .flatMap((e) => e.groups)
        .filter((g) => g.groupId.endsWith(':2026-01-05') && g.moment === 'reminder'),
    ).toEqual([]);
  });

  test('without an effective time it binds on receipt', () => {
    expect(opened(receive(start({ effectiveAtMs: null })), AT).last('response-began').effectiveAtMs).toBe(AT);
  });

  test('one order may be told more than once: the paper adds its number and changes nothing that binds', () => {
    const story = given(opened(receive(start()), AT))
      .when(transmit({ ...start({ level: 'red', effectiveAtMs: AT + DAY }), documentNumber: '伊州重污染办〔2026〕1号' }), AT + HOUR)
      .story();
    expect(story.state.orders).toMatchObject([{ order: { documentNumber: '伊州重污染办〔2026〕1号', level: 'orange', effectiveAtMs: AT + 2 * HOUR } }]);
    given(story)
      .when(receive(start()), AT + HOUR)
      .then();
  });

  test('R15, other value: it binds once its relay is signed', () => {
    const plan = planWith({ orders: { bindWithoutApproval: false, liftNamingTheCityLifts: true } });
    const waiting = opened(receive(start({ effectiveAtMs: AT })), AT, plan).until(AT + HOUR);
    expect(waiting.state).toMatchObject({ phase: 'consulting', levels: [] });
    const signed = given(waiting)
      .when(step(), AT + HOUR)
      .then('approval-decided', 'relay-signed', { type: 'warning-published', notice: { effectiveAtMs: AT + HOUR } }, 'order-took-effect', 'response-began');
    expect(signed.state.phase).toBe('responding');
  });
});

describe('R15 the relay and the second person', () => {
  const story = () => opened(receive(start()), AT);

  test('the director signs the relay within the hour; nothing waits for it; an order is not ours to refuse', () => {
    expect(story().owed(AT, 'relay-signature')).toMatchObject([{ ownerId: 'director', targetAtMs: AT + HOUR, dueAtMs: null }]);
    given(story())
      .when(step('refuse'), AT + MINUTE)
      .refused('invalid', '3.3.6');
    given(story())
      .when((_, at) => ({ type: 'withdraw-request', requestId: 'R1', reason: 'x', act: act('management', at) }), AT + MINUTE)
      .refused('below-floor');
    const signed = given(story())
      .when(step(), AT + MINUTE)
      .then('approval-decided', { type: 'relay-signed', orderId: 'O1' });
    expect(signed.state.discharged['relay-signature:O1']).toBe(AT + MINUTE);
    const phoned = given(story())
      .when(step('approve', { act: byPhone('director', AT + MINUTE) }), AT + 2 * MINUTE)
      .story();
    expect(phoned.owed(AT + 2 * MINUTE, 'countersignature')).toHaveLength(1);
  });

  test('a second person checks the entry; whoever took it in checks nothing', () => {
    expect(isSecondPerson(start(), person('management', 'desk-1'))).toBe(false);
    given(story())
      .when(check('O1', true, AT + MINUTE, person('management', 'desk-1')), AT + MINUTE)
      .then();
    const checked = given(story())
      .when(check('O1', true, AT + MINUTE), AT + MINUTE)
      .then({ type: 'order-checked', confirmed: true });
    expect(checked.state.discharged['order-check:O1']).toBe(AT + MINUTE);
    given(checked)
      .when(check('O1', false, AT + 2 * MINUTE), AT + 2 * MINUTE)
      .then();
  });

  test('found wrong, it takes back the warning it brought: the response ends and the episode is none', () => {
    const voided = given(story().until(AT + 2 * HOUR))
      .when(check('O1', false, AT + 2 * HOUR), AT + 2 * HOUR)
      .then({ type: 'order-checked', reason: '误录' }, 'request-withdrawn', { type: 'lift-issued', lift: { cause: 'order-voided', orderId: 'O1' } }, 'response-ended');
    expect(voided.owed(AT + 3 * HOUR, 'relay-signature')).toEqual([]);
    const evaluated = voided.until(AT + 6 * DAY);
    const asked = given(evaluated)
      .when((_, at) => ({ type: 'submit-evaluation', documentDigest: 'd', summary: '误录', missing: [], act: act('management', at) }), AT + 6 * DAY)
      .story();
    given(asked)
      .when(step(), AT + 6 * DAY)
      .then('approval-decided', { type: 'episode-closed', ending: 'withdrawn', reason: 'order-voided' });
  });

  test('found wrong, a raise goes back to the level before, or to what another order demands', () => {
    const raised = given(responding('yellow').until(AT))
      .when(receive(start({ level: 'red', effectiveAtMs: AT })), AT)
      .story();
    given(raised)
      .when(check('O1', false, AT + MINUTE), AT + MINUTE)
      .then(
        'order-checked',
        'request-withdrawn',
        { type: 'warning-lowered', from: 'red', notice: { level: 'yellow', effectiveAtMs: AT + MINUTE } },
        'response-began',
      );
    const two = given(raised)
      .when(receive(start({ issuer: 'region', receivedAtMs: AT, effectiveAtMs: AT }, 'O2')), AT)
      .story();
    given(two)
      .when(check('O1', false, AT + MINUTE), AT + MINUTE)
      .then('order-checked', 'request-withdrawn', { type: 'warning-lowered', notice: { level: 'orange' } }, 'response-began');
  });

  test('found wrong, a lift from above puts back the floor it had ended', () => {
    const floor = opened(receive(start({ effectiveAtMs: AT })), AT);
    const other = given(floor)
      .when(receive(start({ issuer: 'region', level: 'yellow', effectiveAtMs: AT }, 'O2')), AT)
      .story();
    const lowered = given(other)
      .when(receive(order('O3', 'lift', { receivedAtMs: AT, effectiveAtMs: AT })), AT)
      .story();
    expect([lowered.state.levels.at(-1)?.level, floorOf(lowered.plan, lowered.state.orders)]).toEqual(['yellow', 'yellow']);
    const back = given(lowered)
      .when(check('O3', false, AT + MINUTE), AT + MINUTE)
      .story();
    expect([back.state.levels.at(-1)?.level, floorOf(back.plan, back.state.orders)]).toEqual(['orange', 'orange']);
  });
});

describe('3.3.6 a lift or a lowering from above (R15)', () => {
  const underOrder = () => opened(receive(start({ effectiveAtMs: AT })), AT);
  const lift = (of = {}, id = 'O9') => order(id, 'lift', { receivedAtMs: AT + DAY, effectiveAtMs: AT + DAY + 4 * HOUR, ...of });

  test('naming the city it lifts the warning at its time; nobody here changes that', () => {
    const story = given(underOrder().until(AT + DAY))
      .when(receive(lift()), AT + DAY)
      .then('order-received', 'request-opened', {
        type: 'lift-issued',
        requestId: null,
        lift: { cause: 'order', orderId: 'O9', effectiveAtMs: AT + DAY + 4 * HOUR },
      });
    expect(story.last('lift-issued').notice.recipients).toContain('commander');
    given(story)
      .when((_, at) => ({ type: 'rescind-lift', reason: 'x', act: act('management', at) }), AT + DAY)
      .refused('below-floor', '3.3.6');
    const held = given(story)
      .when(consult('raise', 'red'), AT + DAY)
      .story();
    given(held)
      .when(submit('raise', 'red'), AT + DAY)
      .refused('below-floor', '3.3.6');
    given(story)
      .when(note(air(AT + DAY, { raise: 'red' })), AT + DAY)
      .then('assessment-noted');
    const ended = story.until(AT + DAY + 4 * HOUR);
    expect(ended.events.slice(-2).map((e) => e.type)).toEqual(['order-took-effect', 'response-ended']);
    expect(ended.last('order-took-effect')).toMatchObject({ ended: ['O1'], floor: null });
  });

  test('other value: it only removes the floor, and people are asked', () => {
    const plan = planWith({ orders: { bindWithoutApproval: true, liftNamingTheCityLifts: false } });
    const story = given(opened(receive(start({ effectiveAtMs: AT })), AT, plan).until(AT + DAY))
      .when(receive(lift({ effectiveAtMs: AT + DAY })), AT + DAY)
      .then('order-received', 'request-opened', 'order-took-effect', { type: 'consultation-prompted', prompt: { reason: 'floor-removed' } });
    expect(story.state.phase).toBe('responding');
  });

  test('naming only the region it removes the floor: the city decides by its own air', () => {
    given(underOrder().until(AT + DAY))
      .when(receive(lift({ namesCity: false, effectiveAtMs: AT + DAY })), AT + DAY)
      .then('order-received', 'request-opened', 'order-took-effect', { type: 'consultation-prompted', prompt: { reason: 'floor-removed' } });
  });

  test('another floor left, or one to come, keeps its level', () => {
    const region = (of = {}) => start({ issuer: 'region', level: 'yellow', receivedAtMs: AT, effectiveAtMs: AT, ...of }, 'O2');
    const two = given(underOrder()).when(receive(region()), AT).story();
    given(two.until(AT + DAY))
      .when(receive(lift()), AT + DAY)
      .then('order-received', 'request-opened', { type: 'warning-lowered', from: 'orange', notice: { level: 'yellow', effectiveAtMs: AT + DAY + 4 * HOUR } });
    const toCome = given(underOrder())
      .when(receive(region({ effectiveAtMs: AT + 3 * DAY })), AT)
      .story();
    given(toCome.until(AT + DAY))
      .when(receive(lift()), AT + DAY)
      .then('order-received', 'request-opened', 'warning-lowered');
  });

  test('it ends the orders it names, or all of its issuer', () => {
    const two = given(underOrder())
      .when(receive(start({ level: 'red', effectiveAtMs: AT }, 'O2')), AT)
      .story();
    const one = given(two.until(AT + DAY))
      .when(receive(lift({ ends: ['O2'] })), AT + DAY)
      .story()
      .until(AT + DAY + 4 * HOUR);
    expect(one.state.orders.map((o) => o.status)).toEqual(['in-force', 'ended', 'in-force']);
    expect(one.state.levels.at(-1)?.level).toBe('orange');
    const all = given(two.until(AT + DAY))
      .when(receive(lift()), AT + DAY)
      .story()
      .until(AT + DAY + 4 * HOUR);
    expect(all.state).toMatchObject({ phase: 'reporting' });
  });

  describe('an order ended before its time changes nothing', () => {
    // Red by O1; O2 is to lower to yellow, or to lift, in two days; O3 ends it in one.
    const ordered = (kind: 'lower' | 'lift' = 'lower') =>
      given(opened(receive(start({ level: 'red', effectiveAtMs: AT })), AT))
        .when(receive(order('O2', kind, { receivedAtMs: AT, effectiveAtMs: AT + 2 * DAY, level: kind === 'lift' ? null : 'yellow' })), AT)
        .story();
    const ending = receive(start({ receivedAtMs: AT + DAY, effectiveAtMs: AT + DAY, ends: ['O2'] }, 'O3'));

    test('the level stays, told in place of the lowering; a raise from there, announced for later, is none any more', () => {
      const beyond = given(ordered())
        .when(receive(start({ issuer: 'region', level: 'orange', receivedAtMs: AT, effectiveAtMs: AT + 3 * DAY }, 'O9')), AT)
        .story();
      expect(beyond.state.levels.map((s) => s.level)).toEqual(['red', 'yellow', 'orange']);
      const story = given(beyond.until(AT + DAY))
        .when(ending, AT + DAY)
        .then(
          'order-received',
          'request-opened',
          // It holds its own level first, then ends the order.
          { type: 'warning-raised', orderId: 'O3', notice: { level: 'orange', effectiveAtMs: AT + 2 * DAY } },
          { type: 'order-took-effect', orderId: 'O3', ended: ['O2'], floor: 'red' },
          { type: 'warning-raised', orderId: 'O1', notice: { level: 'red', effectiveAtMs: AT + 2 * DAY } },
        );
      expect(spanAt(story.state, AT + 3 * DAY)?.level).toBe('red');
    });

    test('a level decided here stays, too', () => {
      const local = given(responding('red').until(AT)).when(receive(order('O2', 'lower', { receivedAtMs: AT, effectiveAtMs: AT + 2 * DAY, level: 'yellow' })), AT).story();
      const lowering = local.state.levels.at(-1)!;
      const story = given(local.until(AT + DAY))
        .when(receive(start({ level: 'yellow', receivedAtMs: AT + DAY, effectiveAtMs: AT + DAY, ends: ['O2'] }, 'O3')), AT + DAY)
        .then('order-received', 'request-opened', { type: 'order-took-effect', ended: ['O2'] }, { type: 'warning-raised', requestId: null, orderId: null, notice: { level: 'red', effectiveAtMs: AT + 2 * DAY, supersedes: lowering.noticeId } });
      expect(spanAt(story.until(AT + 2 * DAY + HOUR).state, AT + 2 * DAY + HOUR)?.level).toBe('red');
    });

    test('a lift is rescinded', () => {
      const lift = given(ordered('lift').until(AT + DAY))
        .when(receive(order('O3', 'lift', { receivedAtMs: AT + DAY, effectiveAtMs: AT + DAY, namesCity: false, ends: ['O2'] })), AT + DAY)
        .story();
      expect(lift.events.at(-2)).toMatchObject({ type: 'lift-rescinded', reason: 'order-ended' });
      expect(lift.until(AT + 3 * DAY).state).toMatchObject({ phase: 'responding' });
    });

    test('where what ended it is found wrong, it waits for its time again, and lowers then', () => {
      const back = given(given(ordered().until(AT + DAY)).when(ending, AT + DAY).story())
        .when(check('O3', false, AT + DAY + HOUR), AT + DAY + HOUR)
        .story();
      expect(back.state.orders.map((o) => o.status)).toEqual(['in-force', 'pending', 'voided']);
      const later = back.until(AT + 2 * DAY + HOUR);
      expect([later.state.orders.map((o) => o.status), spanAt(later.state, later.state.asOfMs)?.level]).toEqual([['ended', 'in-force', 'voided'], 'yellow']);
    });

    test('rules version 2 lowered below what stayed in force', () => {
      const story = given(underRules('2', ordered().until(AT + DAY))).when(ending, AT + DAY).story().until(AT + 2 * DAY + HOUR);
      expect([floorOf(story.plan, story.state.orders), spanAt(story.state, story.state.asOfMs)?.level]).toEqual(['red', 'orange']);
    });
  });

  test('a lowering lowers; to a level above the one here it raises; before any response it starts one', () => {
    const lower = (level: string) => order('O5', 'lower', { receivedAtMs: AT + DAY, effectiveAtMs: AT + DAY, level });
    given(underOrder().until(AT + DAY))
      .when(receive(lower('yellow')), AT + DAY)
      .then('order-received', 'request-opened', { type: 'warning-lowered', notice: { level: 'yellow' } }, 'order-took-effect', 'response-began');
    given(responding('yellow').until(AT + DAY))
      .when(receive(lower('orange')), AT + DAY)
      .then('order-received', 'request-opened', 'warning-raised', 'order-took-effect', 'response-began');
    expect(opened(receive(lower('yellow')), AT + DAY).state.phase).toBe('responding');
  });

  test('announced after it took effect: the response ended when it said', () => {
    const night = D0 + 3 * DAY + 22 * HOUR + 40 * MINUTE;
    const story = given(underOrder().until(night))
      .when(receive(lift({ receivedAtMs: night, effectiveAtMs: D0 + 3 * DAY + 20 * HOUR })), night)
      .story();
    expect(story.last('response-ended')).toMatchObject({ atMs: night, effectiveAtMs: D0 + 3 * DAY + 20 * HOUR });
    expect(story.owed(night, 'summary-report')[0]).toMatchObject({ opensAtMs: D0 + 3 * DAY + 20 * HOUR, dueAtMs: D0 + 5 * DAY });
  });

  test('announced a day late, the day after its effect owes nothing any more', () => {
    const late = D0 + 4 * DAY + 9 * HOUR;
    const story = given(underOrder().until(late))
      .when(receive(lift({ receivedAtMs: late, effectiveAtMs: D0 + 3 * DAY + 20 * HOUR })), late)
      .story();
    expect(story.owed(late, 'office-daily-report').map((o) => o.ref)).toEqual(['2026-01-07', '2026-01-08']);
  });

  test('an earlier local lift stands', () => {
    const story = given(liftIssued())
      .when(receive(lift({ receivedAtMs: CLEAR + HOUR, effectiveAtMs: CLEAR + DAY })), CLEAR + HOUR)
      .story();
    expect(story.state.lift).toMatchObject({ cause: 'local' });
  });

  test('after the lift an order belongs to the next episode; the check of an old one still to this', () => {
    given(reporting())
      .when(receive(start({ receivedAtMs: CLEAR + DAY })), CLEAR + DAY)
      .then();
    const ended = given(underOrder().until(AT + DAY))
      .when(receive(lift({ effectiveAtMs: AT + DAY })), AT + DAY)
      .story();
    given(ended)
      .when(check('O1', true, AT + DAY + MINUTE), AT + DAY + MINUTE)
      .then('order-checked');
  });
});
