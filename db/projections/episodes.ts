import type { EpisodePlan } from '../../domain/episode/plan.js';
import { decidedLevel, type EpisodeState, isActive } from '../../domain/episode/state.js';
import type { Db, Tx } from '../pool.js';

/** An episode's row as the projector carries it from one command to the next. */
export interface StoredEpisode {
  readonly state: EpisodeState;
  /** Sequence of the last decision taken in. */
  readonly updatedSeq: number;
  /** Up to here, plan time, everything that opened under this state is in `obligations`. */
  readonly obligationsThroughMs: number;
}

/** The episode as its last decision left it; read under the stream's lock it stays so. */
export async function loadEpisode(db: Db, episodeId: string): Promise<StoredEpisode | null> {
  const { rows } = await db.query<StoredEpisode>(
    'select state, updated_seq as "updatedSeq", obligations_through_ms as "obligationsThroughMs" from episodes where id = $1',
    [episodeId],
  );
  return rows[0] ?? null;
}

export async function saveEpisode(tx: Tx, { state, updatedSeq, obligationsThroughMs }: StoredEpisode): Promise<void> {
  const level = decidedLevel(state);
  const closed = state.phase === 'closed' ? { ending: state.ending, atMs: state.closedAtMs } : null;
  await tx.query(
    `insert into episodes (id, number, area_id, drill, phase, active, ending, level, response_level, plan_digest, rules_version, opened_at_ms, closed_at_ms, state, updated_seq, obligations_through_ms, area_seq)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (id) do update set phase = excluded.phase, active = excluded.active, ending = excluded.ending, level = excluded.level,
       response_level = excluded.response_level, closed_at_ms = excluded.closed_at_ms, state = excluded.state, updated_seq = excluded.updated_seq,
       obligations_through_ms = excluded.obligations_through_ms, area_seq = excluded.area_seq`,
    [
      state.id,
      state.number,
      state.areaId,
      state.drill,
      state.phase,
      isActive(state),
      closed?.ending ?? null,
      level,
      state.levels.at(-1)?.responseLevel ?? null,
      state.planDigest,
      state.rulesVersion,
      state.openedAtMs,
      closed?.atMs ?? null,
      JSON.stringify(state),
      updatedSeq,
      obligationsThroughMs,
      state.areaSeq,
    ],
  );
}

export async function saveObligationsThrough(tx: Tx, episodeId: string, throughMs: number): Promise<void> {
  await tx.query('update episodes set obligations_through_ms = $2 where id = $1', [episodeId, throughMs]);
}

/** As the inbox addresses an owner: a unit, a role of the area, or an account. */
export function recipientOf(plan: EpisodePlan, ownerId: string): string {
  if (ownerId.startsWith('account:')) return ownerId;
  return plan.units.some((u) => u.id === ownerId) ? `unit:${ownerId}` : `role:${ownerId}`;
}
