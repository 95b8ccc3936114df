/** The command behind a batch of decisions, told from what was recorded. */
import type { EpisodeCommand, PersonCommand } from '../../domain/episode/commands.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import { SYSTEM } from '../../domain/act.js';
import { areaInput, areaSeqOf, type Batch, type Frame } from '../walk.js';

export type Told = { readonly command: EpisodeCommand } | { readonly unknown: string };

/** What was asked for; or why it cannot be told. The first batch of an episode has no command of this kind. */
export function commandOf(frame: Frame, { commandId, events }: Batch): Told {
  if (commandId.startsWith('wake:')) return { command: { type: 'wake' } };
  const areaSeq = areaSeqOf(commandId);
  if (areaSeq !== null) {
    const input = areaInput(frame, areaSeq);
    return input ? { command: input } : { unknown: `row ${areaSeq} of the area, which it says it follows from, is not in the bundle or is no input` };
  }
  for (const event of events) {
    const command = personCommandOf(event);
    if (command) return { command };
  }
  return { unknown: 'nobody is on record who decided it' };
}

/** The command that an event of a person's comes first in; null for what follows from others. */
function personCommandOf(event: EpisodeEvent): PersonCommand | null {
  switch (event.type) {
    case 'consultation-recorded':
      return { type: 'record-consultation', conclusion: event.conclusion, act: event.act };
    case 'request-opened':
      return event.act.actor.accountId === SYSTEM.accountId ? null : submissionOf(event);
    case 'request-withdrawn':
      return event.act && { type: 'withdraw-request', requestId: event.requestId, reason: event.reason, act: event.act };
    case 'approval-decided': {
      const { requestId, step, decision, reason, evidenceDigest, act } = event;
      return { type: 'decide-step', requestId, step, decision, reason, evidenceDigest, act };
    }
    case 'approval-countersigned':
      return { type: 'countersign', requestId: event.requestId, step: event.step, act: event.act };
    case 'lift-postponed':
      return { type: 'postpone-lift', toMs: event.toMs, reason: event.reason, act: event.act };
    case 'lift-rescinded':
      return event.act && { type: 'rescind-lift', reason: event.reason, act: event.act };
    case 'response-adjusted':
      return { type: 'adjust-response', responseLevel: event.responseLevel, reason: event.reason, act: event.act };
    case 'measures-adjusted': {
      const { id: _given, ...change } = event.change;
      return { type: 'adjust-measures', change, act: event.act };
    }
    case 'task-assigned': {
      const { ownerId, basis, content, targetAtMs, dueAtMs, act } = event;
      return { type: 'assign-task', ownerId, basis, content, targetAtMs, dueAtMs, act };
    }
    case 'task-closed':
      return { type: 'close-task', taskId: event.taskId, act: event.act };
    case 'episode-closed':
      return event.act && { type: event.ending === 'not-applicable' ? 'declare-not-applicable' : 'withdraw-episode', reason: event.reason, act: event.act };
    default:
      return null;
  }
}

/** A request put up by a person: what it asks for stands in its evidence. */
function submissionOf({ evidence, act }: EventOf<'request-opened'>): PersonCommand | null {
  const { action, level, effectiveAtMs, expectedEndMs, text, subject, correction, missing } = evidence;
  switch (action) {
    case 'publish':
    case 'raise':
    case 'lower':
    case 'lift':
      return { type: 'submit-proposal', action, level, effectiveAtMs, expectedEndMs, text, act };
    case 'correct':
      return { type: 'propose-correction', noticeId: subject ?? '', kind: correction ?? 'correction', text, act };
    case 'evaluate':
      return { type: 'submit-evaluation', documentDigest: subject ?? '', summary: text, missing, act };
    case 'relay':
      return null;
  }
}
