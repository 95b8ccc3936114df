import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, withClient, type TestDatabase } from '../../embedded/databases.js';
import { startPostgres } from '../../embedded/postgres.js';
import { processIdentity } from '../../embedded/process-identity.js';

export interface TestServer {
  readonly url: string;
  readonly adminUrl: string;
}

/** One folder per jest worker; its cluster ends with that process. */
const ROOT = join(tmpdir(), `qingkong-test-${process.getuid?.() ?? 0}`);

/** The PostgreSQL of this jest worker, started by the first test file that asks; about 0.7 s then, nothing afterwards. */
export async function testPostgres(): Promise<TestServer> {
  const home = join(ROOT, String(process.pid));
  const stateFile = join(home, 'server.json');
  const owner = processIdentity(process.pid);
  if (existsSync(stateFile)) {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as TestServer & { owner: string; pid: number };
    if (state.owner === owner && processIdentity(state.pid) !== null) return state;
  }
  removeLeftovers();
  mkdirSync(home, { recursive: true });
  const server = await startPostgres({ dataDir: home, cacheDir: join(ROOT, 'cache'), log: () => undefined, durability: 'none' });
  server.unref();
  const state = { url: server.url, adminUrl: server.adminUrl, pid: server.pid, owner };
  writeFileSync(stateFile, JSON.stringify(state));
  return state;
}

/**
 * An empty database of one's own, or a clone of the one that `prepare` fills
 * (by the migrations, say), which runs once per jest worker and `name`.
 */
export async function testDatabase(template?: { name: string; prepare: (database: TestDatabase) => Promise<void> }): Promise<TestDatabase> {
  const server = await testPostgres();
  if (template === undefined) return createTestDatabase(server);
  const name = `template_${template.name}`;
  const found = await withClient(server.adminUrl, (client) => client.query('select 1 from pg_database where datname = $1', [name]));
  if (found.rowCount === 0) {
    const making = await createTestDatabase(server);
    await template.prepare(making);
    await withClient(server.adminUrl, (client) => client.query(`alter database ${making.name} rename to ${name}`));
  }
  return createTestDatabase(server, name);
}

function removeLeftovers(): void {
  if (!existsSync(ROOT)) return;
  for (const folder of readdirSync(ROOT)) {
    if (/^\d+$/.test(folder) && processIdentity(Number(folder)) === null) rmSync(join(ROOT, folder), { recursive: true, force: true });
  }
}
