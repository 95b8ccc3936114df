/** The engine history that a bundle carries, with the decisions it must have brought about. */
import type { EpisodeEvent } from '../domain/episode/events.js';
import { openBundle, recordOf } from './open.js';
import { Unreadable } from './unreadable.js';

export interface BundledHistory {
  readonly number: string;
  readonly history: string;
  readonly decisions: readonly EpisodeEvent[];
}

/** Throws `Unreadable` on what is no whole bundle, or one of an episode that had not ended. */
export function archivedHistoryIn(bytes: Uint8Array): BundledHistory {
  const refuse = (where: string, what: string) => {
    throw new Unreadable(`${where}: ${what}; "qingkong verify" tells all`);
  };
  const opened = openBundle(bytes, refuse);
  const { episodeRows, documents } = recordOf(opened, refuse);
  const digests = episodeRows.flatMap(({ kind, event }) => (kind === 'audit' && event.type === 'history-archived' ? [(event as { digest?: string }).digest] : []));
  const body = documents.find((d) => d.digest === digests.at(-1))?.body;
  if (!body) throw new Unreadable('the episode had not ended when this was made: it carries no engine history');
  return { number: opened.manifest.number, history: Buffer.from(body).toString('utf8'), decisions: episodeRows.filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent) };
}
