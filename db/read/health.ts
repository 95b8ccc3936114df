import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Db } from '../pool.js';

/** How many of our migrations have not been run here; throws where the database cannot be asked. */
export async function countMigrations(db: Db): Promise<{ readonly pending: number }> {
  const names = readdirSync(fileURLToPath(new URL('../migrations', import.meta.url)))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length));
  const { rows } = await db.query<{ there: boolean }>(`select to_regclass('ledger') is not null and to_regclass('accounts') is not null as there`);
  if (rows[0]?.there !== true) return { pending: names.length };
  const { rows: done } = await db.query<{ name: string }>('select name from migrations');
  const ran = new Set(done.map((r) => r.name));
  return { pending: names.filter((name) => !ran.has(name)).length };
}
