/** The evidence bundle: everything needed to check an episode's record without us (ZIP). */
import { zipSync } from 'fflate';
import { areaStream, type LedgerRow } from '../domain/ledger.js';
import { readDocument } from '../db/documents.js';
import { readStream } from '../db/ledger/rows.js';
import { recordAccess, recorded } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { wholeStream } from './episodes.js';
import { requireReader } from './reading.js';

/** `episode.ndjson`, `area.ndjson` (up to the last row taken in), `plan.json`, `documents/SHA-256`. */
export async function evidenceBundle(deps: Deps, caller: Caller, episodeId: string): Promise<{ readonly name: string; readonly body: Uint8Array }> {
  const { state, plan, rightsAreaId } = await episodeOf(deps, episodeId);
  await recorded(deps, caller, 'read-record', { episodeId }, () => Promise.resolve(requireReader(caller, rightsAreaId, 'read-record')));
  const episode = await wholeStream(deps, episodeId);
  const area: LedgerRow[] = [];
  while ((area.at(-1)?.seq ?? 0) < state.areaSeq) area.push(...(await readStream(deps.pool, areaStream(state.areaId), area.at(-1)?.seq ?? 0, Math.min(1_000, state.areaSeq - (area.at(-1)?.seq ?? 0)))));
  const files: Record<string, Uint8Array> = {
    'episode.ndjson': lines(episode),
    'area.ndjson': lines(area),
    'plan.json': bytes(JSON.stringify(plan, null, 2)),
  };
  for (const digest of digestsIn([...episode, ...area])) {
    const document = await readDocument(deps.pool, digest);
    if (document) files[`documents/${digest}`] = document.body;
  }
  await recordAccess(deps, caller, state.areaId, 'evidence', episodeId);
  return { name: `${state.number}.zip`, body: zipSync(files, { level: 6 }) };
}

function lines(rows: readonly LedgerRow[]): Uint8Array {
  return bytes(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Whatever a row names by a SHA-256; what is no document of ours is not found later. */
function digestsIn(rows: readonly LedgerRow[]): Set<string> {
  return new Set(rows.flatMap((row) => JSON.stringify(row.event).match(/[0-9a-f]{64}/g) ?? []));
}
