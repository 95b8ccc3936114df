/**
 * The append protocol of an episode's workflow. It names the last decision it
 * knows: if the ledger holds others it learns of them and nothing is written, so
 * a decision is never made on a state that is not the recorded one; the same
 * command again finds its own rows, so twice is once.
 */
import { digestOf } from '../../domain/digest.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import { episodeStream, type LedgerRow } from '../../domain/ledger.js';
import type { ReceiptClock } from '../clock.js';
import { type Db, type Store, transaction, type Tx } from '../pool.js';
import { projectDecisions } from '../projections/decisions.js';
import { loadEpisode, saveEpisode, type StoredEpisode } from '../projections/episodes.js';
import { chained, lockAndAsk, type LockedStream, storeRows } from './append.js';
import { decisionRowsAfter, rowsToAnswer } from './rows.js';

export interface DecisionRow {
  readonly decisionNo: number;
  readonly seq: number;
  readonly commandId: string;
  readonly event: EpisodeEvent;
}

export interface DecisionCommand {
  readonly episodeId: string;
  readonly commandId: string;
  /** Number of the last decision the sender knows; 0 before the first. */
  readonly knownDecisions: number;
  readonly rulesVersion: string;
  readonly planDigest: string;
  readonly plan: EpisodePlan;
  readonly clock: ReceiptClock;
  /** Real time by that clock after which nothing is recorded any more; for good by default. */
  readonly expiresAtMs?: number | null;
}

/** Nothing was recorded, and nothing of this command will be. */
export interface Expired {
  readonly status: 'expired';
}

export interface AppendOutcome {
  readonly status: 'appended' | 'already' | 'behind';
  /** The decisions after `knownDecisions`, in order; empty when just appended, since the sender has them. */
  readonly rows: readonly DecisionRow[];
  /** Of the command's last row; when behind, of the stream's last decision. */
  readonly decisionNo: number;
  readonly seq: number;
  /** Digest of the command's events as recorded; when behind, of the events in `rows`. */
  readonly digest: string;
}

/** Appends decided events, one or more, in one transaction with all read models. */
export function appendDecision(db: Db, command: DecisionCommand & { readonly events: readonly EpisodeEvent[] }): Promise<AppendOutcome | Expired> {
  return transaction(db, async (tx, store) => {
    const { stream, answer: record } = await lockAndAsk(tx, episodeStream(command.episodeId), () => recordOf(tx, command));
    const known = alreadyOrBehind(stream, command, record.found);
    if (known) return known;
    if (isExpired(command, record.recordedAtMs)) return { status: 'expired' };
    const { last } = await append(tx, store, stream, command, command.events, record);
    return { status: 'appended', rows: [], decisionNo: last.decisionNo!, seq: last.seq, digest: digestOf(command.events) };
  });
}

export function isExpired({ expiresAtMs = null }: DecisionCommand, atMs: number): boolean {
  return expiresAtMs !== null && atMs > expiresAtMs;
}

/** What a decision is stored upon, all read under the stream's lock. */
export interface Record {
  /** The command's own rows, and the decisions its sender does not know. */
  readonly found: readonly LedgerRow[];
  readonly recordedAtMs: number;
  /** As the last decision left it; null before the first. */
  readonly episode: StoredEpisode | null;
}

export async function recordOf(tx: Tx, { episodeId, commandId, knownDecisions, clock }: DecisionCommand): Promise<Record> {
  const [found, recordedAtMs, episode] = await Promise.all([
    rowsToAnswer(tx, episodeStream(episodeId), commandId, knownDecisions),
    clock(tx),
    loadEpisode(tx, episodeId),
  ]);
  return { found, recordedAtMs, episode };
}

/** The answer to a command that was recorded before, or that was decided on an old state; null when it may be appended. */
export function alreadyOrBehind({ head }: LockedStream, { commandId, knownDecisions }: DecisionCommand, found: readonly LedgerRow[]): AppendOutcome | null {
  const own = found.filter((r) => r.commandId === commandId && r.kind === 'decision');
  const isBehind = head.decisionNo > knownDecisions;
  if (own.length === 0 && !isBehind) return null;
  const unknown = found.filter((r) => r.kind === 'decision' && r.decisionNo! > knownDecisions);
  const answered = own.length > 0 ? own : unknown;
  const last = answered.at(-1)!;
  return {
    status: own.length > 0 ? 'already' : 'behind',
    rows: unknown.map(decisionRowOf),
    decisionNo: last.decisionNo!,
    seq: last.seq,
    digest: digestOf(answered.map((r) => r.event)),
  };
}

/** Appends and projects under the lock; the events are dated by the rules, the rows by the receipt clock. */
export async function append(
  tx: Tx,
  store: Store,
  stream: LockedStream,
  command: DecisionCommand,
  events: readonly EpisodeEvent[],
  { recordedAtMs, episode }: Record,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly last: LedgerRow }> {
  const { commandId, rulesVersion, planDigest, plan } = command;
  const rows = chained(
    stream,
    events.map((event) => ({ commandId, kind: 'decision', recordedAtMs, planAtMs: event.atMs, rulesVersion, planDigest, event })),
  );
  const last = rows.at(-1);
  if (!last) throw new Error(`command "${commandId}" decided nothing`);
  const stored = storeRows(tx, rows, stream);
  const projected = projectDecisions(tx, plan, episode, rows);
  await store([stored, projected.written, saveEpisode(tx, projected.episode)]);
  return { rows, last };
}

export function decisionRowOf(row: LedgerRow): DecisionRow {
  return { decisionNo: row.decisionNo!, seq: row.seq, commandId: row.commandId, event: row.event as EpisodeEvent };
}

/** The decisions that a workflow which knows this many has not heard of, in order. */
export async function decisionsAfter(db: Db, episodeId: string, knownDecisions: number): Promise<DecisionRow[]> {
  return (await decisionRowsAfter(db, episodeStream(episodeId), knownDecisions)).map(decisionRowOf);
}
