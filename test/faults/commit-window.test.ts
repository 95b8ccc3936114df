/**
 * Worker and server killed between the ledger's commit and the end of the
 * workflow task: the ledger holds a decision that no history knows. It is
 * found without anybody's help, carried out once, and whoever asked for it
 * learns its true outcome by the same key.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { toBeijingIso } from '../../domain/time.js';
import { type Answer, Desk } from './support/desk.js';
import { episodeOfArea, expectSameState } from './support/episode.js';
import { HeldCommits } from './support/held-commits.js';
import { expectWhole, streamOf } from './support/record.js';
import { BEGINS_MS, planWithRoom } from './support/script.js';
import { type Part, System } from './support/system.js';

const plan = planWithRoom();
const commits = new HeldCommits();
let system: System;
let desk: Desk;

beforeAll(async () => {
  system = await System.start({ plan, workerDatabasePort: (port) => commits.listen(port) });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
}, 120_000);

afterAll(async () => {
  process.stdout.write(`commit window: ${system.kills} processes killed, each between a commit and the end of its workflow task\n`);
  await system?.close();
  await commits.close();
}, 60_000);

/** Sends the request, kills once its decision is in the ledger, and brings the system back without asking again. */
async function killAtCommit(parts: readonly Part[], send: () => Promise<Pick<Answer, 'status' | 'body'> | null>): Promise<void> {
  const committed = commits.holdNext();
  const sent = send();
  void sent.then((answer) => {
    if (answer && answer.status >= 400) commits.giveUp(new Error(`refused: ${JSON.stringify(answer.body)}`));
  });
  await committed;
  await system.kill(...parts);
  await pause(300);
  await system.restart(...parts);
  // Where the worker lives on it now hears of its commit, from a server that has forgotten the task.
  commits.release();
  await sent;
}

interface Step {
  readonly what: string;
  readonly parts: readonly Part[];
  readonly login: string;
  readonly path: string;
  readonly body: (episodeId: string) => object | Promise<object>;
  /** The event that the command brings about once. */
  readonly event: string;
}

const HOUR = 3_600_000;
const TEXT = { zh: '督查', en: 'inspection' };
const forecastDays = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09'].map((date, i) => ({ date, aqiLow: i === 0 ? 80 : 260, aqiHigh: i === 0 ? 80 : 260, pm25: 195, primary: ['PM2.5'] }));
const forecast = { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days: forecastDays };

async function decision(episodeId: string, login: string, step: number): Promise<object> {
  const request = await desk.find(login, `/episodes/${episodeId}/approvals`, (body) => (body['requests'] as { step: number | null; evidenceDigest: string }[]).find((r) => r.step === step));
  return { step, decision: 'approve', evidenceDigest: request.evidenceDigest };
}

const STEPS: readonly Step[] = [
  { what: 'a consultation', parts: ['worker', 'temporal'], login: 'technical', path: 'consultations', body: () => ({ advice: 'publish', level: 'orange', text: '建议发布' }), event: 'consultation-recorded' },
  { what: 'a submission for approval', parts: ['temporal'], login: 'management', path: 'proposals', body: () => ({ action: 'publish', level: 'orange', effectiveAt: toBeijingIso(BEGINS_MS + 20 * HOUR), text: '呈报' }), event: 'request-opened' },
  { what: 'the first approval', parts: ['worker', 'temporal', 'api'], login: 'director', path: 'approvals/R1/decision', body: (episodeId) => decision(episodeId, 'director', 0), event: 'approval-decided' },
  { what: 'the last approval, which publishes', parts: ['worker', 'temporal', 'api', 'postgres'], login: 'commander', path: 'approvals/R1/decision', body: (episodeId) => decision(episodeId, 'commander', 1), event: 'warning-published' },
  { what: 'a task', parts: ['worker'], login: 'management', path: 'tasks', body: () => ({ ownerId: plan.units[0]!.id, basis: TEXT, content: TEXT, dueAt: toBeijingIso(BEGINS_MS + 48 * HOUR) }), event: 'task-assigned' },
];

async function decisionsOf(episodeId: string): Promise<string[]> {
  return (await streamOf(system.pool, episodeId)).filter((r) => r.kind === 'decision').map((r) => r.event.type);
}

async function nobodyUntold(episodeId: string): Promise<void> {
  for (const deadline = performance.now() + 20_000; ; await pause(200)) {
    const { rows } = await system.pool.query<{ recipient: string }>(
      `select n.id || ' ' || recipient as recipient from notices n cross join jsonb_array_elements_text(n.facts -> 'recipients') as r (recipient)
       where n.episode_id = $1 and not exists (select 1 from deliveries d where d.episode_id = n.episode_id and d.notice_id = n.id and d.recipient = r.recipient)`,
      [episodeId],
    );
    if (rows.length === 0) return;
    if (performance.now() > deadline) expect(rows).toEqual([]);
  }
}

test('an episode and each of its decisions is found again, carried out once and answered by its key', async () => {
  const { areaId } = await system.addArea(BEGINS_MS, 1);
  await killAtCommit(['worker', 'temporal'], () => desk.post('technical', `/areas/${areaId}/forecasts`, forecast, `${areaId}.forecast`));
  const episodeId = await episodeOfArea(system.pool, areaId);
  await expectSameState(await system.client(), system.pool, episodeId);
  expect(await decisionsOf(episodeId)).toEqual(['episode-opened', 'assessment-noted', 'consultation-prompted']);

  for (const { what, parts, login, path, body, event } of STEPS) {
    const key = `${areaId}.${what}`;
    const request = await body(episodeId);
    await killAtCommit(parts, () => desk.once(login, 'POST', `/episodes/${episodeId}/${path}`, key.replaceAll(' ', '-'), request));
    // No ghost: before anybody asks again the engine knows what was decided, and has done what follows from it.
    await expectSameState(await system.client(), system.pool, episodeId);
    await nobodyUntold(episodeId);
    const answer = await desk.post(login, `/episodes/${episodeId}/${path}`, request, key.replaceAll(' ', '-'));
    const rows = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === event);
    const command = new Set((await streamOf(system.pool, episodeId)).filter((r) => r.seq === answer.body['seq']).map((r) => r.commandId));
    expect({ what, rows: rows.length, ofTheCommand: rows.filter((r) => command.has(r.commandId)).length }).toEqual({ what, rows: 1, ofTheCommand: 1 });
  }
  await expectWhole(system.pool);
}, 300_000);

test("an episode's last decision is found again: the workflow ends, its history is archived", async () => {
  const { areaId } = await system.addArea(BEGINS_MS, 1);
  await desk.post('technical', `/areas/${areaId}/forecasts`, forecast, `${areaId}.forecast`);
  const episodeId = await episodeOfArea(system.pool, areaId);
  await expectSameState(await system.client(), system.pool, episodeId);
  await killAtCommit(['worker', 'temporal', 'api'], () => desk.once('management', 'POST', `/episodes/${episodeId}/withdrawal`, `${areaId}.withdraw`, { reason: '误录' }));
  for (const deadline = performance.now() + 30_000; ; await pause(200)) {
    const { rowCount } = await system.pool.query('select 1 from archives where episode_id = $1', [episodeId]);
    if (rowCount === 1) break;
    expect(performance.now()).toBeLessThan(deadline);
  }
  expect((await decisionsOf(episodeId)).filter((type) => type === 'episode-closed')).toHaveLength(1);
  const again = await desk.post('management', `/episodes/${episodeId}/withdrawal`, { reason: '误录' }, `${areaId}.withdraw`);
  expect(again.status).toBe(201);
  await expectWhole(system.pool);
}, 120_000);
