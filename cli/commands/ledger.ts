import type { Config } from '../../config/env.js';
import { checkLedger, type LedgerCheck } from '../../db/check.js';
import { databaseClock } from '../../db/clock.js';
import { listAreas } from '../../db/plans.js';
import { createPool, type Pool } from '../../db/pool.js';
import { rebuild } from '../../db/rebuild.js';
import { checkKeys } from '../../evidence/keys.js';
import { runningServices } from '../../embedded/stack.js';
import { EXIT, Failure } from '../failure.js';
import type { Progress } from '../output.js';

/** `ledger check`: every chain, every number, whether the read models stand where the ledger stands, and whether each signing key is endorsed by the one before. */
export function ledgerCheck(config: Config, progress: Progress): Promise<LedgerCheck> {
  return withDatabase(config, async (pool) => {
    const { streams, rows, faults } = await checkLedger(pool, shareOf(progress));
    const keys = await Promise.all((await listAreas(pool)).map(({ areaId }) => checkKeys(pool, areaId)));
    const unendorsed = keys.flatMap((k) => k.faults).map(({ stream, seq, what }) => ({ stream, seq, fault: 'signing-key' as const, expected: 'the endorsement of the key before', found: what }));
    return { streams, rows, faults: [...faults, ...unendorsed] };
  });
}

export function ledgerCheckText({ streams, rows, faults }: LedgerCheck): string {
  const head = `${streams} streams, ${rows} rows, ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}`;
  return [head, ...faults.map((f) => `  ${f.stream} ${f.seq}: ${f.fault}, expected ${f.expected}, found ${f.found}`)].join('\n');
}

export interface Rebuilt {
  readonly streams: number;
  readonly rows: number;
}

/** `ledger rebuild`: the read models again, from the ledger alone. */
export function ledgerRebuild(config: Config, progress: Progress): Promise<Rebuilt> {
  return withDatabase(config, (pool) => rebuild(pool, databaseClock, shareOf(progress)));
}

export function ledgerRebuildText({ streams, rows }: Rebuilt): string {
  return `read models rebuilt from ${streams} streams, ${rows} rows`;
}

function shareOf(progress: Progress): (done: number, total: number) => void {
  return (done, total) => progress(total === 0 ? 1 : done / total);
}

/** The given database, or the embedded one where it is running. */
export async function withDatabase<T>({ databaseUrl, dataDir }: Config, work: (pool: Pool) => Promise<T>): Promise<T> {
  const url = databaseUrl ?? runningServices(dataDir)?.databaseUrl;
  if (url === undefined) throw new Failure(EXIT.unavailable, `no database: DATABASE_URL is not set and nothing runs in ${dataDir}`, 'Start the system with npm start, or give DATABASE_URL');
  const pool = createPool(url, { max: 2, queryWithinMs: null });
  try {
    await pool.query('select 1').catch((error: Error) => {
      throw new Failure(EXIT.unavailable, `the database does not answer (${error.message})`, 'Check DATABASE_URL, or start the system with npm start');
    });
    return await work(pool);
  } finally {
    await pool.end();
  }
}
