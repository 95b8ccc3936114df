/** What a step of a replay changed: the state before it and after it, laid side by side. */
import { decidedLevel, type EpisodeState, type Phase, spanAt } from '../domain/episode/state.js';
import type { Obligation } from '../domain/obligation.js';
import { floorOf } from '../domain/order.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { LevelId } from '../domain/plan.js';
import type { SubmissionEvent } from '../domain/submission.js';
import type { Text } from '../domain/text.js';
import type { LoadedPlan } from './plans.js';
import { type Asked, titleOf } from './replay-expected.js';

export type Change =
  | { readonly what: 'phase'; readonly was: Phase | null; readonly is: Phase }
  | { readonly what: 'graded' | 'decided' | 'warning' | 'response' | 'floor'; readonly was: LevelId | null; readonly is: LevelId | null }
  | { readonly what: 'lift' | 'expected-end'; readonly wasMs: number | null; readonly isMs: number | null }
  | { readonly what: 'asked' | 'answered'; readonly action: Asked }
  | { readonly what: 'notice'; readonly id: string; readonly supersedes: string | null }
  /** What was handed in: nothing before, or an earlier version. */
  | { readonly what: 'filed'; readonly ownerId: string; readonly version: number; readonly countsAtMs: number; readonly isLate: boolean }
  | { readonly what: 'owed'; readonly title: Text; readonly ref: string; readonly count: number; readonly targetAtMs: number | null; readonly dueAtMs: number | null };

/** A state at the instant it is looked at, with what had opened by then; its phase and whose turn it was as anybody could see them. */
export interface Moment {
  readonly state: EpisodeState;
  readonly phase: Phase;
  readonly atMs: number;
  readonly opened: readonly Obligation[];
  readonly asked: readonly Asked[];
}

export function changesOf(loaded: LoadedPlan, before: Moment | null, after: Moment, row: LedgerRow): Change[] {
  const was = before && featuresOf(loaded, before);
  const is = featuresOf(loaded, after);
  const levels = (['graded', 'decided', 'warning', 'response', 'floor'] as const).flatMap((what): Change[] => (was?.[what] ?? null) === is[what] ? [] : [{ what, was: was?.[what] ?? null, is: is[what] }]);
  const instants = ([['lift', 'liftMs'], ['expected-end', 'endMs']] as const).flatMap(([what, name]): Change[] => (was?.[name] ?? null) === is[name] ? [] : [{ what, wasMs: was?.[name] ?? null, isMs: is[name] }]);
  const noticesBefore = new Set(before?.state.notices.map((n) => n.id));
  return [
    ...(before?.phase === after.phase ? [] : [{ what: 'phase', was: before?.phase ?? null, is: after.phase } as const]),
    ...levels,
    ...instants,
    ...filedBy(after, row),
    ...without(after.asked, before?.asked ?? []).map((action) => ({ what: 'asked', action }) as const),
    ...without(before?.asked ?? [], after.asked).map((action) => ({ what: 'answered', action }) as const),
    ...after.state.notices.filter((n) => !noticesBefore.has(n.id)).map(({ id, supersedes }) => ({ what: 'notice', id, supersedes }) as const),
    ...newlyOwed(loaded, before?.opened ?? [], after.opened),
  ];
}

/** The level in force at an instant; null before the first and after the lift. */
export function levelInForce({ state, atMs }: Pick<Moment, 'state' | 'atMs'>): { readonly level: LevelId; readonly responseLevel: LevelId } | null {
  return state.phase === 'responding' ? spanAt(state, atMs) : null;
}

function featuresOf(loaded: LoadedPlan, moment: Moment) {
  const { plan, episodePlan } = loaded;
  const { state } = moment;
  const span = levelInForce(moment);
  return {
    graded: state.assessment?.grades[plan.settings.promptOn].level ?? null,
    decided: decidedLevel(state),
    warning: span?.level ?? null,
    response: span?.responseLevel ?? null,
    floor: floorOf(episodePlan, state.orders),
    liftMs: state.lift?.effectiveAtMs ?? null,
    endMs: state.expectedEndMs,
  };
}

function filedBy({ opened }: Moment, { kind, event }: LedgerRow): Change[] {
  if (kind !== 'submission') return [];
  const { obligationId, ownerId, version, countsAtMs } = event as SubmissionEvent;
  const dueAtMs = opened.find((o) => o.id === obligationId)?.dueAtMs ?? null;
  return [{ what: 'filed', ownerId, version, countsAtMs, isLate: dueAtMs !== null && countsAtMs > dueAtMs }];
}

function without(actions: readonly Asked[], others: readonly Asked[]): Asked[] {
  const known = new Set(others.map(keyOf));
  return actions.filter((action) => !known.has(keyOf(action)));
}

function keyOf({ role, what, ref, sinceMs }: Asked): string {
  return [role, what, ref, sinceMs].join(' ');
}

function newlyOwed({ plan }: LoadedPlan, before: readonly Obligation[], after: readonly Obligation[]): Change[] {
  const known = new Set(before.map((o) => o.id));
  const groups = new Map<string, Extract<Change, { what: 'owed' }> & { count: number }>();
  for (const { id, groupId, kind, ref, targetAtMs, dueAtMs } of after) {
    if (known.has(id)) continue;
    const group = groups.get(groupId);
    if (group) group.count++;
    else groups.set(groupId, { what: 'owed', title: titleOf(plan, kind), ref, count: 1, targetAtMs, dueAtMs });
  }
  return [...groups.values()];
}
