/** Who looked at the record, and how the nightly replays went: for those who may read the whole of it. */
import { z } from 'zod';
import type { Signatory } from '../domain/act.js';
import { type AuditRow, auditRows } from '../db/read/archives.js';
import type { Accessed } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { areaOf } from './plans.js';
import { admitReader } from './reading.js';
import type { HistoriesReplayed, HistoryReplayed } from './replay-history.js';

export interface RecordAccessed {
  readonly type: 'record-accessed';
  readonly clause: string;
  readonly what: Accessed;
  readonly subject: string;
  readonly by: Signatory;
}

export interface Access {
  readonly seq: number;
  /** Real time. */
  readonly recordedAtMs: number;
  readonly what: string;
  readonly subject: string;
  readonly by: Signatory;
}

export const accessQuery = z.strictObject({ beforeSeq: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });

/** Newest first. */
export async function accesses(deps: Deps, caller: Caller, areaId: string, { beforeSeq, limit }: z.output<typeof accessQuery>): Promise<{ readonly accesses: readonly Access[]; readonly next: number | null }> {
  await requireRecordReader(deps, caller, areaId);
  const rows = await auditRows<RecordAccessed | HistoryReplayed>(deps.pool, areaId, { types: ['record-accessed', 'history-replayed'], beforeSeq: beforeSeq ?? null, limit: limit + 1 });
  const shown = rows.slice(0, limit).map(({ seq, recordedAtMs, event }) => ({ seq, recordedAtMs, ...told(event), by: event.by }));
  return { accesses: shown, next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
}

/** Newest first. */
export async function nightlyReplays(deps: Deps, caller: Caller, areaId: string, limit = 10): Promise<readonly AuditRow<HistoriesReplayed>[]> {
  await requireRecordReader(deps, caller, areaId);
  return auditRows<HistoriesReplayed>(deps.pool, areaId, { types: ['histories-replayed'], limit });
}

async function requireRecordReader(deps: Deps, caller: Caller, areaId: string): Promise<void> {
  const { rightsAreaId } = await areaOf(deps, areaId);
  await admitReader(deps, caller, { areaId, rightsAreaId }, 'read-record');
}

function told(event: RecordAccessed | HistoryReplayed): { readonly what: string; readonly subject: string } {
  return event.type === 'record-accessed' ? { what: event.what, subject: event.subject } : { what: 'engine-replay', subject: event.episodeId };
}
