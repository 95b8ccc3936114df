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
import { type Db, transaction, type Tx } from '../pool.js';
import { projectDecisions } from '../projections/decisions.js';
import { loadEpisode, saveEpisode } from '../projections/episodes.js';
import { appendRows, type LockedStream, lockStream } from './append.js';
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
  return transaction(db, async (tx) => {
    const stream = await lockStream(tx, episodeStream(command.episodeId));
    const known = await alreadyOrBehind(tx, stream, command);
    if (known) return known;
    const recordedAtMs = await command.clock(tx);
    if (isExpired(command, recordedAtMs)) return { status: 'expired' };
    const { last } = await append(tx, stream, command, command.events, recordedAtMs);
    return { status: 'appended', rows: [], decisionNo: last.decisionNo!, seq: last.seq, digest: digestOf(command.events) };
  });
}

export function isExpired({ expiresAtMs = null }: DecisionCommand, atMs: number): boolean {
  return expiresAtMs !== null && atMs > expiresAtMs;
}

/** The answer to a command that was recorded before, or that was decided on an old state; null when it may be appended. */
export async function alreadyOrBehind(tx: Tx, { stream, head }: LockedStream, { commandId, knownDecisions }: DecisionCommand): Promise<AppendOutcome | null> {
  const found = await rowsToAnswer(tx, stream, commandId, knownDecisions);
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
  stream: LockedStream,
  command: DecisionCommand,
  events: readonly EpisodeEvent[],
  recordedAtMs: number,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly last: LedgerRow }> {
  const { commandId, rulesVersion, planDigest, plan, episodeId } = command;
  const rows = await appendRows(
    tx,
    stream,
    events.map((event) => ({ commandId, kind: 'decision', recordedAtMs, planAtMs: event.atMs, rulesVersion, planDigest, event })),
  );
  const last = rows.at(-1);
  if (!last) throw new Error(`command "${commandId}" decided nothing`);
  const before = stream.head.decisionNo === 0 ? null : await loadEpisode(tx, episodeId);
  await saveEpisode(tx, await projectDecisions(tx, plan, before, rows));
  return { rows, last };
}

export function decisionRowOf(row: LedgerRow): DecisionRow {
  return { decisionNo: row.decisionNo!, seq: row.seq, commandId: row.commandId, event: row.event as EpisodeEvent };
}

/** The decisions that a workflow which knows this many has not heard of, in order. */
export async function decisionsAfter(db: Db, episodeId: string, knownDecisions: number): Promise<DecisionRow[]> {
  return (await decisionRowsAfter(db, episodeStream(episodeId), knownDecisions)).map(decisionRowOf);
}
