import type { Signatory } from '../../domain/act.js';
import type { Conclusion, Evidence } from '../../domain/episode/state.js';
import { episodeStream } from '../../domain/ledger.js';
import type { Db } from '../pool.js';

export interface RequestRow {
  readonly id: string;
  readonly action: string;
  readonly evidence: Evidence;
  readonly evidenceDigest: string;
  readonly status: 'open' | 'approved' | 'returned' | 'refused' | 'withdrawn';
  readonly submittedBy: Signatory;
  readonly openedAtMs: number;
  readonly basisChangedAtMs: number | null;
  readonly closedAtMs: number | null;
  readonly decisions: readonly object[];
}

/** Newest first. */
export async function requestsOf(db: Db, episodeId: string): Promise<RequestRow[]> {
  const { rows } = await db.query<RequestRow>(
    `select id, action, evidence, evidence_digest as "evidenceDigest", status, submitted_by as "submittedBy", opened_at_ms as "openedAtMs",
       basis_changed_at_ms as "basisChangedAtMs", closed_at_ms as "closedAtMs", decisions
     from requests where episode_id = $1 order by opened_at_ms desc, length(id) desc, id desc`,
    [episodeId],
  );
  return rows;
}

/** A version of what an approver was shown, by its digest. */
export async function evidenceShown(db: Db, episodeId: string, requestId: string, digest: string): Promise<Evidence | null> {
  const { rows } = await db.query<{ evidence: Evidence }>('select evidence from request_evidence where episode_id = $1 and request_id = $2 and evidence_digest = $3', [episodeId, requestId, digest]);
  return rows[0]?.evidence ?? null;
}

/** What one of an episode's consultations concluded. */
export async function conclusionOf(db: Db, episodeId: string, consultationId: string): Promise<Conclusion | null> {
  const { rows } = await db.query<{ conclusion: Conclusion }>(
    `select event -> 'conclusion' as conclusion from ledger where stream = $1 and kind = 'decision' and type = 'consultation-recorded' and event ->> 'consultationId' = $2`,
    [episodeStream(episodeId), consultationId],
  );
  return rows[0]?.conclusion ?? null;
}
