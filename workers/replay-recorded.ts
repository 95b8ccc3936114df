/** What an engine history says was decided, and whether the ledger says the same. */
import type { temporal } from '@temporalio/proto';
import type { DecisionRow, News, Stored } from '../activities/contract.js';
import { canonicalJson, digestOf } from '../domain/digest.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { rulesOf } from '../domain/rules.js';
import type { Parting } from '../usecases/engine.js';
import type { EpisodeInput } from '../workflows/messages.js';

type History = temporal.api.history.v1.IHistory;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;

/** A step against the ledger as the history holds its result. */
export interface Recorded {
  readonly eventId: number;
  /** Of the batch that was decided here and stored; null where the ledger only told of decisions. */
  readonly digest: string | null;
  /** The last decision that was known after it. */
  readonly decisionNo: number;
  /** Decisions taken over from the ledger. */
  readonly learned: readonly DecisionRow[];
}

export interface RecordedRun {
  readonly run: number;
  readonly from: EpisodeInput['from'] | null;
  readonly rulesVersion: string | null;
  readonly recorded: readonly Recorded[];
}

const LOCAL_ACTIVITY = 'core_local_activity';

export function recordedIn(history: History, run: number): RecordedRun {
  const input = inputOf(history);
  return { run, from: input?.from ?? null, rulesVersion: input?.episode.rulesVersion ?? null, recorded: (history.events ?? []).flatMap(recordedBy) };
}

/** What a run was started with. */
export function inputOf({ events }: History): EpisodeInput | null {
  return valueOf(events?.[0]?.workflowExecutionStartedEventAttributes?.input) as EpisodeInput | null;
}

function recordedBy(event: HistoryEvent): Recorded[] {
  const { markerName, details } = event.markerRecordedEventAttributes ?? {};
  if (markerName !== LOCAL_ACTIVITY) return [];
  const name = (valueOf(details?.['data']) as { activity_type?: string } | null)?.activity_type;
  const result = valueOf(details?.['result']);
  if (!result) return [];
  const eventId = Number(event.eventId);
  if (name === 'readNews') return learnedBy(eventId, (result as News).decisions);
  if (name !== 'appendDecisions' && name !== 'settleDeadlines') return [];
  const stored = result as Stored;
  switch (stored.status) {
    case 'appended':
      return [{ eventId, digest: stored.digest, decisionNo: stored.decisionNo, learned: [] }];
    case 'already':
    case 'behind':
      return learnedBy(eventId, stored.rows);
    case 'not-yet':
    case 'expired':
      return [];
  }
}

function learnedBy(eventId: number, learned: readonly DecisionRow[]): Recorded[] {
  const last = learned.at(-1);
  return last ? [{ eventId, digest: null, decisionNo: last.decisionNo, learned }] : [];
}

function valueOf(payloads: Payloads | null | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data ? JSON.parse(Buffer.from(data).toString('utf8')) : null;
}

/** Null where the history and the ledger tell of the same decisions, all of them. */
export function partingFromLedger(runs: readonly RecordedRun[], decisions: readonly EpisodeEvent[]): Parting | null {
  let known = 0;
  for (const { run, from, rulesVersion, recorded } of runs) {
    if (from && 'state' in from) {
      known = from.knownDecisions;
      if (digestOf(from.state) !== digestOf(folded(decisions.slice(0, known), rulesVersion))) return parting(run, 1, known, known, '这一段历史开始时的状态与账本不同', 'the state that this run began with is not what the ledger comes to');
    }
    for (const { eventId, digest, decisionNo, learned } of recorded) {
      const strange = learned.find((row) => !isSame(row.event, decisions[row.decisionNo - 1]));
      if (strange) return parting(run, eventId, strange.decisionNo, strange.decisionNo, '引擎当时得知的决定与账本不同', 'what the engine learned then is not what the ledger holds');
      const batch = decisions.slice(known, decisionNo);
      if (digest !== null && (batch.length !== decisionNo - known || digestOf(batch) !== digest)) return parting(run, eventId, known + 1, decisionNo, '引擎当时的决定与账本不同', 'what the engine decided then is not what the ledger holds');
      known = decisionNo;
    }
  }
  return known === decisions.length ? null : parting(runs.length, null, known + 1, decisions.length, '账本有历史之外的决定', 'the ledger holds decisions that the history does not');
}

function isSame(event: EpisodeEvent, other: EpisodeEvent | undefined): boolean {
  return other !== undefined && canonicalJson(event) === canonicalJson(other);
}

function folded(events: readonly EpisodeEvent[], rulesVersion: string | null): EpisodeState | null {
  const { evolve } = rulesOf(rulesVersion ?? '');
  return events.reduce<EpisodeState | null>((state, event) => evolve(state, event), null);
}

function parting(run: number, eventId: number | null, from: number, to: number, zh: string, en: string): Parting {
  const [which, decisions] = from === to ? [`第${from}项决定`, `decision ${from}`] : [`第${from}至${to}项决定`, `decisions ${from} to ${to}`];
  return { run, eventId, eventType: eventId === null ? null : eventId === 1 ? 'WorkflowExecutionStarted' : 'MarkerRecorded', what: { zh: `${which}：${zh}`, en: `${decisions}: ${en}` }, detail: '' };
}
