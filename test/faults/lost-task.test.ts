/**
 * The server keeps the workflow task of an Update in memory alone. Killed in its
 * midst, it makes it anew, with another time, and may take for it what the
 * worker had worked out for the lost one (seen: the commit, a killed server, the
 * caller's repetition, the worker's late answer). The history then names a time
 * at which nothing was decided; a replay must come to the same all the same.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { signalWatch } from '../../activities/engine.js';
import { appendInput } from '../../db/ledger/area.js';
import { setAreaPlan } from '../../db/plans.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';
import { type Decision, decideUpdate, episodeWorkflowId } from '../../workflows/messages.js';
import { act, person, startOrder } from '../db/support/world.js';
import { keptBundle, type TestEngine, testEngine } from '../support/engine.js';
import { episodeOfArea, expectSameState } from './support/episode.js';

const plan = loadPlan('kuitun-2023');
let engine: TestEngine;

beforeAll(async () => {
  engine = await testEngine(plan);
}, 120_000);

afterAll(() => engine.close(), 60_000);

/** The history of an episode whose last workflow task is that of a decision. */
async function decidedOnce(areaId: string, times: (nowMs: number) => Pick<Decision, 'askedAtMs' | 'expiresAtMs'>) {
  const { env, db, planDigest, taskQueue } = engine;
  await setAreaPlan(db.pool, areaId, planDigest);
  const nowMs = await env.currentTimeMs();
  const order = startOrder('O1', nowMs, { effectiveAtMs: nowMs + 50 * MINUTE_MS });
  const received = { type: 'order-received', atMs: nowMs, clause: '3.3.3', order, act: act(person('management'), nowMs) } as const;
  await appendInput(db.pool, { areaId, commandId: 'order', rulesVersion: CURRENT_RULES, planDigest, clock: () => Promise.resolve(nowMs) }, () => received);
  await signalWatch(env.client, taskQueue, areaId);
  const episodeId = await episodeOfArea(db.pool, areaId);
  await expectSameState(env.client, db.pool, episodeId);
  const handle = env.client.workflow.getHandle(episodeWorkflowId(episodeId));
  const command = { type: 'adjust-response', responseLevel: 'red', reason: '从严', act: act(person('commander'), nowMs) } as const;
  expect(await handle.executeUpdate(decideUpdate, { args: [{ commandId: 'asked', command, ...times(await env.currentTimeMs()) }] })).toMatchObject({ ok: true });
  return handle.fetchHistory();
}

/** As if the server had made the last workflow task two hours later: after targets that were not due when it was worked on. */
function madeAnew(history: Awaited<ReturnType<typeof decidedOnce>>) {
  const events = history.events!;
  const started = events.map((e) => Boolean(e.workflowTaskStartedEventAttributes)).lastIndexOf(true);
  for (const event of events.slice(started)) event.eventTime = { ...event.eventTime, seconds: event.eventTime!.seconds!.add((2 * HOUR_MS) / 1000) };
  return history;
}

const replayed = async (history: Awaited<ReturnType<typeof decidedOnce>>) => Worker.runReplayHistory({ workflowBundle: await keptBundle(), replayName: 'made-anew' }, history);

test('a decision replays whatever time its workflow task bears', async () => {
  const history = await decidedOnce('kuitun-asked', (nowMs) => ({ askedAtMs: nowMs, expiresAtMs: nowMs + 15_000 }));
  await replayed(madeAnew(history));
}, 120_000);

test('nor does it matter which asking of the same key the history holds', async () => {
  const history = await decidedOnce('kuitun-asked-again', (nowMs) => ({ askedAtMs: nowMs, expiresAtMs: nowMs + 15_000 }));
  const request = history.events!.find((e) => e.workflowExecutionUpdateAcceptedEventAttributes)!.workflowExecutionUpdateAcceptedEventAttributes!.acceptedRequest!;
  const [payload] = request.input!.args!.payloads!;
  const asked = JSON.parse(Buffer.from(payload!.data!).toString()) as Required<Decision>;
  const { act: first } = asked.command as { act: { occurredAtMs: number } };
  const again = { ...asked, askedAtMs: asked.askedAtMs + 5_000, command: { ...asked.command, act: { ...first, occurredAtMs: first.occurredAtMs + 5_000 } } };
  payload!.data = Buffer.from(JSON.stringify(again));
  await replayed(madeAnew(history));
}, 120_000);

test('one of an older build, decided as of the time of its workflow task, would not', async () => {
  const history = await decidedOnce('kuitun-of-old', (nowMs) => ({ expiresAtMs: nowMs + 24 * HOUR_MS }));
  await expect(replayed(madeAnew(history))).rejects.toThrow();
}, 120_000);
