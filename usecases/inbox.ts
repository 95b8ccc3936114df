/** What the caller was told: by its units, its roles, and in person. */
import { z } from 'zod';
import { inboxOf, type InboxRow, markRead } from '../db/read/inbox.js';
import { listAreas } from '../db/plans.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { wordsOf } from './inbox-words.js';
import { waitForSeq } from './reading.js';
import { id } from './schemas.js';

export const inboxQuery = z
  .strictObject({
    unread: z.stringbool().default(false),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** Of one episode alone; a read of its items may wait for a row of its stream. */
    episode: id.optional(),
    afterSeq: z.coerce.number().int().min(0).optional(),
  })
  .refine((q) => q.afterSeq === undefined || q.episode !== undefined, { path: ['afterSeq'], error: '等待某一序号时应写明过程' });
export const inboxRead = z.strictObject({ ids: z.array(z.string().max(600)).min(1).max(200) });

export async function inbox(deps: Deps, caller: Caller, { unread, limit, episode: only, afterSeq }: z.output<typeof inboxQuery>) {
  const { account } = caller;
  if (only !== undefined) await waitForSeq(deps, caller, { episodeId: only }, afterSeq);
  const all = await listAreas(deps.pool);
  const items = await Promise.all(
    all.map((area) => {
      const hats = account.hats.filter((h) => h.areaIds === null || h.areaIds.includes(area.drillsArea ?? area.areaId));
      const recipients = [...new Set([...hats.map((h) => (h.unitId === null ? `role:${h.role}` : `unit:${h.unitId}`)), `account:${account.id}`])];
      return inboxOf(deps.pool, { accountId: account.id, recipients, areaId: area.areaId, unreadOnly: unread, episodeId: only ?? null, limit });
    }),
  );
  const newest = items.flat().sort((a, b) => b.recordedAtMs - a.recordedAtMs).slice(0, limit);
  const episodes = new Map<string, EpisodeContext>();
  for (const episodeId of new Set(newest.map((item) => item.episodeId))) episodes.set(episodeId, await episodeOf(deps, episodeId));
  return { items: newest.flatMap((item) => toldOf(episodes.get(item.episodeId), item)) };
}

/** With what it asks for, and a notice with its facts. */
function toldOf(episode: EpisodeContext | undefined, item: InboxRow) {
  if (!episode) return [];
  const { plan, state } = episode;
  const notice = item.kind === 'notice' ? state.notices.find((n) => n.id === item.ref) : undefined;
  return [{ ...item, body: notice ?? item.body, todo: wordsOf(plan, state, item) }];
}

export async function readInbox(deps: Deps, { account }: Caller, { ids }: z.output<typeof inboxRead>) {
  await markRead(deps.pool, account.id, ids, await deps.clock(deps.pool));
  return { read: ids.length };
}
