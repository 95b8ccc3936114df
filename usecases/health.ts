/** Whether the whole job can be done now, part by part. */
import { countMigrations } from '../db/read/health.js';
import type { Deps } from './deps.js';

export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<'database' | 'migrations' | 'engine' | 'worker', boolean>>;
}

export async function readiness({ pool, engine }: Deps): Promise<Readiness> {
  const [migrations, { reachable, worker }] = await Promise.all([countMigrations(pool).catch(() => null), engine.health()]);
  const parts = { database: migrations !== null, migrations: migrations !== null && migrations.pending === 0, engine: reachable, worker };
  return { ready: Object.values(parts).every(Boolean), parts };
}
