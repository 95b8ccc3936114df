/** Consultations, requests and approvals in the state. */
import { attestedAtMs, isOral } from '../../act.js';
import { dayOf } from '../../time.js';
import type { EventOf } from '../events.js';
import type { EpisodeState, Request } from '../state.js';
import { count, discharge, withoutRequest, withRequest, withTrigger } from './parts.js';

export function consultationRecorded(state: EpisodeState, event: EventOf<'consultation-recorded'>): EpisodeState {
  const { consultationId: id, assessmentId, conclusion, act, atMs } = event;
  const heldAtMs = attestedAtMs(act, atMs);
  const noted = withTrigger(count(state, 'consultation'), 'consulted', id, heldAtMs, atMs);
  return {
    ...discharge(noted, `consultation:${event.period ?? dayOf(heldAtMs)}`, heldAtMs),
    prompt: null,
    consultation: { id, atMs, assessmentId, conclusion, prompt: state.prompt, by: act.actor },
  };
}

export function requestOpened(state: EpisodeState, event: EventOf<'request-opened'>): EpisodeState {
  const request: Request = {
    id: event.requestId,
    evidence: event.evidence,
    evidenceDigest: event.evidenceDigest,
    openedAtMs: event.atMs,
    submittedBy: event.act.actor,
    decisions: [],
    stepOpenedAtMs: event.atMs,
    escalated: 0,
    basisChangedAtMs: null,
  };
  const next: EpisodeState = { ...count(state, 'request'), requests: [...state.requests, request] };
  if (event.evidence.action === 'evaluate')
    return { ...discharge(next, evaluationOf(state), attestedAtMs(event.act, event.atMs)), evaluationDigest: event.evidence.subject };
  return next.phase === 'consulting' && event.evidence.action === 'publish' ? { ...next, phase: 'awaiting-approval' } : next;
}

export function approvalDecided(state: EpisodeState, event: EventOf<'approval-decided'>): EpisodeState {
  const { step, decision, act, atMs, reason, requestId } = event;
  const owed = { ownerId: `account:${act.actor.accountId}` };
  const told = isOral(act) ? withTrigger(state, 'approved-by-phone', `${requestId}.${step}`, attestedAtMs(act, atMs), atMs, owed) : state;
  if (decision !== 'approve') return requestFailed(told, requestId);
  if (event.last) return withoutRequest(told, requestId);
  const taken = { step, decision, by: act.actor, atMs, channel: act.channel, reason };
  return withRequest(told, requestId, (r) => ({ ...r, decisions: [...r.decisions, taken], stepOpenedAtMs: atMs, escalated: 0 }));
}

/** A request that came to nothing; an evaluation is then owed again. */
export function requestFailed(state: EpisodeState, requestId: string): EpisodeState {
  const wasEvaluation = state.requests.some((r) => r.id === requestId && r.evidence.action === 'evaluate');
  const next = withoutRequest(state, requestId);
  if (!wasEvaluation) return next;
  const discharged = Object.fromEntries(Object.entries(next.discharged).filter(([groupId]) => groupId !== evaluationOf(state)));
  return { ...next, discharged, evaluationDigest: null };
}

function evaluationOf(state: EpisodeState): string {
  return `evaluation:${state.lift?.id ?? ''}`;
}
