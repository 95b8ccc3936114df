/** The ledger's rows and their chain: what the database, the replay and the offline verifier agree on. */
import { digestOf } from './digest.js';
import type { Clause } from './plan.js';

export type RowKind =
  | 'decision' // an event of an episode, decided by its workflow
  | 'submission' // handed in by a unit or the office
  | 'input' // what an area's watch and episodes take in
  | 'audit'; // what happened around it: deliveries, refusals, archives

/** What a row records; its other properties depend on the type. */
export interface LedgerEvent {
  readonly type: string;
  readonly clause?: Clause | null;
}

export interface LedgerRow<E extends LedgerEvent = LedgerEvent> {
  /** `area/{area}` or `episode/{id}`. */
  readonly stream: string;
  /** 1, 2, 3 ... within the stream, without a gap. */
  readonly seq: number;
  readonly eventId: string;
  readonly commandId: string;
  readonly kind: RowKind;
  /** 1, 2, 3 ... among the stream's decisions; null for every other kind. */
  readonly decisionNo: number | null;
  /** Real time, taken after the stream's lock. */
  readonly recordedAtMs: number;
  readonly planAtMs: number;
  readonly rulesVersion: string;
  readonly planDigest: string;
  readonly event: E;
  /** Hash of the row before, `GENESIS_HASH` for the first. */
  readonly prevHash: string;
  readonly hash: string;
}

export const GENESIS_HASH = '0'.repeat(64);

export const areaStream = (areaId: string): string => `area/${areaId}`;
export const episodeStream = (episodeId: string): string => `episode/${episodeId}`;

/** SHA-256 over the canonical JSON of everything in the row but the hash itself. */
export function ledgerHash(row: Omit<LedgerRow, 'hash'>): string {
  const { stream, seq, eventId, commandId, kind, decisionNo, recordedAtMs, planAtMs, rulesVersion, planDigest, event, prevHash } = row;
  return digestOf({ stream, seq, eventId, commandId, kind, decisionNo, recordedAtMs, planAtMs, rulesVersion, planDigest, event, prevHash });
}

/** Where a stream stands after some of its rows. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
  readonly decisionNo: number;
}

export const CHAIN_START: ChainHead = { seq: 0, hash: GENESIS_HASH, decisionNo: 0 };

export interface ChainFault {
  readonly stream: string;
  readonly seq: number;
  readonly fault: 'gap' | 'previous-hash' | 'hash' | 'decision-number' | 'other-stream';
  readonly expected: string;
  readonly found: string;
}

/**
 * Checks consecutive rows of one stream that follow on `head`; after a fault it
 * goes on from the row as found, so that each fault is told once.
 */
export function checkChain(rows: readonly LedgerRow[], head: ChainHead = CHAIN_START): { readonly head: ChainHead; readonly faults: readonly ChainFault[] } {
  const faults: ChainFault[] = [];
  const stream = rows[0]?.stream ?? '';
  let at = head;
  for (const row of rows) {
    const decisionNo = at.decisionNo + (row.kind === 'decision' ? 1 : 0);
    const compare = (fault: ChainFault['fault'], expected: unknown, found: unknown) => {
      if (expected !== found) faults.push({ stream: row.stream, seq: row.seq, fault, expected: String(expected), found: String(found) });
    };
    compare('other-stream', stream, row.stream);
    compare('gap', at.seq + 1, row.seq);
    compare('previous-hash', at.hash, row.prevHash);
    compare('decision-number', row.kind === 'decision' ? decisionNo : null, row.decisionNo);
    compare('hash', ledgerHash(row), row.hash);
    at = { seq: row.seq, hash: row.hash, decisionNo: row.decisionNo ?? at.decisionNo };
  }
  return { head: at, faults };
}
