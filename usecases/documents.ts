/** Attachments: kept unchanged under their SHA-256, referred to by it. */
import { documentInfos, readDocument, saveDocument, type StoredDocument } from '../db/documents.js';
import { admitAnywhere } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { invalid, notFound } from './failure.js';

export const DOCUMENT_LIMIT_BYTES = 20 * 2 ** 20;

const MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,95}$/i;

export async function keepDocument(deps: Deps, caller: Caller, document: { body: Uint8Array; title: string; mediaType: string }) {
  const { body, title, mediaType } = document;
  await admitAnywhere(deps, caller, 'prepare');
  if (body.length === 0) throw invalid('body', '文件是空的');
  if (title.trim() === '' || title.length > 200) throw invalid('title', '应有 1 到 200 个字的标题');
  if (!MEDIA_TYPE.test(mediaType)) throw invalid('mediaType', '不是可用的内容类型');
  const digest = await saveDocument(deps.pool, { kind: 'attachment', mediaType, title: title.trim(), body, createdAtMs: await deps.clock(deps.pool) });
  return { digest, bytes: body.length };
}

export interface Attachment {
  readonly digest: string;
  readonly title: string;
}

/** By their titles, in the order asked for; what is not kept here is left out. */
export async function attachments(deps: Deps, digests: readonly string[]): Promise<Attachment[]> {
  if (digests.length === 0) return [];
  const titles = new Map((await documentInfos(deps.pool, digests)).map(({ digest, title }) => [digest, title]));
  return digests.flatMap((digest) => (titles.has(digest) ? [{ digest, title: titles.get(digest) ?? digest }] : []));
}

export async function document(deps: Deps, digest: string): Promise<StoredDocument> {
  const found = await readDocument(deps.pool, digest);
  if (!found) throw notFound('document');
  return found;
}
