/** What the worker's process loads before its program. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const PRELOAD = join(import.meta.dirname, '../../workers/preload.mjs');
const folder = mkdtempSync(join(tmpdir(), 'qk-preload-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(name: string, program: string): string {
  const file = join(folder, name);
  writeFileSync(file, program);
  return execFileSync(process.execPath, ['--import', PRELOAD, file], { encoding: 'utf8' });
}

test('given a thread that asks to see every promise, when one is made there, then nobody is told; in the main thread all stays as it is', () => {
  const hooked = `require('node:v8').promiseHooks.createHook({ init: () => require('node:fs').writeSync(1, 'seen ') }); Promise.resolve();`;
  expect(run('main.cjs', hooked)).toContain('seen');
  expect(run('starts-a-thread.cjs', `new (require('node:worker_threads').Worker)(${JSON.stringify(join(folder, 'main.cjs'))})`)).toBe('');
});
