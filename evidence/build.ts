/** Makes a bundle of what was read. The same record and key give the same bytes. */
import { canonicalJson } from '../domain/digest.js';
import type { LedgerRow } from '../domain/ledger.js';
import { type Entry, writeArchive } from './archive.js';
import { fileDigest } from './file-digest.js';
import { type EpisodeRecord, FORMAT, FORMAT_VERSION, type Manifest, PATHS } from './format.js';
import type { Signer } from './signature.js';
import { asOfPlanMs, viewsOf } from './views.js';
import { frameOf } from './walk.js';

/** `KT-2026-001.zip`'s bytes. */
export function buildBundle(record: EpisodeRecord, signer: Signer): Uint8Array {
  return packBundle(contentOf(record), signer);
}

export interface BundleContent {
  readonly manifest: Omit<Manifest, 'files'>;
  /** All but the manifest and the signature. */
  readonly files: readonly Entry[];
}

/** The manifest with each file's digest, its signature, then the files by name. */
export function packBundle({ manifest, files }: BundleContent, signer: Signer): Uint8Array {
  const listed = files.map(({ path, body }) => ({ path, bytes: body.length, sha256: fileDigest(body) }));
  const text = canonicalJson({ ...manifest, files: listed });
  const signature = canonicalJson(signer.sign('manifest', text));
  return writeArchive([{ path: PATHS.manifest, body: utf8(text) }, { path: PATHS.signature, body: utf8(signature) }, ...files]);
}

export function contentOf(record: EpisodeRecord): BundleContent {
  const { episodeRows, areaRows, areaFromSeq, plans, aqiTables, documents } = record;
  const frame = frameOf(record);
  const { opened } = frame;
  const views = viewsOf(frame);
  const files = [
    file(PATHS.episodeRows, lines(episodeRows)),
    file(PATHS.areaRows, lines(areaRows)),
    file(PATHS.documentIndex, canonicalJson(documents.map(({ digest, kind, mediaType, title }) => ({ digest, kind, mediaType, title })))),
    file(PATHS.obligations, canonicalJson(views.obligations)),
    file(PATHS.notices, canonicalJson(views.notices)),
    file(PATHS.approvals, canonicalJson(views.approvals)),
    file(PATHS.refusals, canonicalJson(views.refusals)),
    ...[...plans].map(([digest, plan]) => file(PATHS.plan(digest), canonicalJson(plan))),
    ...[...aqiTables].map(([id, tables]) => file(PATHS.aqiTables(id), canonicalJson(tables))),
    ...documents.map(({ digest, body }) => ({ path: PATHS.document(digest), body })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const of = (kind: LedgerRow['kind']) => episodeRows.filter((r) => r.kind === kind).length;
  const [lastRow, lastAreaRow] = [last(episodeRows), last(areaRows)];
  const manifest = {
    format: FORMAT,
    version: FORMAT_VERSION,
    episodeId: opened.episodeId,
    number: opened.number,
    areaId: opened.areaId,
    drill: opened.drill,
    rulesVersion: opened.rulesVersion,
    planDigest: opened.planDigest,
    asOfRealMs: lastRow.recordedAtMs,
    asOfPlanMs: asOfPlanMs(episodeRows),
    heads: {
      episode: { stream: lastRow.stream, seq: lastRow.seq, hash: lastRow.hash },
      area: { stream: lastAreaRow.stream, fromSeq: areaFromSeq, seq: lastAreaRow.seq, hash: lastAreaRow.hash },
    },
    counts: {
      episodeRows: episodeRows.length,
      decisions: of('decision'),
      submissions: of('submission'),
      audits: of('audit'),
      areaRows: areaRows.length,
      documents: documents.length,
      plans: plans.size,
      aqiTables: aqiTables.size,
      obligations: views.obligations.length,
      notices: views.notices.length,
    },
  } as const;
  return { manifest, files };
}

function lines(rows: readonly LedgerRow[]): string {
  return rows.map((row) => `${canonicalJson(row)}\n`).join('');
}

function file(path: string, text: string): Entry {
  return { path, body: utf8(text) };
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function last(rows: readonly LedgerRow[]): LedgerRow {
  const row = rows.at(-1);
  if (!row) throw new Error('a record without rows has no bundle');
  return row;
}
