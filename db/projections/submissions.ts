import type { LedgerRow } from '../../domain/ledger.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import type { Tx } from '../pool.js';
import { projectReceipt } from './notices.js';

/** A submission, its obligation, and for an acknowledgement (签收) the receipt of the notice. */
export async function projectSubmission(tx: Tx, episodeId: string, row: LedgerRow): Promise<void> {
  const e = row.event as SubmissionEvent;
  const filed = tx.query(
    `with kept as (
       insert into submissions (episode_id, obligation_id, version, seq, kind, owner_id, received_at_ms, counts_at_ms, recorded_at_ms, document_digest, nil, act, reviewed_by, correction_reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     )
     update obligations set submission_version = $3, submitted_at_ms = coalesce(submitted_at_ms, $8) where episode_id = $1 and id = $2`,
    [
      episodeId,
      e.obligationId,
      e.version,
      row.seq,
      e.kind,
      e.ownerId,
      e.atMs,
      e.countsAtMs,
      row.recordedAtMs,
      e.documentDigest,
      e.nil,
      JSON.stringify(e.act),
      e.reviewedBy && JSON.stringify(e.reviewedBy),
      e.correctionReason,
    ],
  );
  const isReceipt = e.kind === 'acknowledgement' && e.version === 1;
  const noticeId = e.obligationId.slice(`${e.kind}:`.length, -`:${e.ownerId}`.length);
  // In one turn: the commit may follow in it.
  await Promise.all([filed, isReceipt && projectReceipt(tx, episodeId, noticeId, `unit:${e.ownerId}`, e.countsAtMs, e.act.actor)]);
}
