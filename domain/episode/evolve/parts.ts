/** What several events have in common. */
import type { Trigger } from '../../plan.js';
import { DAY_MS } from '../../time.js';
import type { EventOf, NoticeFacts } from '../events.js';
import { decides } from '../../versions.js';
import { type Common, type EpisodeState, isOfALift, type LevelSpan, type Lift, type LiftedPart, type Request, standingSpan, type TriggerRecord } from '../state.js';

/** A change of level takes the place of every change announced for the same time or later. */
export function withLevel(state: EpisodeState, event: EventOf<'warning-published' | 'warning-raised' | 'warning-lowered'>, trigger: Trigger): EpisodeState {
  const { notice } = event;
  if (notice.level === null || notice.responseLevel === null) throw new Error(`"${event.type}" without a level`);
  const span: LevelSpan = {
    level: notice.level,
    responseLevel: notice.responseLevel,
    fromMs: notice.effectiveAtMs,
    noticeId: notice.id,
    orderId: event.orderId,
    begun: false,
  };
  return {
    ...withNotice(withTrigger(withoutRequest(state, event.requestId), trigger, notice.id, event.atMs), notice, event.atMs),
    levels: [...state.levels.filter((s) => s.fromMs < span.fromMs), span],
    expectedEndMs: notice.expectedEndMs,
    primaryPollutants: notice.primaryPollutants,
    prompt: null,
  };
}

/** 4.2, R21: from now on within the level in force; what was in force before is history, what is announced for later has a response of its own. */
export function adjusted(state: EpisodeState, { atMs, responseLevel }: EventOf<'response-adjusted'>): LevelSpan[] {
  const { levels } = state;
  if (!decides(state.rulesVersion, 'a-response-is-adjusted-from-now-on')) return levels.map((s, i) => (i === levels.length - 1 ? { ...s, responseLevel } : s));
  const standing = standingSpan(state, atMs);
  return levels.flatMap((s) => {
    if (s !== standing) return [s];
    return s.fromMs < atMs ? [s, { ...s, responseLevel, fromMs: atMs }] : [{ ...s, responseLevel }];
  });
}

export function withPendingLift(state: EpisodeState, event: EventOf<'lift-postponed' | 'lift-rescinded'>, change: (lift: Lift) => Lift | null): EpisodeState {
  if (state.phase !== 'responding' || !state.lift) throw new Error(`"${event.type}" without a lift to come`);
  return { ...withChangedLift(state, event), phase: 'responding', lift: change(state.lift) };
}

/** R33: a change of a lift is told, and owed, as the lift was. */
export function withChangedLift(state: EpisodeState, { type, notice, atMs }: EventOf<'lift-postponed' | 'lift-rescinded'>): EpisodeState {
  const isOwed = decides(state.rulesVersion, 'a-changed-lift-is-told-again');
  return withNotice(isOwed ? withTrigger(state, type, notice.id, atMs) : state, notice, atMs);
}

/** R33: what a correction owes is what the notice it replaces owed. */
export function correctionOf(state: EpisodeState, { supersedes }: NoticeFacts): Trigger {
  return decides(state.rulesVersion, 'a-changed-lift-is-told-again') && isOfALift(state, supersedes) ? 'lift-corrected' : 'corrected';
}

export function withNotice(state: EpisodeState, notice: NoticeFacts, atMs: number): EpisodeState {
  const { id, action, level, effectiveAtMs, supersedes, part } = notice;
  return { ...count(state, 'notice'), notices: [...state.notices, { id, action, level, issuedAtMs: atMs, effectiveAtMs, supersedes, ...(part && { part }) }] };
}

export function isOfAPart({ liftedParts = [] }: EpisodeState, noticeId: string): boolean {
  return liftedParts.some((lifted) => lifted.noticeId === noticeId);
}

/** R21: the warning covers them again, or has ended with the rest; without a choice all of them. */
export function withoutParts(state: EpisodeState, isGone: (lifted: LiftedPart) => boolean = () => true): EpisodeState {
  const { liftedParts = [], ...rest } = state;
  const left = liftedParts.filter((lifted) => !isGone(lifted));
  return left.length === 0 ? rest : { ...rest, liftedParts: left };
}

export function withTrigger(
  state: EpisodeState,
  trigger: Trigger,
  ref: string,
  atMs: number,
  knownAtMs = atMs,
  of: Partial<Pick<TriggerRecord, 'ownerId' | 'targetAtMs' | 'dueAtMs'>> = {},
): EpisodeState {
  const record: TriggerRecord = { trigger, ref, atMs, knownAtMs, ownerId: null, targetAtMs: null, dueAtMs: null, ...of };
  return { ...state, triggers: [...state.triggers, record] };
}

export function withRequest(state: EpisodeState, id: string, change: (r: Request) => Request): EpisodeState {
  return { ...state, requests: state.requests.map((r) => (r.id === id ? change(r) : r)) };
}

/** Without its request an episode not yet published is back in consultation. */
export function withoutRequest(state: EpisodeState, id: string | null): EpisodeState {
  const next: EpisodeState = { ...state, requests: state.requests.filter((r) => r.id !== id) };
  return next.phase === 'awaiting-approval' && !next.requests.some((r) => r.evidence.action === 'publish') ? { ...next, phase: 'consulting' } : next;
}

/** Fulfils a group by a decision; the first time it happens counts. */
export function discharge(state: EpisodeState, groupId: string, atMs: number): EpisodeState {
  return state.discharged[groupId] === undefined ? { ...state, discharged: { ...state.discharged, [groupId]: atMs } } : state;
}

export function count<S extends EpisodeState>(state: S, what: string): S {
  return { ...state, counters: { ...state.counters, [what]: (state.counters[what] ?? 0) + 1 } };
}

/** Groups of long ago have no moment left; forgetting them keeps the state of a long episode small. */
export function completed(complete: Common['completeGroups'], event: EventOf<'deadlines-settled'>): Record<string, number> {
  const recent = Object.entries(complete).filter(([, atMs]) => atMs > event.atMs - 30 * DAY_MS);
  const found = event.groups.filter((g) => g.open.length === 0).map((g) => [g.groupId, event.atMs] as const);
  return Object.fromEntries([...recent, ...found]);
}
