/**
 * The key that signs bundles and chain heads: made on first start, in a folder
 * of its own outside the database. Its private half leaves that file only into
 * the signer; what others need is its public half and fingerprint.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../domain/digest.js';
import { areaStream, type LedgerEvent } from '../domain/ledger.js';
import { CURRENT_RULES } from '../domain/rules.js';
import type { ReceiptClock } from '../db/clock.js';
import { appendAreaAudit } from '../db/ledger/area.js';
import { listAreas } from '../db/plans.js';
import type { Db, Pool } from '../db/pool.js';
import { keyChangesIn } from '../db/read/record.js';
import { fingerprintOf, isSignedBy, type Signature, type Signer, signerOf } from './signature.js';

const KEY_FILE = 'signing.pem';
/** A key made by a rotation that has not been put in its place. */
const NEXT_FILE = 'signing.next.pem';
const PUBLIC_FILE = 'signing.public.pem';

export interface KeyChanged extends LedgerEvent {
  readonly type: 'signing-key-changed';
  /** Fingerprint of the key before; null for the first. */
  readonly from: string | null;
  readonly to: string;
  readonly publicKey: string;
  /** By the key before, over `keyChangeText`; null where there is none to sign. */
  readonly endorsement: Signature | null;
}

export function keysFolder(dataDir: string): string {
  return join(dataDir, 'keys');
}

/**
 * The installation's key, made if there is none yet. Refuses one that others on
 * the machine may read. After a rotation by another process it is the new one:
 * whoever holds the signer need not be started again.
 */
export function openKey(dataDir: string): Signer {
  const folder = keysFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, KEY_FILE);
  if (!existsSync(file)) makeKey(folder, KEY_FILE);
  let read = { version: '', signer: readKey(file) };
  const current = (): Signer => {
    const { ino, mtimeMs, size } = statSync(file);
    const version = `${ino} ${mtimeMs} ${size}`;
    if (version !== read.version) {
      read = { version, signer: readKey(file) };
      writePublicHalf(folder);
    }
    return read.signer;
  };
  current();
  return {
    get publicKey() {
      return current().publicKey;
    },
    get fingerprint() {
      return current().fingerprint;
    },
    sign: (kind, text) => current().sign(kind, text),
  };
}

function writePublicHalf(folder: string): void {
  const publicPem = createPublicKey(readFileSync(join(folder, KEY_FILE), 'utf8')).export({ type: 'spki', format: 'pem' }).toString();
  const publicFile = join(folder, PUBLIC_FILE);
  if (!existsSync(publicFile) || readFileSync(publicFile, 'utf8') !== publicPem) writeFileSync(publicFile, publicPem, { mode: 0o644 });
}

/** What a key change is about, as the key before signs it. */
export function keyChangeText(areaId: string, from: string, to: string, publicKey: string): string {
  return canonicalJson({ areaId, from, to, publicKey });
}

/** Puts the key on the record of every area that does not know it yet: at each start, and for a new area. */
export async function recordKey(pool: Pool, clock: ReceiptClock, signer: Signer, before: Signer | null = null): Promise<void> {
  for (const { areaId, planDigest } of await listAreas(pool)) {
    const known = (await keyChangesIn<KeyChanged>(pool, areaId)).at(-1)?.event;
    const { fingerprint: to, publicKey } = signer;
    if (known?.publicKey === publicKey) continue;
    // Without the key before nobody can endorse: the row says so, and whoever checks is told.
    const from = known?.to ?? null;
    const endorsement = before && before.fingerprint === from ? before.sign('key', keyChangeText(areaId, from, to, publicKey)) : null;
    const event: KeyChanged & { readonly [key: string]: unknown } = { type: 'signing-key-changed', clause: '5.2', from, to, publicKey, endorsement };
    await appendAreaAudit(pool, { areaId, commandId: `key:${to}`, rulesVersion: CURRENT_RULES, planDigest, clock }, event);
  }
}

export interface KeyFault {
  readonly stream: string;
  readonly seq: number;
  readonly what: string;
}

/** Follows the keys on an area's record: each is endorsed by the one before. */
export async function checkKeys(db: Db, areaId: string): Promise<{ readonly publicKeys: readonly string[]; readonly faults: readonly KeyFault[] }> {
  const changes = await keyChangesIn<KeyChanged>(db, areaId);
  const faults = changes.flatMap(({ seq, event }, i) => {
    const what = faultOfChange(areaId, changes[i - 1]?.event ?? null, event);
    return what === null ? [] : [{ stream: areaStream(areaId), seq, what }];
  });
  return { publicKeys: changes.map(({ event }) => event.publicKey), faults };
}

function faultOfChange(areaId: string, before: KeyChanged | null, { from, to, publicKey, endorsement }: KeyChanged): string | null {
  if (fingerprintOf(publicKey) !== to) return `the fingerprint ${to} is not that of the key beside it`;
  if (before === null) return null;
  if (endorsement === null) return `the signing key ${before.to} was replaced by ${to} without its endorsement: ask the office whether it lost the old one`;
  const isEndorsed = from === before.to && endorsement.publicKey === before.publicKey && isSignedBy(endorsement, 'key', keyChangeText(areaId, before.to, to, publicKey));
  return isEndorsed ? null : `the endorsement of the signing key ${to} is not by the key before it (${before.to})`;
}

/** A new key in place of the old one, which signs the change and is then gone. A rotation that broke off is taken up again. */
export async function rotateKey(dataDir: string, pool: Pool, clock: ReceiptClock): Promise<Signer> {
  openKey(dataDir);
  const folder = keysFolder(dataDir);
  const before = readKey(join(folder, KEY_FILE));
  const next = join(folder, NEXT_FILE);
  if (!existsSync(next)) makeKey(folder, NEXT_FILE);
  await recordKey(pool, clock, readKey(next), before);
  renameSync(next, join(folder, KEY_FILE));
  return openKey(dataDir);
}

/** Written aside and linked into place, so that two processes starting at once agree on one. */
function makeKey(folder: string, name: string): void {
  const file = join(folder, name);
  const aside = `${file}.${process.pid}.tmp`;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(aside, pem, { mode: 0o600, flush: true });
  chmodSync(aside, 0o600);
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside);
  }
}

function readKey(file: string): Signer {
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`${file} may be read by others on this machine: take their rights to it away (chmod 600)`);
  return signerOf(readFileSync(file, 'utf8'));
}
