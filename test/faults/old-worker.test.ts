/**
 * A worker and an API running old code beside new ones. The new build is the
 * present sources with one more version of the rules (`domain/rules.ts`), under
 * which new episodes begin and a consultation names another clause; the old
 * build is the present sources as they are. It cannot decide for an episode of
 * the new version and must leave it alone; both go on with the old ones, by
 * the old rules.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkLedger } from '../../db/check.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { type Daemon, startDaemon } from '../../embedded/daemon.js';
import { freePort } from '../../embedded/ports.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { changedSources, NEXT_RULES, oneMoreVersion } from '../replay/mutants.js';
import { Desk } from './support/desk.js';
import { streamOf } from './support/record.js';
import { planWithRoom } from './support/script.js';
import { System } from './support/system.js';
import { warned } from './support/warned.js';

const SOURCES = ['activities', 'api', 'config', 'console', 'data', 'db', 'documents', 'domain', 'embedded', 'evidence', 'plans', 'usecases', 'workers', 'workflows', 'package.json', 'package-lock.json', 'tsconfig.json'];
const NEXT_CLAUSE = '3.2(2)';
/** A consultation names another clause. */
const OTHERWISE = `decide: (...given: Parameters<typeof decide>) => {
  const decided = decide(...given);
  if (!decided.ok) return decided;
  const events = decided.value.events.map((e) => (e.type === 'consultation-recorded' ? { ...e, clause: '${NEXT_CLAUSE}' } : e));
  return { ...decided, value: { ...decided.value, events } };
}`;
const plan = planWithRoom();
const newBuild = changedSources(SOURCES, oneMoreVersion(OTHERWISE));
const started: Daemon[] = [];
let system: System;
let desk: Desk;

beforeAll(async () => {
  system = await System.start({ plan });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
}, 120_000);

afterAll(async () => {
  await Promise.all(started.map((daemon) => daemon.stop()));
  await system?.close();
  rmSync(newBuild, { recursive: true, force: true });
}, 60_000);

/** Beside what runs already, on the same database and task queue. */
async function startNew(part: 'worker' | 'api', more: NodeJS.ProcessEnv = {}): Promise<void> {
  const daemon = await startDaemon({
    command: process.execPath,
    args: ['--import', 'tsx', join(newBuild, part === 'worker' ? 'workers' : 'api', 'main.ts')],
    cwd: newBuild,
    env: { ...system.environment(), ...more },
    logFile: join(system.home, 'logs', `new-${part}.log`),
    pidFile: join(system.home, 'run', `new-${part}.pid`),
    stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }],
  });
  started.push(daemon);
}

/** A desk at the new API. */
async function newDesk(): Promise<Desk> {
  const port = await freePort();
  await startNew('api', { PORT: String(port) });
  return new Desk(`http://127.0.0.1:${port}`, system.tokens);
}

const consult = (episodeId: string, i: number) => desk.post('technical', `/episodes/${episodeId}/consultations`, { advice: 'keep', text: `第 ${i} 次` }, `${episodeId}.consult.${i}`);

/** Each consultation with the clause it was decided under, and every row's version. */
async function recordOf(episodeId: string) {
  const rows = await streamOf(system.pool, episodeId);
  const consultations = rows.flatMap((r) => (r.event.type === 'consultation-recorded' ? [r.event as unknown as { clause: string; conclusion: { text: string } }] : []));
  return { versions: [...new Set(rows.map((r) => r.rulesVersion))], consultations: consultations.map(({ clause, conclusion }) => [conclusion.text, clause]) };
}

const told = (times: number, clause: string) => ['建议发布', ...Array.from({ length: times }, (_, i) => `第 ${i + 1} 次`)].map((text) => [text, clause]);

test('each episode keeps the rules it began under, each decision is made once, whichever worker is asked; and what is handed in is taken', async () => {
  const { episodeId: before } = await warned(system, desk, 1);
  await consult(before, 1);

  await startNew('worker');
  // Both take tasks: the old worker's episodes go to whichever is free.
  for (const i of [2, 3, 4, 5, 6]) await consult(before, i);

  // Only the new one is left: what begins now begins under the new rules.
  await system.kill('worker');
  const { episodeId: after } = await warned(system, desk, 1);
  await consult(after, 1);
  await consult(before, 7);

  // The old one comes back beside it and is handed tasks of an episode it cannot know how to decide.
  await system.restart('worker');
  for (const i of [2, 3, 4]) await consult(after, i);
  for (const i of [8, 9]) await consult(before, i);
  expect(await recordOf(before)).toEqual({ versions: [CURRENT_RULES], consultations: told(9, '3.2') });
  expect(await recordOf(after)).toEqual({ versions: [NEXT_RULES], consultations: told(4, NEXT_CLAUSE) });

  // The old API cannot judge what is handed in to it; the same key stands at the new one.
  const unitId = plan.units[0]!.id;
  const acknowledge = [`unit-${unitId}`, `/episodes/${after}/acknowledgements`, { noticeId: 'N1' }, `${after}.ack`] as const;
  const [login, path, body, key] = acknowledge;
  expect((await desk.once(login, 'POST', path, key, body))?.status).toBe(503);
  const { body: receipt } = await (await newDesk()).post(...acknowledge);
  const handedIn = (await streamOf(system.pool, after)).filter((r) => r.kind === 'submission');
  expect(handedIn.map((r) => [r.seq, r.rulesVersion])).toEqual([[receipt['seq'], NEXT_RULES]]);

  expect((await checkLedger(system.pool)).faults).toEqual([]);
  for (const episodeId of [before, after]) expect((await (await system.client()).workflow.getHandle(episodeWorkflowId(episodeId)).describe()).status.name).toBe('RUNNING');
}, 240_000);
