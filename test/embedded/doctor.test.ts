import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { doctor, isHealthy, type Check } from '../../cli/doctor.js';
import { ok } from '../../cli/doctor/check.js';
import { checkNode, diskCheck } from '../../cli/doctor/machine.js';
import { searchAttributeCheck, skewCheck } from '../../cli/doctor/services.js';
import { childEnvironment, readConfig } from '../../config/env.js';
import { APP_ROLE, migrate } from '../../db/migrate.js';
import { withUser } from '../../db/pool.js';
import type { TestDatabase } from '../../embedded/databases.js';
import { startEmbedded } from '../../embedded/stack.js';
import { testDatabase } from '../support/postgres.js';
import { devServerEnv } from '../support/temporal.js';

const root = mkdtempSync(join(tmpdir(), 'qk-doctor-'));
chmodSync(root, 0o755);
let database: TestDatabase;
let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  database = await testDatabase();
  temporal = await devServerEnv();
});
afterAll(async () => {
  await temporal.teardown();
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const config = (variables: Record<string, string>) => readConfig(childEnvironment({ DATA_DIR: join(root, 'data'), PORT: '18930', ...variables }));
const statusOf = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ name, status }) => [name, status]));

describe('doctor', () => {
  test('finds a machine without anything running fit', async () => {
    const checks = await doctor(config({}));
    expect(statusOf(checks)).toEqual({
      node: 'ok',
      'data-dir': 'ok',
      disk: 'ok',
      port: 'ok',
      'temporal-binary': 'ok',
      'postgres-binary': 'ok',
      database: 'ok',
      temporal: 'ok',
    });
    expect(isHealthy(checks)).toBe(true);
  });

  test('tells the missing schema, then finds it, with given services', async () => {
    const given = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' };
    const before = await doctor(config(given));
    expect(before.find(({ name }) => name === 'migrations')).toMatchObject({ status: 'fail', remedy: { en: expect.stringContaining('migrate') } });
    expect(isHealthy(before)).toBe(false);

    await migrate(database.url, () => undefined, { appPassword: 'doctor' });
    const asApp = withUser(database.url, APP_ROLE, 'doctor');
    const after = await doctor(config({ ...given, DATABASE_URL: asApp }));
    expect(statusOf(after)).toMatchObject({
      database: 'ok',
      migrations: 'ok',
      clock: 'ok',
      temporal: 'ok',
      namespace: 'ok',
      'search-attributes': 'ok',
    });
  });

  test('names what does not answer and what to do', async () => {
    const checks = await doctor(config({ DATABASE_URL: 'postgres://x@127.0.0.1:1/x', TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'elsewhere' }));
    expect(checks.find(({ name }) => name === 'database')).toMatchObject({ status: 'fail', found: { en: expect.stringContaining('127.0.0.1:1/x cannot be reached') } });
    expect(checks.find(({ name }) => name === 'namespace')).toMatchObject({ status: 'fail', found: { en: expect.stringContaining('no namespace elsewhere') } });
  });

  test('a taken port names PORT', async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(18931, '127.0.0.1', done));
    const checks = await doctor(config({ PORT: '18931' }));
    holder.close();
    expect(checks.find(({ name }) => name === 'port')).toMatchObject({ status: 'fail', remedy: { en: expect.stringContaining('set PORT to another port') } });
  });

  test('looks at the embedded parts where they run', async () => {
    const stack = await startEmbedded({ config: config({}), log: () => undefined });
    await migrate(stack.ownerUrl, () => undefined, { appPassword: stack.appPassword ?? '' });
    const checks = await doctor(config({}));
    await stack.stop();
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(Object.keys(statusOf(checks))).toEqual(expect.arrayContaining(['migrations', 'clock', 'namespace', 'search-attributes']));
  });

  test("runs the other parts' checks, and one that breaks off has failed", async () => {
    const checks = await doctor(config({}), [
      { name: 'plan', run: () => Promise.resolve([ok('plan', '预案可用', 'the plan loads')]) },
      { name: 'rota', run: () => Promise.reject(new Error('no rota')) },
    ]);
    expect(statusOf(checks)).toMatchObject({ plan: 'ok', rota: 'fail' });
  });
});

describe('the limits of its checks', () => {
  test.each([
    ['20.18.3', 'fail'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node.js %s: %s', (version, status) => {
    expect(checkNode(version)[0]?.status).toBe(status);
  });

  test.each([
    [10 * 2 ** 30, 'ok'],
    [2 ** 30, 'warn'],
    [2 ** 20, 'fail'],
  ])('%d bytes free: %s', (bytes, status) => {
    expect(diskCheck('/data', bytes).status).toBe(status);
  });

  test.each([
    [-900, 'ok'],
    [5_000, 'warn'],
    [-61_000, 'fail'],
  ])('a clock %d ms off: %s', (skewMs, status) => {
    expect(skewCheck(skewMs).status).toBe(status);
  });

  test('missing search attributes bring the command that makes them', () => {
    expect(searchAttributeCheck(['QkArea', 'QkLevel', 'QkPhase'])).toMatchObject({
      status: 'fail',
      remedy: { en: 'run temporal operator search-attribute create --name QkDrill --type Bool' },
    });
  });
});
