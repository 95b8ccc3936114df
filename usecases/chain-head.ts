/** The day's signed chain head of an area: shown on the duty desk's sheet, and handed out as a file for keeping elsewhere (5.2). */
import { areaStream } from '../domain/ledger.js';
import type { Day } from '../domain/time.js';
import { readDocument } from '../db/documents.js';
import { headOnRecord } from '../db/read/record.js';
import { type Head, parseHead } from '../evidence/heads.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { notFound } from './failure.js';
import { areaOf } from './plans.js';
import { admitReader } from './reading.js';

export interface ShownHead {
  readonly areaId: string;
  readonly day: Day;
  /** Real time. */
  readonly takenAtMs: number;
  /** Of the area's own stream. */
  readonly seq: number;
  readonly hash: string;
  /** It and its episodes' streams. */
  readonly streams: number;
  /** Of the key that signed it. */
  readonly fingerprint: string;
  /** SHA-256 of the file, which names every stream. */
  readonly digest: string;
}

interface Kept {
  readonly shown: ShownHead;
  readonly body: Buffer;
}

/** The newest; null before the first was signed. */
export async function chainHead(deps: Deps, caller: Caller, areaId: string): Promise<ShownHead | null> {
  return (await keptHead(deps, caller, areaId, null))?.shown ?? null;
}

/** Throws `not-found` where none was signed, or none on the day. */
export async function chainHeadFile(deps: Deps, caller: Caller, areaId: string, day: Day | null): Promise<{ readonly name: string; readonly body: Buffer }> {
  const kept = await keptHead(deps, caller, areaId, day);
  if (!kept) throw notFound('chain head');
  return { name: `${areaId}-${kept.shown.day}.head.json`, body: kept.body };
}

async function keptHead(deps: Deps, caller: Caller, areaId: string, day: Day | null): Promise<Kept | null> {
  await admitReader(deps, caller, await areaOf(deps, areaId));
  const found = await headOnRecord(deps.pool, areaId, day);
  if (!found) return null;
  const kept = await readDocument(deps.pool, found.digest);
  if (!kept) throw new Error(`the chain head ${found.digest} is on record and not kept`);
  const head: Head = parseHead(kept.body.toString('utf8'));
  const own = head.streams.find((s) => s.stream === areaStream(areaId));
  const { takenAtMs, streams } = head;
  return { shown: { areaId, day: head.day, takenAtMs, seq: own?.seq ?? 0, hash: own?.hash ?? '', streams: streams.length, fingerprint: found.fingerprint, digest: found.digest }, body: kept.body };
}
