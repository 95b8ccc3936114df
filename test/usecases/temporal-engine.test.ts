import { passingSigner } from '../../evidence/signature.js';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { signalWatch } from '../../activities/engine.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { MINUTE_MS } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';
import type { Caller } from '../../usecases/caller.js';
import { actOnly, assignTask, closeTask, newConsultation, newTask, recordConsultation, submitProposal, newProposal } from '../../usecases/decisions.js';
import type { Deps } from '../../usecases/deps.js';
import type { Engine } from '../../usecases/engine.js';
import { newForecast, recordForecast } from '../../usecases/forecasts.js';
import { temporalEngine } from '../../usecases/temporal-engine.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { type TestEngine, testEngine } from '../support/engine.js';
import { forecast, iso } from '../support/api.js';
import { devServerEnv } from '../support/temporal.js';

const plan = loadPlan('kuitun-2023');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
let real: TestEngine;
let deps: Deps;
let engine: Engine;
let episodeId = '';

function wearing(role: 'technical' | 'management', key: string = randomUUID()): Caller {
  return { account: { id: `a-${role}`, login: role, name: role, hats: [{ id: 'h', role, unitId: null, areaIds: null, delegation: null }] }, wears: null, key };
}

beforeAll(async () => {
  real = await testEngine(plan, plan.areaId, devServerEnv);
  const { client } = real.env;
  engine = temporalEngine({ client, taskQueue: real.taskQueue, pool: real.db.pool, log: silent, pokeWatch: (areaId) => signalWatch(client, real.taskQueue, areaId) });
  deps = { pool: real.db.pool, clock: real.clock, engine, log: silent, signer: passingSigner() };
}, 120_000);
afterAll(() => real.close());

describe('the use cases over the real engine', () => {
  test('a forecast wakes the watch, which opens the episode', async () => {
    const nowMs = await real.clock(real.db.pool);
    await recordForecast(deps, wearing('technical'), plan.areaId, newForecast.parse(forecast(nowMs, [230, 230, 230, 80, 70])));
    for (let i = 0; i < 400 && episodeId === ''; i++) {
      episodeId = (await activeEpisode(real.db.pool, plan.areaId)) ?? '';
      await pause(25);
    }
    expect(episodeId).toMatch(/^kuitun-kt-/);
    expect(await engine.health()).toEqual({ reachable: true, worker: true });
  });

  test('a decision goes through the workflow; the same key gives the same outcome', async () => {
    const caller = wearing('technical');
    const input = newConsultation.parse({ advice: 'publish', level: 'orange', text: '橙色' });
    const first = await recordConsultation(deps, caller, episodeId, input);
    expect(await recordConsultation(deps, caller, episodeId, input)).toEqual(first);
  });

  test('what the rules refuse comes back as the refusal it is', async () => {
    const input = newProposal.parse({ action: 'raise', level: 'red', text: '升' });
    await expect(submitProposal(deps, wearing('management'), episodeId, input)).rejects.toMatchObject({ failure: { kind: 'refused', refusal: { code: 'wrong-phase', clause: '3.3' } } });
    await expect(closeTask(deps, wearing('management'), episodeId, 'T9', actOnly.parse({}))).rejects.toMatchObject({ failure: { refusal: { code: 'unknown-reference' } } });
  });

  test('with no worker the outcome is unknown; the same key learns it once there is one', async () => {
    const caller = wearing('management');
    const dueAt = iso((await real.clock(real.db.pool)) + 600 * MINUTE_MS);
    const input = newTask.parse({ ownerId: 'housing', basis: { zh: '督办', en: 'order' }, content: { zh: '复查', en: 'look' }, dueAt });
    await real.stopWorker();
    const signals = async () => (await real.env.client.workflow.getHandle(episodeWorkflowId(episodeId)).fetchHistory()).events?.filter((e) => e.workflowExecutionSignaledEventAttributes).length;
    const before = await signals();
    await expect(assignTask(deps, caller, episodeId, input)).rejects.toMatchObject({ failure: { kind: 'outcome-unknown' } });
    // An Update's task is in the server's memory alone; a signal brings about another.
    for (const deadline = performance.now() + 10_000; (await signals()) === before; await pause(25)) expect(performance.now()).toBeLessThan(deadline);
    await real.startWorker();
    const outcome = await assignTask(deps, caller, episodeId, input).catch(() => assignTask(deps, caller, episodeId, input));
    expect(outcome).toMatchObject({ episodeId });
    const { rows } = await real.db.pool.query(`select state -> 'tasks' as tasks from episodes where id = $1`, [episodeId]);
    expect((rows[0] as { tasks: unknown[] }).tasks).toHaveLength(1);
  }, 60_000);

  test('a server out of reach: unknown, not ready, and a poke that harms nobody', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const away = temporalEngine({ client: new Client({ connection }), taskQueue: 'x', pool: real.db.pool, log: silent, pokeWatch: () => Promise.reject(new Error('away')) });
    const started = performance.now();
    expect(await away.decide(episodeId, { commandId: 'c-away', command: {} as never, expiresAtMs: 0 })).toBe('outcome-unknown');
    expect(performance.now() - started).toBeLessThan(7_000);
    expect(await away.health()).toEqual({ reachable: false, worker: false });
    await away.poke(plan.areaId);
    await away.idle();
    await connection.close();
  });

  test('a receipt does not wait for an engine that does not answer', async () => {
    const deaf = temporalEngine({ client: real.env.client, taskQueue: real.taskQueue, pool: real.db.pool, log: silent, pokeWatch: () => pause(3_000) });
    const started = performance.now();
    await deaf.poke('an-area');
    expect(performance.now() - started).toBeLessThan(1_500);
    await deaf.idle();
  });
});
