import { afterAll, describe, expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signalWatch } from '../../activities/engine.js';
import { readConfig } from '../../config/env.js';
import { processIdentity } from '../../embedded/process-identity.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../../embedded/search-attributes.js';
import { startTemporalDevServer, type TemporalServer } from '../../embedded/temporal.js';
import { watchWorkflowId } from '../../workflows/messages.js';
import { devServerEnv, timeSkippingEnv } from '../support/temporal.js';

const dataDir = mkdtempSync(join(tmpdir(), 'qk-temporal-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const start = (folder = 'server') =>
  startTemporalDevServer({
    dataDir: join(dataDir, folder),
    binaries: readConfig().binaries,
    log: () => undefined,
    namespace: 'qingkong',
    retentionDays: 30,
    searchAttributes: QINGKONG_SEARCH_ATTRIBUTES,
  });

/** Starts a workflow that no worker runs: it stays open on the server, found by its search attributes. */
async function openWorkflow(server: TemporalServer, workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address: server.address });
  const payload = (type: string, value: unknown) => ({
    metadata: { encoding: Buffer.from('json/plain'), type: Buffer.from(type) },
    data: Buffer.from(JSON.stringify(value)),
  });
  await connection.workflowService.startWorkflowExecution({
    namespace: 'qingkong',
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'episode' },
    taskQueue: { name: 'nobody' },
    searchAttributes: {
      indexedFields: { QkArea: payload('Keyword', 'kuitun'), QkLevel: payload('Keyword', 'yellow'), QkPhase: payload('Keyword', 'responding'), QkDrill: payload('Bool', false) },
    },
  });
  await connection.close();
}

async function openWorkflowIds(server: TemporalServer, count: number): Promise<string[]> {
  const connection = await Connection.connect({ address: server.address });
  try {
    for (let attempt = 0; ; attempt++) {
      const { executions } = await connection.workflowService.listWorkflowExecutions({
        namespace: 'qingkong',
        query: "QkArea = 'kuitun' and QkLevel = 'yellow' and QkPhase = 'responding' and QkDrill = false and ExecutionStatus = 'Running'",
      });
      const ids = executions.map(({ execution }) => execution?.workflowId ?? '').sort();
      // The list is written a moment after the start.
      if (ids.length >= count || attempt === 100) return ids;
      await new Promise((done) => setTimeout(done, 50));
    }
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal server', () => {
  test('keeps open workflows and their search attributes over a clean stop, on the same address', async () => {
    const first = await start();
    await openWorkflow(first, 'kept-over-stop');
    await first.stop();
    const second = await start();
    expect(await openWorkflowIds(second, 1)).toEqual(['kept-over-stop']);
    expect(second.address).toBe(first.address);
    await second.stop();
  });

  test('keeps them over kill -9', async () => {
    const killed = await start();
    await openWorkflow(killed, 'kept-over-kill');
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const resumed = await start();
    expect(await openWorkflowIds(resumed, 2)).toEqual(['kept-over-kill', 'kept-over-stop']);
    await resumed.stop();
  });

  test('a server left running by a killed start is ended first', async () => {
    const orphan = await start();
    const next = await start();
    expect(processIdentity(orphan.pid)).toBeNull();
    expect(await openWorkflowIds(next, 2)).toHaveLength(2);
    await next.stop();
  });

  test('keeps history for the days it was told', async () => {
    const server = await start();
    const connection = await Connection.connect({ address: server.address });
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'qingkong' });
    await connection.close();
    await server.stop();
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });

  test('a broken data file is a sentence that names the log', async () => {
    mkdirSync(join(dataDir, 'broken'));
    writeFileSync(join(dataDir, 'broken/temporal.db'), 'this is no database '.repeat(500));
    await expect(start('broken')).rejects.toThrow(/the Temporal server did not start \(.*not a database.*\): see .*temporal\.log/);
  });
});

describe('servers for tests', () => {
  test('the time-skipping one lets a month pass at once', async () => {
    const environment = await timeSkippingEnv();
    const before = await environment.currentTimeMs();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
    await environment.teardown();
  });

  test('the time-skipping one is not in a hurry: a slow machine tries no task for ever', async () => {
    const environment = await timeSkippingEnv();
    await signalWatch(environment.client, 'nobody-works-here', 'kuitun');
    const { raw } = await environment.client.workflow.getHandle(watchWorkflowId('kuitun')).describe();
    expect(Number(raw.executionConfig?.defaultWorkflowTaskTimeout?.seconds)).toBe(60);
    await environment.teardown();
  });

  test('the real one knows our search attributes', async () => {
    const environment = await devServerEnv();
    const { customAttributes } = await environment.connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(QINGKONG_SEARCH_ATTRIBUTES)));
    await environment.teardown();
  });
});
