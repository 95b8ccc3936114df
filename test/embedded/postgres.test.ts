import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, withClient } from '../../embedded/databases.js';
import { nativeFolder, postgresBinaries, postgresUser } from '../../embedded/postgres-binaries.js';
import { startPostgres } from '../../embedded/postgres.js';
import { SetupProblem } from '../../embedded/problem.js';
import { testDatabase } from '../support/postgres.js';

const dataDir = mkdtempSync(join(tmpdir(), 'qk-pg-'));
const cacheDir = join(dataDir, 'cache');
chmodSync(dataDir, 0o755);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const start = (extra: { port?: number } = {}) => startPostgres({ dataDir: join(dataDir, 'pg'), cacheDir, log: () => undefined, ...extra });

describe('the embedded PostgreSQL', () => {
  test('keeps what was committed, its port and its passwords over a clean stop', async () => {
    const first = await start();
    await withClient(first.url, (client) => client.query('create table kept (n int); insert into kept values (1)'));
    await first.stop();
    const second = await start();
    const { rows } = await withClient(second.url, (client) => client.query<{ n: number }>('select n from kept'));
    await second.stop();
    expect(rows).toEqual([{ n: 1 }]);
    expect(second.url).toBe(first.url);
  });

  test('resumes after kill -9 with every committed row, its stale pid file notwithstanding', async () => {
    const killed = await start();
    await withClient(killed.url, (client) => client.query('insert into kept values (2)'));
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    expect(existsSync(join(dataDir, 'pg/cluster/postmaster.pid'))).toBe(true);
    const resumed = await start();
    const { rows } = await withClient(resumed.url, (client) => client.query<{ n: number }>('select n from kept order by n'));
    await resumed.stop();
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a pid file that now names another program does not keep it from starting', async () => {
    const killed = await start();
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const file = join(dataDir, 'pg/cluster/postmaster.pid');
    const [, ...rest] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [process.ppid, ...rest].join('\n'));
    const resumed = await start();
    await resumed.stop();
    expect(resumed.pid).not.toBe(killed.pid);
  });

  test('a server left running by a killed start is ended and its work kept', async () => {
    const orphan = await start();
    await withClient(orphan.url, (client) => client.query('insert into kept values (3)'));
    const next = await start();
    await orphan.exited;
    const { rows } = await withClient(next.url, (client) => client.query<{ count: string }>('select count(*) from kept where n = 3'));
    await next.stop();
    expect(rows).toEqual([{ count: '1' }]);
    expect(next.port).toBe(orphan.port);
  });

  test('writes durably and listens on this machine only', async () => {
    const server = await start();
    const { rows } = await withClient(server.url, (client) =>
      client.query<{ name: string; setting: string }>(
        "select name, setting from pg_settings where name in ('fsync','synchronous_commit','full_page_writes','listen_addresses') order by name",
      ),
    );
    await server.stop();
    expect(rows).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  test('a port that is asked for and taken is a sentence that says what to do', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
    });
    await expect(start({ port })).rejects.toThrow(`port ${port} is in use: set POSTGRES_PORT to another port`);
    holder.close();
  });

  test('a remembered port that is taken meanwhile is replaced by a free one', async () => {
    const first = await start();
    await first.stop();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(first.port, '127.0.0.1', resolve));
    const second = await start();
    await second.stop();
    holder.close();
    expect(second.port).not.toBe(first.port);
  });

  test('a folder that is a file is a SetupProblem', async () => {
    const file = join(dataDir, 'a-file');
    writeFileSync(file, '');
    await expect(startPostgres({ dataDir: file, cacheDir, log: () => undefined })).rejects.toBeInstanceOf(SetupProblem);
  });

  test('a cluster without its passwords says which file to restore', async () => {
    const settings = join(dataDir, 'pg/postgres.json');
    const kept = readFileSync(settings);
    rmSync(settings);
    await expect(start()).rejects.toThrow(/postgres\.json, which holds the database's passwords, is missing/);
    writeFileSync(settings, kept);
  });
});

describe("PostgreSQL's programs", () => {
  test('get the links that a package cannot hold and that npm did not make', () => {
    const bare = join(dataDir, 'bare/native');
    cpSync(nativeFolder(), bare, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.includes('/share/') });
    cpSync(join(nativeFolder(), '../package.json'), join(bare, '../package.json'));
    const lib = join(bare, 'lib');
    for (const name of readdirSync(lib)) if (lstatSync(join(lib, name)).isSymbolicLink()) rmSync(join(lib, name));
    expect(postgresBinaries(postgresUser(), cacheDir, bare).postgres).toBe(join(bare, 'bin/postgres'));
    expect(readdirSync(lib).some((name) => lstatSync(join(lib, name)).isSymbolicLink())).toBe(true);
  });

  test('run on data that the user postgres cannot reach: as root from a place that it can', async () => {
    const hidden = mkdtempSync(join(tmpdir(), 'qk-hidden-'));
    const server = await startPostgres({ dataDir: join(hidden, 'pg'), cacheDir, log: () => undefined });
    await server.stop();
    const { outsideDir } = JSON.parse(readFileSync(join(hidden, 'pg/postgres.json'), 'utf8')) as { outsideDir?: string };
    const isRoot = process.getuid?.() === 0;
    expect(outsideDir ?? 'in its own folder').toMatch(isRoot ? /^\/var\/lib\/qingkong\/cluster-/ : /own folder/);
    if (outsideDir !== undefined) rmSync(outsideDir, { recursive: true });
    rmSync(hidden, { recursive: true });
  });
});

describe('databases for test files', () => {
  test('are clones of a template that is prepared once', async () => {
    let prepared = 0;
    const template = {
      name: 'postgres_test',
      prepare: async ({ url }: { url: string }) => {
        prepared++;
        await withClient(url, (client) => client.query('create table from_template (n int)'));
      },
    };
    const one = await testDatabase(template);
    const two = await testDatabase(template);
    await withClient(one.url, (client) => client.query('insert into from_template values (1)'));
    const { rows } = await withClient(two.url, (client) => client.query('select * from from_template'));
    expect(prepared).toBe(1);
    expect(rows).toEqual([]);
    await one.drop();
    await two.drop();
  });

  test('the owner may make a role and become it', async () => {
    const database = await testDatabase();
    const { rows } = await withClient(database.url, async (client) => {
      await client.query(`create role ${database.name}_app`);
      await client.query(`set role ${database.name}_app`);
      return client.query<{ current_user: string }>('select current_user');
    });
    expect(rows).toEqual([{ current_user: `${database.name}_app` }]);
    await database.drop();
    await expect(createTestDatabase({ url: database.url, adminUrl: database.adminUrl })).rejects.toThrow('does not exist');
  });
});
