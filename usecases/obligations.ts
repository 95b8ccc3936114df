/** The ledger of deadlines (5.1): what is owed, by whom, by when, and how it stands now. */
import { missedTarget, obligationStatus, type ObligationStatus } from '../domain/obligation.js';
import { toPlanMs } from '../domain/clock.js';
import type { Text } from '../domain/text.js';
import { ensureObligations } from '../db/ledger/submissions.js';
import { namesOf } from '../db/accounts/accounts.js';
import { listAreas } from '../db/plans.js';
import { openEpisodesOf } from '../db/read/episode-pages.js';
import { type ObligationRow, obligationsOf, openOf, submissionsOf } from '../db/read/obligations.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { nameIn, ROLE_NAMES } from './names.js';
import { areaOf } from './plans.js';
import { admitReader } from './reading.js';
import { withPublication } from './site-publication.js';

const PERSON = 'account:';

export interface ShownObligation extends ObligationRow {
  readonly title: Text;
  /** Of a task its content. */
  readonly about: Text | null;
  /** Of a unit, a role or a person. */
  readonly ownerName: Text;
  readonly status: ObligationStatus;
  readonly missedTarget: boolean;
}

/** Both instants are shown: the office's target (内部要求) and the plan's due time. */
export async function obligations(deps: Deps, caller: Caller, episodeId: string): Promise<{ obligations: ShownObligation[] }> {
  const before = await episodeOf(deps, episodeId);
  await admitReader(deps, caller, before);
  await ensureObligations(deps.pool, episodeId, deps.clock);
  const episode = await episodeOf(deps, episodeId);
  return { obligations: await namedPeople(deps, (await obligationsOf(deps.pool, episodeId)).map((o) => shown(episode, o))) };
}

export async function submissions(deps: Deps, caller: Caller, episodeId: string, obligationId: string | null) {
  await admitReader(deps, caller, await episodeOf(deps, episodeId));
  return { submissions: await withPublication(deps, await submissionsOf(deps.pool, episodeId, obligationId)) };
}

/** What the caller's own hats owe in an area now. */
export async function owedByMe(deps: Deps, caller: Caller, areaId: string) {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  for (const { id } of await openEpisodesOf(deps.pool, areaId)) await ensureObligations(deps.pool, id, deps.clock);
  const { account } = caller;
  const owners = [...account.hats.map((h) => h.unitId ?? h.role), `${PERSON}${account.id}`];
  const open = await openOf(deps.pool, areaId, [...new Set(owners)]);
  const episodes = new Map<string, EpisodeContext>();
  for (const id of new Set(open.map((o) => o.episodeId))) episodes.set(id, await episodeOf(deps, id));
  return { obligations: await namedPeople(deps, open.flatMap((o) => (episodes.has(o.episodeId) ? [shown(episodes.get(o.episodeId)!, o)] : []))) };
}

/** What one person owes bears their name. */
export async function namedPeople(deps: Deps, owed: readonly ShownObligation[]): Promise<ShownObligation[]> {
  const ids = [...new Set(owed.flatMap(({ ownerId }) => (ownerId.startsWith(PERSON) ? [ownerId.slice(PERSON.length)] : [])))];
  const names = await namesOf(deps.pool, ids);
  return owed.map((o) => {
    const name = names.get(o.ownerId.slice(PERSON.length));
    return name === undefined ? o : { ...o, ownerName: { zh: name, en: name } };
  });
}

/** The state as shown is the pure function of target, due time, submission and now. */
export function shown({ plan, nowMs, state }: EpisodeContext, o: ObligationRow): ShownObligation {
  const atMs = state.phase === 'closed' ? state.closedAtMs : nowMs;
  return {
    ...o,
    title: plan.obligations.find((rule) => rule.kind === o.kind)?.title ?? { zh: o.kind, en: o.kind },
    about: o.kind === 'task' ? (state.tasks.find((task) => task.id === o.ref)?.content ?? null) : null,
    ownerName: plan.units.find((u) => u.id === o.ownerId)?.shortName ?? nameIn(ROLE_NAMES, o.ownerId) ?? { zh: o.ownerId, en: o.ownerId },
    status: obligationStatus(o, o.submittedAtMs, atMs, plan.dueSoon),
    missedTarget: missedTarget(o, o.submittedAtMs, atMs),
  };
}

/** The areas a caller has to do with, each with its own time. */
export async function areas(deps: Deps, caller: Caller) {
  const nowMs = await deps.clock(deps.pool);
  const all = await listAreas(deps.pool);
  const mine = all.filter((a) => caller.account.hats.some((h) => h.areaIds === null || h.areaIds.includes(a.drillsArea ?? a.areaId)));
  return { areas: mine.map(({ clock, ...area }) => ({ ...area, drill: area.drillsArea !== null, nowMs: toPlanMs(clock, nowMs) })) };
}
