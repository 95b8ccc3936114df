/** What stands on the city's site with a notice (3.3.5): the pollutant, the time and the advice, kept as they were. */
import type { Advice } from '../domain/plan.js';
import type { Text } from '../domain/text.js';
import { readDocument } from '../db/documents.js';
import { noticeById } from '../db/read/notice-pages.js';
import type { SubmissionRow } from '../db/read/obligations.js';
import type { Reads } from './deps.js';
import type { EpisodeContext } from './episode.js';

export interface StoodThere {
  readonly level: string | null;
  readonly effectiveAtMs: number;
  readonly expectedEndMs: number | null;
  readonly primaryPollutants: readonly string[];
  /** R21: of the lift of a part of the area. */
  readonly part?: Text;
  /** Of the notice's level, in both languages, from the plan that the episode runs under. */
  readonly advice: readonly Pick<Advice, 'audience' | 'text'>[];
}

export interface SitePublication {
  readonly url: string;
  readonly publishedAtMs: number;
  /** Null in documents from before it was kept. */
  readonly stood: StoodThere | null;
}

export async function stoodThere({ pool }: Pick<Reads, 'pool'>, { plan, episodeId }: Pick<EpisodeContext, 'plan' | 'episodeId'>, noticeId: string): Promise<StoodThere | null> {
  const facts = (await noticeById(pool, episodeId, noticeId))?.facts;
  if (!facts) return null;
  const { level, effectiveAtMs, expectedEndMs, primaryPollutants, part } = facts;
  return { level, effectiveAtMs, expectedEndMs, primaryPollutants, ...(part && { part }), advice: plan.advice.filter((a) => a.level === level).map(({ audience, text }) => ({ audience, text })) };
}

/** With each publication what it told. */
export function withPublication({ pool }: Pick<Reads, 'pool'>, rows: readonly SubmissionRow[]): Promise<(SubmissionRow & { readonly publication?: SitePublication })[]> {
  return Promise.all(
    rows.map(async (row) => {
      const kept = row.kind === 'site-publication' && row.documentDigest !== null ? await readDocument(pool, row.documentDigest) : null;
      if (!kept) return row;
      const { url, publishedAtMs, stood = null } = JSON.parse(kept.body.toString('utf8')) as SitePublication;
      return { ...row, publication: { url, publishedAtMs, stood } };
    }),
  );
}
