/** What a bundle holds, by name. `docs/audit.md` tells it for people. */
import { z } from 'zod';
import type { AqiTable } from '../domain/air/tables.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { Plan } from '../domain/plan.js';

export const FORMAT = 'qingkong-evidence';
export const FORMAT_VERSION = 1;

export const PATHS = {
  manifest: 'manifest.json',
  signature: 'signature.json',
  episodeRows: 'ledger/episode.jsonl',
  areaRows: 'ledger/area.jsonl',
  documentIndex: 'documents.json',
  plan: (digest: string) => `plans/${digest}.json`,
  aqiTables: (id: string) => `aqi-tables/${id}.json`,
  document: (digest: string) => `documents/${digest}`,
  /** Views: what the rows come to, for people. Everything in them is recomputed by the check. */
  obligations: 'views/obligations.json',
  notices: 'views/notices.json',
  approvals: 'views/approvals.json',
  refusals: 'views/refusals.json',
} as const;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  episodeId: z.string(),
  number: z.string(),
  areaId: z.string(),
  drill: z.boolean(),
  rulesVersion: z.string(),
  planDigest: hash,
  /** Recording of the episode's last row: real time, and plan time. The views tell how things stood then. */
  asOfRealMs: z.int(),
  asOfPlanMs: z.int(),
  heads: z.strictObject({
    episode: z.strictObject({ stream: z.string(), seq: count, hash }),
    /** Rows from `fromSeq` on follow on each other; those before it are single ones that are still in effect. */
    area: z.strictObject({ stream: z.string(), fromSeq: count, seq: count, hash }),
  }),
  counts: z.strictObject({ episodeRows: count, decisions: count, submissions: count, audits: count, areaRows: count, documents: count, plans: count, aqiTables: count, obligations: count, notices: count }),
  /** Every other file but the signature, in the archive's order. */
  files: z.array(z.strictObject({ path: z.string(), bytes: count, sha256: hash })),
});
export type Manifest = z.output<typeof manifestSchema>;

export const signatureSchema = z.strictObject({ algorithm: z.literal('Ed25519'), publicKey: hash, signature: z.string().regex(/^[0-9a-f]{128}$/) });

export const rowSchema = z.strictObject({
  stream: z.string(),
  seq: z.int().min(1),
  eventId: z.string(),
  commandId: z.string(),
  kind: z.enum(['decision', 'submission', 'input', 'audit']),
  decisionNo: z.int().min(1).nullable(),
  recordedAtMs: z.int(),
  planAtMs: z.int(),
  rulesVersion: z.string(),
  planDigest: hash,
  event: z.looseObject({ type: z.string() }),
  prevHash: hash,
  hash,
});

export interface DocumentEntry {
  readonly digest: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly title: string;
}
export const documentIndexSchema = z.array(z.strictObject({ digest: hash, kind: z.string(), mediaType: z.string(), title: z.string() }));

/** A bundle's content, whether read from the database or from a file. */
export interface EpisodeRecord {
  readonly episodeRows: readonly LedgerRow[];
  /** Single earlier rows still in effect, then the consecutive ones. */
  readonly areaRows: readonly LedgerRow[];
  /** Seq of the first of the consecutive rows. */
  readonly areaFromSeq: number;
  readonly plans: ReadonlyMap<string, Plan>;
  /** By the id that plans give. */
  readonly aqiTables: ReadonlyMap<string, readonly AqiTable[]>;
  readonly documents: readonly (DocumentEntry & { readonly body: Uint8Array })[];
}
