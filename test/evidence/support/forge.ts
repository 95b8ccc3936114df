/** A forger with the office's own key: rewrites a record, hashes and chains it honestly, and signs what comes of it. */
import { buildBundle, contentOf, packBundle } from '../../../evidence/build.js';
import type { EpisodeRecord } from '../../../evidence/format.js';
import { canonicalJson, sha256Hex } from '../../../domain/digest.js';
import { GENESIS_HASH, ledgerHash, type LedgerRow } from '../../../domain/ledger.js';
import type { EpisodeEvent, EventOf } from '../../../domain/episode/events.js';
import { OFFICE } from './key.js';

export type Loose = { [key: string]: unknown };

/** The same rows as if they had always been so: numbered, named and chained anew. */
export function rechained(rows: readonly LedgerRow[], firstSeq: number | null = 1, firstHash = GENESIS_HASH): LedgerRow[] {
  let prevHash = firstHash;
  let decisions = 0;
  const indexes = new Map<string, number>();
  return rows.map((row, i) => {
    const index = indexes.get(row.commandId) ?? 0;
    indexes.set(row.commandId, index + 1);
    const seq = firstSeq === null ? row.seq : firstSeq + i;
    const eventId = `${row.commandId}#${index}`;
    const unhashed = { ...row, seq, eventId, decisionNo: row.kind === 'decision' ? ++decisions : null, prevHash };
    const hash = ledgerHash(unhashed);
    prevHash = hash;
    return { ...unhashed, hash };
  });
}

export function signedAgain(record: EpisodeRecord): Uint8Array {
  const first = record.areaRows.find((r) => r.seq === record.areaFromSeq);
  const single = record.areaRows.filter((r) => r.seq < record.areaFromSeq);
  const following = record.areaRows.slice(single.length);
  const areaRows = [...single, ...rechained(following, record.areaFromSeq, first?.prevHash ?? GENESIS_HASH)];
  return buildBundle({ ...record, episodeRows: rechained(record.episodeRows), areaRows }, OFFICE);
}

/** With the episode's rows changed. */
export function withRows(record: EpisodeRecord, change: (rows: LedgerRow[]) => LedgerRow[]): EpisodeRecord {
  return { ...record, episodeRows: change(structuredClone([...record.episodeRows])) };
}

/** With every event of a type changed in place. */
export function withEvents<T extends EpisodeEvent['type']>(record: EpisodeRecord, type: T, change: (event: Writable<EventOf<T>>, row: Writable<LedgerRow>) => void): EpisodeRecord {
  return withRows(record, (rows) => {
    const found = rows.filter((r) => r.kind === 'decision' && r.event.type === type);
    if (found.length === 0) throw new Error(`no "${type}" to forge`);
    for (const row of found) change(row.event as unknown as Writable<EventOf<T>>, row);
    return rows;
  });
}

/** With every row of another kind than a decision changed in place. */
export function withOthers(record: EpisodeRecord, isIt: (row: LedgerRow) => boolean, change: (event: Loose, row: Writable<LedgerRow>) => void): EpisodeRecord {
  return withRows(record, (rows) => {
    const row = rows.find(isIt);
    if (!row) throw new Error('nothing to forge');
    change(row.event as unknown as Loose, row);
    return rows;
  });
}

/** With one row of the area changed, also where the episode noted it. */
export function withArea(record: EpisodeRecord, isIt: (row: LedgerRow) => boolean, change: (event: Loose) => void): EpisodeRecord {
  const areaRows = structuredClone([...record.areaRows]);
  const row = areaRows.find(isIt);
  if (!row) throw new Error('nothing to forge');
  change(row.event as unknown as Loose);
  const { assessment } = row.event as unknown as { assessment?: unknown };
  const noted = withRows(record, (rows) => {
    for (const r of rows) if (r.event.type === 'assessment-noted' && (r.event as unknown as Loose)['areaSeq'] === row.seq) (r.event as unknown as Loose)['assessment'] = assessment;
    return rows;
  });
  return { ...noted, areaRows };
}

/** With another body for a document, under its own digest wherever it is named. */
export function withDocument(record: EpisodeRecord, digest: string, content: object): EpisodeRecord {
  const text = canonicalJson(content);
  const is = sha256Hex(text);
  const renamed = (rows: readonly LedgerRow[]) => JSON.parse(JSON.stringify(rows).replaceAll(digest, is)) as LedgerRow[];
  const documents = record.documents.map((d) => (d.digest === digest ? { ...d, digest: is, body: Buffer.from(text) } : d)).sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return { ...record, documents, episodeRows: renamed(record.episodeRows), areaRows: renamed(record.areaRows) };
}

/** A view of the bundle rewritten, the manifest and signature made for it. */
export function withView(record: EpisodeRecord, path: string, change: (items: Loose[]) => void): Uint8Array {
  const content = contentOf(record);
  const files = content.files.map((file) => {
    if (file.path !== path) return file;
    const items = JSON.parse(Buffer.from(file.body).toString('utf8')) as Loose[];
    change(items);
    return { path, body: Buffer.from(canonicalJson(items)) };
  });
  return packBundle({ ...content, files }, OFFICE);
}

export type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
