/** What is being filled in; colleagues of the unit see it, so that one fills in and another reviews. */
import { z } from 'zod';
import { deleteDraft, draftById, listDrafts, saveDraft } from '../db/accounts/drafts.js';
import { accountById } from '../db/accounts/principals.js';
import { admitAnywhere, recordedAtHome } from './audit.js';
import { type Caller, commandIdOf, forbidden, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { notFound } from './failure.js';
import { id } from './schemas.js';

export const newDraft = z.strictObject({
  kind: z.enum(['report', 'consultation', 'proposal', 'evaluation', 'bulletin', 'order']),
  /** What it is about; of a report `{episode}:{obligation}`, since an obligation's id is its own episode's only. */
  ref: id,
  unitId: id.nullable().default(null),
  content: z.record(z.string(), z.unknown()),
});

export function reportDraftRef(episodeId: string, obligationId: string): string {
  return `${episodeId}:${obligationId}`;
}

export async function keepDraft(deps: Deps, caller: Caller, { kind, ref, unitId, content }: z.output<typeof newDraft>) {
  await admitAnywhere(deps, caller, 'prepare');
  if (unitId !== null && !unitsOf(caller).includes(unitId)) await recordedAtHome(deps, caller, 'report', () => Promise.reject(forbidden('report')));
  const updatedAtMs = await deps.clock(deps.pool);
  const draftId = await saveDraft(deps.pool, { id: idOf('W', commandIdOf(caller)), accountId: caller.account.id, unitId, kind, ref, content, updatedAtMs });
  return { draftId, updatedAtMs };
}

export async function drafts(deps: Deps, caller: Caller) {
  const found = await listDrafts(deps.pool, caller.account.id, unitsOf(caller));
  const nowMs = await deps.clock(deps.pool);
  const people = new Map<string, string>();
  for (const id of new Set(found.map((d) => d.accountId))) people.set(id, (await accountById(deps.pool, id, nowMs))?.name ?? id);
  return { drafts: found.map((d) => ({ ...d, accountName: people.get(d.accountId) ?? d.accountId })) };
}

/** One's own only. */
export async function dropDraft(deps: Deps, caller: Caller, draftId: string): Promise<void> {
  const draft = await draftById(deps.pool, draftId);
  if (draft?.accountId !== caller.account.id) throw notFound('draft');
  await deleteDraft(deps.pool, draftId);
}

function unitsOf({ account }: Caller): string[] {
  return account.hats.flatMap((h) => h.unitId ?? []);
}
