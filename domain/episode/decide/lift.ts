/** A lift announced and not yet in effect may be postponed or rescinded (R9); at its time the response ends (4.5), unless it is for a part of the area (R21). */
import { refuse, ok, type Refusal, type Result } from '../../refusal.js';
import type { PersonCommand } from '../commands.js';
import type { Text } from '../../text.js';
import { decides } from '../../versions.js';
import { isOfTheHour } from '../../watch.js';
import type { EventOf } from '../events.js';
import { decidedLevel, type Evidence, type Lift } from '../state.js';
import type { Draft } from './draft.js';
import { noticeOf } from './notices.js';
import { withdrawLevelRequest } from './requests.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;

export function postponeLift(draft: Draft, command: Of<'postpone-lift'>): Result<null> {
  const fault = pendingFault(draft, command);
  if (fault) return fault;
  const lift = draft.state.lift;
  if (!lift || command.toMs <= lift.effectiveAtMs)
    return refuse('invalid', '3.3.6', '推迟应晚于原定时间', 'a postponement is to a later time', { path: 'toMs' });
  const notice = noticeOf(draft, 'postpone', {
    level: decidedLevel(draft.state),
    effectiveAtMs: command.toMs,
    supersedes: lastLiftNotice(draft),
    text: command.reason,
  });
  draft.add({
    type: 'lift-postponed',
    clause: '3.3.6',
    liftId: lift.id,
    toMs: command.toMs,
    reason: command.reason,
    notice,
    act: command.act,
  });
  return ok(null);
}

export function rescindLift(draft: Draft, command: Of<'rescind-lift'>): Result<null> {
  const fault = pendingFault(draft, command);
  if (fault) return fault;
  rescind(draft, command.reason, command.act);
  return ok(null);
}

/** A raise, or an order, takes an announced lift back. */
export function rescindPendingLift(draft: Draft, reason: string): void {
  if (draft.state.phase === 'responding' && draft.state.lift) rescind(draft, reason, null);
}

function rescind(draft: Draft, reason: string, act: Of<'rescind-lift'>['act'] | null): void {
  const lift = draft.state.lift;
  if (!lift) return;
  const notice = noticeOf(draft, 'rescind', {
    level: decidedLevel(draft.state),
    effectiveAtMs: draft.nowMs,
    supersedes: lastLiftNotice(draft),
    text: reason,
  });
  draft.add({ type: 'lift-rescinded', clause: '3.3.6', liftId: lift.id, reason, notice, act });
}

function pendingFault({ state, plan }: Draft, command: Of<'postpone-lift' | 'rescind-lift'>): { ok: false; refusal: Refusal } | null {
  if (state.phase !== 'responding' || !state.lift)
    return refuse('wrong-phase', '3.3.6', '没有待生效的解除', 'no lift is waiting to take effect');
  if (state.lift.cause === 'order')
    return refuse('below-floor', '3.3.6', '上级命令的解除按命令执行', 'a lift by superior order is not ours to change');
  if (command.act.actor.role !== plan.settings.liftRoles.issues)
    return refuse('not-your-role', '附件1 二(二).5', '由管理组发布', 'the management group issues it');
  if (!command.reason.trim()) return refuse('reason-required', '3.3.6', '应写明理由', 'a reason is needed', { path: 'reason' });
  return null;
}

/** R21: those told of a lift are told of it; the response goes on in the rest of the area. */
export function liftPart(draft: Draft, requestId: string, { clause, fromLevel, part }: Evidence & { readonly part: Text }, effectiveAtMs: number): void {
  const notice = noticeOf(draft, 'lift', { level: fromLevel, effectiveAtMs, part });
  draft.add({ type: 'part-lifted', clause, requestId, part, effectiveAtMs, notice });
}

/** R21: what an order demands it demands in the whole area, though it raises nothing. */
export function rescindParts(draft: Draft, reason: string): void {
  for (const { part, noticeId } of draft.state.liftedParts ?? []) {
    const notice = noticeOf(draft, 'rescind', { level: decidedLevel(draft.state), effectiveAtMs: draft.nowMs, supersedes: noticeId, text: reason, part });
    draft.add({ type: 'lift-rescinded', clause: '3.3.6', liftId: noticeId, reason, notice, act: null });
  }
}

function lastLiftNotice({ state }: Draft): string | null {
  return state.notices.filter((n) => n.action === 'lift' || n.action === 'postpone').at(-1)?.id ?? null;
}

/** 4.5: the response ends with the lift, by itself; the observation of that hour is put on record (R9). */
export function endResponse(draft: Draft): void {
  const { state, nowMs } = draft;
  if (state.phase !== 'responding' || !state.lift || state.lift.effectiveAtMs > nowMs) return;
  withdrawLevelRequest(draft, 'response-ended');
  draft.add({ type: 'response-ended', clause: '4.5', effectiveAtMs: state.lift.effectiveAtMs, ...observedAt(draft, state.lift) });
}

/** R9: what is known of the hour at which a lift takes effect, held against the line of R8. */
function observedAt({ plan, state }: Draft, { effectiveAtMs }: Lift): Pick<EventOf<'response-ended'>, 'observedAqi' | 'observedAtMs' | 'belowLine'> {
  const { assessment } = state;
  if (!decides(state.rulesVersion, 'a-lift-is-held-against-its-own-hour')) return { observedAqi: assessment?.currentAqi ?? null };
  const observed = assessment?.observed;
  if (!observed || observed.aqi === null || !isOfTheHour(observed.untilMs, effectiveAtMs)) return { observedAqi: null, observedAtMs: null, belowLine: null };
  const { aqi: observedAqi, untilMs: observedAtMs } = observed;
  return { observedAqi, observedAtMs, belowLine: observedAqi < plan.settings.lift.aqiBelow };
}
