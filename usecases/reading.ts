/** Who may read where, and waiting until what was just written can be read. */
import { setTimeout as pause } from 'node:timers/promises';
import { areaStream, episodeStream } from '../domain/ledger.js';
import { headSeq } from '../db/ledger/rows.js';
import { recorded, type Where } from './audit.js';
import { forbidden, hatFor, type Caller } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { fail } from './failure.js';
import { areaOf } from './plans.js';
import type { UseCase } from './rights.js';

const WAIT_MS = 5_000;
const LOOK_EVERY_MS = 25;

/** Throws `forbidden` where the caller has nothing to do with the area. */
export function requireReader(caller: Caller, areaId: string, useCase: UseCase = 'read'): void {
  if (!hatFor(caller.account, useCase, { areaId }, null)) throw forbidden(useCase);
}

/** The same, and a refusal goes on record: of the episode, or of the area, that was asked for. */
export function admitReader(deps: Deps, caller: Caller, asked: Where & { readonly rightsAreaId: string }, useCase: UseCase = 'read'): Promise<void> {
  const where = 'episodeId' in asked ? { episodeId: asked.episodeId } : { areaId: asked.areaId };
  return recorded(deps, caller, useCase, where, () => Promise.resolve(requireReader(caller, asked.rightsAreaId, useCase)));
}

/** The read models are written with the ledger, so its head tells. Throws `not-yet` when it does not come in time; a stranger waits for nothing. */
export async function waitForSeq(deps: Deps, caller: Caller, where: Where, afterSeq: number | undefined): Promise<void> {
  if (afterSeq === undefined) return;
  await admitReader(deps, caller, 'episodeId' in where ? await episodeOf(deps, where.episodeId) : await areaOf(deps, where.areaId));
  const stream = 'episodeId' in where ? episodeStream(where.episodeId) : areaStream(where.areaId);
  for (let waitedMs = 0; (await headSeq(deps.pool, stream)) < afterSeq; waitedMs += LOOK_EVERY_MS) {
    if (waitedMs >= WAIT_MS) throw fail({ kind: 'not-yet', seq: afterSeq });
    await pause(LOOK_EVERY_MS);
  }
}
