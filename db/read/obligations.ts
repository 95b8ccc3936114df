import type { Act, Signatory } from '../../domain/act.js';
import type { Obligation } from '../../domain/obligation.js';
import type { Db } from '../pool.js';

export interface ObligationRow extends Obligation {
  readonly episodeId: string;
  readonly targetRealMs: number | null;
  readonly dueRealMs: number | null;
  /** When it counts as handed in or done. */
  readonly submittedAtMs: number | null;
  /** When that was recorded, real time; null where a decision fulfilled it. */
  readonly recordedAtMs: number | null;
  readonly version: number | null;
  readonly closedMissing: boolean;
}

const COLUMNS = `o.episode_id as "episodeId", o.id, o.group_id as "groupId", o.kind, o.clause, o.trigger, o.owner_id as "ownerId", o.ref, o.opens_at_ms as "opensAtMs",
  o.target_at_ms as "targetAtMs", o.due_at_ms as "dueAtMs", o.target_real_ms as "targetRealMs", o.due_real_ms as "dueRealMs", o.submitted_at_ms as "submittedAtMs",
  (select recorded_at_ms from submissions s where s.episode_id = o.episode_id and s.obligation_id = o.id and s.version = 1) as "recordedAtMs",
  o.submission_version as "version", o.closed_missing as "closedMissing"`;
const IN_ORDER = 'order by coalesce(o.due_at_ms, o.target_at_ms, o.opens_at_ms), o.id';

/** All that an episode owes or owed; what has lapsed is left out. */
export async function obligationsOf(db: Db, episodeId: string): Promise<ObligationRow[]> {
  const { rows } = await db.query<ObligationRow>(`select ${COLUMNS} from obligations o where o.episode_id = $1 and o.lapsed_at_ms is null ${IN_ORDER}`, [episodeId]);
  return rows;
}

/** Open ones of these owners in an area's episodes that have not closed. */
export async function openOf(db: Db, areaId: string, ownerIds: readonly string[]): Promise<ObligationRow[]> {
  const { rows } = await db.query<ObligationRow>(
    `select ${COLUMNS} from obligations o join episodes e on e.id = o.episode_id
     where e.area_id = $1 and e.phase <> 'closed' and o.owner_id = any($2) and o.submitted_at_ms is null and o.lapsed_at_ms is null ${IN_ORDER}`,
    [areaId, ownerIds],
  );
  return rows;
}

export async function obligationById(db: Db, episodeId: string, id: string): Promise<ObligationRow | null> {
  const { rows } = await db.query<ObligationRow>(`select ${COLUMNS} from obligations o where o.episode_id = $1 and o.id = $2 and o.lapsed_at_ms is null`, [episodeId, id]);
  return rows[0] ?? null;
}

export interface SubmissionRow {
  readonly obligationId: string;
  readonly version: number;
  readonly seq: number;
  readonly kind: string;
  readonly ownerId: string;
  readonly receivedAtMs: number;
  readonly countsAtMs: number;
  readonly recordedAtMs: number;
  readonly documentDigest: string | null;
  readonly nil: boolean;
  readonly act: Act;
  readonly reviewedBy: Signatory | null;
  readonly correctionReason: string | null;
}

/** Every version, oldest first; of one obligation, or of all. */
export async function submissionsOf(db: Db, episodeId: string, obligationId: string | null = null): Promise<SubmissionRow[]> {
  const { rows } = await db.query<SubmissionRow>(
    `select obligation_id as "obligationId", version, seq, kind, owner_id as "ownerId", received_at_ms as "receivedAtMs", counts_at_ms as "countsAtMs",
       recorded_at_ms as "recordedAtMs", document_digest as "documentDigest", nil, act, reviewed_by as "reviewedBy", correction_reason as "correctionReason"
     from submissions where episode_id = $1 and ($2::text is null or obligation_id = $2) order by seq`,
    [episodeId, obligationId],
  );
  return rows;
}
