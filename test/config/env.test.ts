import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { childEnvironment, readConfig } from '../../config/env.js';

describe('settings from the environment', () => {
  test('nothing set is the embedded default, open to this machine only', () => {
    const config = readConfig({});
    expect(config.http).toEqual({ port: 8080, bind: '127.0.0.1' });
    expect(config.dataDir).toBe(resolve('.qingkong'));
    expect(config.databaseUrl).toBeUndefined();
    expect(config.temporal).toEqual({ namespace: 'qingkong', taskQueue: 'qingkong', retentionDays: 30 });
    expect(config.plan).toBe('kuitun-2023');
    expect(config.area).toBe('kuitun');
    expect(config.binaries.cacheDir).toBe(join(homedir(), '.cache/qingkong'));
  });

  test('an empty variable is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' }).http.port).toBe(8080);
  });

  test.each([
    ['PORT', 'eighty', 'PORT has a value we cannot use: give a whole number from 1 to 65535.'],
    ['PORT', '70000', 'PORT has a value we cannot use'],
    ['PORT', '8080.5', 'PORT has a value we cannot use'],
    ['DATABASE_URL', 'mysql://x/y', 'give a URL like postgres://user@host:5432/database'],
    ['TEMPORAL_ADDRESS', 'http://temporal:7233', 'give host:port'],
    ['LOG_LEVEL', 'loud', 'give one of fatal, error, warn, info, debug, trace'],
    ['TEMPORAL_TLS', 'perhaps', 'give true or false'],
    ['TASK_QUEUE', 'a b', 'use letters, digits, dots and dashes'],
    ['TEMPORAL_RETENTION_DAYS', '0', 'give whole days from 1 to 3650'],
  ])('%s=%s is refused with the variable and what it should be', (variable, value, message) => {
    expect(() => readConfig({ [variable]: value })).toThrow(message);
  });
});

describe('secrets by file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qk-env-'));
  const file = join(folder, 'secret');

  test('NAME_FILE gives the value of NAME without its last line break', () => {
    writeFileSync(file, 'p@ss/word\n');
    const config = readConfig({ DATABASE_URL: 'postgres://qingkong@db:5432/qingkong', DATABASE_PASSWORD_FILE: file });
    expect(config.databaseUrl).toBe('postgres://qingkong:p%40ss%2Fword@db:5432/qingkong');
    expect(readConfig({ TEMPORAL_API_KEY_FILE: file }).temporal.apiKey).toBe('p@ss/word');
  });

  test('both forms at once, or a file that cannot be read, name the variable', () => {
    expect(() => readConfig({ TEMPORAL_API_KEY: 'x', TEMPORAL_API_KEY_FILE: file })).toThrow('TEMPORAL_API_KEY_FILE is given together with TEMPORAL_API_KEY');
    expect(() => readConfig({ TEMPORAL_API_KEY_FILE: join(folder, 'none') })).toThrow(/TEMPORAL_API_KEY_FILE points at .*none, which cannot be read/);
    rmSync(folder, { recursive: true });
  });
});

describe('TLS to Temporal', () => {
  test('is off unless asked for', () => {
    expect(readConfig({ TEMPORAL_ADDRESS: 'temporal:7233' }).temporal.tls).toBeUndefined();
    expect(readConfig({ TEMPORAL_TLS: 'true' }).temporal.tls).toEqual({});
  });

  test('a certificate and its key go together', () => {
    const { tls } = readConfig({ TEMPORAL_TLS_CERT: 'cert', TEMPORAL_TLS_KEY: 'key', TEMPORAL_TLS_CA: 'ca', TEMPORAL_TLS_SERVER_NAME: 'temporal' }).temporal;
    expect(tls?.clientCertPair).toEqual({ crt: Buffer.from('cert'), key: Buffer.from('key') });
    expect(tls?.serverRootCaCertificate).toEqual(Buffer.from('ca'));
    expect(tls?.serverNameOverride).toBe('temporal');
    expect(() => readConfig({ TEMPORAL_TLS_CERT: 'cert' })).toThrow('TEMPORAL_TLS_KEY is missing');
  });
});

test("a child's environment is ours with its own variables on top", () => {
  expect(childEnvironment({ B: 'child' }, { A: 'ours', B: 'ours' })).toEqual({ A: 'ours', B: 'child' });
});
