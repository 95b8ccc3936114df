/** Handing in: one transaction in the caller's process, no workflow (design: submissions go through the database). */
import { toPlanMs } from '../../domain/clock.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import { episodeStream } from '../../domain/ledger.js';
import type { Refusal, Result } from '../../domain/refusal.js';
import type { Filed, SubmissionEvent } from '../../domain/submission.js';
import type { ReceiptClock } from '../clock.js';
import { readEpisodePlan } from '../plans.js';
import { type Db, transaction, type Tx } from '../pool.js';
import { loadEpisode } from '../projections/episodes.js';
import { deriveThrough } from '../projections/obligations.js';
import { projectSubmission } from '../projections/submissions.js';
import { appendRows, lockKnownStream } from './append.js';
import { rowsOfCommand } from './rows.js';

/** What a submission is decided on, read under the stream's lock. */
export interface SubmissionContext {
  readonly plan: EpisodePlan;
  readonly state: EpisodeState;
  readonly filed: Filed | null;
  /** Plan time of receipt. */
  readonly nowMs: number;
}

export interface SubmissionCommand {
  readonly episodeId: string;
  readonly commandId: string;
  readonly obligationId: string;
  readonly clock: ReceiptClock;
  readonly decide: (context: SubmissionContext) => Result<SubmissionEvent>;
}

export type SubmissionOutcome =
  | { readonly status: 'appended' | 'already'; readonly seq: number; readonly recordedAtMs: number; readonly event: SubmissionEvent }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  | { readonly status: 'no-such-episode' };

/** Decides, records and projects one submission; the same command again returns what it recorded. */
export function appendSubmission(db: Db, command: SubmissionCommand): Promise<SubmissionOutcome> {
  const { episodeId, commandId, obligationId } = command;
  return transaction(db, async (tx) => {
    const stream = await lockKnownStream(tx, episodeStream(episodeId));
    if (!stream) return { status: 'no-such-episode' };
    const [found] = await rowsOfCommand(tx, stream.stream, commandId);
    if (found) return { status: 'already', seq: found.seq, recordedAtMs: found.recordedAtMs, event: found.event as SubmissionEvent };

    const recordedAtMs = await command.clock(tx);
    const episode = (await loadEpisode(tx, episodeId))!;
    const { state } = episode;
    const nowMs = toPlanMs(state.clock, recordedAtMs);
    const plan = await readEpisodePlan(tx, state.planDigest);
    const decided = command.decide({ plan, state, filed: await filedFor(tx, episodeId, obligationId), nowMs });
    if (!decided.ok) return { status: 'refused', refusal: decided.refusal };

    const event = decided.value;
    await deriveThrough(tx, plan, episode, nowMs);
    const { rulesVersion, planDigest } = state;
    const [row] = await appendRows(tx, stream, [{ commandId, kind: 'submission', recordedAtMs, planAtMs: event.atMs, rulesVersion, planDigest, event }]);
    await projectSubmission(tx, episodeId, row!);
    return { status: 'appended', seq: row!.seq, recordedAtMs, event };
  });
}

async function filedFor(tx: Tx, episodeId: string, obligationId: string): Promise<Filed | null> {
  const { rows } = await tx.query<Filed>(
    'select version, counts_at_ms as "submittedAtMs" from submissions where episode_id = $1 and obligation_id = $2 order by version desc limit 1',
    [episodeId, obligationId],
  );
  return rows[0] ?? null;
}

/** Derives what has opened by now, the engine running or not; does nothing when nothing has. */
export function ensureObligations(db: Db, episodeId: string, clock: ReceiptClock): Promise<void> {
  return transaction(db, async (tx) => {
    if (!(await lockKnownStream(tx, episodeStream(episodeId)))) return;
    const episode = (await loadEpisode(tx, episodeId))!;
    const nowMs = toPlanMs(episode.state.clock, await clock(tx));
    await deriveThrough(tx, await readEpisodePlan(tx, episode.state.planDigest), episode, nowMs);
  });
}
