/** The database's clock, which dates receipts and deadlines, jumps in both directions. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toRealMs } from '../../domain/clock.js';
import { HOUR_MS } from '../../domain/time.js';
import { withClient } from '../../embedded/databases.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { Desk } from './support/desk.js';
import { expectSameState } from './support/episode.js';
import { expectWhole, streamOf } from './support/record.js';
import { planWithRoom } from './support/script.js';
import { System } from './support/system.js';
import { KEEP, untilPlan, untilSettled, warned } from './support/warned.js';

const TARGET_HOURS = 12;
const plan = planWithRoom(TARGET_HOURS);
let system: System;
let desk: Desk;
let rate: number;

beforeAll(async () => {
  system = await System.start({ plan });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
  rate = await system.bearableRate(3600);
}, 180_000);

afterAll(async () => {
  await system?.close();
}, 60_000);

/** The application's sessions see this database's clock moved by so many seconds. */
async function jump(seconds: number): Promise<void> {
  await withClient(system.ownerUrl, async (client) => {
    await client.query(`
      create schema if not exists jumped;
      create table if not exists jumped.by (seconds double precision not null);
      create or replace function jumped.clock_timestamp() returns timestamptz language sql volatile
        as 'select pg_catalog.clock_timestamp() + make_interval(secs => (select seconds from jumped.by))';
      grant usage on schema jumped to qingkong_app;
      grant select on jumped.by to qingkong_app;
      alter role qingkong_app in database qingkong set search_path to jumped, pg_catalog, public;
      delete from jumped.by`);
    await client.query('insert into jumped.by values ($1)', [seconds]);
  });
  if (seconds !== 0) return;
  // A session takes its path when it begins.
  await system.kill('worker', 'api');
  await system.restart('worker', 'api');
}

test('the ledger answers not-yet until its own clock has reached the due time; receipts count by it; a jump back breaks no chain', async () => {
  await jump(0);
  const { areaId, episodeId, clock } = await warned(system, desk, rate);
  const units = plan.units.map((u) => u.id);
  const acknowledge = (unitId: string) => desk.post(`unit-${unitId}`, `/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }, `${areaId}.ack.${unitId}`);
  await Promise.all(units.slice(1).map(acknowledge));
  const published = (await streamOf(system.pool, episodeId)).find((r) => r.event.type === 'warning-published')!;
  const targetMs = published.planAtMs + TARGET_HOURS * HOUR_MS;
  await jump(-4 * HOUR_MS / rate / 1000);
  // The engine's clock has passed the target, the ledger's has not: this one is still in time.
  await untilPlan(clock, targetMs + HOUR_MS);
  await acknowledge(units[0]!);
  const found = await untilSettled(system, episodeId, 'acknowledgement:N1', 'target');
  expect(found).toMatchObject({ open: [], inTime: units.length, late: 0 });
  const settlements = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'deadlines-settled');
  expect(settlements.filter((r) => r.recordedAtMs < toRealMs(clock, r.planAtMs))).toEqual([]);

  await jump(60);
  await desk.post('technical', `/episodes/${episodeId}/consultations`, KEEP, `${areaId}.ahead`);
  await jump(-60);
  await desk.post('technical', `/episodes/${episodeId}/consultations`, KEEP, `${areaId}.behind`);
  await jump(0);
  await expectSameState(await system.client(), system.pool, episodeId);
  const handle = (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId));
  expect((await handle.fetchHistory()).events?.length).toBeLessThan(400);
  await expectWhole(system.pool);
}, 180_000);
