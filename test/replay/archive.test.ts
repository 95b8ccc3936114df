/**
 * The archived history after the server has deleted the run (Temporal's
 * retention): handed out, and carried out again by today's code.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { signalWatch } from '../../activities/engine.js';
import { createApp } from '../../api/app.js';
import { readConfig } from '../../config/env.js';
import { decisionRowsAfter } from '../../db/ledger/rows.js';
import { archiveOf } from '../../db/read/archives.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { sha256Hex } from '../../domain/digest.js';
import { addDays, dayOf, dayStartMs, HOUR_MS } from '../../domain/time.js';
import { temporalCli } from '../../embedded/binaries.js';
import { passingSigner } from '../../evidence/signature.js';
import { loadPlan } from '../../plans/load.js';
import * as decisions from '../../usecases/decisions.js';
import { seedDemo } from '../../usecases/demo.js';
import type { Deps } from '../../usecases/deps.js';
import type { HistoryVerdict } from '../../usecases/engine.js';
import { type HistoriesReplayed, replayNightly } from '../../usecases/replay-history.js';
import { temporalEngine } from '../../usecases/temporal-engine.js';
import { archiverOf } from '../../workers/archive.js';
import { replayHistory } from '../../workers/replay.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { City, somebody } from '../support/city.js';
import { keptBundle, type TestEngine, testEngine } from '../support/engine.js';
import { bundleWith } from './mutants.js';

/** Some runs for an episode of few decisions. */
const SUGGESTED_AT_EVENTS = 30;
const plan = loadPlan('kuitun-2023');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let real: TestEngine;
let deps: Deps;
let city: City;
let server: Server;
let close: () => Promise<void>;
let url = '';
let tokens: ReadonlyMap<string, string>;

async function continuingServer(): Promise<TestWorkflowEnvironment> {
  const path = await temporalCli(readConfig().binaries, () => undefined);
  // A deletion waits for the queues to have noted how far they are, by default every 30 s.
  const settings = [`limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT_EVENTS}`, ...['visibility', 'transfer'].map((queue) => `history.${queue}ProcessorUpdateAckInterval="500ms"`)];
  const extraArgs = settings.flatMap((setting) => ['--dynamic-config-value', setting]);
  return TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs } });
}

/** Opened, asked for, returned, asked for again and withdrawn: six decisions of people, over several runs. */
async function play(): Promise<void> {
  const nowMs = await real.clock(real.db.pool);
  await city.forecast(nowMs, [60, 230, 230, 230, 80].map((aqi, i) => ({ date: addDays(dayOf(nowMs), i), aqi })));
  await city.begun();
  await city.consult('publish', 'orange');
  await city.propose({ action: 'publish', level: 'orange', text: '呈报橙色预警' });
  await city.approve('director', { decision: 'return', reason: '请补充依据' });
  await city.consult('publish', 'orange');
  await city.propose({ action: 'publish', level: 'orange', text: '补充后呈报' });
  await city.approve('director');
  await decisions.withdrawEpisode(deps, somebody('management'), city.episodeId, decisions.withReason.parse({ reason: '预报已转好' }));
  const keepHistories = archiverOf({ ...deps, client: real.env.client });
  for (let i = 0; i < 2_400 && !(await archiveOf(deps.pool, city.episodeId)); i++) {
    await keepHistories();
    await pause(50);
  }
}

beforeAll(async () => {
  real = await testEngine(plan, plan.areaId, continuingServer);
  const { env, db, clock, taskQueue } = real;
  const engine = temporalEngine({ client: env.client, taskQueue, pool: db.pool, log: silent, pokeWatch: (areaId) => signalWatch(env.client, taskQueue, areaId) });
  deps = { pool: db.pool, clock, engine, log: silent, signer: passingSigner() };
  tokens = new Map((await seedDemo(deps, plan)).map((a) => [a.login, a.token]));
  const app = createApp(deps);
  server = createServer(app.express);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => app.close();
  city = new City(deps, plan.areaId);
  await play();
}, 180_000);
afterAll(async () => {
  await close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await real.close();
});

function get(login: string, path: string): Promise<Response> {
  return fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${tokens.get(login)}`, Accept: path.startsWith('/api') ? 'application/json' : 'text/html' }, redirect: 'manual' });
}
const api = (login: string, path: string) => get(login, `/api/v1/episodes/${city.episodeId}${path}`);

async function ledgerDecisions(): Promise<EpisodeEvent[]> {
  return (await decisionRowsAfter(deps.pool, `episode/${city.episodeId}`, 0)).map((row) => row.event as EpisodeEvent);
}

/** Every run of the workflow, deleted on the server; waits until it no longer knows of any. */
async function deleteRuns(): Promise<string[]> {
  const { client } = real.env;
  const workflowId = episodeWorkflowId(city.episodeId);
  const runs: string[] = [];
  for (let runId: string | null | undefined = (await client.workflow.getHandle(workflowId).describe()).runId; runId; ) {
    runs.push(runId);
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  const { namespace } = client.options;
  for (const runId of runs) await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  for (const runId of runs) {
    for (let i = 0; i < 1_200; i++) {
      const known = await client.workflow.getHandle(workflowId, runId).describe().then(() => true, () => false);
      if (!known) break;
      await pause(50);
    }
  }
  return runs;
}

describe('5.2: the engine history of an episode, after the engine has forgotten it', () => {
  test('the run is really gone from the server', async () => {
    const runs = await deleteRuns();
    expect(runs.length).toBeGreaterThan(1);
    const { client } = real.env;
    for (const runId of [undefined, ...runs]) {
      const handle = client.workflow.getHandle(episodeWorkflowId(city.episodeId), runId);
      await expect(handle.describe()).rejects.toThrow(WorkflowNotFoundError);
      await expect(handle.fetchHistory()).rejects.toThrow(/not found/i);
    }
  }, 120_000);

  test('it is downloaded as it was archived', async () => {
    const answer = await api('auditor', '/history');
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(sha256Hex(text)).toBe((await archiveOf(deps.pool, city.episodeId))!.digest);
    expect((JSON.parse(text) as { events: unknown[] }[]).length).toBeGreaterThan(1);
  });

  test('today’s code carries it out to the same commands and batches, all the ledger’s decisions among them; an administrator may ask, too', async () => {
    for (const login of ['auditor', 'administrator']) {
      const answer = await api(login, '/history/replay');
      const verdict = (await answer.json()) as HistoryVerdict;
      expect([answer.status, verdict.parting]).toEqual([200, null]);
      expect(verdict).toMatchObject({ deterministic: true, decisions: (await ledgerDecisions()).length });
      expect(verdict.runs).toBeGreaterThan(1);
      expect(verdict.batches).toBeGreaterThan(5);
    }
  }, 60_000);

  test('the page does it by a button, leads on, and shows the verdict; who asked is on record', async () => {
    const asked = await get('auditor', `/episodes/${city.episodeId}/replay/engine?run=1`);
    expect([asked.status, asked.headers.get('location')]).toEqual([303, `/episodes/${city.episodeId}/replay/engine`]);
    const shown = await (await get('auditor', `/episodes/${city.episodeId}/replay/engine`)).text();
    expect(shown).toMatch(/一致：\d+个引擎事件、\d+批共\d+项决定全部复现/);
    const { accesses } = (await (await get('auditor', `/api/v1/areas/${plan.areaId}/accesses`)).json()) as { accesses: { what: string; subject: string; by: { accountId: string; role: string } }[] };
    expect(accesses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'history', subject: city.episodeId, by: expect.objectContaining({ accountId: 'demo-auditor', role: 'auditor' }) }),
        expect.objectContaining({ what: 'engine-replay', subject: city.episodeId, by: expect.objectContaining({ accountId: 'demo-administrator' }) }),
      ]),
    );
  }, 60_000);

  test('the command carries it out again from the bundle alone, without database and server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qingkong-replay-'));
    try {
      const file = join(folder, 'bundle.zip');
      writeFileSync(file, Buffer.from(await (await api('auditor', '/evidence')).arrayBuffer()));
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('../../cli/qingkong.ts', import.meta.url)), 'replay', file], {
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      expect(stdout).toMatch(/^DETERMINISTIC {2}KT-\d{4}-001: \d+ runs, \d+ events, \d+ batches, \d+ decisions$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  test('every night from two on, once a day, and never where nothing is archived', async () => {
    const today = dayStartMs(await deps.clock(deps.pool));
    const at = (hours: number): Deps => ({ ...deps, clock: () => Promise.resolve(today + hours * HOUR_MS) });
    const results = async () =>
      (await deps.pool.query<{ event: HistoriesReplayed }>(`select event from ledger where stream = $1 and type = 'histories-replayed' order by seq`, [`area/${plan.areaId}`])).rows.map((r) => r.event);
    await replayNightly(at(25));
    expect(await results()).toEqual([]);
    await replayNightly(at(26));
    await replayNightly(at(27));
    expect(await results()).toEqual([expect.objectContaining({ day: addDays(dayOf(today), 1), checked: 1, parted: [] })]);
    await replayNightly(at(50));
    expect(await results()).toHaveLength(2);
    expect(await (await get('auditor', '/record')).text()).toContain('1份历史全部一致');
  }, 60_000);

  test('one that cannot even be tried is told of; the night is recorded, and holds up no other', async () => {
    const today = dayStartMs(await deps.clock(deps.pool));
    const lost = `the history of ${city.episodeId} is on record and not kept`;
    const engine = { ...deps.engine, replay: () => Promise.reject(new Error(lost)) };
    await replayNightly({ ...deps, engine, clock: () => Promise.resolve(today + 74 * HOUR_MS) });
    const { rows } = await deps.pool.query<{ event: HistoriesReplayed }>(`select event from ledger where type = 'histories-replayed' order by seq desc limit 1`);
    expect(rows[0]!.event).toMatchObject({ checked: 1, parted: [{ episodeId: city.episodeId, what: { zh: `无法复算：${lost}`, en: expect.stringContaining(lost) } }] });
  }, 60_000);
});

describe('where history, ledger and code part, it is said in words', () => {
  let bundle: WorkflowBundleOption;
  let history = '';
  beforeAll(async () => {
    bundle = await keptBundle();
    history = await (await api('auditor', '/history')).text();
  }, 60_000);

  test('a decision changed in the ledger', async () => {
    const events = await ledgerDecisions();
    const changed = events.map((e, i) => (i === 4 ? { ...e, atMs: e.atMs + 1 } : e));
    const { deterministic, parting } = await replayHistory({ history, decisions: changed }, bundle);
    expect(deterministic).toBe(false);
    expect(parting!.what.zh).toMatch(/^第\d+(至\d+)?项决定：引擎当时的决定与账本不同$/);
    expect(parting!.eventId).toBeGreaterThan(1);
  });

  test('a decision cut off the ledger, and one too many', async () => {
    const events = await ledgerDecisions();
    expect((await replayHistory({ history, decisions: events.slice(0, -1) }, bundle)).parting!.what.en).toContain('is not what the ledger holds');
    expect((await replayHistory({ history, decisions: [...events, events.at(-1)!] }, bundle)).parting!.what.zh).toContain('账本有历史之外的决定');
  });

  test('a state changed where one run hands over to the next', async () => {
    const runs = JSON.parse(history) as { events: { workflowExecutionStartedEventAttributes?: { input: { payloads: { data: string }[] } } }[] }[];
    const payload = runs[1]!.events[0]!.workflowExecutionStartedEventAttributes!.input.payloads[0]!;
    const input = JSON.parse(Buffer.from(payload.data, 'base64').toString('utf8')) as { from: { state: { number: string } } };
    input.from.state.number = 'KT-2026-999';
    payload.data = Buffer.from(JSON.stringify(input)).toString('base64');
    const { parting } = await replayHistory({ history: JSON.stringify(runs), decisions: await ledgerDecisions() }, bundle);
    expect(parting).toMatchObject({ run: 2, eventId: 1, what: { en: expect.stringContaining('the state that this run began with') } });
  });

  test('code that decides something else names the decisions and the event; code that asks the engine for something else names the event', async () => {
    const decided = await bundleWith([{ file: 'domain/episode/decide/proposal.ts', from: '    level: of.level,\n', to: "    level: of.level === 'orange' ? 'yellow' : of.level,\n" }]);
    const { parting } = await replayHistory({ history, decisions: await ledgerDecisions() }, decided);
    expect(parting!.what.zh).toMatch(/^第\d+至\d+项决定：今天的程序决定的内容与当时记录的不同$/);
    expect(parting).toMatchObject({ eventType: 'MarkerRecorded', detail: expect.stringContaining('the batch decided here') });
    const ordered = await bundleWith([
      { file: 'workflows/episode.ts', from: '    const state = journal.opened();\n    const noticeIds', to: "    const state = journal.opened();\n    upsertSearchAttributes({ [SEARCH_ATTRIBUTES.phase]: [state.phase] });\n    const noticeIds" },
    ]);
    const other = (await replayHistory({ history, decisions: await ledgerDecisions() }, ordered)).parting!;
    expect(other.what.zh).toBe('今天的程序发出的引擎命令与当时的不同');
    expect(other.eventId).toBeGreaterThan(0);
  }, 120_000);
});
