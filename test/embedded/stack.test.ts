import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { readConfig } from '../../config/env.js';
import { withClient } from '../../embedded/databases.js';
import { processIdentity, waitUntilGone } from '../../embedded/process-identity.js';
import { startEmbedded } from '../../embedded/stack.js';
import { testDatabase } from '../support/postgres.js';

const root = mkdtempSync(join(tmpdir(), 'qk-stack-'));
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const dataDir = join(root, 'data');
const project = join(import.meta.dirname, '../..');
let runs = 0;

interface Run {
  readonly pid: number;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly parts: Readonly<Record<'postgres' | 'temporal' | 'child', number>>;
  readonly exited: Promise<void>;
  readonly said: () => string[];
}

const pidIn = (file: string) => (JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as { pid: number }).pid;
const pids = () => ({ postgres: pidIn('postgres/postgres.pid'), temporal: pidIn('temporal/temporal.pid'), child: pidIn('run/child.pid') });

async function until(condition: () => boolean, said: () => string[]): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not seen in time; said: ${said().join(' | ')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** `npm start` in small: the stack and one child in a process of their own. */
async function launch(): Promise<Run> {
  const file = join(root, `said-${++runs}`);
  const parent = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'programs/parent.ts'), dataDir, file], { cwd: project, stdio: 'ignore' });
  const exited = new Promise<void>((done) => parent.once('exit', () => done()));
  const said = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  await until(() => said().some((line) => /^(ready|problem)/.test(line)), said);
  const ready = said().find((line) => line.startsWith('ready'));
  if (ready === undefined) return { pid: 0, databaseUrl: '', temporalAddress: '', parts: { postgres: 0, temporal: 0, child: 0 }, exited, said };
  await until(() => said().some((line) => line.startsWith('start')), said);
  return { ...(JSON.parse(ready.slice(6)) as Run), parts: pids(), exited, said };
}

async function answers(run: Run): Promise<boolean> {
  const { rows } = await withClient(run.databaseUrl, (client) => client.query<{ one: number }>('select 1 as one'));
  const connection = await Connection.connect({ address: run.temporalAddress });
  await connection.workflowService.describeNamespace({ namespace: 'qingkong' });
  await connection.close();
  return rows[0]?.one === 1;
}

const allGone = (run: Run) => Promise.all(Object.values(run.parts).map((pid) => waitUntilGone(pid, 15_000)));

describe('everything embedded', () => {
  test('comes up, refuses a second start on its folder, and ends in reverse order on SIGINT', async () => {
    const run = await launch();
    expect(await answers(run)).toBe(true);
    const second = await launch();
    expect(second.said().at(-1)).toMatch(new RegExp(`^problem .*is in use by another Qingkong \\(process ${run.pid}\\): stop that one first`));
    process.kill(run.pid, 'SIGINT');
    await run.exited;
    expect(run.said().slice(-2)).toEqual([`asked ${run.parts.child}`, 'stopped']);
    expect(Object.values(run.parts).map(processIdentity)).toEqual([null, null, null]);
  });

  test('its parts end by themselves when it is killed, and the next start resumes', async () => {
    const run = await launch();
    await withClient(run.databaseUrl, (client) => client.query('create table survived (n int); insert into survived values (1)'));
    process.kill(run.pid, 'SIGKILL');
    expect(await allGone(run)).toEqual([true, true, true]);
    const next = await launch();
    const { rows } = await withClient(next.databaseUrl, (client) => client.query('select n from survived'));
    expect(rows).toEqual([{ n: 1 }]);
    process.kill(next.pid, 'SIGINT');
    await next.exited;
  });

  test('everything killed at once leaves nothing that keeps the next start from resuming', async () => {
    const run = await launch();
    await withClient(run.databaseUrl, (client) => client.query('insert into survived values (2)'));
    for (const pid of [run.pid, ...Object.values(run.parts)]) process.kill(pid, 'SIGKILL');
    const next = await launch();
    const { rows } = await withClient(next.databaseUrl, (client) => client.query('select n from survived order by n'));
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await answers(next)).toBe(true);
    process.kill(next.pid, 'SIGINT');
    await next.exited;
  });

  test('a killed part is started again in its place', async () => {
    const run = await launch();
    for (const part of ['child', 'postgres', 'temporal'] as const) {
      process.kill(run.parts[part], 'SIGKILL');
      await until(() => run.said().some((line) => line.includes(`${part} 意外停止（SIGKILL）`)), run.said);
    }
    const isBack = (part: keyof Run['parts']) => {
      try {
        return processIdentity(pids()[part]) !== null;
      } catch {
        return false;
      }
    };
    await until(() => isBack('child') && isBack('postgres') && isBack('temporal'), run.said);
    for (let attempt = 0; ; attempt++) {
      try {
        expect(await answers(run)).toBe(true);
        break;
      } catch (error) {
        if (attempt === 20) throw error;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
    expect(Object.entries(pids()).filter(([part, pid]) => run.parts[part as keyof Run['parts']] === pid)).toEqual([]);
    process.kill(run.pid, 'SIGINT');
    await run.exited;
    expect(run.said().at(-1)).toBe('stopped');
  });
});

describe('parts that are not ours to run', () => {
  test('are taken as given when they answer', async () => {
    const database = await testDatabase();
    const run = await launch();
    const stack = await startEmbedded({
      config: readConfig({ DATA_DIR: join(root, 'other'), DATABASE_URL: database.url, TEMPORAL_ADDRESS: run.temporalAddress }),
      log: () => undefined,
    });
    expect(stack.databaseUrl).toBe(database.url);
    expect(stack.temporalAddress).toBe(run.temporalAddress);
    expect(existsSync(join(root, 'other/postgres'))).toBe(false);
    await stack.stop();
    process.kill(run.pid, 'SIGINT');
    await run.exited;
    await database.drop();
  });

  test('are a sentence that says what to do when they do not', async () => {
    const config = readConfig({ DATA_DIR: join(root, 'other'), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', TEMPORAL_ADDRESS: '127.0.0.1:1' });
    await expect(startEmbedded({ config, log: () => undefined })).rejects.toThrow(
      /the database 127\.0\.0\.1:1\/none cannot be reached \(.*ECONNREFUSED.*\): start it or correct DATABASE_URL/,
    );
  });
});
