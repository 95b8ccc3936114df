/**
 * Chain heads: where an area's streams stand, signed. Kept elsewhere (on paper,
 * with the prefecture), one proves later that the record still extends it:
 * whoever rewrote a row before it, or cut the end off, cannot bring back its hash.
 */
import { z } from 'zod';
import { canonicalJson } from '../domain/digest.js';
import { areaStream, episodeStream, type LedgerRow } from '../domain/ledger.js';
import type { Tell } from './fault.js';
import { type EpisodeRecord, PATHS } from './format.js';
import { isSignedBy, type Signature, type Signer } from './signature.js';
import { Unreadable } from './unreadable.js';

export const HEAD_FORMAT = 'qingkong-chain-head';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const headSchema = z.strictObject({
  format: z.literal(HEAD_FORMAT),
  version: z.literal(1),
  areaId: z.string(),
  /** Natural day in Beijing time that it closes. */
  day: z.iso.date(),
  /** Real time. */
  takenAtMs: z.int(),
  /** The area's stream and each of its episodes', by name. */
  streams: z.array(z.strictObject({ stream: z.string(), seq: z.int().min(1), hash })),
  signature: z.strictObject({ algorithm: z.literal('Ed25519'), publicKey: hash, signature: z.string().regex(/^[0-9a-f]{128}$/) }),
});
export type Head = z.output<typeof headSchema>;
export type UnsignedHead = Omit<Head, 'signature'>;

export function signedHead(head: UnsignedHead, signer: Signer): Head {
  return { ...head, signature: signer.sign('head', canonicalJson(head)) };
}

/** The file's text: canonical JSON and a line's end. */
export function headText(head: Head): string {
  return `${canonicalJson(head)}\n`;
}

/** Throws `Unreadable` on what is no head, or one that its own key did not sign. */
export function parseHead(text: string): Head {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('the head is not JSON');
  }
  const result = headSchema.safeParse(value);
  if (!result.success) throw new Unreadable(`this is not a chain head: ${result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).slice(0, 3).join('; ')}`);
  const { signature, ...head } = result.data;
  if (!isSignedBy(signature satisfies Signature, 'head', canonicalJson(head))) throw new Unreadable('the head is not signed by the key it names: it has been changed');
  return result.data;
}

/** Whether a bundle's rows go on from the head. */
export function bundleExtends(head: Head, { episodeRows, areaRows }: EpisodeRecord, episodeId: string, areaId: string, tell: Tell, note: (text: string) => void): void {
  if (head.areaId !== areaId) return tell(PATHS.manifest, `the head is of area "${head.areaId}", the bundle of area "${areaId}"`);
  const episode = head.streams.find((s) => s.stream === episodeStream(episodeId));
  const [first, last] = [episodeRows[0], episodeRows.at(-1)];
  if (episode) {
    const row = episodeRows[episode.seq - 1];
    if (!row) tell(PATHS.episodeRows, `cut off: the head of ${head.day} knew ${episode.seq} rows, the bundle has ${last?.seq ?? 0}`);
    else tellOther(PATHS.episodeRows, row, episode, head, tell);
  } else if (first && first.recordedAtMs < head.takenAtMs) {
    tell(PATHS.episodeRows, `the head of ${head.day} does not know this episode, which says it had begun by then`);
  } else {
    note(`the head of ${head.day} was taken before the episode began`);
  }
  const area = head.streams.find((s) => s.stream === areaStream(areaId));
  const row = area && areaRows.find((r) => r.seq === area.seq);
  if (area && row) tellOther(PATHS.areaRows, row, area, head, tell);
  else note(`the head's own row of the area's stream is not in the bundle`);
}

function tellOther(path: string, row: LedgerRow, { seq, hash: known }: Head['streams'][number], head: Head, tell: Tell): void {
  if (row.hash !== known) tell(`${path} row ${seq}`, `is not the row that the head of ${head.day} knew (its hash was ${known})`);
}
