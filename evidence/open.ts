/** From a bundle's bytes to its content; every byte is looked at on the way. */
import { z } from 'zod';
import type { AqiTable } from '../domain/air/tables.js';
import { canonicalJson } from '../domain/digest.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { Plan } from '../domain/plan.js';
import { type Entry, firstOddByte, readArchive } from './archive.js';
import type { Tell } from './fault.js';
import { fileDigest } from './file-digest.js';
import { documentIndexSchema, type EpisodeRecord, type Manifest, manifestSchema, PATHS, rowSchema, signatureSchema } from './format.js';
import type { Signature } from './signature.js';
import { Unreadable } from './unreadable.js';

export interface Opened {
  readonly manifest: Manifest;
  readonly manifestText: string;
  readonly signature: Signature;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Takes the archive apart and compares each file with the manifest. Throws `Unreadable` on what is no bundle. */
export function openBundle(bytes: Uint8Array, tell: Tell): Opened {
  const entries = readArchive(bytes);
  const odd = firstOddByte(bytes, entries);
  if (odd !== null) tell('archive', `byte ${odd} is not as a bundle is written`);
  return openEntries(entries, tell);
}

/** The same from the archive's entries. */
export function openEntries(entries: readonly Entry[], tell: Tell): Opened {
  const [first, second, ...rest] = entries;
  if (first?.path !== PATHS.manifest || second?.path !== PATHS.signature) throw new Unreadable('this is not a bundle: it does not begin with its manifest and signature');
  const manifestText = textOf(first);
  const manifest = parsed(PATHS.manifest, manifestText, manifestSchema, tell);
  const signature = parsed(PATHS.signature, textOf(second), signatureSchema, tell);
  compareFiles(manifest, rest, tell);
  return { manifest, manifestText, signature, files: new Map(rest.map((e) => [e.path, e.body])) };
}

function compareFiles({ files }: Manifest, entries: readonly Entry[], tell: Tell): void {
  for (let i = 0; i < Math.max(files.length, entries.length); i++) {
    const [listed, entry] = [files[i], entries[i]];
    if (listed?.path !== entry?.path) {
      tell(PATHS.manifest, `file ${i + 1} should be ${listed?.path ?? 'no file'}, is ${entry?.path ?? 'no file'}`);
      return;
    }
    if (!listed || !entry) return;
    if (listed.bytes !== entry.body.length) tell(entry.path, `has ${entry.body.length} bytes, the manifest says ${listed.bytes}`);
    else if (listed.sha256 !== fileDigest(entry.body)) tell(entry.path, 'is not the file that the manifest names: its SHA-256 differs');
  }
}

/** The record that the files hold. Throws `Unreadable` where a file is missing or is not of its form. */
export function recordOf({ files, manifest }: Opened, tell: Tell): EpisodeRecord {
  const text = (path: string) => {
    const body = files.get(path);
    if (!body) throw new Unreadable(`${path} is not in the bundle`);
    return utf8(path, body);
  };
  const index = parsed(PATHS.documentIndex, text(PATHS.documentIndex), documentIndexSchema, tell);
  return {
    episodeRows: rowsOf(PATHS.episodeRows, text(PATHS.episodeRows), tell),
    areaRows: rowsOf(PATHS.areaRows, text(PATHS.areaRows), tell),
    areaFromSeq: manifest.heads.area.fromSeq,
    plans: new Map(named(files, 'plans/').map((path) => [baseName(path), parsed(path, text(path), z.looseObject({ id: z.string() }), tell) as unknown as Plan])),
    aqiTables: new Map(named(files, 'aqi-tables/').map((path) => [baseName(path), parsed(path, text(path), z.array(z.looseObject({ id: z.string() })), tell) as unknown as AqiTable[]])),
    documents: index.flatMap((entry) => {
      const body = files.get(PATHS.document(entry.digest));
      return body ? [{ ...entry, body }] : [];
    }),
  };
}

function rowsOf(path: string, text: string, tell: Tell): LedgerRow[] {
  if (text !== '' && !text.endsWith('\n')) tell(path, 'its last line is cut off');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => parsed(`${path} line ${i + 1}`, line, rowSchema, tell) as LedgerRow);
}

function parsed<S extends z.ZodType>(where: string, text: string, schema: S, tell: Tell): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable(`${where} is not JSON`);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new Unreadable(`${where}: ${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).slice(0, 3).join('; ')}`);
  if (canonicalJson(value) !== text) tell(where, 'is not in the canonical form (RFC 8785)');
  return result.data;
}

function named(files: ReadonlyMap<string, Uint8Array>, folder: string): string[] {
  return [...files.keys()].filter((path) => path.startsWith(folder));
}

function baseName(path: string): string {
  return path.slice(path.indexOf('/') + 1).replace(/\.json$/, '');
}

function textOf({ path, body }: Entry): string {
  return utf8(path, body);
}

function utf8(path: string, body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new Unreadable(`${path} is not UTF-8`);
  }
}
