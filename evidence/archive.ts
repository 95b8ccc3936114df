/**
 * The bundle's container: a ZIP in which nothing is left to choice. Entries are
 * stored, in the given order, dated 1980-01-01, with no attribute, extra field
 * or comment; so names and contents determine every byte, and whoever reads one
 * can make it again and compare.
 */
import { crc32 } from 'node:zlib';
import { Unreadable } from './unreadable.js';

export interface Entry {
  readonly path: string;
  readonly body: Uint8Array;
}

export const MAX_ARCHIVE_BYTES = 2 ** 30;
const MAX_ENTRIES = 65_000;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** 2.0: folders in names. */
const VERSION = 20;
/** 1980-01-01, the first day a ZIP can name. */
const DOS_DATE = 0x0021;
const SYMLINK = 0xa000;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Plain ASCII names in folders, none that climbs out, hides or begins at a root. */
export function isPlainPath(path: string): boolean {
  return path.length <= 250 && path.split('/').every((segment) => SEGMENT.test(segment));
}

export function writeArchive(entries: readonly Entry[]): Uint8Array {
  if (entries.length > MAX_ENTRIES) throw new Error(`${entries.length} entries do not fit into one archive`);
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { path, body } of entries) {
    if (!isPlainPath(path)) throw new Error(`"${path}" is no name for an entry`);
    const name = Buffer.from(path, 'ascii');
    const shared = sharedFields(name, body);
    locals.push(Buffer.concat([uint32(LOCAL), shared, name, body]));
    // Made by, the shared fields, no comment, disk 0, no attributes, where its local header is.
    centrals.push(Buffer.concat([uint32(CENTRAL), uint16(VERSION), shared, uint16(0, 0, 0), uint32(0, offset), name]));
    offset += LOCAL_BYTES + name.length + body.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.concat([uint32(END), uint16(0, 0, entries.length, entries.length), uint32(directory.length, offset), uint16(0)]);
  return Buffer.concat([...locals, directory, end]);
}

/** Version needed, flags, method, time, date, CRC, both sizes, length of the name and of the extra field. */
function sharedFields(name: Buffer, body: Uint8Array): Buffer {
  return Buffer.concat([uint16(VERSION, 0, 0, 0, DOS_DATE), uint32(crc32(body), body.length, body.length), uint16(name.length, 0)]);
}

/**
 * The entries of an archive in its order. Throws `Unreadable` on what is none
 * of ours: compression, links, names that climb out, sizes beyond the file.
 * Whether each byte is as it should be is for `firstOddByte` to say.
 */
export function readArchive(bytes: Uint8Array): Entry[] {
  if (bytes.length > MAX_ARCHIVE_BYTES) throw new Unreadable(`the file has ${bytes.length} bytes, more than the ${MAX_ARCHIVE_BYTES} a bundle may have`);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Entry[] = [];
  let at = 0;
  while (has(file, at, LOCAL_BYTES) && file.readUInt32LE(at) === LOCAL) {
    if (entries.length === MAX_ENTRIES) throw new Unreadable('too many entries');
    const entry = readEntry(file, at, entries.length);
    entries.push(entry.entry);
    at = entry.endsAt;
  }
  if (entries.length === 0) throw new Unreadable('this is not a bundle: it does not begin with an archive entry');
  refuseLinks(file, at);
  if (new Set(entries.map((e) => e.path)).size < entries.length) throw new Unreadable('an entry is there twice');
  return entries;
}

function readEntry(file: Buffer, at: number, index: number): { readonly entry: Entry; readonly endsAt: number } {
  const [flags, method] = [file.readUInt16LE(at + 6), file.readUInt16LE(at + 8)];
  const [packed, size] = [file.readUInt32LE(at + 18), file.readUInt32LE(at + 22)];
  const [nameLength, extraLength] = [file.readUInt16LE(at + 26), file.readUInt16LE(at + 28)];
  const nameAt = at + LOCAL_BYTES;
  if (!has(file, nameAt, nameLength)) throw new Unreadable(`entry ${index + 1}: its name reaches beyond the file`);
  const path = file.toString('latin1', nameAt, nameAt + nameLength);
  if (!isPlainPath(path)) throw new Unreadable(`entry ${index + 1}: ${JSON.stringify(path)} is no name a bundle uses`);
  if (method !== 0 || flags !== 0 || packed !== size || extraLength !== 0) throw new Unreadable(`entry "${path}": only stored entries are read, this one is compressed, encrypted or extended`);
  const bodyAt = nameAt + nameLength;
  if (!has(file, bodyAt, size)) throw new Unreadable(`entry "${path}" claims ${size} bytes, more than the file has`);
  return { entry: { path, body: file.subarray(bodyAt, bodyAt + size) }, endsAt: bodyAt + size };
}

function refuseLinks(file: Buffer, directoryAt: number): void {
  let at = directoryAt;
  while (has(file, at, CENTRAL_BYTES) && file.readUInt32LE(at) === CENTRAL) {
    if (((file.readUInt32LE(at + 38) >>> 16) & 0xf000) === SYMLINK) throw new Unreadable('an entry is a symbolic link');
    at += CENTRAL_BYTES + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  if (!has(file, at, END_BYTES)) throw new Unreadable('the archive is cut off');
}

/** The first byte that is not as `writeArchive` would have written it; null when all are. */
export function firstOddByte(bytes: Uint8Array, entries: readonly Entry[]): number | null {
  const wanted = writeArchive(entries);
  if (Buffer.compare(wanted, bytes) === 0) return null;
  // Halves: the same up to `same`, not the same up to `odd`.
  let [same, odd] = [0, Math.min(wanted.length, bytes.length)];
  if (Buffer.compare(wanted.subarray(0, odd), bytes.subarray(0, odd)) === 0) return odd;
  while (odd - same > 1) {
    const middle = (same + odd) >> 1;
    if (Buffer.compare(wanted.subarray(same, middle), bytes.subarray(same, middle)) === 0) same = middle;
    else odd = middle;
  }
  return same;
}

function has(file: Buffer, at: number, length: number): boolean {
  return at + length <= file.length;
}

function uint16(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => buffer.writeUInt16LE(value, 2 * i));
  return buffer;
}

function uint32(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => buffer.writeUInt32LE(value, 4 * i));
  return buffer;
}
