/** A long episode with everything handed in stays far below what the Temporal server takes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import { DAY_MS } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';
import { obligationsOf } from '../../db/read/obligations.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { type TestEngine, testEngine } from '../support/engine.js';
import { handInAll, publish } from './episodes.js';
import { Stage } from './stage.js';

const DAYS = 30;
/** A quarter of 51,200 events and of 50 MB. */
const MAX_EVENTS = 12_800;
const MAX_BYTES = 12.5 * 2 ** 20;

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine(loadPlan('kuitun-2023'));
});
afterAll(() => engine.close());

test(`5.1: ${DAYS} days with every report of units and office handed in: a quarter of the server's limits is not reached`, async () => {
  const { env, db, clock, taskQueue } = engine;
  const stage = new Stage({ env, pool: db.pool, clock, taskQueue });
  await publish(stage, 'orange');
  for (let day = 0; day < DAYS; day++) {
    await stage.forecast([230, 230, 230, 230]);
    await stage.pass(DAY_MS);
    await handInAll(stage);
  }
  const owed = await obligationsOf(db.pool, stage.city.episodeId);
  const days = new Set(owed.filter((o) => o.kind === 'daily-report').map((o) => o.ref));
  const reports = owed.filter((o) => days.has(o.ref) && o.submittedAtMs !== null);
  expect(days.size).toBeGreaterThanOrEqual(DAYS - 1);
  expect(reports.length / days.size).toBeGreaterThanOrEqual(26);

  const history = await env.client.workflow.getHandle(episodeWorkflowId(stage.city.episodeId)).fetchHistory();
  const events = history.events?.length ?? 0;
  const bytes = proto.temporal.api.history.v1.History.encode(history).finish().length;
  process.stdout.write(`${days.size} days, ${reports.length} reports: ${events} events, ${Math.round(bytes / 1024)} KB\n`);
  expect(events).toBeLessThan(MAX_EVENTS);
  expect(bytes).toBeLessThan(MAX_BYTES);
}, 300_000);
