/** A migrated database of one's own for a test file, with pools as the owner and as the application. */
import { APP_ROLE, migrate } from '../../db/migrate.js';
import { createPool, type Pool, withUser } from '../../db/pool.js';
import type { TestDatabase } from '../../embedded/databases.js';
import { testDatabase } from './postgres.js';

const APP_PASSWORD = 'test';

export interface MigratedDatabase extends TestDatabase {
  /** As the application's role. */
  readonly appUrl: string;
  readonly pool: Pool;
  readonly owner: Pool;
  /** Ends the pools and drops the database. */
  close(): Promise<void>;
}

/** Cloned from a template that is migrated once per jest worker. */
export async function migratedDatabase(): Promise<MigratedDatabase> {
  const database = await testDatabase({
    name: 'migrated',
    prepare: async ({ url }) => {
      await migrate(url, () => undefined, { appPassword: APP_PASSWORD });
    },
  });
  const appUrl = withUser(database.url, APP_ROLE, APP_PASSWORD);
  const pool = createPool(appUrl);
  const owner = createPool(database.url, { max: 2 });
  // The role is the whole cluster's: another test file may have given it another password.
  await owner.query(`alter role ${APP_ROLE} password '${APP_PASSWORD}'`);
  return {
    ...database,
    appUrl,
    pool,
    owner,
    close: async () => {
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}
