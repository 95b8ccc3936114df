/** What stood out at a step of a replay: whose turn it was, and what was owed and had not come. */
import type { Filed } from '../domain/submission.js';
import { obligations } from '../domain/episode/deadlines.js';
import type { EpisodeState } from '../domain/episode/state.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { Obligation } from '../domain/obligation.js';
import type { Clause, ObligationKind } from '../domain/plan.js';
import type { SubmissionEvent } from '../domain/submission.js';
import type { Text } from '../domain/text.js';
import type { LoadedPlan } from './plans.js';
import { type NextAction, nextActions } from './situation.js';

export interface Asked extends NextAction {
  /** The duty desk had been told that it went unanswered (R14). */
  readonly isLate: boolean;
}

/** Obligations of one group that were open and not fulfilled. */
export interface Owed {
  readonly groupId: string;
  readonly kind: ObligationKind;
  readonly title: Text;
  readonly clause: Clause;
  readonly ref: string;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly owners: readonly string[];
  /** The plan's due time, or the office's own target, had passed. */
  readonly missed: 'due' | 'target' | null;
}

/** What of an episode's obligations had opened by an instant, by what was then known. */
export function openedBy({ episodePlan }: LoadedPlan, state: EpisodeState | null, atMs: number): readonly Obligation[] {
  return state ? obligations(episodePlan, state, atMs) : [];
}

/** What had been handed in up to a row, by obligation. */
export function filedBy(rows: readonly LedgerRow[]): ReadonlyMap<string, Filed> {
  const filed = new Map<string, Filed>();
  for (const { kind, event } of rows) {
    if (kind !== 'submission') continue;
    const { obligationId, version, countsAtMs } = event as SubmissionEvent;
    filed.set(obligationId, { version, submittedAtMs: filed.get(obligationId)?.submittedAtMs ?? countsAtMs });
  }
  return filed;
}

export function askedIn({ episodePlan }: LoadedPlan, state: EpisodeState): Asked[] {
  if (state.phase === 'closed') return [];
  return nextActions({ state, episodePlan }).map((action) => ({ ...action, isLate: action.what === 'decide' && (state.requests.find((r) => r.id === action.ref)?.escalated ?? 0) > 0 }));
}

/** By group, what was missed first, then by the time it was due. */
export function owedOf({ plan }: LoadedPlan, state: EpisodeState, opened: readonly Obligation[], filed: ReadonlyMap<string, Filed>, atMs: number): Owed[] {
  const groups = new Map<string, Owed & { owners: string[] }>();
  for (const { id, groupId, kind, clause, ref, targetAtMs, dueAtMs, ownerId } of opened) {
    if (filed.has(id) || state.discharged[groupId] !== undefined) continue;
    const group = groups.get(groupId);
    if (group) group.owners.push(ownerId);
    else groups.set(groupId, { groupId, kind, title: titleOf(plan, kind), clause, ref, targetAtMs, dueAtMs, owners: [ownerId], missed: missedAt(targetAtMs, dueAtMs, atMs) });
  }
  const limitMs = (o: Owed) => o.dueAtMs ?? o.targetAtMs ?? Infinity;
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || limitMs(a) - limitMs(b));
}

export function titleOf(plan: LoadedPlan['plan'], kind: string): Text {
  return plan.obligations.find((rule) => rule.kind === kind)?.title ?? { zh: kind, en: kind };
}

function missedAt(targetAtMs: number | null, dueAtMs: number | null, atMs: number): Owed['missed'] {
  if (dueAtMs !== null && atMs > dueAtMs) return 'due';
  return targetAtMs !== null && atMs > targetAtMs ? 'target' : null;
}

function rank({ missed }: Owed): number {
  return missed === 'due' ? 0 : missed === 'target' ? 1 : 2;
}
