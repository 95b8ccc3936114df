/** Chain heads taken from the database, and held against it. */
import { areaStream, type LedgerEvent } from '../domain/ledger.js';
import { CURRENT_RULES } from '../domain/rules.js';
import { type Day, dayOf } from '../domain/time.js';
import type { ReceiptClock } from '../db/clock.js';
import { readDocument, saveDocument } from '../db/documents.js';
import { appendAreaAudit } from '../db/ledger/area.js';
import { rowsOfCommand } from '../db/ledger/rows.js';
import { readArea } from '../db/plans.js';
import { type Db, type Pool, transaction } from '../db/pool.js';
import { hashesAt, streamHeads } from '../db/read/record.js';
import { checkKeys } from './keys.js';
import { fingerprintOf, type Signer } from './signature.js';
import { type Head, HEAD_FORMAT, headText, parseHead, signedHead } from './heads.js';

export interface HeadSigned extends LedgerEvent {
  readonly type: 'chain-head-signed';
  readonly day: Day;
  /** Of the head's file, kept as a document. */
  readonly digest: string;
  readonly fingerprint: string;
}

export interface TakenHead {
  readonly head: Head;
  /** The file's text, as it is kept and handed out. */
  readonly text: string;
  readonly digest: string;
}

/**
 * Signs where an area's streams stand and puts that on its record; once a day
 * in Beijing time: asked again it returns that day's. Null: nothing recorded yet.
 */
export function signHead(pool: Pool, areaId: string, signer: Signer, clock: ReceiptClock): Promise<TakenHead | null> {
  return transaction(pool, async (tx) => {
    const area = await readArea(tx, areaId);
    if (!area) throw new Error(`no area "${areaId}" here`);
    const takenAtMs = await clock(tx);
    const day = dayOf(takenAtMs);
    const commandId = `head:${day}`;
    const [taken] = await rowsOfCommand(tx, areaStream(areaId), commandId);
    if (taken) return keptHead(tx, (taken.event as HeadSigned).digest);
    const streams = await streamHeads(tx, areaId);
    if (!streams.some((s) => s.stream === areaStream(areaId))) return null;
    const text = headText(signedHead({ format: HEAD_FORMAT, version: 1, areaId, day, takenAtMs, streams }, signer));
    const digest = await saveDocument(tx, { kind: 'chain-head', mediaType: 'application/json', title: `${areaId} ${day}`, body: text, createdAtMs: takenAtMs });
    const event: HeadSigned & { readonly [key: string]: unknown } = { type: 'chain-head-signed', clause: '5.2', day, digest, fingerprint: signer.fingerprint };
    const command = { areaId, commandId, rulesVersion: CURRENT_RULES, planDigest: area.planDigest, clock };
    const outcome = await appendAreaAudit(tx, command, event);
    // Somebody else took it in this very moment: theirs is the day's.
    if (outcome.status === 'already') return keptHead(tx, (outcome.event as HeadSigned).digest);
    return { head: parseHead(text), text, digest };
  });
}

async function keptHead(db: Db, digest: string): Promise<TakenHead> {
  const kept = await readDocument(db, digest);
  if (!kept) throw new Error(`the chain head ${digest} is on record and not kept`);
  const text = kept.body.toString('utf8');
  return { head: parseHead(text), text, digest };
}

export interface HeadCheck {
  readonly areaId: string;
  readonly day: Day;
  readonly streams: number;
  readonly fingerprint: string;
  readonly faults: readonly { readonly stream: string; readonly seq: number; readonly what: string }[];
}

/** Proves that the database still extends a head kept elsewhere: every row it names is there, unchanged, and its key is endorsed. */
export async function checkHead(db: Db, head: Head): Promise<HeadCheck> {
  const { areaId, day, streams, signature } = head;
  const hashes = await hashesAt(db, streams);
  const changed = streams.flatMap(({ stream, seq, hash }, i) => {
    const found = hashes[i] ?? null;
    if (found === hash) return [];
    return [{ stream, seq, what: found === null ? `cut off: the head of ${day} knew this row` : `rewritten: the head of ${day} knew the hash ${hash}, found is ${found}` }];
  });
  const { publicKeys, faults: unendorsed } = await checkKeys(db, areaId);
  const isKnown = publicKeys.includes(signature.publicKey);
  const stranger = isKnown ? [] : [{ stream: areaStream(areaId), seq: 0, what: `the head is signed with a key (${fingerprintOf(signature.publicKey)}) that the record of the area does not know` }];
  return { areaId, day, streams: streams.length, fingerprint: fingerprintOf(signature.publicKey), faults: [...changed, ...stranger, ...unendorsed] };
}
