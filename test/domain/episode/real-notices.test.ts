/** Five real notices behind R8 and R15, with the times that are known; the others are null. */
import { describe, expect, test } from '@jest/globals';
import type { SuperiorOrder } from '../../../domain/order.js';
import { startOfDayMs } from '../../../domain/time.js';
import {
  act,
  air,
  check,
  consult,
  DAY,
  EXAMPLE_CITY,
  given,
  HOUR,
  MINUTE,
  note,
  opened,
  order,
  planWith,
  receive,
  step,
  type Story,
  submit,
} from '../../support/episode.js';

const at = (day: string, hour: number, minute = 0) => startOfDayMs(day) + hour * HOUR + minute * MINUTE;

/** A city under an order of its prefecture since a day, checked by the second person. */
function underOrder(day: string, level: string): Story {
  const receivedAtMs = at(day, 10);
  const start = order('start', 'start', { receivedAtMs, level, effectiveAtMs: at(day, 12), issuedAtMs: null, announcedAtMs: null });
  return given(opened(receive(start), receivedAtMs))
    .when(check('start', true, receivedAtMs + MINUTE), receivedAtMs + MINUTE)
    .story();
}

function lift(of: Partial<SuperiorOrder> & { readonly receivedAtMs: number }): SuperiorOrder {
  return order('lift', 'lift', { issuedAtMs: null, announcedAtMs: null, ...of });
}

describe('R15, R8: lifts that came from above', () => {
  test('Kuitun 2025-01-08 12:00: the prefecture’s office lifts the orange warning, relaying the region’s notice', () => {
    const told = at('2025-01-08', 11);
    const story = given(underOrder('2025-01-04', 'orange').until(told))
      .when(receive(lift({ receivedAtMs: told, basedOn: '自治区关于解除预警的通知', effectiveAtMs: at('2025-01-08', 12) })), told)
      .then(
        'order-received',
        { type: 'request-opened', evidence: { action: 'relay', subject: 'lift' } },
        { type: 'lift-issued', lift: { cause: 'order', effectiveAtMs: at('2025-01-08', 12) } },
      );
    expect(story.until(at('2025-01-08', 12)).last('response-ended')).toMatchObject({ clause: '4.5', effectiveAtMs: at('2025-01-08', 12) });
    expect(story.until(at('2025-01-08', 12)).owed(at('2025-01-08', 12), 'summary-report')[0]).toMatchObject({ dueAtMs: at('2025-01-09', 24) });
  });

  test('Changji, the same wave, 20:00: the hour is the order’s', () => {
    const told = at('2025-01-08', 18);
    const story = given(underOrder('2025-01-04', 'orange').until(told))
      .when(receive(lift({ receivedAtMs: told, effectiveAtMs: at('2025-01-08', 20) })), told)
      .story();
    expect(story.until(at('2025-01-08', 20) - 1).state.phase).toBe('responding');
    expect(story.until(at('2025-01-08', 20)).state).toMatchObject({ phase: 'reporting', lift: { effectiveAtMs: at('2025-01-08', 20) } });
  });

  test('a regional lift announced 2024-03-02 and effective 2024-03-03 16:00: the days until then owe their reports', () => {
    const announced = at('2024-03-02', 18);
    const region = lift({ issuer: 'region', receivedAtMs: announced, announcedAtMs: announced, effectiveAtMs: at('2024-03-03', 16), ends: ['start'] });
    const story = given(underOrder('2024-03-01', 'yellow').until(announced)).when(receive(region), announced).story().until(at('2024-03-03', 16));
    expect(story.state.orders.find((o) => o.order.id === 'lift')?.order).toMatchObject({
      issuedAtMs: null,
      announcedAtMs: announced,
      effectiveAtMs: at('2024-03-03', 16),
    });
    expect(story.state.phase).toBe('reporting');
    expect(story.owed(at('2024-03-04', 0), 'office-daily-report').map((o) => o.ref)).toEqual(['2024-03-01', '2024-03-02', '2024-03-03']);
  });

  test('Wusu 2024-02-14 12:00: known only from its effective time, it binds at once', () => {
    const told = at('2024-02-14', 12);
    const story = given(underOrder('2024-02-10', 'orange').until(told))
      .when(receive(lift({ receivedAtMs: told, effectiveAtMs: told })), told)
      .story();
    expect(story.last('response-ended')).toMatchObject({ atMs: told, effectiveAtMs: told });
  });
});

describe('Huyanghe 2022-12: another plan, whose lift the headquarters approves', () => {
  const plan = planWith({ autoPropose: false, liftRoles: { proposes: 'technical', issues: 'management' } }, EXAMPLE_CITY);
  const start = at('2022-12-16', 12);
  const end = at('2022-12-23', 20);
  const by = (story: Story, when: number): Story => {
    let done = story;
    while (done.state.requests.length > 0) done = given(done).when(step(), when).story();
    return done;
  };

  function yellow(): Story {
    const noon = at('2022-12-16', 9);
    const seen = opened(note(air(noon, { processes: [{ level: 'yellow', from: start, to: end }] })), noon, plan);
    const held = given(seen).when(consult('publish', 'yellow'), noon).story();
    return by(
      given(held)
        .when(submit('publish', 'yellow', { effectiveAtMs: start }), noon)
        .story(),
      noon + HOUR,
    ).until(start);
  }

  test('yellow from 2022-12-16 12:00 to 2022-12-23 20:00, approved by the headquarters before', () => {
    const now = at('2022-12-23', 18);
    const clear = given(yellow().until(now))
      .when(note(air(now, { lift: { from: now, hours: 90 } })), now)
      .story();
    const asked = given(given(clear).when(consult('lift'), now).story())
      .when(submit('lift', null, { effectiveAtMs: at('2022-12-23', 19) }), now)
      .then({ type: 'request-opened', evidence: { action: 'lift' } });
    const reviewed = given(asked)
      .when(step(), now + MINUTE)
      .then({ type: 'approval-decided', act: { actor: { role: 'director' } } });
    const late = given(reviewed)
      .when(step(), at('2022-12-23', 19, 5))
      .story();
    expect(late.last('lift-issued')).toMatchObject({ lift: { cause: 'local', effectiveAtMs: end } });
    const ended = late.until(end);
    expect(ended.state.levels).toMatchObject([{ level: 'yellow', fromMs: start }]);
    expect(ended.state).toMatchObject({ phase: 'reporting', lift: { effectiveAtMs: end } });
  });

  test('posted on the site at 22:40, 2 h 40 min after it took effect: late as a publication, the lift is not', () => {
    const now = at('2022-12-23', 18);
    const clear = given(yellow().until(now))
      .when(note(air(now, { lift: { from: now, hours: 90 } })), now)
      .story();
    const asked = given(given(clear).when(consult('lift'), now).story())
      .when(submit('lift', null, { effectiveAtMs: at('2022-12-23', 19) }), now)
      .story();
    const lifted = by(asked, at('2022-12-23', 19, 5)).until(at('2022-12-23', 22, 40));
    const [site] = lifted.owed(at('2022-12-23', 22, 40), 'site-publication').slice(-1);
    const posted = lifted.submit(site?.id ?? '', at('2022-12-23', 22, 40), { act: act('management', at('2022-12-23', 22, 40)) });
    expect(posted).toMatchObject({ ok: true, value: { countsAtMs: at('2022-12-23', 22, 40) } });
    expect(site?.targetAtMs).toBeLessThan(at('2022-12-23', 22, 40));
    expect(lifted.last('response-ended').effectiveAtMs).toBe(end);
  });

  test('the same lift by order, entered at 22:40: the four times stand as the world produced them', () => {
    const seen = end + 2 * HOUR + 40 * MINUTE;
    const story = given(underOrder('2022-12-16', 'yellow').until(seen))
      .when(receive(lift({ receivedAtMs: seen, announcedAtMs: seen, effectiveAtMs: end })), seen)
      .story();
    expect(story.last('response-ended')).toMatchObject({ atMs: seen, effectiveAtMs: end });
    expect(story.owed(seen + DAY, 'office-daily-report').at(-1)?.ref).toBe('2022-12-23');
  });
});
