/** Parts that are away or silent: people go on, and what waited is caught up on return. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { DAY_MS, HOUR_MS } from '../../domain/time.js';
import { episodeWorkflowId, pokeSignal } from '../../workflows/messages.js';
import { BrokenLink } from './support/broken-link.js';
import { Desk } from './support/desk.js';
import { expectSameState } from './support/episode.js';
import { streamOf } from './support/record.js';
import { FIRST_DAY, planWithRoom } from './support/script.js';
import { System } from './support/system.js';
import { DAY0_MS, forecast, KEEP, order, untilPlan, untilSettled, warned } from './support/warned.js';

const plan = planWithRoom();
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

/** What the key comes to in the end, once the system no longer says that it does not know. */
async function told(login: string, path: string, key: string, body: object): Promise<number> {
  for (const deadline = performance.now() + 90_000; ; await pause(300)) {
    const answer = await desk.once(login, 'POST', path, key, body);
    if (answer && answer.status < 500 && answer.body['code'] !== 'idempotency-key-in-use') return answer.status;
    if (performance.now() > deadline) throw new Error(`${key}: ${JSON.stringify(answer)}\n${system.logTail()}`);
  }
}

/** A read answers, and says what is away. */
async function untilReadsSay(path: string, engine: string | null): Promise<void> {
  for (const deadline = performance.now() + 150_000; ; await pause(500)) {
    const answer = await fetch(`${system.baseUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${system.tokens.get('management')}` } });
    expect(answer.status).toBe(200);
    if (answer.headers.get('qingkong-engine') === engine) return;
    if (performance.now() > deadline) throw new Error(`reads say ${answer.headers.get('qingkong-engine')} rather than ${engine}`);
  }
}

/** What an episode took in from its area after it was published, in order. */
async function takenIn(episodeId: string): Promise<string[]> {
  const types = (await streamOf(system.pool, episodeId)).map((r) => r.event.type);
  return types.slice(types.indexOf('warning-published')).filter((type) => type === 'order-received' || type === 'assessment-noted');
}

const consultations = async (episodeId: string) => (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'consultation-recorded').length;

describe('a worker that was killed', () => {
  test('the next decision is processed within 4 s of the start of the new worker', async () => {
    const { episodeId } = await warned(system, desk, 1);
    const took: number[] = [];
    for (const round of [1, 2, 3]) {
      await system.kill('worker');
      const asked = desk.post('technical', `/episodes/${episodeId}/consultations`, KEEP, `recovery-${episodeId}-${round}`);
      await pause(200);
      const beganMs = performance.now();
      await system.restart('worker');
      await asked;
      took.push(performance.now() - beganMs);
    }
    process.stdout.write(`after kill -9 of the worker the next decision was processed ${took.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s after the new one's start\n`);
    // Of a machine's own time: with others waiting for its cores everything takes as many times longer.
    const sharedBy = Math.max(1, loadavg()[0]! / availableParallelism());
    expect(took.sort((a, b) => a - b)[1]).toBeLessThan(4_000 * sharedBy);
    await expectSameState(await system.client(), system.pool, episodeId);
  }, 180_000);

  test('meanwhile decisions say that their outcome is unknown and expire; orders and forecasts are recorded at once and taken in, in order; reads say within 15 s that there is no worker', async () => {
    const { areaId, episodeId } = await warned(system, desk, 1);
    const before = await consultations(episodeId);
    await untilReadsSay(`/episodes/${episodeId}`, null);
    await system.kill('worker');
    const killedMs = performance.now();
    const unknown = await fetch(`${system.baseUrl}/api/v1/episodes/${episodeId}/consultations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.tokens.get('technical')}`, 'content-type': 'application/json', 'idempotency-key': `${areaId}.expires` },
      body: JSON.stringify(KEEP),
    });
    expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([503, 'outcome-unknown']);
    expect(Number(unknown.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await order(desk, areaId))?.status).toBe(201);
    expect((await forecast(desk, areaId, 100, 'second'))?.status).toBe(201);
    expect(await desk.once('unit-health', 'POST', `/episodes/${episodeId}/acknowledgements`, `${areaId}.receipt`, { noticeId: 'N1' })).toMatchObject({ status: 201, body: { late: false, version: 1 } });
    await untilReadsSay(`/episodes/${episodeId}`, 'no-worker');
    expect(performance.now() - killedMs).toBeLessThan(17_000);
    // 15 s after it was asked nobody waits for it any more.
    await pause(16_000);
    await system.restart('worker');
    await untilReadsSay(`/episodes/${episodeId}`, null);
    expect(await told('technical', `/episodes/${episodeId}/consultations`, `${areaId}.expires`, KEEP)).toBe(409);
    for (const deadline = performance.now() + 60_000; (await takenIn(episodeId)).length < 2; await pause(200)) expect(performance.now()).toBeLessThan(deadline);
    expect(await takenIn(episodeId)).toEqual(['order-received', 'assessment-noted']);
    expect(await consultations(episodeId)).toBe(before);
    await desk.post('technical', `/episodes/${episodeId}/consultations`, KEEP, `${areaId}.anew`);
    expect(await consultations(episodeId)).toBe(before + 1);
    await expectSameState(await system.client(), system.pool, episodeId);
  }, 240_000);
});

describe('a database that accepts and never answers', () => {
  test('an hour of attempts adds fewer than 200 events to the history', async () => {
    const { episodeId } = await warned(system, desk, 1);
    const handle = (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId));
    await expectSameState(await system.client(), system.pool, episodeId);
    const events = async () => (await handle.fetchHistory()).events ?? [];
    const before = (await events()).length;
    link.silence();
    await handle.signal(pokeSignal);
    // 5 s, then 15 s between them: the third attempt has not begun when the second's timer has.
    let after = await events();
    const timers = () => after.slice(before).filter((e) => e.timerStartedEventAttributes).length;
    for (const deadline = performance.now() + 90_000; timers() < 2 && performance.now() < deadline; await pause(500)) after = await events();
    const attempts = timers();
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
    const { areaId, episodeId, clock } = await warned(system, desk, rate);
    const report = (unitId: string) => desk.post(`unit-${unitId}`, `/episodes/${episodeId}/reports`, { obligationId: `daily-report:${FIRST_DAY}:${unitId}`, nil: true, note: '无变化' }, `${areaId}.report.${unitId}`);
    const units = plan.units.filter((u) => u.reports.daily).map((u) => u.id);
    const [silent, late, ...inTime] = units as [string, string, ...string[]];
    // The first day's reports may be handed in from midnight on, until the next.
    await untilPlan(clock, DAY0_MS + DAY_MS + HOUR_MS);
    await system.kill('temporal');
    await Promise.all(inTime.map(report));
    const unknown = await desk.once('technical', 'POST', `/episodes/${episodeId}/consultations`, `${areaId}.unknown`, KEEP);
    expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
    expect((await order(desk, areaId))?.status).toBe(201);
    await untilReadsSay(`/episodes/${episodeId}`, 'away');
    await untilPlan(clock, DAY0_MS + 2 * DAY_MS + HOUR_MS);
    await report(late);
    await system.restart('temporal');

    expect(await untilSettled(system, episodeId, `daily-report:${FIRST_DAY}`, 'due')).toMatchObject({ open: [`daily-report:${FIRST_DAY}:${silent}`], inTime: inTime.length, late: 1 });
    for (const deadline = performance.now() + 60_000; !(await takenIn(episodeId)).includes('order-received'); await pause(200)) expect(performance.now()).toBeLessThan(deadline);
    await expectSameState(await system.client(), system.pool, episodeId);
    await untilReadsSay(`/episodes/${episodeId}`, null);
    // Refused once its time was over, or never heard of and carried out now: either way the key tells the truth.
    const status = await told('technical', `/episodes/${episodeId}/consultations`, `${areaId}.unknown`, KEEP);
    expect([status, await consultations(episodeId)]).toEqual(status === 201 ? [201, 2] : [409, 1]);
  }, 300_000);
});
