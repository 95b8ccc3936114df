import type { UnitId } from '../../domain/plan.js';
import type { Db } from '../pool.js';

export interface Draft {
  readonly id: string;
  readonly accountId: string;
  readonly unitId: UnitId | null;
  readonly kind: string;
  /** What it is about, e.g. an episode's obligation. */
  readonly ref: string;
  readonly content: unknown;
  readonly updatedAtMs: number;
}

const COLUMNS = `id, account_id as "accountId", unit_id as "unitId", kind, ref, content, updated_at_ms as "updatedAtMs"`;

/** One draft of a person per kind and subject: saving again replaces its content. Gives the draft's id. */
export async function saveDraft(db: Db, draft: Draft): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into drafts (id, account_id, unit_id, kind, ref, content, updated_at_ms) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (account_id, kind, ref) do update set content = excluded.content, unit_id = excluded.unit_id, updated_at_ms = excluded.updated_at_ms
     returning id`,
    [draft.id, draft.accountId, draft.unitId, draft.kind, draft.ref, JSON.stringify(draft.content), draft.updatedAtMs],
  );
  return rows[0]?.id ?? draft.id;
}

/** One's own, and those of one's units. */
export async function listDrafts(db: Db, accountId: string, unitIds: readonly UnitId[]): Promise<Draft[]> {
  const { rows } = await db.query<Draft>(`select ${COLUMNS} from drafts where account_id = $1 or unit_id = any($2) order by updated_at_ms desc, id`, [accountId, unitIds]);
  return rows;
}

export async function draftById(db: Db, id: string): Promise<Draft | null> {
  const { rows } = await db.query<Draft>(`select ${COLUMNS} from drafts where id = $1`, [id]);
  return rows[0] ?? null;
}

export async function deleteDraft(db: Db, id: string): Promise<void> {
  await db.query('delete from drafts where id = $1', [id]);
}
