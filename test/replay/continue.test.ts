/**
 * A response of 400 days. The server asks the workflow to continue as new when
 * its history has the length at which it asks in production; nothing is lost by
 * it, no state, no receipt, no key. Time is the test server's.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readStream } from '../../db/ledger/rows.js';
import { episodeStream } from '../../domain/ledger.js';
import { addDays, DAY_MS, dayOf } from '../../domain/time.js';
import { type Caller, commandIdOf } from '../../usecases/caller.js';
import { newConsultation, recordConsultation } from '../../usecases/decisions.js';
import { newReport, report } from '../../usecases/submissions.js';
import { decideUpdate, episodeWorkflowId } from '../../workflows/messages.js';
import { act, person } from '../db/support/world.js';
import { expectSameState } from '../faults/support/episode.js';
import { planWithRoom } from '../faults/support/script.js';
import { somebody } from '../support/city.js';
import { type TestEngine, testEngine } from '../support/engine.js';
import { publish } from './episodes.js';
import { Stage } from './stage.js';

const DAYS = 400;
/** Of a forecast; the next comes before it has run out. */
const FORECAST_DAYS = 8;
/** Every unit reports on these; two units on the others. */
const FULL_DAY_EVERY = 50;
const CONSULTED_EVERY = 20;

/**
 * Without reminders and bulletins a day has two wake-ups: enough for a renewal, in a third of the time. None at the
 * very hour of the next forecast: a timer that rings while a task is out leaves the test server stuck (temporalio/sdk-java, issue 3088).
 */
const roomy = planWithRoom(20);
const plan = { ...roomy, obligations: roomy.obligations.filter((o) => o.kind !== 'bulletin') };
const units = plan.units.filter((u) => u.reports.daily).map((u) => u.id);
/** The number of the last row that each command brought about, as its sender was told. */
const told = new Map<string, number>();
let engine: TestEngine;
let stage: Stage;

const under = (caller: Caller, key: string): Caller => ({ ...caller, key });
const consultant = (day: number) => under(somebody('technical'), `consultation-${day}`);
const reporter = (date: string, unitId: string) => under(somebody('unit', unitId), `report-${date}-${unitId}`);
const conclusion = { advice: 'keep', text: '维持' } as const;

function consult(day: number) {
  return recordConsultation(stage.deps, consultant(day), stage.city.episodeId, newConsultation.parse(conclusion));
}

function handIn(date: string, unitId: string) {
  const input = newReport.parse({ obligationId: `daily-report:${date}:${unitId}`, nil: true, note: '本日无新情况' });
  return report(stage.deps, reporter(date, unitId), stage.city.episodeId, input);
}

async function live(day: number): Promise<void> {
  if (day % (FORECAST_DAYS - 1) === 0) await stage.forecast(Array<number>(FORECAST_DAYS).fill(230));
  if (day % CONSULTED_EVERY === 0) told.set(commandIdOf(consultant(day)), (await consult(day)).seq);
  await stage.pass(DAY_MS);
  const yesterday = addDays(dayOf(await stage.nowMs()), -1);
  // The response takes effect in the course of the first day.
  const reporting = day === 0 ? [] : day % FULL_DAY_EVERY === 0 ? units : units.slice(0, 2);
  for (const unitId of reporting) told.set(commandIdOf(reporter(yesterday, unitId)), (await handIn(yesterday, unitId)).seq);
}

let firstReported = '';
const rows = () => readStream(stage.deps.pool, episodeStream(stage.city.episodeId), 0, 100_000);

beforeAll(async () => {
  engine = await testEngine(plan);
  stage = new Stage({ env: engine.env, pool: engine.db.pool, clock: engine.clock, taskQueue: engine.taskQueue });
  await publish(stage, 'orange');
  firstReported = addDays(dayOf(await stage.nowMs()), 1);
  for (let day = 0; day < DAYS; day++) await live(day);
}, 900_000);
afterAll(() => engine?.close());

describe(`${DAYS} days in response`, () => {
  test('the workflow was asked to continue as new, and did', async () => {
    const runs = await stage.runs(episodeWorkflowId(stage.city.episodeId));
    process.stdout.write(`${DAYS} days: ${runs} runs, ${told.size} keys, ${(await rows()).length} rows\n`);
    expect(runs).toBeGreaterThan(1);
  });

  test('the running workflow knows all that the ledger holds, and nothing else', () => expectSameState(engine.env.client, engine.db.pool, stage.city.episodeId));

  test('every receipt and decision is found again under its key, with the number that its sender was told', async () => {
    const found = new Map((await rows()).map((r) => [r.commandId, r.seq]));
    expect(told.size).toBeGreaterThan(2 * DAYS);
    expect([...told].filter(([commandId, seq]) => found.get(commandId) !== seq)).toEqual([]);
  });

  test('5.1: the first report sent again under its key gets its first receipt', async () => {
    const [unitId] = units as [string];
    const before = (await rows()).length;
    expect((await handIn(firstReported, unitId)).seq).toBe(told.get(commandIdOf(reporter(firstReported, unitId))));
    expect(await rows()).toHaveLength(before);
  });

  test('the first decision sent again under its key, to the workflow itself, gets its first outcome', async () => {
    const commandId = commandIdOf(consultant(0));
    const first = (await rows()).filter((r) => r.commandId === commandId).at(-1)!;
    const before = (await rows()).length;
    const nowMs = await stage.nowMs();
    // Past the use case, which would find it on record before the workflow is asked.
    const handle = engine.env.client.workflow.getHandle(episodeWorkflowId(stage.city.episodeId));
    const command = { type: 'record-consultation', conclusion: { ...newConsultation.parse(conclusion), level: null }, act: act(person('technical'), nowMs) } as const;
    const outcome = await handle.executeUpdate(decideUpdate, { args: [{ commandId, command, askedAtMs: nowMs, expiresAtMs: nowMs + 15_000 }], updateId: commandId });
    expect(outcome).toEqual({ ok: true, decisionNo: first.decisionNo, seq: first.seq });
    expect(first.seq).toBe(told.get(commandId));
    expect(await rows()).toHaveLength(before);
    await expectSameState(engine.env.client, engine.db.pool, stage.city.episodeId);
  });
});
