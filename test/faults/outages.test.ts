/** Parts that are away, silent or wrong about the time: people go on, and what waited is caught up on return. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { toRealMs } from '../../domain/clock.js';
import type { EventOf, SettledGroup } from '../../domain/episode/events.js';
import type { AffineClock } from '../../domain/clock.js';
import { addDays, DAY_MS, HOUR_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';
import { episodeWorkflowId, pokeSignal } from '../../workflows/messages.js';
import { withClient } from '../../embedded/databases.js';
import { BrokenLink } from './support/broken-link.js';
import { Desk } from './support/desk.js';
import { episodeOfArea, expectSameState } from './support/episode.js';
import { expectWhole, streamOf } from './support/record.js';
import { FIRST_DAY, planWithRoom } from './support/script.js';
import { System } from './support/system.js';

const plan = planWithRoom();
const TEXT = { zh: '奎屯市', en: 'Kuitun' };
const DAY0_MS = startOfDayMs(FIRST_DAY);
const BEGINS_MS = DAY0_MS + 2 * HOUR_MS;
let system: System;
let desk: Desk;
let link: BrokenLink;
let rate: number;

beforeAll(async () => {
  system = await System.start({
    plan,
    workerDatabasePort: async (port) => {
      const linked = await BrokenLink.to(`postgres://127.0.0.1:${port}/`);
      link = linked.link;
      return Number(new URL(linked.url).port);
    },
  });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
  rate = await system.bearableRate(3600);
}, 120_000);

afterAll(async () => {
  await system?.close();
  await link?.cut();
}, 60_000);

/** An orange warning published in the small hours of the first day and in force from 20:00 on. */
async function warned(rate: number): Promise<{ readonly areaId: string; readonly episodeId: string; readonly clock: AffineClock }> {
  const { areaId, clock } = await system.addArea(BEGINS_MS, rate);
  const days = [80, 260, 260, 260, 90].map((aqi, i) => ({ date: addDays(FIRST_DAY, i), aqiLow: aqi, aqiHigh: aqi, pm25: aqi * 0.75, primary: ['PM2.5'] }));
  await desk.post('technical', `/areas/${areaId}/forecasts`, { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days }, `${areaId}.forecast`);
  const episodeId = await episodeOfArea(system.pool, areaId);
  const decide = (login: string, path: string, body: object) => desk.post(login, `/episodes/${episodeId}/${path}`, body, `${areaId}.${login}.${path.replaceAll('/', '.')}`);
  await decide('technical', 'consultations', { advice: 'publish', level: 'orange', text: '建议发布' });
  await decide('management', 'proposals', { action: 'publish', level: 'orange', effectiveAt: toBeijingIso(DAY0_MS + 20 * HOUR_MS), text: '呈报' });
  for (const [step, login] of ['director', 'commander'].entries()) {
    const { evidenceDigest } = await desk.find(login, `/episodes/${episodeId}/approvals`, (body) => (body['requests'] as { step: number | null; evidenceDigest: string }[]).find((r) => r.step === step));
    await decide(login, 'approvals/R1/decision', { step, decision: 'approve', evidenceDigest });
  }
  return { areaId, episodeId, clock };
}

/** What was found at each moment of a group of deadlines, in order. */
async function settled(episodeId: string, groupId: string): Promise<SettledGroup[]> {
  const rows = await streamOf(system.pool, episodeId);
  return rows.filter((r) => r.event.type === 'deadlines-settled').flatMap((r) => (r.event as EventOf<'deadlines-settled'>).groups.filter((g) => g.groupId === groupId));
}

async function untilSettled(episodeId: string, groupId: string, moment: SettledGroup['moment']): Promise<SettledGroup> {
  for (const deadline = performance.now() + 60_000; ; await pause(200)) {
    const found = (await settled(episodeId, groupId)).find((g) => g.moment === moment || g.open.length === 0);
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${groupId} was not settled at its ${moment}\n${system.logTail()}`);
  }
}

const untilPlan = (clock: AffineClock, planMs: number) => pause(Math.max(0, toRealMs(clock, planMs) - Date.now()));

describe('a worker that was killed', () => {
  test('the next decision is processed soon after the new worker starts', async () => {
    const { episodeId } = await warned(1);
    const took: number[] = [];
    for (const round of [1, 2, 3]) {
      await system.kill('worker');
      const asked = desk.post('technical', `/episodes/${episodeId}/consultations`, { advice: 'keep', text: '维持' }, `recovery-${episodeId}-${round}`);
      await pause(200);
      const beganMs = performance.now();
      let isStarted = false;
      const answered = asked.then(() => ({ tookMs: performance.now() - beganMs, isStarted }));
      isStarted = true;
      await system.restart('worker');
      const { tookMs, isStarted: wasStarted } = await answered;
      expect(wasStarted).toBe(true);
      took.push(tookMs);
    }
    process.stdout.write(`after kill -9 of the worker the next decision was processed ${took.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s after the new one's start\n`);
    await expectSameState(await system.client(), system.pool, episodeId);
  }, 120_000);
});

describe('a database that accepts and never answers', () => {
  test('an hour of attempts adds fewer than 200 events to the history', async () => {
    const { episodeId } = await warned(1);
    const handle = (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId));
    await expectSameState(await system.client(), system.pool, episodeId);
    const events = async () => (await handle.fetchHistory()).events ?? [];
    const before = (await events()).length;
    link.silence();
    await handle.signal(pokeSignal);
    // Attempts of 4 s, with 5 s and 15 s between them: the third has not begun.
    await pause(25_000);
    const after = await events();
    const attempts = after.slice(before).filter((e) => e.timerStartedEventAttributes).length;
    await link.mend();
    await expectSameState(await system.client(), system.pool, episodeId, 30_000);
    const perAttempt = (after.length - before) / attempts;
    // 5 s, 15 s, 45 s, 2, 5, 10, 10 ... minutes of waiting, and the attempts themselves: eleven in an hour.
    process.stdout.write(`PostgreSQL silent: ${perAttempt.toFixed(1)} events an attempt, ${Math.ceil(perAttempt * 11)} in an hour\n`);
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(perAttempt * 11).toBeLessThan(200);
  }, 120_000);
});

describe('the Temporal server away over a deadline (5.1(1))', () => {
  test('reports get their receipts, orders and forecasts are recorded, decisions say that their outcome is unknown; then all is settled on what was handed in by when', async () => {
    const { areaId, episodeId, clock } = await warned(rate);
    const report = (unitId: string) => desk.post(`unit-${unitId}`, `/episodes/${episodeId}/reports`, { obligationId: `daily-report:${FIRST_DAY}:${unitId}`, nil: true, note: '无变化' }, `${areaId}.report.${unitId}`);
    const units = plan.units.filter((u) => u.reports.daily).map((u) => u.id);
    const [silent, late, ...inTime] = units as [string, string, ...string[]];
    await untilPlan(clock, DAY0_MS + DAY_MS + 10 * 60_000);
    await system.kill('temporal');
    await Promise.all(inTime.map(report));
    const unknown = await desk.once('technical', 'POST', `/episodes/${episodeId}/consultations`, `${areaId}.unknown`, { advice: 'keep', text: '维持' });
    expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
    const recorded = await desk.once('management', 'POST', `/areas/${areaId}/orders`, `${areaId}.order`, {
      issuer: 'prefecture',
      kind: 'raise',
      level: 'red',
      namesCity: true,
      scope: TEXT,
      receivedAt: toBeijingIso(DAY0_MS + DAY_MS),
      transmission: { channel: 'phone', at: toBeijingIso(DAY0_MS + DAY_MS), from: '州指挥部办公室' },
    });
    expect(recorded?.status).toBe(201);
    expect((await desk.once('management', 'GET', `/episodes/${episodeId}`))?.status).toBe(200);
    await untilPlan(clock, DAY0_MS + 2 * DAY_MS + HOUR_MS);
    await report(late);
    await system.restart('temporal');

    expect(await untilSettled(episodeId, `daily-report:${FIRST_DAY}`, 'due')).toMatchObject({ open: [`daily-report:${FIRST_DAY}:${silent}`], inTime: inTime.length, late: 1 });
    for (const deadline = performance.now() + 30_000; !(await streamOf(system.pool, episodeId)).some((r) => r.event.type === 'order-received'); await pause(200)) expect(performance.now()).toBeLessThan(deadline);
    await expectSameState(await system.client(), system.pool, episodeId);
    // Refused once its time was over, or never heard of: then, too, the same key tells the truth.
    const told = await desk.once('technical', 'POST', `/episodes/${episodeId}/consultations`, `${areaId}.unknown`, { advice: 'keep', text: '维持' });
    const kept = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'consultation-recorded').length;
    expect([told?.status, kept]).toEqual(told?.status === 201 ? [201, 2] : [409, 1]);
  }, 180_000);
});

describe('a database whose clock jumps', () => {
  test('the ledger answers not-yet until its own clock has reached the due time; receipts count by it; a jump back breaks no chain', async () => {
    await jump(0);
    const { areaId, episodeId, clock } = await warned(rate);
    const units = plan.units.map((u) => u.id);
    const acknowledge = (unitId: string) => desk.post(`unit-${unitId}`, `/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }, `${areaId}.ack.${unitId}`);
    await Promise.all(units.slice(1).map(acknowledge));
    const published = (await streamOf(system.pool, episodeId)).find((r) => r.event.type === 'warning-published')!;
    const targetMs = published.planAtMs + 12 * HOUR_MS;
    await jump(-4 * HOUR_MS / rate / 1000);
    // The engine's clock has passed the target, the ledger's has not: this one is still in time.
    await untilPlan(clock, targetMs + HOUR_MS);
    await acknowledge(units[0]!);
    const found = await untilSettled(episodeId, 'acknowledgement:N1', 'target');
    expect(found).toMatchObject({ open: [], inTime: units.length, late: 0 });
    const settlements = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'deadlines-settled');
    expect(settlements.filter((r) => r.recordedAtMs < toRealMs(clock, r.planAtMs))).toEqual([]);

    await jump(60);
    await desk.post('technical', `/episodes/${episodeId}/consultations`, { advice: 'keep', text: '维持' }, `${areaId}.ahead`);
    await jump(-60);
    await desk.post('technical', `/episodes/${episodeId}/consultations`, { advice: 'keep', text: '维持' }, `${areaId}.behind`);
    await jump(0);
    await expectSameState(await system.client(), system.pool, episodeId);
    const handle = (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId));
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(400);
    await expectWhole(system.pool);
  }, 180_000);
});

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
