import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import { obligationStatus } from '../../domain/obligation.js';
import { appendEpisodeAudit } from '../../db/ledger/audit.js';
import { ensureObligations } from '../../db/ledger/submissions.js';
import { addDrillArea } from '../../db/plans.js';
import { act, Episode, person, START_MS, type World, world } from './support/world.js';

let w: World;
let e: Episode;
let notice: string;
let count = 0;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.database.close());

/** A published orange, two hours and a minute after the order came. */
beforeEach(async () => {
  w.nowMs = START_MS;
  const areaId = `drill-${++count}`;
  await addDrillArea(w.database.pool, { areaId, drillsArea: w.plan.areaId, clock: { realOriginMs: 0, planOriginMs: 0, rate: 1 } });
  e = new Episode(w, `e${count}`, undefined, areaId);
  await e.open();
  await e.until(START_MS + 2 * HOUR_MS + MINUTE_MS);
  notice = e.state!.notices[0]!.id;
});

interface Owed {
  readonly opens_at_ms: number;
  readonly target_at_ms: number | null;
  readonly due_at_ms: number | null;
  readonly submitted_at_ms: number | null;
  readonly submission_version: number | null;
}

const unit = () => w.plan.units[0]!.id;
const ackId = () => `acknowledgement:${notice}:${unit()}`;
async function owed(id: string): Promise<Owed | undefined> {
  const { rows } = await w.database.pool.query<Owed>('select opens_at_ms, target_at_ms, due_at_ms, submitted_at_ms, submission_version from obligations where episode_id = $1 and id = $2', [e.id, id]);
  return rows[0];
}
const filer = () => person('unit', unit());

describe('handing in', () => {
  test('is recorded at the receipt clock, discharges the obligation and answers with its sequence', async () => {
    const outcome = await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) }, 'k1');
    expect(outcome).toMatchObject({ status: 'appended', recordedAtMs: w.nowMs, event: { version: 1, countsAtMs: w.nowMs, kind: 'acknowledgement' } });
    expect(await owed(ackId())).toMatchObject({ submitted_at_ms: w.nowMs, submission_version: 1 });
  });

  test('the same command again is the same receipt, a second one without a reason is refused', async () => {
    const first = await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) }, 'k1');
    w.nowMs += HOUR_MS;
    expect(await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) }, 'k1')).toEqual({ ...first, status: 'already' });
    expect(await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) }, 'k2')).toMatchObject({ status: 'refused', refusal: { code: 'already-filed' } });
  });

  test('R30: a correction is a new version and does not restart the clock', async () => {
    const firstMs = w.nowMs;
    await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) });
    w.nowMs += HOUR_MS;
    await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs), correctionReason: '更正' });
    expect(await owed(ackId())).toMatchObject({ submitted_at_ms: firstMs, submission_version: 2 });
    const { rows } = await w.database.pool.query('select version, counts_at_ms, received_at_ms, correction_reason from submissions where episode_id = $1 order by version', [e.id]);
    expect(rows).toEqual([
      { version: 1, counts_at_ms: firstMs, received_at_ms: firstMs, correction_reason: null },
      { version: 2, counts_at_ms: firstMs, received_at_ms: w.nowMs, correction_reason: '更正' },
    ]);
  });

  test('the same obligation twenty times at once is one submission', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) }, `at-once-${i}`)));
    expect(outcomes.filter((o) => o.status === 'appended')).toHaveLength(1);
    expect(outcomes.filter((o) => o.status === 'refused' && o.refusal.code === 'already-filed')).toHaveLength(19);
  });

  test('an unknown episode, and what nobody owes, write nothing', async () => {
    const nobody = new Episode(w, 'nobody');
    expect(await nobody.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) })).toEqual({ status: 'no-such-episode' });
    expect(await e.submit({ obligationId: 'acknowledgement:N9:x', act: act(filer(), w.nowMs) })).toMatchObject({ status: 'refused', refusal: { code: 'not-owed' } });
    const { rows } = await w.database.pool.query("select 1 from streams where stream = 'episode/nobody'");
    expect(rows).toEqual([]);
  });
});

describe('5.1, R18: lateness is judged on the receipt time', () => {
  const dailyReport = () => {
    const reporting = w.plan.units.find((u) => u.reports.daily)!.id;
    return { id: `daily-report:2024-01-05:${reporting}`, by: person('unit', reporting) };
  };

  test.each([
    ['one millisecond before the due time', -1, 'submitted'],
    ['at the due time', 0, 'submitted'],
    ['one millisecond after it', 1, 'submitted-late'],
  ] as const)('%s', async (_name, offsetMs, status) => {
    const { id, by } = dailyReport();
    await e.until(START_MS + 20 * HOUR_MS);
    await ensureObligations(w.database.pool, e.id, w.clock);
    const dueMs = (await owed(id))!.due_at_ms!;
    w.nowMs = dueMs + offsetMs;
    const outcome = await e.submit({ obligationId: id, act: act(by, w.nowMs) });
    expect(outcome).toMatchObject({ status: 'appended', recordedAtMs: dueMs + offsetMs });
    const row = (await owed(id))!;
    const times = { opensAtMs: row.opens_at_ms, targetAtMs: row.target_at_ms, dueAtMs: row.due_at_ms };
    expect(obligationStatus(times, row.submitted_at_ms, dueMs + 10 * HOUR_MS, w.plan.dueSoon)).toBe(status);
  });

  test('R30: phoned in on time and typed later counts at the attested time, both are kept', async () => {
    const { id, by } = dailyReport();
    await e.until(START_MS + 20 * HOUR_MS);
    await ensureObligations(w.database.pool, e.id, w.clock);
    const dueMs = (await owed(id))!.due_at_ms!;
    w.nowMs = dueMs + 3 * HOUR_MS;
    const phoned = act(by, dueMs - HOUR_MS, { channel: 'phone', entry: 'proxy', recordedBy: person('management') });
    await e.submit({ obligationId: id, act: phoned });
    const { rows } = await w.database.pool.query('select counts_at_ms, received_at_ms from submissions where episode_id = $1 and obligation_id = $2', [e.id, id]);
    expect(rows).toEqual([{ counts_at_ms: dueMs - HOUR_MS, received_at_ms: dueMs + 3 * HOUR_MS }]);
  });

  test('a report can be handed in over midnight while the engine is down', async () => {
    const { id, by } = dailyReport();
    w.nowMs = START_MS + 14 * HOUR_MS + MINUTE_MS;
    expect(await owed(id)).toBeUndefined();
    expect(await e.submit({ obligationId: id, act: act(by, w.nowMs) })).toMatchObject({ status: 'appended' });
    expect(await owed(id)).toMatchObject({ submitted_at_ms: w.nowMs });
    const { rows } = await w.database.pool.query<{ count: number }>("select count(*) from obligations where episode_id = $1 and group_id = 'daily-report:2024-01-05'", [e.id]);
    expect(rows[0]!.count).toBe(w.plan.units.filter((u) => u.reports.daily).length);
  });

  test('a drill at rate 60 keeps due times in plan and in real time', async () => {
    const areaId = 'fast';
    const clock = { realOriginMs: START_MS, planOriginMs: START_MS, rate: 60 };
    w.nowMs = START_MS;
    await addDrillArea(w.database.pool, { areaId, drillsArea: w.plan.areaId, clock });
    const fast = new Episode(w, 'fast', clock, areaId);
    await fast.open();
    const { rows } = await w.database.pool.query<{ target_at_ms: number; target_real_ms: number }>(
      "select target_at_ms, target_real_ms from obligations where episode_id = 'fast' and kind = 'acknowledgement' limit 1",
    );
    expect(rows).toEqual([{ target_at_ms: START_MS + HOUR_MS, target_real_ms: START_MS + MINUTE_MS }]);
  });
});

describe('3.3.4: deliveries and receipts', () => {
  const recipients = () => [`unit:${unit()}`, 'zone', 'prefecture'];
  const deliver = () =>
    appendEpisodeAudit(w.database.pool, { episodeId: e.id, commandId: `deliver-${notice}`, clock: w.clock, event: { type: 'notice-delivered', clause: '3.3.4', noticeId: notice, channel: 'inbox', recipients: recipients() } });
  const deliveries = async () => {
    const { rows } = await w.database.pool.query<{ recipient: string; receipt_at_ms: number | null }>('select recipient, receipt_at_ms from deliveries where episode_id = $1 order by recipient', [e.id]);
    return rows;
  };

  test('a notice reaches each recipient once, into its inbox', async () => {
    expect(await deliver()).toEqual(await deliver());
    expect((await deliveries()).map((d) => d.recipient)).toEqual(['prefecture', `unit:${unit()}`, 'zone'].sort());
    const { rows } = await w.database.pool.query("select recipient, kind, ref from inbox where episode_id = $1 and kind = 'notice' order by recipient", [e.id]);
    expect(rows).toEqual([
      { recipient: 'role:prefecture', kind: 'notice', ref: notice },
      { recipient: 'role:zone', kind: 'notice', ref: notice },
      { recipient: `unit:${unit()}`, kind: 'notice', ref: notice },
    ]);
  });

  test.each(['before', 'after'] as const)("a unit's acknowledgement is its receipt, also %s the channel reports the delivery", async (when) => {
    if (when === 'after') await deliver();
    await e.submit({ obligationId: ackId(), act: act(filer(), w.nowMs) });
    if (when === 'before') await deliver();
    expect(await deliveries()).toContainEqual({ recipient: `unit:${unit()}`, receipt_at_ms: w.nowMs });
  });

  test('the first receipt of the prefecture counts', async () => {
    await deliver();
    const receipt = (commandId: string) =>
      appendEpisodeAudit(w.database.pool, {
        episodeId: e.id,
        commandId,
        clock: w.clock,
        event: { type: 'notice-receipted', clause: '3.3.4', noticeId: notice, recipient: 'prefecture', act: act(person('prefecture'), w.nowMs) },
      });
    const firstMs = w.nowMs;
    await receipt('r1');
    w.nowMs += HOUR_MS;
    await receipt('r2');
    expect(await deliveries()).toContainEqual({ recipient: 'prefecture', receipt_at_ms: firstMs });
  });
});
