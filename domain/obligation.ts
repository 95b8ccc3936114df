/** What somebody owes by when, and how it stands (design: one truth for what is owed). */
import type { Clause, DueSoon, ObligationKind, Trigger } from './plan.js';
import { MINUTE_MS } from './time.js';

export interface Obligation {
  /** `kind:ref:owner`, the same whoever derives it. */
  readonly id: string;
  readonly groupId: string;
  readonly kind: ObligationKind;
  readonly clause: Clause;
  readonly trigger: Trigger;
  /** A unit's id, a role, or `account:ID` (countersignature). */
  readonly ownerId: string;
  /** The day it is about, or the notice, order, task it comes from. */
  readonly ref: string;
  readonly opensAtMs: number;
  /** The office's own target (内部要求); null where there is none. */
  readonly targetAtMs: number | null;
  /** The plan's due time; null where the plan sets none. */
  readonly dueAtMs: number | null;
}

/** 未到期, 临期, 已报, 逾期补报, 逾期未报. */
export type ObligationStatus = 'not-due' | 'due-soon' | 'submitted' | 'submitted-late' | 'overdue';

/**
 * How an obligation stands at an instant. Only the due time makes it late: an
 * instant equal to it is in time, one millisecond later is not. A passed target
 * leaves it 临期. For the 临期 threshold the nearer limit ahead counts.
 */
export function obligationStatus(
  o: Pick<Obligation, 'opensAtMs' | 'targetAtMs' | 'dueAtMs'>,
  submittedAtMs: number | null,
  nowMs: number,
  dueSoon: DueSoon,
): ObligationStatus {
  if (submittedAtMs !== null) return o.dueAtMs !== null && submittedAtMs > o.dueAtMs ? 'submitted-late' : 'submitted';
  if (o.dueAtMs !== null && nowMs > o.dueAtMs) return 'overdue';
  if (o.targetAtMs !== null && nowMs > o.targetAtMs) return 'due-soon';
  const limitMs = o.targetAtMs ?? o.dueAtMs;
  if (limitMs === null) return 'not-due';
  const leftMs = limitMs - nowMs;
  const isNear = leftMs < dueSoon.minutesLeft * MINUTE_MS || leftMs < dueSoon.shareLeft * (limitMs - o.opensAtMs);
  return nowMs >= o.opensAtMs && isNear ? 'due-soon' : 'not-due';
}

/** Whether the office's own target was missed, whatever the due time says. */
export function missedTarget(o: Pick<Obligation, 'targetAtMs'>, submittedAtMs: number | null, nowMs: number): boolean {
  return o.targetAtMs !== null && (submittedAtMs ?? nowMs) > o.targetAtMs;
}
