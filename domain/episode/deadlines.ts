/** What an episode owes, derived from its state alone; nothing here is stored in it. */
import type { Obligation } from '../obligation.js';
import type { Clause, ObligationKind, ObligationRule, Role, TimeRule, Trigger } from '../plan.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.js';
import { type Origin, originsOf } from './origins.js';
import { decides } from '../versions.js';
import type { EpisodePlan } from './plan.js';
import type { EpisodeState } from './state.js';

/** Obligations of one kind and origin, one per owner, with the same times. */
export interface DeadlineGroup {
  readonly id: string;
  readonly rule: ObligationRule;
  readonly trigger: Trigger;
  readonly ref: string;
  readonly owners: readonly string[];
  readonly opensAtMs: number;
  /** When the episode knew of it: later than it opens where an order, or an act, was entered late. */
  readonly knownAtMs: number;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
}

export interface Moment {
  readonly groupId: string;
  readonly moment: 'reminder' | 'target' | 'due' | 'close';
  readonly atMs: number;
  readonly clause: Clause;
  readonly tell: readonly Role[];
}

/** Every group whose origin lies at or before `untilMs`; response days that have only begun are among them. */
export function deadlineGroups(plan: EpisodePlan, state: EpisodeState, untilMs: number): DeadlineGroup[] {
  return groupsWithin(plan, state, -Infinity, untilMs);
}

/** The groups of one kind among them. */
export function deadlineGroupsOf(kind: ObligationKind, plan: EpisodePlan, state: EpisodeState, untilMs: number): DeadlineGroup[] {
  return groupsWithin(plan, state, -Infinity, untilMs, plan.obligations.filter((rule) => rule.kind === kind));
}

/** The same without most groups that have no moment after `afterMs`: a long episode's past costs nothing. */
function groupsWithin(plan: EpisodePlan, state: EpisodeState, afterMs: number, untilMs: number, rules = plan.obligations): DeadlineGroup[] {
  const origins = originsOf(plan, state, afterMs - longestRuleMs(plan), untilMs);
  return rules.flatMap((rule) =>
    origins.filter((o) => rule.triggers.includes(o.trigger) && isCountedBy(plan, rule, o) && !isVoid(state, rule, o)).flatMap((o) => groupOf(plan, rule, o) ?? []),
  );
}

/** Every obligation open to be fulfilled at or before `untilMs`, fulfilled or not. */
export function obligations(plan: EpisodePlan, state: EpisodeState, untilMs: number): Obligation[] {
  return deadlineGroups(plan, state, untilMs)
    .filter((g) => g.opensAtMs <= untilMs)
    .flatMap((g) =>
      g.owners.map((ownerId) => ({
        id: `${g.id}:${ownerId}`,
        groupId: g.id,
        kind: g.rule.kind,
        clause: g.rule.clause,
        trigger: g.trigger,
        ownerId,
        ref: g.ref,
        opensAtMs: g.opensAtMs,
        targetAtMs: g.targetAtMs,
        dueAtMs: g.dueAtMs,
      })),
    );
}

/**
 * The moments of a group, in order. The target and the due time themselves are
 * still in time, hence one millisecond after; what had passed before it was
 * known is dealt with as soon as it is known, and no longer reminded of.
 */
export function momentsOf(group: DeadlineGroup): Moment[] {
  const { rule, targetAtMs, dueAtMs, knownAtMs, opensAtMs } = group;
  const limitMs = targetAtMs ?? dueAtMs;
  const moment = (kind: Moment['moment'], atMs: number, tell: readonly Role[]): Moment => ({
    groupId: group.id,
    moment: kind,
    atMs,
    clause: rule.clause,
    tell,
  });
  const limit = (kind: 'target' | 'due', atMs: number | null, tell: readonly Role[]) =>
    atMs === null ? [] : [moment(kind, Math.max(atMs, knownAtMs) + 1, tell)];
  const reminders = limitMs === null ? [] : rule.remindMinutesBefore.map((m) => moment('reminder', limitMs - m * MINUTE_MS, []));
  return [
    ...reminders.filter((m) => m.atMs > Math.max(opensAtMs, knownAtMs)),
    ...limit('target', targetAtMs, rule.tellAtTarget),
    ...limit('due', dueAtMs, rule.tellAtDue),
  ].sort((x, y) => x.atMs - y.atMs);
}

/** The moments up to `untilMs` not yet dealt with, of groups that are neither complete nor discharged. */
export function momentsDue(plan: EpisodePlan, state: EpisodeState, untilMs: number): Moment[] {
  return groupsWithin(plan, state, state.settledUntilMs, untilMs)
    .filter((g) => isAwaited(state, g))
    .flatMap((g) => momentsOf(g).filter((m) => m.atMs > state.settledUntilMs && m.atMs <= untilMs))
    .sort((a, b) => a.atMs - b.atMs || (a.groupId < b.groupId ? -1 : 1));
}

/** The first moment not yet dealt with, or null when nothing more is due. */
export function nextMomentAtMs(plan: EpisodePlan, state: EpisodeState): number | null {
  // Tomorrow's report is due the day after: two days ahead every daily moment that can come next is known.
  const untilMs = Math.max(state.settledUntilMs, state.asOfMs) + 2 * DAY_MS;
  const instants = groupsWithin(plan, state, state.settledUntilMs, untilMs)
    .filter((g) => isAwaited(state, g))
    .flatMap((g) => momentsOf(g).map((m) => m.atMs))
    .filter((atMs) => atMs > state.settledUntilMs);
  return instants.length === 0 ? null : instants.reduce((a, b) => Math.min(a, b));
}

/** The groups that moments are about, by id. */
export function groupsOf(
  plan: EpisodePlan,
  state: EpisodeState,
  moments: readonly Moment[],
  untilMs: number,
): ReadonlyMap<string, DeadlineGroup> {
  const afterMs = moments.reduce((earliest, m) => Math.min(earliest, m.moment === 'close' ? -Infinity : m.atMs), untilMs) - 1;
  return new Map(groupsWithin(plan, state, afterMs, untilMs).map((g) => [g.id, g]));
}

/** The close of an episode as a moment of every group still awaited: what is open then is recorded as missing. */
export function closingMoments(plan: EpisodePlan, state: EpisodeState, nowMs: number): Moment[] {
  return deadlineGroups(plan, state, nowMs)
    .filter((g) => g.opensAtMs <= nowMs && isAwaited(state, g))
    .map((g) => ({ groupId: g.id, moment: 'close', atMs: nowMs, clause: g.rule.clause, tell: [] }));
}

/** One millisecond past the last due time that the lift gave rise to, or the lift itself: then the reports are in or recorded as missing. */
export function reportingEndsAtMs(plan: EpisodePlan, state: EpisodeState): number {
  const dues = deadlineGroups(plan, state, state.asOfMs)
    .filter((g) => g.trigger === 'lifted' || g.trigger === 'response-day')
    .filter((g) => g.rule.kind !== 'evaluation' || !decides(state.rulesVersion, 'reporting-ends-with-the-reports'))
    .flatMap((g) => g.dueAtMs ?? []);
  return dues.reduce((a, b) => Math.max(a, b), state.lift?.effectiveAtMs ?? state.asOfMs) + 1;
}

function isAwaited(state: EpisodeState, group: DeadlineGroup): boolean {
  return state.discharged[group.id] === undefined && state.completeGroups[group.id] === undefined;
}

/** R36: a plan that counts consultations in hours owes them by their periods, and nothing else by these. */
function isCountedBy(plan: EpisodePlan, rule: ObligationRule, origin: Origin): boolean {
  const goesByPeriods = rule.kind === 'consultation' && typeof plan.settings.consultEvery !== 'string';
  return origin.trigger !== 'open-day' || (origin.isPeriod ?? false) === goesByPeriods;
}

/** The relay of an order found to be a mistake is owed by nobody; that of one left to the next episode there. */
function isVoid(state: EpisodeState, rule: ObligationRule, { ref }: Origin): boolean {
  return rule.kind === 'relay-signature' && state.orders.some((o) => o.order.id === ref && (o.status === 'voided' || (o.status === 'left' && !o.relaySigned)));
}

/** How long after its origin an obligation can still have a moment. */
function longestRuleMs(plan: EpisodePlan): number {
  const rules = plan.obligations.flatMap((o) => [o.target, o.due]);
  return rules.map((rule) => (rule === null ? 0 : reachMs(rule))).reduce((a, b) => Math.max(a, b), 0);
}

function reachMs(rule: TimeRule): number {
  if ('minutesAfter' in rule) return rule.minutesAfter * MINUTE_MS + 2 * DAY_MS;
  return 'dayOffset' in rule ? (rule.dayOffset + 2) * DAY_MS : (rule.withinDays + 2) * DAY_MS;
}

function groupOf(plan: EpisodePlan, rule: ObligationRule, origin: Origin): DeadlineGroup | null {
  const counting = plan.settings.counting;
  const targetAtMs = origin.targetAtMs ?? (rule.target && timeOf(rule.target, origin, counting));
  const dueAtMs = origin.dueAtMs ?? (rule.due && timeOf(rule.due, origin, counting));
  const isDay = origin.trigger === 'open-day' || origin.trigger === 'response-day';
  const limitMs = targetAtMs ?? dueAtMs;
  // A day's own work (consultation, bulletin) opens with the day; a report on it when the day, or the response, is over.
  const isWithinDay = isDay && limitMs !== null && limitMs <= origin.dayStartMs + DAY_MS;
  const opensAtMs = isWithinDay ? origin.fromMs : origin.atMs;
  // A day that began after its own work's target owes none; nor does a consultation stand out once there is nothing left to consult on.
  if (isWithinDay && dueAtMs === null && limitMs <= opensAtMs) return null;
  if (origin.trigger === 'open-day' && limitMs !== null && limitMs >= origin.endMs) return null;
  return {
    id: `${rule.kind}:${origin.ref}`,
    rule,
    trigger: origin.trigger,
    ref: origin.ref,
    owners: ownersOf(plan, rule, origin),
    opensAtMs,
    knownAtMs: origin.knownAtMs,
    targetAtMs,
    dueAtMs,
  };
}

/** When a rule's time comes, counted from an origin. */
export function timeOf(rule: TimeRule, origin: Pick<Origin, 'atMs' | 'dayStartMs'>, counting: EpisodePlan['settings']['counting']): number {
  if ('minutesAfter' in rule) return origin.atMs + rule.minutesAfter * MINUTE_MS;
  if ('dayOffset' in rule) return origin.dayStartMs + rule.dayOffset * DAY_MS + rule.hour * HOUR_MS;
  return counting === 'elapsed' ? origin.atMs + rule.withinDays * DAY_MS : origin.dayStartMs + (rule.withinDays + 1) * DAY_MS;
}

function ownersOf(plan: EpisodePlan, rule: ObligationRule, origin: Origin): readonly string[] {
  if (origin.ownerId !== null) return [origin.ownerId];
  if ('role' in rule.owner) return [rule.owner.role];
  const duty = rule.owner.units;
  const owing = plan.units.filter((u) => {
    switch (duty) {
      case 'acknowledging':
        return true;
      case 'starting':
        return u.reports.startup;
      case 'daily':
        return u.reports.daily;
      case 'summary':
        return u.reports.summary;
    }
  });
  return owing.map((u) => u.id);
}
