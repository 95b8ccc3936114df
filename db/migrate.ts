import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Db } from './pool.js';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));

/** The role the worker and the API connect as; it can add to the record, not change it. */
export const APP_ROLE = 'qingkong_app';

/** Any number; all our processes ask for this one. */
const MIGRATION_LOCK = 7_130_211;

export interface MigrateOptions {
  /** Given to the application's role; without it the role keeps the one it has. */
  readonly appPassword?: string;
}

/**
 * Brings the schema up to date as the owner; several at once wait for each
 * other, and what has run is not run again. Returns the names of what ran.
 */
export async function migrate(databaseUrl: string, log: (line: string) => void, { appPassword }: MigrateOptions = {}): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'migrations',
      noLock: true,
      log: () => undefined,
    });
    for (const { name } of ran) log(`migrated ${name}`);
    // The doctor and /readyz compare what has run with what is there.
    await client.query(`grant select on migrations to ${APP_ROLE}`);
    if (appPassword !== undefined) await client.query(`alter role ${APP_ROLE} password ${client.escapeLiteral(appPassword)}`);
    return ran.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Names of the migrations this build has and the database lacks; none when it is ready for use. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length));
  const { rows } = await db.query<{ name: string }>('select name from migrations');
  const ran = new Set(rows.map(({ name }) => name));
  return files.filter((name) => !ran.has(name)).sort();
}
