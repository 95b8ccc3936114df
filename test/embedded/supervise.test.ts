import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon, stopRecorded, type Daemon } from '../../embedded/daemon.js';
import { takeLock } from '../../embedded/lock.js';
import type { SetupProblem } from '../../embedded/problem.js';
import { processIdentity, waitUntilGone } from '../../embedded/process-identity.js';
import { supervise } from '../../embedded/supervise.js';

const root = mkdtempSync(join(tmpdir(), 'qk-supervise-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  file = join(folder, 'said');
});

const child = join(import.meta.dirname, 'programs/child.mjs');
const start = (behaviour: string, waitMs = 2_000): Promise<Daemon> =>
  startDaemon({
    command: process.execPath,
    args: [child, file, behaviour],
    logFile: join(folder, 'child.log'),
    pidFile: join(folder, 'child.pid'),
    stopSteps: [{ signal: 'SIGTERM', waitMs }],
  });
const said = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not seen in time; said: ${said().join(' | ')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('a child process', () => {
  test('is asked to end, and leaves no pid file', async () => {
    const daemon = await start('stay');
    await until(() => said().length === 1);
    await daemon.stop();
    expect(said()).toEqual([`start ${daemon.pid}`, `asked ${daemon.pid}`]);
    expect(await daemon.exited).toEqual({ code: 0, signal: null });
    expect(existsSync(join(folder, 'child.pid'))).toBe(false);
  });

  test('that does not end when asked is killed after its time', async () => {
    const daemon = await start('stubborn', 300);
    await until(() => said().length === 1);
    await daemon.stop();
    expect(await daemon.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('recorded by a killed start is ended by the next one', async () => {
    const orphan = await start('stay');
    await until(() => said().length === 1);
    expect(await stopRecorded(join(folder, 'child.pid'), [{ signal: 'SIGTERM', waitMs: 2_000 }])).toBe(true);
    expect(processIdentity(orphan.pid)).toBeNull();
  });

  test('whose pid has become another program is left alone', async () => {
    const bystander = await start('stay');
    const record = JSON.parse(readFileSync(join(folder, 'child.pid'), 'utf8')) as { pid: number; identity: string };
    writeFileSync(join(folder, 'old.pid'), JSON.stringify({ ...record, identity: `1 ${record.identity}` }));
    expect(await stopRecorded(join(folder, 'old.pid'), [{ signal: 'SIGKILL', waitMs: 100 }])).toBe(false);
    expect(processIdentity(bystander.pid)).not.toBeNull();
    await bystander.stop();
  });

  test('that cannot be started rejects', async () => {
    await expect(
      startDaemon({ command: join(folder, 'nothing'), args: [], logFile: join(folder, 'l'), pidFile: join(folder, 'p'), stopSteps: [] }),
    ).rejects.toThrow('ENOENT');
  });
});

describe('supervision', () => {
  const options = (problems: SetupProblem[], lines: string[] = []) => ({
    log: (line: string) => lines.push(line),
    onGiveUp: (problem: SetupProblem) => problems.push(problem),
    logFile: join(folder, 'child.log'),
    firstPauseMs: 20,
  });

  test('starts a killed process again, handing it its predecessor, until it is told to stop', async () => {
    const predecessors: (number | undefined)[] = [];
    const lines: string[] = [];
    const part = await supervise(
      'child',
      (previous?: Daemon) => {
        predecessors.push(previous?.pid);
        return start('stay');
      },
      options([], lines),
    );
    const first = part.current().pid;
    await until(() => said().length === 1);
    process.kill(first, 'SIGKILL');
    await until(() => part.current().pid !== first);
    const second = part.current().pid;
    await until(() => said().length === 2);
    await part.stop();
    expect(predecessors).toEqual([undefined, first]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('SIGKILL');
    expect(processIdentity(second)).toBeNull();
    expect(said().filter((line) => line.startsWith('start'))).toHaveLength(2);
  });

  test('gives up one that never gets going, and names its log', async () => {
    const problems: SetupProblem[] = [];
    const part = await supervise('child', () => start('crash'), { ...options(problems), firstPauseMs: 1 });
    await until(() => problems.length === 1);
    expect(problems[0]?.message).toMatch(/child kept ending at its start \(exit 3\): see .*child\.log/);
    expect(said()).toHaveLength(6);
    await part.stop();
  });
});

describe('the lock on a data folder', () => {
  test('a second taker is refused with the holder, and served after the release', () => {
    const release = takeLock(folder);
    expect(() => takeLock(folder)).toThrow(`is in use by another Qingkong (process ${process.pid}): stop that one first, or set DATA_DIR`);
    release();
    takeLock(folder)();
  });

  test('a holder that was killed holds nothing', async () => {
    const daemon = await start('stay');
    const identity = processIdentity(daemon.pid);
    mkdirSync(join(folder, 'run'), { recursive: true });
    writeFileSync(join(folder, 'run/lock.7'), JSON.stringify({ pid: daemon.pid, identity }));
    expect(() => takeLock(folder)).toThrow(`process ${daemon.pid}`);
    process.kill(daemon.pid, 'SIGKILL');
    await waitUntilGone(daemon.pid, 2_000);
    takeLock(folder);
    expect(existsSync(join(folder, 'run/lock.8'))).toBe(true);
    expect(existsSync(join(folder, 'run/lock.7'))).toBe(false);
  });
});
