/** What is owed, as rows: derived from the core by groups, written only where something is new or changed. */
import type { AffineClock } from '../../domain/clock.js';
import { toRealMs } from '../../domain/clock.js';
import { type DeadlineGroup, deadlineGroups } from '../../domain/episode/deadlines.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Tx } from '../pool.js';
import { type StoredEpisode, saveObligationsThrough } from './episodes.js';

/** Groups that have opened by `untilMs`. */
export function openedGroups(plan: EpisodePlan, state: EpisodeState, untilMs: number): DeadlineGroup[] {
  return deadlineGroups(plan, state, untilMs).filter((g) => g.opensAtMs <= untilMs);
}

/** What `after` owes that `before` did not, or at other times; and what it no longer owes. */
export function changedGroups(before: readonly DeadlineGroup[], after: readonly DeadlineGroup[]): { readonly changed: DeadlineGroup[]; readonly gone: DeadlineGroup[] } {
  const was = new Map(before.map((g) => [g.id, g]));
  const is = new Set(after.map((g) => g.id));
  return { changed: after.filter((g) => !sameTimes(was.get(g.id), g)), gone: before.filter((g) => !is.has(g.id)) };
}

function sameTimes(a: DeadlineGroup | undefined, b: DeadlineGroup): boolean {
  return a !== undefined && a.opensAtMs === b.opensAtMs && a.targetAtMs === b.targetAtMs && a.dueAtMs === b.dueAtMs;
}

/** Inserts the groups' obligations; one that is there already takes the new times and is owed again if it had lapsed. */
export async function writeGroups(tx: Tx, state: EpisodeState, groups: readonly DeadlineGroup[]): Promise<void> {
  if (groups.length === 0) return;
  const real = (clock: AffineClock, atMs: number | null) => (atMs === null ? null : toRealMs(clock, atMs));
  const rows = groups.flatMap((g) =>
    g.owners.map((owner) => ({
      id: `${g.id}:${owner}`,
      group_id: g.id,
      kind: g.rule.kind,
      clause: g.rule.clause,
      owner_id: owner,
      ref: g.ref,
      trigger: g.trigger,
      opens_at_ms: g.opensAtMs,
      target_at_ms: g.targetAtMs,
      due_at_ms: g.dueAtMs,
      opens_real_ms: real(state.clock, g.opensAtMs),
      target_real_ms: real(state.clock, g.targetAtMs),
      due_real_ms: real(state.clock, g.dueAtMs),
      submitted_at_ms: state.discharged[g.id] ?? null,
    })),
  );
  await tx.query(
    `insert into obligations (episode_id, id, group_id, kind, clause, owner_id, ref, trigger, opens_at_ms, target_at_ms, due_at_ms, opens_real_ms, target_real_ms, due_real_ms, submitted_at_ms)
     select $1, r.* from json_to_recordset($2) as r (id text, group_id text, kind text, clause text, owner_id text, ref text, trigger text, opens_at_ms bigint,
       target_at_ms bigint, due_at_ms bigint, opens_real_ms bigint, target_real_ms bigint, due_real_ms bigint, submitted_at_ms bigint)
     on conflict (episode_id, id) do update set opens_at_ms = excluded.opens_at_ms, target_at_ms = excluded.target_at_ms, due_at_ms = excluded.due_at_ms,
       opens_real_ms = excluded.opens_real_ms, target_real_ms = excluded.target_real_ms, due_real_ms = excluded.due_real_ms, lapsed_at_ms = null`,
    [state.id, JSON.stringify(rows)],
  );
}

export async function lapseGroups(tx: Tx, episodeId: string, groups: readonly DeadlineGroup[], atMs: number): Promise<void> {
  if (groups.length === 0) return;
  await tx.query('update obligations set lapsed_at_ms = $3 where episode_id = $1 and group_id = any($2)', [episodeId, groups.map((g) => g.id), atMs]);
}

/** Groups fulfilled by a decision, with the instant; what was handed in before keeps its own. */
export async function dischargeGroups(tx: Tx, episodeId: string, groups: readonly (readonly [groupId: string, atMs: number])[]): Promise<void> {
  if (groups.length === 0) return;
  await tx.query(
    `update obligations o set submitted_at_ms = d.at_ms from unnest($2::text[], $3::bigint[]) as d (group_id, at_ms)
     where o.episode_id = $1 and o.group_id = d.group_id and o.submitted_at_ms is null`,
    [episodeId, groups.map(([id]) => id), groups.map(([, atMs]) => atMs)],
  );
}

/** Fulfilled by a decision that was taken back: a returned evaluation is owed again. */
export async function reopenGroups(tx: Tx, episodeId: string, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return;
  await tx.query('update obligations set submitted_at_ms = null where episode_id = $1 and group_id = any($2)', [episodeId, groupIds]);
}

/** Closed with these never handed in: seen by whoever approved the evaluation. */
export async function recordMissing(tx: Tx, episodeId: string, obligationIds: readonly string[]): Promise<void> {
  if (obligationIds.length === 0) return;
  await tx.query('update obligations set closed_missing = true where episode_id = $1 and id = any($2)', [episodeId, obligationIds]);
}

/**
 * Brings `obligations` up to an instant of plan time without any decision: the
 * engine may be down over midnight. Under the stream's lock; writes nothing
 * when nothing has opened since.
 */
export async function deriveThrough(tx: Tx, plan: EpisodePlan, episode: StoredEpisode, untilMs: number): Promise<StoredEpisode> {
  if (untilMs <= episode.obligationsThroughMs) return episode;
  const opened = openedGroups(plan, episode.state, untilMs).filter((g) => g.opensAtMs > episode.obligationsThroughMs);
  if (opened.length === 0) return episode;
  await Promise.all([writeGroups(tx, episode.state, opened), saveObligationsThrough(tx, episode.state.id, untilMs)]);
  return { ...episode, obligationsThroughMs: untilMs };
}
