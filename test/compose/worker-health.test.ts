import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { childEnvironment } from '../../config/env.js';
import { devServerEnv } from '../support/temporal.js';

const project = join(import.meta.dirname, '../..');
let server: TestWorkflowEnvironment;
beforeAll(async () => {
  server = await devServerEnv();
});
afterAll(async () => {
  await server.teardown();
});

/** Runs the health check as the container does. */
async function check(address = server.address): Promise<{ code: number | null; said: string }> {
  const env = childEnvironment({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', TASK_QUEUE: 'health' });
  const child = spawn(process.execPath, ['--import', 'tsx', 'docker/worker-health.ts'], { cwd: project, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, said };
}

describe("the worker container's health check", () => {
  test('fails while no worker of this host asks for work', async () => {
    expect(await check()).toEqual({ code: 1, said: expect.stringMatching(/no worker on .+ asks for work on health/) });
  });

  test('passes while one does', async () => {
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, 'programs/workflows.ts') });
    const worker = await Worker.create({ connection: server.nativeConnection, namespace: 'default', taskQueue: 'health', workflowBundle });
    const result = await worker.runUntil(async () => {
      for (let attempt = 1; ; attempt++) {
        const seen = await check();
        // Its first poll reaches the server a moment after it runs.
        if (seen.code === 0 || attempt === 5) return seen;
      }
    });
    expect(result).toEqual({ code: 0, said: '' });
  });

  test('fails when Temporal does not answer, and says so', async () => {
    expect(await check('127.0.0.1:1')).toEqual({ code: 1, said: expect.stringContaining('the Temporal server 127.0.0.1:1 cannot be reached') });
  });
});
