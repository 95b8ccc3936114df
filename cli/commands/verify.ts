/** `verify BUNDLE`: a bundle checked offline; needs neither database nor server. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAX_ARCHIVE_BYTES } from '../../evidence/archive.js';
import { type Head, parseHead } from '../../evidence/heads.js';
import { fingerprintOf, publicKeyOf } from '../../evidence/signature.js';
import { Unreadable } from '../../evidence/unreadable.js';
import { type Expected, type Verdict, verifyBundle } from '../../evidence/verify.js';
import { viewerPage } from '../../evidence/viewer/page.js';
import { toBeijingIso } from '../../domain/time.js';
import { loadPlan, planDigest } from '../../plans/load.js';
import { EXIT, Failure } from '../failure.js';

/** Of keys and heads. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

export interface VerifyOptions {
  readonly key?: readonly string[];
  readonly fingerprint?: readonly string[];
  readonly episode?: string;
  readonly plan?: readonly string[];
  readonly head?: string;
  readonly viewer?: string;
}

/** Throws a `Failure` (exit 2) on what cannot be checked. */
export function verify(file: string, options: VerifyOptions): Verdict {
  const expected = expectedOf(options);
  return readable(file, 'It cannot be checked; ask for the bundle again', () => verifyBundle(readLimited(file, MAX_ARCHIVE_BYTES), expected));
}

/** A chain head from its file. */
export function readHead(file: string): Head {
  return readable(file, 'Give a chain head as it was handed out', () => parseHead(readText(file)));
}

function readable<T>(file: string, remedy: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) throw new Failure(EXIT.badInput, `${file}: ${error.message}`, remedy);
    throw error;
  }
}

function expectedOf({ key, fingerprint, episode, plan, head, viewer }: VerifyOptions): Expected {
  const fingerprints = [...(key ?? []).map(fingerprintInFile), ...(fingerprint ?? []).map(asFingerprint)];
  return {
    ...(fingerprints.length > 0 ? { fingerprints } : {}),
    ...(episode === undefined ? {} : { episodeId: episode }),
    ...(plan === undefined ? {} : { plans: plan.map(planDigestOf) }),
    ...(head === undefined ? {} : { head: readHead(head) }),
    ...(viewer === undefined ? {} : { viewer: readText(viewer) }),
  };
}

function fingerprintInFile(file: string): string {
  const publicKey = publicKeyOf(readText(file));
  if (publicKey === null) throw new Failure(EXIT.badInput, `${file} is not an Ed25519 public key`, 'Give a PEM file that begins with BEGIN PUBLIC KEY, or 64 hexadecimal digits');
  return fingerprintOf(publicKey);
}

/** A digest, or the file of a plan. */
function planDigestOf(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  readLimited(text, MAX_TEXT_BYTES);
  return planDigest(loadPlan(resolve(text)));
}

function asFingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw new Failure(EXIT.badInput, `"${text}" is not a fingerprint`, 'Give its 64 hexadecimal digits');
  return digits;
}

function readText(file: string): string {
  return Buffer.from(readLimited(file, MAX_TEXT_BYTES)).toString('utf8');
}

/** Looks at the size before it reads: a file that claims too much is not even opened. */
function readLimited(file: string, maxBytes: number): Uint8Array {
  const problem = (what: string, remedy: string) => new Failure(EXIT.badInput, `${file} ${what}`, remedy);
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw problem('is not a file', 'Give the path of a file');
    if (stat.size > maxBytes) throw problem(`has ${stat.size} bytes, more than the ${maxBytes} that are read`, 'It is refused');
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, 'Check the path');
  }
}

/** `viewer FILE`. */
export function writeViewer(file: string): void {
  writeFileSync(file, viewerPage());
}

export function verifyText(verdict: Verdict): string {
  const { number, episodeId, areaId, drill, counts, asOfRealMs, heads, fingerprint, keyCompared, faults, notes, intact } = verdict;
  const contents = `${counts['episodeRows']} rows (${counts['decisions']} decisions, ${counts['submissions']} submissions), ${counts['areaRows']} rows of the area, ${counts['documents']} documents`;
  return [
    `${intact ? 'INTACT' : `${faults.length} FAULT${faults.length === 1 ? '' : 'S'}`}  ${drill ? '[drill] ' : ''}${number} (${episodeId}, area ${areaId}), as of ${toBeijingIso(asOfRealMs)}: ${contents}`,
    `chain head ${heads.episode}`,
    `signed by ${fingerprint}${keyCompared ? '' : ' (not compared)'}`,
    ...faults.map((f) => `  ${f.check}: ${f.where}: ${f.what}`),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}
