/** The engine's own history beside the ledger: the same decisions, batch by batch, and all of them. It is archived when the episode has closed. */
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { partingFromLedger, runsIn } from '../engine-history.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import type { Frame } from '../walk.js';
import { rowName } from './names.js';

export function engineAgrees({ record: { episodeRows }, opened, documents }: Frame, tell: Tell, note: (text: string) => void): void {
  const decisions = episodeRows.filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent);
  const isClosed = decisions.some((e) => e.type === 'episode-closed');
  const archived = episodeRows.filter((r) => r.kind === 'audit' && r.event.type === 'history-archived');
  if (isClosed && archived.length === 0) note('the episode has closed and no row tells that its engine history was archived: it was made in that very minute, or the row was left out');
  for (const row of archived) {
    if (!isClosed) tell(rowName(row), 'the engine history was archived before the episode had closed (5.2)');
    const { digest } = row.event as unknown as { digest: string };
    const body = documents.get(digest);
    if (!body) continue; // told of among the documents
    const runs = runsIn(Buffer.from(body).toString('utf8'));
    if (runs.some((run) => run.episodeId !== opened.episodeId)) tell(PATHS.document(digest), 'the archived engine history is not of this episode');
    const parting = partingFromLedger(runs, decisions);
    if (parting) tell(PATHS.document(digest), `run ${parting.run}${parting.eventId === null ? '' : `, event ${parting.eventId}`}: ${parting.what.en}`);
  }
}
