/** Reads an episode's record: its rows, what it took in of its area, and every document, plan and table they rest on. */
import { OBSERVED_DAYS_WANTED } from '../domain/air/assess.js';
import type { EpisodeEvent, EventOf } from '../domain/episode/events.js';
import { areaStream, episodeStream, type LedgerRow } from '../domain/ledger.js';
import type { Plan } from '../domain/plan.js';
import { DAY_MS } from '../domain/time.js';
import { readDocument } from '../db/documents.js';
import { headSeq } from '../db/ledger/rows.js';
import { readPlan } from '../db/plans.js';
import { type Pool, transaction, type Tx } from '../db/pool.js';
import { areaRowsInEffect, areaSeqReached, delegationSeqs, firstAreaSeqSince, streamRange } from '../db/read/record.js';
import { loadAqiTables } from '../plans/aqi-tables.js';
import { delegationsNamedBy } from './delegations.js';
import type { EpisodeRecord } from './format.js';
import { attachmentsOf, documentsNamedBy } from './references.js';
import { areaSeqOf } from './walk.js';

/** As of one instant, while others write on; null when there is no such episode. */
export function readEpisodeRecord(pool: Pool, episodeId: string): Promise<EpisodeRecord | null> {
  return transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const stream = episodeStream(episodeId);
    const episodeRows = await streamRange(tx, stream, 1, await headSeq(tx, stream));
    const opened = episodeRows[0]?.event as EpisodeEvent | undefined;
    if (opened?.type !== 'episode-opened') return null;
    const { rows: areaRows, fromSeq: areaFromSeq } = await areaPart(tx, opened, episodeRows);
    const plans = await plansOf(tx, [...episodeRows, ...areaRows]);
    const aqiTables = new Map([...plans.values()].map(({ settings }) => [settings.aqiTables, loadAqiTables(settings.aqiTables)]));
    return { episodeRows, areaRows, areaFromSeq, plans, aqiTables, documents: await documentsOf(tx, [...episodeRows, ...areaRows]) };
  });
}

/**
 * From the first row whose observations the first assessment could use to what
 * followed when the episode no longer took everything in: so it shows that
 * nothing was received in between and passed over. Of what lies before only
 * what was still in effect, and the delegations by which hats were worn.
 */
async function areaPart(tx: Tx, { areaId, areaSeq }: EventOf<'episode-opened'>, episodeRows: readonly LedgerRow[]): Promise<{ readonly rows: LedgerRow[]; readonly fromSeq: number }> {
  const stream = areaStream(areaId);
  const firstSeq = areaSeq + 1;
  const [first] = await streamRange(tx, stream, firstSeq, firstSeq);
  const fromSeq = first ? await firstAreaSeqSince(tx, areaId, first.planAtMs - OBSERVED_DAYS_WANTED * DAY_MS, firstSeq) : firstSeq;
  const activeUntilMs = episodeRows.find(({ event: { type } }) => type === 'response-ended' || type === 'episode-closed')?.recordedAtMs ?? null;
  const lastSeq = Math.max(firstSeq, lastTakenIn(episodeRows), await areaSeqReached(tx, areaId, activeUntilMs));
  const taken = await streamRange(tx, stream, fromSeq, lastSeq);
  const untilMs = episodeRows.at(-1)?.recordedAtMs ?? 0;
  const delegations = await delegationSeqs(tx, areaId, delegationsNamedBy([...episodeRows, ...taken]), untilMs);
  const earlier = [...new Set([...(await areaRowsInEffect(tx, areaId, fromSeq)), ...delegations.filter((seq) => seq < fromSeq)])].sort((a, b) => a - b);
  const single: LedgerRow[] = [];
  for (const seq of earlier) single.push(...(await streamRange(tx, stream, seq, seq)));
  const last = delegations.reduce((a, b) => Math.max(a, b), lastSeq);
  return { rows: [...single, ...taken, ...(await streamRange(tx, stream, lastSeq + 1, last))], fromSeq };
}

/** Also what merely woke the episode on its way past: the command is named by the row. */
function lastTakenIn(rows: readonly LedgerRow[]): number {
  const seqs = rows.flatMap(({ event, commandId }) => [
    'areaSeq' in event && typeof event.areaSeq === 'number' ? event.areaSeq : 0,
    areaSeqOf(commandId) ?? 0,
  ]);
  return seqs.reduce((a, b) => Math.max(a, b), 0);
}

async function plansOf(tx: Tx, rows: readonly LedgerRow[]): Promise<Map<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const digest of [...new Set(rows.map((r) => r.planDigest))].sort()) plans.set(digest, await readPlan(tx, digest));
  return plans;
}

/** The named documents, and what those name as attached, by digest. */
async function documentsOf(tx: Tx, rows: readonly LedgerRow[]): Promise<EpisodeRecord['documents']> {
  const found = new Map<string, EpisodeRecord['documents'][number]>();
  const wanted = [...new Set(rows.flatMap(documentsNamedBy))];
  for (let digest = wanted.pop(); digest !== undefined; digest = wanted.pop()) {
    if (found.has(digest)) continue;
    const document = await readDocument(tx, digest);
    if (!document) continue;
    const { kind, mediaType, title, body } = document;
    found.set(digest, { digest, kind, mediaType, title, body });
    wanted.push(...attachmentsOf(mediaType, body));
  }
  return [...found.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
