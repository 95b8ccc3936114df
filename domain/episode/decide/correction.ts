/** A published notice is never edited: a new one takes its place (更正, 撤销误发; R32). */
import { floorAhead } from '../../order.js';
import { higherLevel, rankOf } from '../../plan.js';
import { ok, refuse, type Result } from '../../refusal.js';
import type { PersonCommand } from '../commands.js';
import { decides } from '../../versions.js';
import { decidedLevel, type Evidence, isOfALift, type LevelSpan, type Lift, spanAt } from '../state.js';
import { openRequest, plainEvidence, withdrawLevelRequest } from './requests.js';
import type { Draft } from './draft.js';
import { rescindPendingLift } from './lift.js';
import { noticeOf } from './notices.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;

export function proposeCorrection(draft: Draft, command: Of<'propose-correction'>): Result<null> {
  const { state } = draft;
  const notice = state.notices.find((n) => n.id === command.noticeId);
  if (!notice) return refuse('unknown-reference', '5.2', '没有该通知', 'there is no such notice', { path: 'noticeId' });
  if (state.phase === 'closed') return refuse('wrong-phase', '5.2', '事件已结束', 'the episode is closed');
  if (command.act.actor.role !== 'management') return refuse('not-your-role', '3.3.4', '由管理组更正', 'the management group corrects');
  if (state.notices.some((n) => n.supersedes === notice.id))
    return refuse('already-done', '5.2', '该通知已被替代', 'it has been superseded', { path: 'noticeId' });
  if (!command.text.trim()) return refuse('reason-required', '5.2', '应写明更正内容', 'the correction needs its text', { path: 'text' });
  const isOfAWarning = notice.action === 'publish' || notice.action === 'raise' || notice.action === 'lower' || notice.action === 'lift';
  if (command.kind === 'recall' && (state.phase !== 'responding' || !isOfAWarning))
    return refuse('wrong-phase', '5.2', '只能撤销尚在执行中的预警或解除通知', 'only a notice still acted upon is recalled', {
      path: 'kind',
    });
  if (state.requests.some((r) => r.evidence.subject === notice.id))
    return refuse('request-open', '5.2', '已有对该通知的更正待批', 'a correction of it is open');
  const evidence = plainEvidence(state, {
    action: 'correct',
    clause: '3.3.4',
    level: notice.level,
    subject: notice.id,
    correction: command.kind,
    text: command.text,
  });
  openRequest(draft, evidence, command.act);
  return ok(null);
}

export function correctNotice(draft: Draft, requestId: string, evidence: Evidence): void {
  const wrong = draft.state.notices.find((n) => n.id === evidence.subject);
  if (!wrong) return;
  const kind = evidence.correction ?? 'correction';
  const { level, part } = wrong;
  const toWhom = decides(draft.state.rulesVersion, 'a-changed-lift-is-told-again') && isOfALift(draft.state, wrong.id) ? 'lift' : 'correct';
  const notice = noticeOf(draft, 'correct', { level, effectiveAtMs: draft.nowMs, supersedes: wrong.id, text: evidence.text, ...(part && { part }) }, [], toWhom);
  draft.add({ type: 'notice-corrected', clause: '3.3.4', requestId, kind, notice });
  // The lift of a part is taken back with its notice (R21).
  if (kind !== 'recall' || draft.state.phase !== 'responding' || part) return;
  if (wrong.action === 'lift') rescindPendingLift(draft, 'recalled');
  else revertLevel(draft, (span) => span.noticeId === wrong.id, 'recall');
}

/**
 * Takes back a level that was set by mistake: the one before holds again, no
 * lower than a superior order demands, and what is announced for later stays;
 * without any of these the response ends at once.
 */
export function revertLevel(draft: Draft, isMistaken: (span: LevelSpan) => boolean, cause: Lift['cause']): void {
  const { state, nowMs, plan } = draft;
  const inForce = spanAt(state, nowMs);
  const mistaken = state.levels.filter((s) => isMistaken(s) && (s === inForce || s.fromMs > nowMs));
  if (mistaken.length === 0) return;
  withdrawLevelRequest(draft, cause);
  const right = state.levels.filter((s) => !isMistaken(s));
  const before = spanAt({ levels: right }, nowMs);
  const level = higherLevel(plan, before?.level ?? null, floorAhead(plan, state.orders));
  const later = right.filter((s) => s.fromMs > nowMs && rankOf(plan, s.level) >= rankOf(plan, level));
  if (level === null && later.length === 0) {
    const lift: Lift = {
      id: draft.nextId('L', 'lift'),
      issuedAtMs: nowMs,
      effectiveAtMs: nowMs,
      cause,
      orderId: mistaken[0]?.orderId ?? null,
    };
    const notice = noticeOf(draft, 'lift', { level: decidedLevel(state), effectiveAtMs: nowMs });
    draft.add({ type: 'lift-issued', clause: '5.2', requestId: null, lift, notice });
    return;
  }
  const holds = before?.level === level ? before : null;
  if (level !== null)
    announceAgain(draft, { level, responseLevel: holds?.responseLevel ?? level, fromMs: nowMs, orderId: holds?.orderId ?? null }, null);
  for (const span of later) announceAgain(draft, span, span.noticeId);
}

/** A level in its place again, or still, after what stood around it has changed. */
export function announceAgain(
  draft: Draft,
  span: Pick<LevelSpan, 'level' | 'responseLevel' | 'fromMs' | 'orderId'>,
  supersedes: string | null,
): void {
  const { level, responseLevel, fromMs: effectiveAtMs, orderId } = span;
  const from = decidedLevel(draft.state) ?? level;
  const isUp = rankOf(draft.plan, level) >= rankOf(draft.plan, from);
  const notice = noticeOf(draft, isUp ? 'raise' : 'lower', { level, responseLevel, effectiveAtMs, supersedes });
  draft.add({ type: isUp ? 'warning-raised' : 'warning-lowered', clause: '5.2', from, requestId: null, orderId, notice });
}
