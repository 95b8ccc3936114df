/** What the engine says when a replay parts from its history, in an auditor's words. */
import type { Text } from '../domain/text.js';
import type { RecordedRun } from '../evidence/engine-history.js';
import type { Parting } from '../usecases/engine.js';

/** Thrown by the journal, see `workflows/journal.ts`. */
const BATCH = /the batch decided here is not the recorded one \(decisions (\d+) to (\d+)\)/;
const EVENT = /HistoryEvent\(id: (\d+), (\w+)\)/;
/** Of its many words the ones that name the event. */
const TOLD = /\[TMPRL1100\] ([^"]+)/;
const RULES = /does not know rules version "([^"]*)"/;

export function partingFromError({ message }: Error, { run, recorded }: RecordedRun): Parting {
  const batch = BATCH.exec(message);
  if (batch) {
    const [, from = '', to = ''] = batch;
    const marker = recorded.find((r) => r.digest !== null && r.decisionNo === Number(to));
    return { run, eventId: marker?.eventId ?? null, eventType: marker ? 'MarkerRecorded' : null, what: decided(from, to), detail: message };
  }
  const [, id, type] = EVENT.exec(message) ?? [];
  return { run, eventId: id === undefined ? null : Number(id), eventType: type ?? null, what: whatOf(message), detail: TOLD.exec(message)?.[1] ?? message };
}

function decided(from: string, to: string): Text {
  return { zh: `第${from}至${to}项决定：今天的程序决定的内容与当时记录的不同`, en: `decisions ${from} to ${to}: today's code decides something else than what is recorded` };
}

function whatOf(message: string): Text {
  const rules = RULES.exec(message);
  if (rules) return { zh: `今天的程序不认识规则版本“${rules[1]}”`, en: `today's code does not know rules version "${rules[1]}"` };
  if (/nondeterminism|TMPRL1100/i.test(message)) return { zh: '今天的程序发出的引擎命令与当时的不同', en: "today's code gives the engine other commands than were recorded" };
  return { zh: '重新执行时出错', en: 'carrying it out again failed' };
}
