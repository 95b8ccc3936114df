import { randomBytes } from 'node:crypto';
import pg from 'pg';

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** The application's own database and the role that owns it, made where missing. */
export async function ensureOwnDatabase(adminUrl: string, ownerPassword: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const role = await client.query("select 1 from pg_roles where rolname = 'qingkong'");
    if (role.rowCount === 0) {
      // Roles that the migrations make are then open to it by SET ROLE, too.
      await client.query(`
        begin;
        create role qingkong login createrole password ${client.escapeLiteral(ownerPassword)};
        alter role qingkong set createrole_self_grant = 'set, inherit';
        commit`);
    }
    const database = await client.query("select 1 from pg_database where datname = 'qingkong'");
    if (database.rowCount === 0) await client.query('create database qingkong owner qingkong');
  });
}

export interface TestDatabase {
  readonly name: string;
  /** As its owner `qingkong`. */
  readonly url: string;
  /** As the superuser. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

/**
 * An own database, owned by `qingkong`, cloned from `template` (which nobody
 * may be connected to meanwhile).
 */
export async function createTestDatabase(
  server: { readonly url: string; readonly adminUrl: string },
  template = 'template1',
  name = `test_${randomBytes(6).toString('hex')}`,
): Promise<TestDatabase> {
  await withClient(server.adminUrl, (client) =>
    client.query(`create database ${client.escapeIdentifier(name)} template ${client.escapeIdentifier(template)} owner qingkong`),
  );
  return {
    name,
    url: withDatabase(server.url, name),
    adminUrl: withDatabase(server.adminUrl, name),
    drop: async () => {
      await withClient(server.adminUrl, (client) => client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`));
    },
  };
}
