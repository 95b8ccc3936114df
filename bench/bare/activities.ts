import type { Pool } from '../../db/pool.js';

export interface BareActivities {
  /** One row per message; the same message again is the row that stands. */
  keep(episodeId: string, id: string, message: object): Promise<number>;
}

export const BARE_TABLE = `create table bare_rows (
  episode_id text not null, id text not null, seq bigint generated always as identity, message jsonb not null,
  recorded_at timestamptz not null default clock_timestamp(), primary key (episode_id, id))`;

export function bareActivities(pool: Pool): BareActivities {
  return {
    keep: async (episodeId, id, message) => {
      const { rows } = await pool.query<{ seq: number }>(
        'insert into bare_rows (episode_id, id, message) values ($1, $2, $3) on conflict (episode_id, id) do update set message = bare_rows.message returning seq',
        [episodeId, id, JSON.stringify(message)],
      );
      return rows[0]?.seq ?? 0;
    },
  };
}
