import { sha256Hex } from '../domain/digest.js';
import type { UnitId } from '../domain/plan.js';
import type { Db } from './pool.js';

export interface DocumentInfo {
  readonly digest: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly title: string;
  readonly createdAtMs: number;
}

export interface StoredDocument extends DocumentInfo {
  readonly body: Buffer;
}

export interface NewDocument {
  readonly kind: string;
  readonly mediaType: string;
  readonly title: string;
  readonly body: Uint8Array | string;
  /** Documents it names in its body. */
  readonly attachments?: readonly string[];
  /** Real time. */
  readonly createdAtMs: number;
}

/** Keeps a document under its SHA-256 and returns that; the same bytes again change nothing. */
export async function saveDocument(db: Db, { kind, mediaType, title, body, attachments = [], createdAtMs }: NewDocument): Promise<string> {
  const bytes = Buffer.from(body as Uint8Array);
  const digest = sha256Hex(bytes);
  // One statement: it may be the last that a transaction asks.
  await db.query(
    `with kept as (
       insert into documents (digest, kind, media_type, title, body, created_at_ms) values ($1, $2, $3, $4, $5, $6) on conflict do nothing
     )
     insert into document_attachments (document, attachment) select $1, unnest($7::text[]) on conflict do nothing`,
    [digest, kind, mediaType, title, bytes, createdAtMs, attachments],
  );
  return digest;
}

export async function readDocument(db: Db, digest: string): Promise<StoredDocument | null> {
  const { rows } = await db.query<StoredDocument>(
    'select digest, kind, media_type as "mediaType", title, body, created_at_ms as "createdAtMs" from documents where digest = $1',
    [digest],
  );
  return rows[0] ?? null;
}

/** Those of the digests that are kept here. */
export async function documentInfos(db: Db, digests: readonly string[]): Promise<DocumentInfo[]> {
  const { rows } = await db.query<DocumentInfo>(
    'select digest, kind, media_type as "mediaType", title, created_at_ms as "createdAtMs" from documents where digest = any($1)',
    [digests],
  );
  return rows;
}

/** Remembers who brought a document: until something names it nobody else may read it. */
export async function recordUpload(db: Db, digest: string, accountId: string): Promise<void> {
  await db.query('insert into document_uploads (digest, account_id) values ($1, $2) on conflict do nothing', [digest, accountId]);
}

/** A stream whose record names a document, itself or through a report it is attached to. */
export interface Naming {
  readonly stream: string;
  readonly areaId: string;
  /** Where rights count. */
  readonly rightsAreaId: string;
}

export async function streamsNaming(db: Db, digest: string): Promise<Naming[]> {
  const holders = await db.query<{ digest: string }>('select document as digest from document_attachments where attachment = $1', [digest]);
  const { rows } = await db.query<Naming>(
    `select n.stream, a.area_id as "areaId", coalesce(a.drills_area, a.area_id) as "rightsAreaId"
     from (select distinct stream from ledger where documents_named(event) <> '[]' and documents_named(event) ?| $1::text[]) n
     left join episodes e on n.stream = 'episode/' || e.id
     join areas a on a.area_id = coalesce(e.area_id, substr(n.stream, length('area/') + 1))
     order by n.stream`,
    [[digest, ...holders.rows.map((h) => h.digest)]],
  );
  return rows;
}

/** Whether somebody brought a document, is party to the delegation it proves, or may review the draft that a colleague attached it to. */
export async function isAtHand(db: Db, digest: string, accountId: string, unitIds: readonly UnitId[]): Promise<boolean> {
  const { rows } = await db.query<{ isAtHand: boolean }>(
    `select exists (
       select 1 from document_uploads u where u.digest = $1 and (u.account_id = $2 or exists (
         select 1 from drafts d where d.account_id = u.account_id and d.unit_id = any($3) and d.content -> 'attachments' ? $1))
     ) or exists (
       select 1 from delegations g join hats h on h.id = g.hat_id where g.document_digest = $1 and $2 in (g.to_account_id, g.created_by, h.account_id)
     ) as "isAtHand"`,
    [digest, accountId, unitIds],
  );
  return rows[0]?.isAtHand ?? false;
}
