/** Handing in: one transaction in the caller's process, no workflow (design: submissions go through the database). */
import { toPlanMs } from '../../domain/clock.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import { episodeStream } from '../../domain/ledger.js';
import type { Refusal, Result } from '../../domain/refusal.js';
import type { Filed, SubmissionEvent } from '../../domain/submission.js';
import type { ReceiptClock } from '../clock.js';
import { type NewDocument, saveDocument } from '../documents.js';
import { readEpisodePlan } from '../plans.js';
import { type Db, transaction, type Tx } from '../pool.js';
import { loadEpisode, type StoredEpisode } from '../projections/episodes.js';
import { deriveThrough } from '../projections/obligations.js';
import { projectSubmission } from '../projections/submissions.js';
import { chained, lockKnownStream, storeRows } from './append.js';

/** What a submission is decided on, read under the stream's lock. */
export interface SubmissionContext {
  readonly state: EpisodeState;
  readonly filed: Filed | null;
  readonly rightsAreaId: string;
  /** Plan time of receipt. */
  readonly nowMs: number;
}

export interface Decided {
  readonly event: SubmissionEvent;
  /** What is handed in, kept in the same transaction. */
  readonly document: Omit<NewDocument, 'createdAtMs'> | null;
}

export interface SubmissionCommand {
  readonly episodeId: string;
  readonly commandId: string;
  readonly obligationId: string;
  readonly clock: ReceiptClock;
  /** `tx`: what it asks of the database, it asks within the transaction. */
  readonly decide: (context: SubmissionContext, tx: Tx) => Promise<Result<Decided>>;
}

export type SubmissionOutcome =
  | { readonly status: 'appended' | 'already'; readonly seq: number; readonly recordedAtMs: number; readonly event: SubmissionEvent; readonly state: EpisodeState }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  | { readonly status: 'no-such-episode' };

/** Decides, records and projects one submission; the same command again returns what it recorded. */
export function appendSubmission(db: Db, command: SubmissionCommand): Promise<SubmissionOutcome> {
  const { episodeId, commandId } = command;
  return transaction(db, async (tx, store) => {
    const [stream, record, recordedAtMs] = await Promise.all([lockKnownStream(tx, episodeStream(episodeId)), recordOf(tx, command), command.clock(tx)]);
    if (!stream || !record) return { status: 'no-such-episode' };
    const { done, episode, filed, rightsAreaId } = record;
    const { state } = episode;
    if (done) return { status: 'already', ...done, state };

    const nowMs = toPlanMs(state.clock, recordedAtMs);
    const decided = await command.decide({ state, filed, rightsAreaId, nowMs }, tx);
    if (!decided.ok) return { status: 'refused', refusal: decided.refusal };

    const { event, document } = decided.value;
    const { rulesVersion, planDigest } = state;
    const plan = await readEpisodePlan(tx, planDigest);
    const rows = chained(stream, [{ commandId, kind: 'submission', recordedAtMs, planAtMs: event.atMs, rulesVersion, planDigest, event }]);
    const row = rows[0]!;
    await store([
      ...(document ? [saveDocument(tx, { ...document, createdAtMs: recordedAtMs })] : []),
      deriveThrough(tx, plan, episode, nowMs),
      storeRows(tx, rows, stream),
      projectSubmission(tx, episodeId, row),
    ]);
    return { status: 'appended', seq: row.seq, recordedAtMs, event, state };
  });
}

interface OnRecord {
  /** What this very command brought about before. */
  readonly done: { readonly seq: number; readonly recordedAtMs: number; readonly event: SubmissionEvent } | null;
  readonly episode: StoredEpisode;
  readonly filed: Filed | null;
  readonly rightsAreaId: string;
}

/** All that a submission is decided on; null when there is no such episode. */
async function recordOf(tx: Tx, { episodeId, commandId, obligationId }: SubmissionCommand): Promise<OnRecord | null> {
  const { rows } = await tx.query<StoredEpisode & Omit<OnRecord, 'episode'>>(
    `select e.state, e.updated_seq as "updatedSeq", e.obligations_through_ms as "obligationsThroughMs", coalesce(a.drills_area, e.area_id) as "rightsAreaId",
       (select json_build_object('seq', seq, 'recordedAtMs', recorded_at_ms, 'event', event) from ledger where stream = $2 and command_id = $3 order by seq limit 1) as done,
       (select json_build_object('version', version, 'submittedAtMs', counts_at_ms) from submissions
        where episode_id = $1 and obligation_id = $4 order by version desc limit 1) as filed
     from episodes e join areas a using (area_id) where e.id = $1`,
    [episodeId, episodeStream(episodeId), commandId, obligationId],
  );
  if (!rows[0]) return null;
  const { done, filed, rightsAreaId, ...episode } = rows[0];
  return { done, filed, rightsAreaId, episode };
}

/** Derives what has opened by now, the engine running or not; does nothing when nothing has. */
export function ensureObligations(db: Db, episodeId: string, clock: ReceiptClock): Promise<void> {
  return transaction(db, async (tx) => {
    const [stream, episode, realMs] = await Promise.all([lockKnownStream(tx, episodeStream(episodeId)), loadEpisode(tx, episodeId), clock(tx)]);
    if (!stream || !episode) return;
    const nowMs = toPlanMs(episode.state.clock, realMs);
    await deriveThrough(tx, await readEpisodePlan(tx, episode.state.planDigest), episode, nowMs);
  });
}
