/** What somebody is told inside the system, by the hats they wear. */
import type { InboxKind } from '../projections/inbox.js';
import type { Db } from '../pool.js';

export interface InboxRow {
  readonly id: string;
  readonly recipient: string;
  readonly areaId: string;
  readonly episodeId: string;
  readonly kind: InboxKind;
  /** The notice, request, obligation or group it is about. */
  readonly ref: string;
  readonly clause: string;
  readonly body: object;
  /** Plan time, and when it was recorded, real time. */
  readonly createdAtMs: number;
  readonly recordedAtMs: number;
  /** When this account looked at it, real time. */
  readonly readAtMs: number | null;
}

export interface InboxQuery {
  readonly accountId: string;
  readonly areaId: string;
  /** `unit:ID`, `role:ROLE`, `account:ID`: all that the account answers to in the area. */
  readonly recipients: readonly string[];
  readonly unreadOnly?: boolean;
  /** Of this one alone; of all by default. */
  readonly episodeId?: string | null;
  /** Only those recorded before the row last shown: the page's cursor. */
  readonly before?: { readonly recordedAtMs: number; readonly id: string } | null;
  readonly limit?: number;
}

/** Newest first. */
export async function inboxOf(db: Db, { accountId, areaId, recipients, unreadOnly = false, episodeId = null, before = null, limit = 50 }: InboxQuery): Promise<InboxRow[]> {
  const { rows } = await db.query<InboxRow>(
    `select i.id, i.recipient, i.area_id as "areaId", i.episode_id as "episodeId", i.kind, i.ref, i.clause, i.body,
       i.created_at_ms as "createdAtMs", i.recorded_at_ms as "recordedAtMs", r.read_at_ms as "readAtMs"
     from inbox i left join inbox_reads r on r.inbox_id = i.id and r.account_id = $1
     where i.area_id = $2 and i.recipient = any($3) and (not $4 or r.read_at_ms is null)
       and ($8::text is null or i.episode_id = $8)
       and ($5::bigint is null or (i.recorded_at_ms, i.id) < ($5, $6))
     order by i.recorded_at_ms desc, i.id desc limit $7`,
    [accountId, areaId, recipients, unreadOnly, before?.recordedAtMs ?? null, before?.id ?? null, limit, episodeId],
  );
  return rows;
}

/** Marks items as looked at by an account; the first time stays. */
export async function markRead(db: Db, accountId: string, inboxIds: readonly string[], readAtMs: number): Promise<void> {
  await db.query('insert into inbox_reads (inbox_id, account_id, read_at_ms) select id, $1, $3 from unnest($2::text[]) as i (id) on conflict do nothing', [accountId, inboxIds, readAtMs]);
}
