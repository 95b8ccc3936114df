/** Reading episodes: the list, one of them, its timeline, its state at any row, its record as a file. */
import { z } from 'zod';
import { episodeStream, type LedgerRow } from '../domain/ledger.js';
import { measuresInForce } from '../domain/measures.js';
import { endOfDayMs, startOfDayMs } from '../domain/time.js';
import { readStream } from '../db/ledger/rows.js';
import { listAreas } from '../db/plans.js';
import { type EpisodeFilter, listEpisodes } from '../db/read/episode-pages.js';
import { noticesOf } from '../db/read/notice-pages.js';
import { type Caller, hatFor } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { invalid, notFound } from './failure.js';
import { areaOf } from './plans.js';
import { admitReader } from './reading.js';
import { day, id, words } from './schemas.js';

export const episodeQuery = z.strictObject({
  area: id.optional(),
  phase: z.enum(['consulting', 'awaiting-approval', 'responding', 'reporting', 'evaluating', 'closed']).optional(),
  /** A part of it. */
  number: words(40).optional(),
  /** Reached at some time. */
  level: id.optional(),
  drills: z.enum(['none', 'only']).optional(),
  from: day.optional(),
  to: day.optional(),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const cursorSchema = z.tuple([z.int(), z.string()]);
const EVENTS_PER_PAGE = 500;

/** Newest first, of the areas the caller may read. */
export async function episodes(deps: Deps, caller: Caller, query: z.output<typeof episodeQuery>) {
  const { area, phase, number, level, drills, from, to, cursor, limit } = query;
  if (area !== undefined) await admitReader(deps, caller, await areaOf(deps, area));
  const filter: EpisodeFilter = {
    areaIds: area === undefined ? await readableAreas(deps, caller) : [area],
    phase: phase ?? null,
    number: number ?? null,
    level: level ?? null,
    drill: drills === undefined ? null : drills === 'only',
    fromMs: from === undefined ? null : startOfDayMs(from),
    toMs: to === undefined ? null : endOfDayMs(to),
    after: cursor === undefined ? null : cursorOf(cursor),
    limit: limit + 1,
  };
  const rows = await listEpisodes(deps.pool, filter);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? Buffer.from(JSON.stringify([last.openedAtMs, last.id])).toString('base64url') : null;
  return { episodes: page, nextCursor: next };
}

export async function episode(deps: Deps, caller: Caller, episodeId: string) {
  const { state, updatedSeq, rightsAreaId, nowMs, plan } = await episodeOf(deps, episodeId);
  await admitReader(deps, caller, { episodeId, rightsAreaId });
  return { episodeId, seq: updatedSeq, nowMs, plan: { id: plan.id, revision: plan.revision, title: plan.title }, state };
}

/** The timeline: the ledger's rows as they are, after a sequence. */
export async function events(deps: Deps, caller: Caller, episodeId: string, afterSeq: number): Promise<{ rows: readonly LedgerRow[]; hasMore: boolean }> {
  await admitReader(deps, caller, await episodeOf(deps, episodeId));
  const rows = await readStream(deps.pool, episodeStream(episodeId), afterSeq, EVENTS_PER_PAGE);
  return { rows, hasMore: rows.length === EVENTS_PER_PAGE };
}

export async function notices(deps: Deps, caller: Caller, episodeId: string) {
  await admitReader(deps, caller, await episodeOf(deps, episodeId));
  return { notices: (await noticesOf(deps.pool, episodeId)).map((n) => ({ ...n, receiptId: `${episodeId}.${n.id}` })) };
}

/** The measures in force now, of one unit or of all. */
export async function measures(deps: Deps, caller: Caller, episodeId: string, unitId: string | null) {
  const { state, plan, nowMs, rightsAreaId } = await episodeOf(deps, episodeId);
  await admitReader(deps, caller, { episodeId, rightsAreaId });
  if (unitId !== null && !plan.units.some((u) => u.id === unitId)) throw notFound('unit');
  return { atMs: nowMs, measures: measuresInForce(plan, state, nowMs, unitId) };
}

async function readableAreas(deps: Deps, { account }: Caller): Promise<string[]> {
  return (await listAreas(deps.pool)).filter((a) => hatFor(account, 'read', { areaId: a.drillsArea ?? a.areaId })).map((a) => a.areaId);
}

function cursorOf(cursor: string): { openedAtMs: number; id: string } {
  try {
    const [openedAtMs, episodeId] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { openedAtMs, id: episodeId };
  } catch {
    throw invalid('cursor', '不是可用的翻页标记');
  }
}
