/** What an engine history says was decided, and whether the ledger says the same: read from Temporal's own JSON, without its SDK. */
import { canonicalJson, digestOf } from '../domain/digest.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { rulesOf } from '../domain/rules.js';
import type { Text } from '../domain/text.js';

/** Of a run's history what is looked at here. */
export interface RunHistory {
  readonly events?: readonly HistoryEvent[];
}

interface HistoryEvent {
  readonly eventId?: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly input?: Payloads };
  readonly markerRecordedEventAttributes?: { readonly markerName?: string; readonly details?: Readonly<Record<string, Payloads>> };
}

interface Payloads {
  readonly payloads?: readonly { readonly data?: string }[];
}

/** What a run of an episode was started with. */
interface RunInput {
  readonly episode: { readonly episodeId: string; readonly rulesVersion: string };
  readonly from: object | { readonly state: EpisodeState; readonly knownDecisions: number };
}

interface Learned {
  readonly decisionNo: number;
  readonly event: EpisodeEvent;
}

/** What the ledger answered a step of the workflow. */
type Stored =
  | { readonly status: 'appended'; readonly digest: string; readonly decisionNo: number }
  | { readonly status: 'already' | 'behind'; readonly rows: readonly Learned[] }
  | { readonly status: 'not-yet' | 'expired' };

/** Where a history and the record part. */
export interface HistoryParting {
  /** 1 for the oldest run. */
  readonly run: number;
  readonly eventId: number | null;
  readonly eventType: string | null;
  readonly what: Text;
  readonly detail: string;
}

/** A step against the ledger as the history holds its result. */
export interface Recorded {
  readonly eventId: number;
  /** Of the batch that was decided here and stored; null where the ledger only told of decisions. */
  readonly digest: string | null;
  /** The last decision that was known after it. */
  readonly decisionNo: number;
  /** Decisions taken over from the ledger. */
  readonly learned: readonly Learned[];
}

export interface RecordedRun {
  readonly run: number;
  readonly episodeId: string | null;
  readonly from: RunInput['from'] | null;
  readonly rulesVersion: string | null;
  readonly recorded: readonly Recorded[];
}

const LOCAL_ACTIVITY = 'core_local_activity';

/** The runs of an archived history, oldest first. */
export function runsIn(history: string): RecordedRun[] {
  return (JSON.parse(history) as RunHistory[]).map((run, i) => recordedIn(run, i + 1));
}

function recordedIn(history: RunHistory, run: number): RecordedRun {
  const input = inputOf(history);
  return { run, episodeId: input?.episode.episodeId ?? null, from: input?.from ?? null, rulesVersion: input?.episode.rulesVersion ?? null, recorded: (history.events ?? []).flatMap(recordedBy) };
}

/** What a run was started with. */
function inputOf({ events }: RunHistory): RunInput | null {
  return valueOf(events?.[0]?.workflowExecutionStartedEventAttributes?.input) as RunInput | null;
}

function recordedBy(event: HistoryEvent): Recorded[] {
  const { markerName, details } = event.markerRecordedEventAttributes ?? {};
  if (markerName !== LOCAL_ACTIVITY) return [];
  const name = (valueOf(details?.['data']) as { activity_type?: string } | null)?.activity_type;
  const result = valueOf(details?.['result']);
  if (!result) return [];
  const eventId = Number(event.eventId);
  if (name === 'readNews') return learnedBy(eventId, (result as { decisions: readonly Learned[] }).decisions);
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

function learnedBy(eventId: number, learned: readonly Learned[]): Recorded[] {
  const last = learned.at(-1);
  return last ? [{ eventId, digest: null, decisionNo: last.decisionNo, learned }] : [];
}

function valueOf(payloads: Payloads | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data ? JSON.parse(Buffer.from(data, 'base64').toString('utf8')) : null;
}

/** Null where the history and the ledger tell of the same decisions, all of them. */
export function partingFromLedger(runs: readonly RecordedRun[], decisions: readonly EpisodeEvent[]): HistoryParting | null {
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

function parting(run: number, eventId: number | null, from: number, to: number, zh: string, en: string): HistoryParting {
  const [which, decisions] = from === to ? [`第${from}项决定`, `decision ${from}`] : [`第${from}至${to}项决定`, `decisions ${from} to ${to}`];
  return { run, eventId, eventType: eventId === null ? null : eventId === 1 ? 'WorkflowExecutionStarted' : 'MarkerRecorded', what: { zh: `${which}：${zh}`, en: `${decisions}: ${en}` }, detail: '' };
}
