/** What the engine and the sweep ask of the episodes' read model. */
import type { EpisodeState } from '../../domain/episode/state.js';
import { episodeStream } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

/** An episode with the area whose rights hold for it: for a drill that of the real one. */
export async function episodeInArea(db: Db, episodeId: string): Promise<{ readonly state: EpisodeState; readonly updatedSeq: number; readonly rightsAreaId: string } | null> {
  const { rows } = await db.query<{ state: EpisodeState; updatedSeq: number; rightsAreaId: string }>(
    `select e.state, e.updated_seq as "updatedSeq", coalesce(a.drills_area, e.area_id) as "rightsAreaId"
     from episodes e join areas a using (area_id) where e.id = $1`,
    [episodeId],
  );
  return rows[0] ?? null;
}

/** The area's episode before its lift takes effect; at most one. */
export async function activeEpisode(db: Db, areaId: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>('select id from episodes where area_id = $1 and active', [areaId]);
  return rows[0]?.id ?? null;
}

export async function episodeBegan(db: Db, episodeId: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from episodes where id = $1', [episodeId]);
  return rowCount === 1;
}

/** The last row of the area's stream that any of its episodes took in; 0 when none did. */
export async function consumedUpTo(db: Db, areaId: string): Promise<number> {
  const { rows } = await db.query<{ seq: number | null }>(`select max(area_seq) as seq from episodes where area_id = $1`, [areaId]);
  return rows[0]?.seq ?? 0;
}

/** By year of opening: the highest number given so far. The number's last part counts. */
export async function episodeNumbers(db: Db, areaId: string, yearOf: (openedAtMs: number) => string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ number: string; openedAtMs: number }>('select number, opened_at_ms as "openedAtMs" from episodes where area_id = $1', [areaId]);
  const highest: Record<string, number> = {};
  for (const { number, openedAtMs } of rows) {
    const year = yearOf(openedAtMs);
    highest[year] = Math.max(highest[year] ?? 0, Number(number.split('-').at(-1)));
  }
  return highest;
}

/** Episodes past their response, not yet closed, that hold an order. */
export async function episodesHoldingOrder(db: Db, areaId: string, orderId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from episodes where area_id = $1 and phase <> 'closed' and not active
       and exists (select 1 from jsonb_array_elements(state -> 'orders') as held where held -> 'order' ->> 'id' = $2)`,
    [areaId, orderId],
  );
  return rows.map((r) => r.id);
}

/** Every episode not closed, or closed and its history not archived; oldest first. */
export async function unarchivedEpisodes(db: Db): Promise<{ readonly id: string; readonly state: EpisodeState }[]> {
  const { rows } = await db.query<{ id: string; state: EpisodeState }>(
    `select id, state from episodes e where phase <> 'closed' or not exists (select 1 from archives where episode_id = e.id) order by opened_at_ms`,
  );
  return rows;
}

/** Closed episodes whose engine history is not kept yet. */
export async function closedUnarchived(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(`select id from episodes e where phase = 'closed' and not exists (select 1 from archives where episode_id = e.id) order by closed_at_ms`, []);
  return rows.map((r) => r.id);
}

/** How many decisions the ledger holds of an episode. */
export async function decisionsOf(db: Db, episodeId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select decision_no as n from streams where stream = $1', [episodeStream(episodeId)]);
  return rows[0]?.n ?? 0;
}

/** Every episode of an area, oldest first. */
export async function episodeIds(db: Db, areaId: string): Promise<{ readonly id: string; readonly number: string }[]> {
  const { rows } = await db.query<{ id: string; number: string }>('select id, number from episodes where area_id = $1 order by opened_at_ms, id', [areaId]);
  return rows;
}
