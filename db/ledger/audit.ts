/** Rows around an episode's decisions: deliveries, receipts, refusals, its archived history. */
import { toPlanMs } from '../../domain/clock.js';
import type { EpisodeAudit } from '../../domain/delivery.js';
import { episodeStream } from '../../domain/ledger.js';
import type { ReceiptClock } from '../clock.js';
import { saveDocument } from '../documents.js';
import { type Db, transaction } from '../pool.js';
import { projectAudit } from '../projections/audit.js';
import { loadEpisode } from '../projections/episodes.js';
import { chained, lockKnownStream, storeRows } from './append.js';
import { rowsOfCommand } from './rows.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;

export interface EpisodeAuditCommand {
  readonly episodeId: string;
  readonly commandId: string;
  readonly clock: ReceiptClock;
  /** Dated by the clock. */
  readonly event: WithoutTime<EpisodeAudit>;
}

/** Records once per command; null when there is no such episode. */
export function appendEpisodeAudit(db: Db, { episodeId, commandId, clock, event }: EpisodeAuditCommand): Promise<{ readonly seq: number } | null> {
  return transaction(db, async (tx, store) => {
    const name = episodeStream(episodeId);
    const [stream, [found], episode, recordedAtMs] = await Promise.all([lockKnownStream(tx, name), rowsOfCommand(tx, name, commandId), loadEpisode(tx, episodeId), clock(tx)]);
    if (!stream || !episode) return null;
    if (found) return { seq: found.seq };
    const { state } = episode;
    const planAtMs = toPlanMs(state.clock, recordedAtMs);
    const { rulesVersion, planDigest } = state;
    const dated = { ...event, atMs: planAtMs } as EpisodeAudit;
    const rows = chained(stream, [{ commandId, kind: 'audit', recordedAtMs, planAtMs, rulesVersion, planDigest, event: dated }]);
    const row = rows[0]!;
    await store([storeRows(tx, rows, stream), projectAudit(tx, state, row)]);
    return { seq: row.seq };
  });
}

/** Keeps a closed episode's workflow history as a document, and names it in the episode's stream. */
export function archiveHistory(db: Db, of: { readonly episodeId: string; readonly history: string | Uint8Array; readonly clock: ReceiptClock }): Promise<{ readonly digest: string } | null> {
  return transaction(db, async (tx) => {
    const digest = await saveDocument(tx, {
      kind: 'history',
      mediaType: 'application/json',
      title: `history of episode ${of.episodeId}`,
      body: of.history,
      createdAtMs: await of.clock(tx),
    });
    const event = { type: 'history-archived', clause: '5.2', digest } as const;
    const recorded = await appendEpisodeAudit(tx, { episodeId: of.episodeId, commandId: `archive:${digest}`, clock: of.clock, event });
    return recorded && { digest };
  });
}
