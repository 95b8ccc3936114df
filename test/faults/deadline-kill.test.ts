/**
 * The due time of 25 units' acknowledgements comes while they hand in and
 * everything is killed: it is settled once, on what was handed in by then.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { toRealMs } from '../../domain/clock.js';
import type { EventOf } from '../../domain/episode/events.js';
import type { Plan } from '../../domain/plan.js';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import { Desk } from './support/desk.js';
import { expectSameState } from './support/episode.js';
import { expectWhole, streamOf } from './support/record.js';
import { planWithRoom } from './support/script.js';
import { System } from './support/system.js';
import { untilSettled, warned } from './support/warned.js';

const DUE_HOURS = 8;
/** The due time comes half a minute after the publication, of real time. */
const RATE = 960;
/** Of real time: from so long before the due time until so long after it. */
const SPREAD_MS = 1_000;
const GROUP = 'acknowledgement:N1';

const roomy = planWithRoom();
const obligations = roomy.obligations.map((rule) => (rule.kind === 'acknowledgement' ? { ...rule, target: null, due: { minutesAfter: (DUE_HOURS * HOUR_MS) / MINUTE_MS } } : rule));
const plan: Plan = { ...roomy, obligations };
let system: System;
let desk: Desk;

beforeAll(async () => {
  system = await System.start({ plan });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
}, 120_000);

afterAll(async () => {
  await system?.close();
}, 60_000);

/** Who handed in before a row of the ledger, and when it counts as handed in. */
async function handedInBefore(episodeId: string, seq: number): Promise<{ readonly obligationId: string; readonly countsAtMs: number }[]> {
  const rows = (await streamOf(system.pool, episodeId)).filter((r) => r.kind === 'submission' && r.seq < seq);
  return rows.map((r) => r.event as unknown as { obligationId: string; countsAtMs: number }).filter((e) => e.obligationId.startsWith(`${GROUP}:`));
}

test('5.1: all four processes killed at the due time, in the midst of 25 acknowledgements: settled once, on what was handed in by then; no receipt lost', async () => {
  const { episodeId, clock } = await warned(system, desk, RATE);
  const published = (await streamOf(system.pool, episodeId)).find((r) => r.event.type === 'warning-published')!;
  const dueAtMs = published.planAtMs + DUE_HOURS * HOUR_MS;
  const dueRealMs = toRealMs(clock, dueAtMs);
  expect(dueRealMs - SPREAD_MS).toBeGreaterThan(Date.now());

  const receipts = new Map<string, number>();
  const handingIn = plan.units.map(async ({ id }, i) => {
    await pause(dueRealMs - SPREAD_MS + (2 * SPREAD_MS * i) / (plan.units.length - 1) - Date.now());
    const { body } = await desk.post(`unit-${id}`, `/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }, `ack.${episodeId}.${id}`);
    receipts.set(`${GROUP}:${id}`, Number(body['seq']));
  });
  await pause(dueRealMs - Date.now());
  await system.kill('postgres', 'temporal', 'worker', 'api');
  await system.restart('postgres', 'temporal', 'worker', 'api');
  await Promise.all(handingIn);
  await untilSettled(system, episodeId, GROUP, 'due');
  await expectSameState(await system.client(), system.pool, episodeId);

  const rows = await streamOf(system.pool, episodeId);
  const settled = rows.flatMap((r) => (r.event.type === 'deadlines-settled' ? (r.event as EventOf<'deadlines-settled'>).groups.filter((g) => g.groupId === GROUP).map((group) => ({ seq: r.seq, group })) : []));
  expect(settled.map(({ group }) => group.moment)).toEqual(['due']);
  const { seq, group } = settled[0]!;
  const before = await handedInBefore(episodeId, seq);
  const units = plan.units.map(({ id }) => `${GROUP}:${id}`);
  expect({ inTime: group.inTime, late: group.late, open: [...group.open].sort() }).toEqual({
    inTime: before.filter((e) => e.countsAtMs <= dueAtMs).length,
    late: before.filter((e) => e.countsAtMs > dueAtMs).length,
    open: units.filter((id) => !before.some((e) => e.obligationId === id)).sort(),
  });
  // Some came before the kill, some were cut off by it.
  expect(group.inTime).toBeGreaterThan(0);
  expect(group.inTime).toBeLessThan(units.length);

  const { rows: stored } = await system.pool.query<{ id: string; submitted_at_ms: number; due_at_ms: number }>('select id, submitted_at_ms, due_at_ms from obligations where episode_id = $1 and group_id = $2', [episodeId, GROUP]);
  expect(stored.map((o) => o.id).sort()).toEqual([...units].sort());
  expect(new Set(stored.map((o) => o.due_at_ms))).toEqual(new Set([dueAtMs]));
  expect(stored.filter((o) => o.submitted_at_ms <= dueAtMs)).toHaveLength(group.inTime);
  const inLedger = new Map(rows.map((r) => [r.seq, r.kind === 'submission' ? (r.event as unknown as { obligationId: string }).obligationId : null]));
  expect([...receipts].filter(([id, at]) => inLedger.get(at) !== id)).toEqual([]);
  expect(receipts.size).toBe(units.length);
  await expectWhole(system.pool);
  process.stdout.write(`killed at the due time: ${group.inTime} in time, ${group.late} late, ${group.open.length} open when it was settled; ${receipts.size} receipts, 0 lost\n`);
}, 240_000);
