/**
 * During a deployment an old worker runs beside a new one on the same task
 * queue. The new build is the present sources with one more version of the
 * rules (`domain/rules.ts`), under which new episodes begin; the old build is
 * the present sources as they are. The old worker cannot decide for an episode
 * of the new version and must leave it alone; both go on with the old ones.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLedger } from '../../db/check.js';
import { toBeijingIso } from '../../domain/time.js';
import { type Daemon, startDaemon } from '../../embedded/daemon.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { Desk } from './support/desk.js';
import { episodeOfArea } from './support/episode.js';
import { streamOf } from './support/record.js';
import { BEGINS_MS, planWithRoom } from './support/script.js';
import { System } from './support/system.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = ['activities', 'config', 'db', 'domain', 'embedded', 'plans', 'usecases', 'workers', 'workflows', 'package.json', 'package-lock.json', 'tsconfig.json'];
const plan = planWithRoom();
const newBuild = mkdtempSync(join(tmpdir(), 'qingkong-new-build-'));
let system: System;
let desk: Desk;
let newWorker: Daemon;

beforeAll(async () => {
  for (const source of SOURCES) cpSync(join(ROOT, source), join(newBuild, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(newBuild, 'node_modules'));
  const rules = join(newBuild, 'domain', 'rules.ts');
  const changed = readFileSync(rules, 'utf8')
    .replace(`CURRENT_RULES = '2'`, `CURRENT_RULES = '3'`)
    .replace(`{ '1': FIRST, `, `{ '1': FIRST, '3': FIRST, `);
  expect(changed).toContain(`CURRENT_RULES = '3'`);
  expect(changed).toContain(`'3': FIRST`);
  writeFileSync(rules, changed);
  system = await System.start({ plan });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
}, 120_000);

afterAll(async () => {
  await newWorker?.stop();
  await system?.close();
  rmSync(newBuild, { recursive: true, force: true });
}, 60_000);

async function begin(): Promise<string> {
  const { areaId } = await system.addArea(BEGINS_MS, 1);
  const days = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'].map((date) => ({ date, aqiLow: 260, aqiHigh: 260, pm25: 195, primary: ['PM2.5'] }));
  await desk.post('technical', `/areas/${areaId}/forecasts`, { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days }, `${areaId}.forecast`);
  return episodeOfArea(system.pool, areaId);
}

const consult = (episodeId: string, i: number) => desk.post('technical', `/episodes/${episodeId}/consultations`, { advice: 'keep', text: `第 ${i} 次` }, `${episodeId}.consult.${i}`);

async function rulesOf(episodeId: string): Promise<readonly string[]> {
  return [...new Set((await streamOf(system.pool, episodeId)).map((r) => r.rulesVersion))];
}

test('each episode keeps the rules it began under, and each decision is made once, whichever worker is asked', async () => {
  const before = await begin();
  await consult(before, 1);

  newWorker = await startDaemon({
    command: process.execPath,
    args: ['--import', 'tsx', join(newBuild, 'workers', 'main.ts')],
    cwd: newBuild,
    env: system.environment(),
    logFile: join(system.home, 'logs', 'new-worker.log'),
    pidFile: join(system.home, 'run', 'new-worker.pid'),
    stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }],
  });
  // Both take tasks: the old worker's episodes go to whichever is free.
  for (const i of [2, 3, 4, 5, 6]) await consult(before, i);

  // Only the new one is left: what begins now begins under the new rules.
  await system.kill('worker');
  const after = await begin();
  await consult(after, 1);
  expect(await rulesOf(after)).toEqual(['3']);
  await consult(before, 7);

  // The old one comes back beside it and is handed tasks of an episode it cannot know how to decide.
  await system.restart('worker');
  for (const i of [2, 3, 4]) await consult(after, i);
  for (const i of [8, 9]) await consult(before, i);

  const texts = async (episodeId: string) => (await streamOf(system.pool, episodeId)).flatMap((r) => (r.event.type === 'consultation-recorded' ? [(r.event as unknown as { conclusion: { text: string } }).conclusion.text] : []));
  expect(await texts(before)).toEqual(Array.from({ length: 9 }, (_, i) => `第 ${i + 1} 次`));
  expect(await texts(after)).toEqual(Array.from({ length: 4 }, (_, i) => `第 ${i + 1} 次`));
  expect(await rulesOf(before)).toEqual(['2']);
  expect(await rulesOf(after)).toEqual(['3']);
  expect((await checkLedger(system.pool)).faults).toEqual([]);
  for (const episodeId of [before, after]) expect((await (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId)).describe()).status.name).toBe('RUNNING');
}, 240_000);
