/** The list of episodes, newest first, in pages; and its rows of the ledger. */
import type { Db } from '../pool.js';

export interface EpisodeRow {
  readonly id: string;
  readonly number: string;
  readonly areaId: string;
  readonly drill: boolean;
  readonly phase: string;
  readonly active: boolean;
  readonly ending: string | null;
  readonly planDigest: string;
  readonly level: string | null;
  readonly responseLevel: string | null;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly seq: number;
}

export interface EpisodeFilter {
  readonly areaIds: readonly string[];
  readonly phase: string | null;
  /** A part of it. */
  readonly number: string | null;
  /** Reached at some time. */
  readonly level: string | null;
  readonly drill: boolean | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Those after this one in the list's order. */
  readonly after: { readonly openedAtMs: number; readonly id: string } | null;
  readonly limit: number;
}

export async function listEpisodes(db: Db, { areaIds, phase, number, level, drill, fromMs, toMs, after, limit }: EpisodeFilter): Promise<EpisodeRow[]> {
  const { rows } = await db.query<EpisodeRow>(
    `select id, number, area_id as "areaId", drill, phase, active, ending, plan_digest as "planDigest", level, response_level as "responseLevel", opened_at_ms as "openedAtMs", closed_at_ms as "closedAtMs",
       (select seq from streams where stream = 'episode/' || id) as seq
     from episodes
     where (area_id = any($1)) and ($2::text is null or phase = $2)
       and ($3::bigint is null or opened_at_ms >= $3) and ($4::bigint is null or opened_at_ms < $4)
       and ($5::bigint is null or (opened_at_ms, id) < ($5, $6))
       and ($8::text is null or position(upper($8) in upper(number)) > 0) and ($10::boolean is null or drill = $10)
       and ($9::text is null or exists (select 1 from jsonb_array_elements(state -> 'levels') as span where span ->> 'level' = $9))
     order by opened_at_ms desc, id desc limit $7`,
    [areaIds, phase, fromMs, toMs, after?.openedAtMs ?? null, after?.id ?? null, limit, number, level, drill],
  );
  return rows;
}

/** Ids of an area's episodes that have not closed, the active one first. */
export async function openEpisodesOf(db: Db, areaId: string): Promise<{ readonly id: string; readonly active: boolean }[]> {
  const { rows } = await db.query<{ id: string; active: boolean }>(`select id, active from episodes where area_id = $1 and phase <> 'closed' order by active desc, opened_at_ms desc`, [areaId]);
  return rows;
}
