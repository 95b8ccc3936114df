/** Attachments: kept unchanged under their SHA-256, referred to by it, read by whoever may read what names them. */
import { type DocumentInfo, documentInfos, isAtHand, type Naming, readDocument, recordUpload, saveDocument, type StoredDocument, streamsNaming } from '../db/documents.js';
import { transaction } from '../db/pool.js';
import { admitAnywhere, recordAccess, recorded, recordedAtHome, type Where } from './audit.js';
import { type Account, type Caller, forbidden, hatFor } from './caller.js';
import type { Deps, Reads } from './deps.js';
import { invalid, notFound } from './failure.js';
import type { UseCase } from './rights.js';

export const DOCUMENT_LIMIT_BYTES = 20 * 2 ** 20;

const MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,95}$/i;
/** An engine history tells everything of its episode: a closed book like the rest of the record. */
const HISTORY = 'history';

export async function keepDocument(deps: Deps, caller: Caller, document: { body: Uint8Array; title: string; mediaType: string }) {
  const { body, title, mediaType } = document;
  await admitAnywhere(deps, caller, 'prepare');
  if (body.length === 0) throw invalid('body', '文件是空的');
  if (title.trim() === '' || title.length > 200) throw invalid('title', '应有 1 到 200 个字的标题');
  if (!MEDIA_TYPE.test(mediaType)) throw invalid('mediaType', '不是可用的内容类型');
  const createdAtMs = await deps.clock(deps.pool);
  const digest = await transaction(deps.pool, async (tx) => {
    const kept = await saveDocument(tx, { kind: 'attachment', mediaType, title: title.trim(), body, createdAtMs });
    await recordUpload(tx, kept, caller.account.id);
    return kept;
  });
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

/** For whoever was let in to what names it. */
export async function document(deps: Deps, digest: string): Promise<StoredDocument> {
  const found = await readDocument(deps.pool, digest);
  if (!found) throw notFound('document');
  return found;
}

/** For whoever brought it or may read a stream that names it; a refusal is on record there. */
export async function readableDocument(deps: Deps, caller: Caller, digest: string): Promise<StoredDocument> {
  const [info] = await documentInfos(deps.pool, [digest]);
  if (!info) throw notFound('document');
  if (info.kind === HISTORY) await openHistory(deps, caller, digest);
  else if (!(await mayRead(deps, caller.account, info))) await refuse(deps, caller, 'read', await streamsNaming(deps.pool, digest));
  return document(deps, digest);
}

/** Those of the digests under which there is something that an account may read. */
export async function readableAmong(deps: Reads, account: Account, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const readable = new Set<string>();
  for (const info of await documentInfos(deps.pool, digests)) if (await mayRead(deps, account, info)) readable.add(info.digest);
  return readable;
}

async function mayRead(deps: Reads, account: Account, { digest, kind }: DocumentInfo): Promise<boolean> {
  const units = account.hats.flatMap((h) => h.unitId ?? []);
  if (await isAtHand(deps.pool, digest, account.id, units)) return true;
  const useCase = kind === HISTORY ? 'read-record' : 'read';
  return (await streamsNaming(deps.pool, digest)).some(({ rightsAreaId }) => hatFor(account, useCase, { areaId: rightsAreaId }));
}

/** By its digest as by its episode: who took it is on record. */
async function openHistory(deps: Deps, caller: Caller, digest: string): Promise<void> {
  const naming = (await streamsNaming(deps.pool, digest)).filter(({ stream }) => stream.startsWith('episode/'));
  const readable = naming.find(({ rightsAreaId }) => hatFor(caller.account, 'read-record', { areaId: rightsAreaId }));
  if (!readable) return refuse(deps, caller, 'read-record', naming);
  await recordAccess(deps, caller, readable.areaId, 'history', idIn(readable));
}

function refuse(deps: Deps, caller: Caller, useCase: UseCase, [first]: readonly Naming[]): Promise<never> {
  const refused = () => Promise.reject<never>(forbidden(useCase));
  if (!first) return recordedAtHome(deps, caller, useCase, refused);
  const where: Where = first.stream.startsWith('episode/') ? { episodeId: idIn(first) } : { areaId: first.areaId };
  return recorded(deps, caller, useCase, where, refused);
}

function idIn({ stream }: Naming): string {
  return stream.slice(stream.indexOf('/') + 1);
}
