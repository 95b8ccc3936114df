/**
 * PostgreSQL away for an hour of plan time while deadlines fall due: the
 * episode waits by timers that grow, its history does not fill, and when the
 * database is back a poke brings it on at once. Time is the test server's.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { signalWatch } from '../../activities/engine.js';
import { appendInput } from '../../db/ledger/area.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { createPool, type Pool } from '../../db/pool.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { MINUTE_MS } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';
import { keptBundle } from '../support/engine.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { createWorker } from '../../workers/worker.js';
import { type Decision, decideUpdate, episodeWorkflowId, pokeSignal, watchWorkflowId } from '../../workflows/messages.js';
import { act, person, startOrder } from '../db/support/world.js';
import { type MigratedDatabase, migratedDatabase } from '../support/db.js';
import { timeSkippingEnv } from '../support/temporal.js';
import { BrokenLink } from './support/broken-link.js';
import { episodeOfArea, expectSameState } from './support/episode.js';

const plan = loadPlan('kuitun-2023');
const taskQueue = `test-${randomUUID()}`;
let env: TestWorkflowEnvironment;
let db: MigratedDatabase;
let link: BrokenLink;
let pool: Pool;
let worker: Worker;
let ended: Promise<void>;
let planDigest: string;

beforeAll(async () => {
  const [startedEnv, migrated, bundle] = await Promise.all([timeSkippingEnv({ tasks: 'as in production' }), migratedDatabase(), keptBundle()]);
  env = startedEnv;
  db = migrated;
  const linked = await BrokenLink.to(db.appUrl);
  link = linked.link;
  pool = createPool(linked.url);
  await ensureSearchAttributes(env.connection, 'default');
  planDigest = await savePlan(db.pool, plan, 0);
  const clock = () => env.currentTimeMs();
  worker = await createWorker({ connection: env.nativeConnection, client: env.client, namespace: 'default', taskQueue, pool, clock, bundle });
  ended = worker.run();
}, 120_000);

afterAll(async () => {
  worker.shutdown();
  await ended;
  await env.teardown();
  await pool.end();
  await link.cut();
  await db.close();
}, 60_000);

/** An episode under an order that waits for its second person: targets fall due after 30 minutes and after an hour. */
async function orderedEpisode(areaId: string): Promise<string> {
  await setAreaPlan(db.pool, areaId, planDigest);
  const nowMs = await env.currentTimeMs();
  const order = startOrder('O1', nowMs, { effectiveAtMs: nowMs + 50 * MINUTE_MS });
  await appendInput(db.pool, { areaId, commandId: 'order', rulesVersion: CURRENT_RULES, planDigest, clock: () => Promise.resolve(nowMs) }, () => ({
    type: 'order-received',
    atMs: nowMs,
    clause: '3.3.3',
    order,
    act: act(person('management'), nowMs),
  }));
  await signalWatch(env.client, taskQueue, areaId);
  return episodeOfArea(db.pool, areaId);
}

async function eventsOf(workflowId: string): Promise<number> {
  return (await env.client.workflow.getHandle(workflowId).fetchHistory()).events?.length ?? 0;
}

test('cut off for an hour: fewer than 200 events are added to the history, and everything that fell due is settled on return', async () => {
  const episodeId = await orderedEpisode('kuitun-cut');
  const handle = env.client.workflow.getHandle(episodeWorkflowId(episodeId));
  await expectSameState(env.client, db.pool, episodeId);
  const before = await eventsOf(handle.workflowId);

  await link.cut();
  await env.sleep(20 * MINUTE_MS);
  // Somebody decides in the midst of it: the answer cannot come, and the retries do not run wild because somebody waits.
  const now = await env.currentTimeMs();
  const decision: Decision = { commandId: 'asked-meanwhile', askedAtMs: now, expiresAtMs: now + 15_000, command: { type: 'adjust-response', responseLevel: 'red', reason: '从严', act: act(person('commander'), now) } };
  const asked = await handle.startUpdate(decideUpdate, { args: [decision], updateId: decision.commandId, waitForStage: 'ACCEPTED' }).catch(() => null);
  await handle.signal(pokeSignal);
  await env.sleep(40 * MINUTE_MS);
  const added = (await eventsOf(handle.workflowId)) - before;
  await link.mend();
  await handle.signal(pokeSignal);
  await env.client.workflow.getHandle(watchWorkflowId('kuitun-cut')).signal(pokeSignal);
  await expectSameState(env.client, db.pool, episodeId);
  if (asked) expect(await asked.result()).toMatchObject({ ok: false, refusal: { code: 'expired' } });

  process.stdout.write(`PostgreSQL away for an hour: ${added} events added to the history of an open episode\n`);
  expect(added).toBeLessThan(200);
  const { rows } = await db.pool.query<{ type: string }>(`select type from ledger where stream = $1 order by seq`, [`episode/${episodeId}`]);
  const types = rows.map((r) => r.type);
  expect(types).toContain('deadlines-settled');
  expect(types).toContain('response-began');
}, 120_000);
