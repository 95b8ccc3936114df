/** Changed by somebody without the key: every field, file, order and byte, one at a time. */
import { describe, expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { type Entry, readArchive, writeArchive } from '../../evidence/archive.js';
import { buildBundle } from '../../evidence/build.js';
import { openBundle } from '../../evidence/open.js';
import { PATHS } from '../../evidence/format.js';
import { Unreadable } from '../../evidence/unreadable.js';
import { isSignedBy } from '../../evidence/signature.js';
import { verifyBundle } from '../../evidence/verify.js';
import { canonicalJson } from '../../domain/digest.js';
import { bundle, ENDINGS, type EndingName, recordIn } from './support/bundles.js';
import { changed, leafChanges, textIn, withFile } from './support/mutations.js';
import { OFFICE, STRANGER } from './support/key.js';

const EXPECTED = { fingerprints: [OFFICE.fingerprint] };

/** As `verify` sees it: what the archive and the signature give away already ends the question; else the whole check. */
function isCaught(bytes: Uint8Array): boolean {
  let found = false;
  try {
    const { signature, manifestText } = openBundle(bytes, () => (found = true));
    return found || !isSignedBy(signature, 'manifest', manifestText) || signature.publicKey !== OFFICE.publicKey || !verifyBundle(bytes, EXPECTED).intact;
  } catch (error) {
    if (error instanceof Unreadable) return true;
    throw error;
  }
}

const tally = { tried: 0, caught: 0 };
function tries(bytes: Uint8Array): boolean {
  tally.tried++;
  const found = isCaught(bytes);
  if (found) tally.caught++;
  return found;
}

describe.each(ENDINGS)('%s', (name: EndingName) => {
  const bytes = bundle(name);
  const entries = readArchive(bytes);

  test('the untouched bundle passes', () => {
    expect(verifyBundle(bytes, EXPECTED)).toMatchObject({ intact: true, faults: [] });
  });

  test('every field of every row', () => {
    // A row has some hundred values; of the long records every third is tried, of each row all that frame it.
    const step = name === 'completed' || name === 'ordered' ? 3 : 1;
    const missed: string[] = [];
    let nth = 0;
    for (const path of [PATHS.episodeRows, PATHS.areaRows]) {
      const lines = textIn(entries, path).split('\n').slice(0, -1);
      for (const [i, line] of lines.entries()) {
        const row: unknown = JSON.parse(line);
        for (const at of leafChanges(row)) {
          if (at.length > 1 && nth++ % step !== 0) continue;
          const forged = lines.with(i, canonicalJson(changed(row, at))).map((l) => `${l}\n`).join('');
          if (!tries(writeArchive(withFile(entries, path, forged)))) missed.push(`${path} ${i + 1} ${at.join('.')}`);
        }
      }
    }
    expect(missed).toEqual([]);
  }, 300_000);

  test('every value of the manifest and of the signature', () => {
    const missed: string[] = [];
    for (const path of [PATHS.manifest, PATHS.signature]) {
      const value: unknown = JSON.parse(textIn(entries, path));
      for (const at of leafChanges(value)) if (!tries(writeArchive(withFile(entries, path, canonicalJson(changed(value, at)))))) missed.push(`${path} ${at.join('.')}`);
      if (!tries(writeArchive(withFile(entries, path, JSON.stringify(value, null, 1))))) missed.push(`${path} spaced`);
    }
    expect(missed).toEqual([]);
  });

  test('a byte of every file, its end cut off, the file left out, another added', () => {
    const missed: string[] = [];
    for (const [i, { path, body }] of entries.entries()) {
      const flipped = Buffer.from(body);
      flipped[flipped.length >> 1]! ^= 1;
      const forms = [withFile(entries, path, flipped), withFile(entries, path, body.subarray(0, -1)), entries.toSpliced(i, 1), entries.toSpliced(i, 0, { path: `documents/added-${i}`, body })];
      for (const [form, forged] of forms.entries()) if (!tries(writeArchive(forged))) missed.push(`${path} ${form}`);
    }
    expect(missed).toEqual([]);
  });

  test('files in another order, rows in another order, the last rows cut off', () => {
    for (let i = 0; i + 1 < entries.length; i++) expect(tries(writeArchive(entries.with(i, entries[i + 1]!).with(i + 1, entries[i]!)))).toBe(true);
    const lines = textIn(entries, PATHS.episodeRows).split('\n').slice(0, -1);
    for (let i = 0; i + 1 < lines.length; i++) {
      const swapped = lines.with(i, lines[i + 1]!).with(i + 1, lines[i]!);
      expect(tries(writeArchive(withFile(entries, PATHS.episodeRows, `${swapped.join('\n')}\n`)))).toBe(true);
      const cut = lines.slice(0, i + 1);
      expect(tries(writeArchive(withFile(entries, PATHS.episodeRows, `${cut.join('\n')}\n`)))).toBe(true);
    }
  }, 120_000);

  test('every byte outside the files: headers, directory, end; and bytes before and after', () => {
    const missed: number[] = [];
    const bodies = bodySpans(entries);
    for (let at = 0; at < bytes.length; at++) {
      const body = bodies.get(at);
      if (body !== undefined) at = body;
      if (at >= bytes.length) break;
      const forged = Buffer.from(bytes);
      forged[at]! ^= 1;
      if (!tries(forged)) missed.push(at);
    }
    expect(missed).toEqual([]);
    for (const forged of [Buffer.concat([bytes, Buffer.from([0])]), Buffer.concat([Buffer.from([0]), bytes]), bytes.subarray(0, -1)]) expect(tries(forged)).toBe(true);
  }, 120_000);
});

/** Where each file's bytes begin, to where they end. */
function bodySpans(entries: readonly Entry[]): Map<number, number> {
  const spans = new Map<number, number>();
  let at = 0;
  for (const { path, body } of entries) {
    at += 30 + path.length;
    if (body.length > 0) spans.set(at, at + body.length);
    at += body.length;
  }
  return spans;
}

describe('the whole', () => {
  test('another episode’s genuine bundle passes as itself and is caught where the episode is known', () => {
    expect(verifyBundle(bundle('ordered'), EXPECTED).intact).toBe(true);
    expect(verifyBundle(bundle('ordered'), { ...EXPECTED, episodeId: 'kuitun-kt-2026-001' }).faults).toMatchObject([{ check: 'identity' }]);
    expect(verifyBundle(bundle('completed'), { ...EXPECTED, episodeId: 'KT-2026-001' }).intact).toBe(true);
  });

  test('another episode’s rows in this one’s bundle are caught', () => {
    const [mine, other] = [readArchive(bundle('completed')), readArchive(bundle('ordered'))];
    for (const { path } of mine) {
      const theirs = other.find((e) => e.path === path);
      if (theirs && Buffer.compare(theirs.body, mine.find((e) => e.path === path)!.body) !== 0) expect(tries(writeArchive(withFile(mine, path, theirs.body)))).toBe(true);
    }
  });

  test('signed with a stranger’s key it is caught where the office’s is known; alone it says whose key it should be compared with', () => {
    const entries = readArchive(bundle('withdrawn'));
    const text = textIn(entries, PATHS.manifest);
    const forged = writeArchive(withFile(entries, PATHS.signature, canonicalJson(STRANGER.sign('manifest', text))));
    expect(tries(forged)).toBe(true);
    expect(verifyBundle(forged, EXPECTED).faults).toMatchObject([{ check: 'signature' }]);
    expect(verifyBundle(forged).notes[0]).toContain(STRANGER.fingerprint);
  });

  test('a row left out, exchanged or copied by somebody with the key who leaves the hashes: the chain tells', () => {
    const record = recordIn('withdrawn');
    const rows = record.episodeRows;
    for (const forged of [rows.toSpliced(3, 1), rows.with(3, rows[4]!).with(4, rows[3]!), rows.toSpliced(3, 0, rows[3]!), rows.with(3, { ...rows[3]!, recordedAtMs: 0 })]) {
      const verdict = verifyBundle(buildBundle({ ...record, episodeRows: forged }, OFFICE), EXPECTED);
      expect(verdict.faults.some((f) => f.check === 'chain')).toBe(true);
    }
  });

  test('how many changes were tried, and caught', () => {
    process.stdout.write(`changes tried ${tally.tried}, caught ${tally.caught}\n`);
    expect(tally.tried).toBeGreaterThan(5_000);
    expect(tally.caught).toBe(tally.tried);
  });
});

describe('what is refused unread', () => {
  const header = (change: (h: Buffer) => void, name = 'manifest.json', body = Buffer.from('{}')) => {
    const h = Buffer.alloc(30);
    h.writeUInt32LE(0x04034b50, 0);
    h.writeUInt16LE(20, 4);
    h.writeUInt16LE(0x21, 12);
    h.writeUInt32LE(crc32(body), 14);
    h.writeUInt32LE(body.length, 18);
    h.writeUInt32LE(body.length, 22);
    h.writeUInt16LE(name.length, 26);
    change(h);
    return Buffer.concat([h, Buffer.from(name, 'latin1'), body]);
  };
  test.each([
    ['no archive at all', Buffer.from('%PDF-1.7'), /not a bundle/],
    ['an empty file', Buffer.alloc(0), /not a bundle/],
    ['a compressed entry (a bomb)', header((h) => h.writeUInt16LE(8, 8)), /compressed/],
    ['a claim of 4 GB', header((h) => (h.writeUInt32LE(0xfffffffe, 18), h.writeUInt32LE(0xfffffffe, 22))), /more than the file has/],
    ['a claim of more by an extra field (ZIP64)', header((h) => (h.writeUInt32LE(0xffffffff, 18), h.writeUInt32LE(0xffffffff, 22), h.writeUInt16LE(20, 28))), /extended/],
    ['an encrypted entry', header((h) => h.writeUInt16LE(1, 6)), /encrypted/],
    ['a path that climbs out', header(() => undefined, '../../etc/passwd'), /no name a bundle uses/],
    ['a path inside that climbs', header(() => undefined, 'documents/../../x'), /no name a bundle uses/],
    ['a path from the root', header(() => undefined, '/etc/passwd'), /no name a bundle uses/],
    ['a path with a backslash', header(() => undefined, 'a\\..\\b'), /no name a bundle uses/],
    ['a folder', header(() => undefined, 'documents/'), /no name a bundle uses/],
    ['a name beyond the file', header((h) => h.writeUInt16LE(0xffff, 26)), /beyond the file/],
  ])('%s', (_name, bytes, why) => {
    expect(() => verifyBundle(bytes)).toThrow(Unreadable);
    expect(() => verifyBundle(bytes)).toThrow(why);
  });

  test('a symbolic link', () => {
    const bytes = Buffer.from(bundle('withdrawn'));
    const directory = bytes.readUInt32LE(bytes.length - 6);
    bytes.writeUInt32LE((0o120777 << 16) >>> 0, directory + 38);
    expect(() => verifyBundle(bytes)).toThrow(/symbolic link/);
  });

  test('the same name twice', () => {
    const [first] = readArchive(bundle('withdrawn'));
    expect(() => verifyBundle(writeArchive([first!, first!]))).toThrow(/twice/);
  });
});
