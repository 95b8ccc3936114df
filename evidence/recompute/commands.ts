/** The command behind a batch of decisions, told from what was recorded. */
import type { EpisodeCommand, PersonCommand } from '../../domain/episode/commands.js';
import type { EventOf } from '../../domain/episode/events.js';
import { SYSTEM } from '../../domain/act.js';
import { areaInput, areaSeqOf, type Batch, type Frame, handle, type Handlers } from '../walk.js';

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
    const command = handle(event, PERSON_COMMANDS);
    if (command) return { command };
  }
  return { unknown: 'nobody is on record who decided it' };
}

/** The commands that events of persons come first in; whatever follows from others has none. */
const PERSON_COMMANDS: Handlers<PersonCommand | null> = {
  'consultation-recorded': ({ conclusion, act }) => ({ type: 'record-consultation', conclusion, act }),
  'request-opened': (event) => (event.act.actor.accountId === SYSTEM.accountId ? null : submissionOf(event)),
  'request-withdrawn': ({ requestId, reason, act }) => act && { type: 'withdraw-request', requestId, reason, act },
  'approval-decided': ({ requestId, step, decision, reason, evidenceDigest, act }) => ({ type: 'decide-step', requestId, step, decision, reason, evidenceDigest, act }),
  'approval-countersigned': ({ requestId, step, act }) => ({ type: 'countersign', requestId, step, act }),
  'lift-postponed': ({ toMs, reason, act }) => ({ type: 'postpone-lift', toMs, reason, act }),
  'lift-rescinded': ({ reason, act }) => act && { type: 'rescind-lift', reason, act },
  'response-adjusted': ({ responseLevel, reason, act }) => ({ type: 'adjust-response', responseLevel, reason, act }),
  'measures-adjusted': ({ change: { id: _given, ...change }, act }) => ({ type: 'adjust-measures', change, act }),
  'task-assigned': ({ ownerId, basis, content, targetAtMs, dueAtMs, act }) => ({ type: 'assign-task', ownerId, basis, content, targetAtMs, dueAtMs, act }),
  'task-closed': ({ taskId, act }) => ({ type: 'close-task', taskId, act }),
  'episode-closed': ({ ending, reason, act }) => act && { type: ending === 'not-applicable' ? 'declare-not-applicable' : 'withdraw-episode', reason, act },
};

/** A request put up by a person: what it asks for stands in its evidence. */
function submissionOf({ evidence, act }: EventOf<'request-opened'>): PersonCommand | null {
  const { action, level, effectiveAtMs, expectedEndMs, text, subject, correction, missing, part } = evidence;
  switch (action) {
    case 'publish':
    case 'raise':
    case 'lower':
    case 'lift':
      return { type: 'submit-proposal', action, level, effectiveAtMs, expectedEndMs, text, ...(part && { part }), act };
    case 'correct':
      return { type: 'propose-correction', noticeId: subject ?? '', kind: correction ?? 'correction', text, act };
    case 'evaluate':
      return { type: 'submit-evaluation', documentDigest: subject ?? '', summary: text, missing, act };
    case 'relay':
      return null;
  }
}
