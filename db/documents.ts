import { sha256Hex } from '../domain/digest.js';
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
  /** Real time. */
  readonly createdAtMs: number;
}

/** Keeps a document under its SHA-256 and returns that; the same bytes again change nothing. */
export async function saveDocument(db: Db, { kind, mediaType, title, body, createdAtMs }: NewDocument): Promise<string> {
  const bytes = Buffer.from(body as Uint8Array);
  const digest = sha256Hex(bytes);
  await db.query('insert into documents (digest, kind, media_type, title, body, created_at_ms) values ($1, $2, $3, $4, $5, $6) on conflict do nothing', [
    digest,
    kind,
    mediaType,
    title,
    bytes,
    createdAtMs,
  ]);
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
