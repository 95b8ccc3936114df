/** Changed by somebody without the key: every field, file, order and byte, one at a time. */
import { describe, expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { type Entry, readArchive, writeArchive } from '../../evidence/archive.js';
import { buildBundle } from '../../evidence/build.js';
import { type Opened, openBundle, openEntries } from '../../evidence/open.js';
import { PATHS } from '../../evidence/format.js';
import { Unreadable } from '../../evidence/unreadable.js';
import { isSignedBy } from '../../evidence/signature.js';
import { verifyBundle } from '../../evidence/verify.js';
import { canonicalJson } from '../../domain/digest.js';
import { bundle, ENDINGS, type EndingName, recordIn } from './support/bundles.js';
import { bytesBetween, fileChanges, type Outcome, swaps, type Tally, tallied, textIn, valueChanges, withFile } from './support/mutations.js';
import { OFFICE, STRANGER } from './support/key.js';

const EXPECTED = { fingerprints: [OFFICE.fingerprint] };

const FOUND = new Error('the first fault');
const first = () => {
  throw FOUND;
};

/**
 * As `verify` goes: what the archive, the digests and the signature give away
 * is a fault whatever follows; only where they give nothing away all of it is run.
 */
function outcome(open: () => Opened, whole: () => Uint8Array): Outcome {
  try {
    const { signature, manifestText } = open();
    if (!isSignedBy(signature, 'manifest', manifestText) || signature.publicKey !== OFFICE.publicKey) return 'fault';
    return verifyBundle(whole(), EXPECTED).intact ? 'missed' : 'fault';
  } catch (error) {
    return error === FOUND ? 'fault' : error instanceof Unreadable ? 'refused' : 'broke';
  }
}

const ofBytes = (bytes: Uint8Array) => outcome(() => openBundle(bytes, first), () => bytes);
const ofEntries = (entries: readonly Entry[]) => outcome(() => openEntries(entries, first), () => writeArchive(entries));

const tallies: Tally[] = [];
function allCaught(outcomes: Iterable<readonly [string, Outcome]>): Tally {
  const tally = tallied(outcomes);
  tallies.push(tally);
  expect(tally.wrong).toEqual([]);
  return tally;
}

function* tried<T>(changes: Iterable<readonly [string, T]>, look: (changed: T) => Outcome): Generator<readonly [string, Outcome]> {
  for (const [name, changed] of changes) yield [name, look(changed)];
}

describe.each(ENDINGS)('%s', (name: EndingName) => {
  const bytes = bundle(name);
  const entries = readArchive(bytes);

  test('the untouched bundle passes', () => {
    expect(verifyBundle(bytes, EXPECTED)).toMatchObject({ intact: true, faults: [] });
  });

  test('every value of every row, of the manifest and of the signature', () => {
    const { tried: n, refused } = allCaught(tried(valueChanges(entries), ofEntries));
    process.stdout.write(`${name}: ${n} values changed, all caught\n`);
    // Only the manifest and the signature can become what is no bundle at all.
    expect(refused).toBeLessThan(30);
  }, 300_000);

  test('some of them as a whole archive through the whole check', () => {
    let nth = 0;
    for (const [what, changed] of valueChanges(entries)) if (nth++ % 700 === 350) expect([what, verifyBundle(writeArchive(changed), EXPECTED).intact]).toEqual([what, false]);
    expect(nth).toBeGreaterThan(1_000);
  }, 120_000);

  test('a byte of every file, its end cut off, the file left out, another added; files and rows in another order; the last rows cut off', () => {
    allCaught(tried(fileChanges(entries), ofEntries));
  }, 120_000);

  test('another episode’s files in this one’s bundle', () => {
    for (const other of ENDINGS.filter((e) => e !== name)) allCaught(tried(swaps(entries, readArchive(bundle(other))), ofEntries));
  }, 120_000);

  test('every byte outside the files: headers, directory, end; and bytes before and after', () => {
    const flipped = Buffer.from(bytes);
    function* flips(): Generator<readonly [string, Outcome]> {
      for (const at of bytesBetween(bytes)) {
        flipped[at]! ^= 1;
        yield [`byte ${at}`, ofBytes(flipped)];
        flipped[at]! ^= 1;
      }
    }
    allCaught(flips());
    allCaught(tried([['a byte more', Buffer.concat([bytes, Buffer.from([0])])], ['a byte before', Buffer.concat([Buffer.from([0]), bytes])], ['a byte less', bytes.subarray(0, -1)]], ofBytes));
  }, 120_000);
});

describe('the whole', () => {
  test('another episode’s genuine bundle passes as itself and is caught where the episode is known', () => {
    expect(verifyBundle(bundle('ordered'), EXPECTED).intact).toBe(true);
    expect(verifyBundle(bundle('ordered'), { ...EXPECTED, episodeId: 'kuitun-kt-2026-001' }).faults).toMatchObject([{ check: 'identity' }]);
    expect(verifyBundle(bundle('completed'), { ...EXPECTED, episodeId: 'KT-2026-001' }).intact).toBe(true);
  });

  test('signed with a stranger’s key it is caught where the office’s is known; alone it says whose key it should be compared with', () => {
    const entries = readArchive(bundle('withdrawn'));
    const text = textIn(entries, PATHS.manifest);
    const forged = writeArchive(withFile(entries, PATHS.signature, canonicalJson(STRANGER.sign('manifest', text))));
    allCaught([['a stranger’s signature', ofBytes(forged)]]);
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
    const sum = (of: (t: Tally) => number) => tallies.reduce((all, t) => all + of(t), 0);
    process.stdout.write(`changes tried ${sum((t) => t.tried)}, told as faults ${sum((t) => t.fault)}, refused unread ${sum((t) => t.refused)}, missed ${sum((t) => t.wrong.length)}\n`);
    expect(sum((t) => t.tried)).toBeGreaterThan(20_000);
    expect(sum((t) => t.fault + t.refused)).toBe(sum((t) => t.tried));
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
