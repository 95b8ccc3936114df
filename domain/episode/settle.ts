/** Settles deadlines on what was handed in (5.1): who is still open is named, the others are counted. */
import { type DeadlineGroup, groupsOf, type Moment } from './deadlines.js';
import type { EventOf, SettledGroup } from './events.js';
import type { EpisodePlan } from './plan.js';
import type { EpisodeState } from './state.js';

/** Obligation id to the instant, plan time, at which it counts as handed in. */
export type Facts = Readonly<Record<string, { readonly submittedAtMs: number }>>;

export function settledEvent(plan: EpisodePlan, state: EpisodeState, moments: readonly Moment[], facts: Facts, nowMs: number): EventOf<'deadlines-settled'> {
  const groups = groupsOf(plan, state, moments, nowMs);
  const settled = moments.flatMap((m) => {
    const group = groups.get(m.groupId);
    return group ? [settle(group, m, facts)] : [];
  });
  return { type: 'deadlines-settled', atMs: nowMs, clause: '5.1', groups: settled };
}

function settle(group: DeadlineGroup, { groupId, moment, clause, tell }: Moment, facts: Facts): SettledGroup {
  const ids = group.owners.map((owner) => `${group.id}:${owner}`);
  const open = ids.filter((id) => facts[id] === undefined);
  const late = ids.filter((id) => group.dueAtMs !== null && (facts[id]?.submittedAtMs ?? 0) > group.dueAtMs).length;
  return { groupId, moment, clause, tell, open, late, inTime: ids.length - open.length - late };
}
