import type { Db } from '../pool.js';

export interface FailureCounts {
  readonly ofLoginHere: number;
  readonly ofLogin: number;
  readonly ofAddress: number;
}

/** A try counts as a failure until it has succeeded. Gives its id. */
export async function recordFailure(db: Db, login: string, address: string, nowMs: number): Promise<number> {
  const { rows } = await db.query<{ id: number }>('insert into sign_in_failures (login, address, at_ms) values (lower($1), $2, $3) returning id', [login, address, nowMs]);
  return rows[0]?.id ?? 0;
}

/** For a try that was not looked at: it shall not lengthen the wait. */
export async function dropFailure(db: Db, id: number): Promise<void> {
  await db.query('delete from sign_in_failures where id = $1', [id]);
}

export async function countFailures(db: Db, login: string, address: string, sinceMs: number): Promise<FailureCounts> {
  const { rows } = await db.query<FailureCounts>(
    `select count(*) filter (where login = lower($1) and address = $2)::int as "ofLoginHere",
       count(*) filter (where login = lower($1))::int as "ofLogin", count(*) filter (where address = $2)::int as "ofAddress"
     from sign_in_failures where at_ms > $3 and (login = lower($1) or address = $2)`,
    [login, address, sinceMs],
  );
  return rows[0] ?? { ofLoginHere: 0, ofLogin: 0, ofAddress: 0 };
}

/** After a success from that address its slips are forgotten. */
export async function forgetFailures(db: Db, login: string, address: string): Promise<void> {
  await db.query('delete from sign_in_failures where login = lower($1) and address = $2', [login, address]);
}
