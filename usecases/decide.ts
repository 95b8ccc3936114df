/** Sends a person's decision through the episode's workflow and waits for its outcome. */
import { rowsOfCommand } from '../db/ledger/rows.js';
import type { Act } from '../domain/act.js';
import type { PersonCommand } from '../domain/episode/commands.js';
import { episodeStream } from '../domain/ledger.js';
import type { Role } from '../domain/plan.js';
import { actOf } from './acts.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf } from './caller.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { fail } from './failure.js';
import type { UseCase } from './rights.js';
import type { Envelope } from './schemas.js';

/** After this the workflow refuses it: nobody waits for the answer any more. */
const VALID_FOR_MS = 15_000;

type WithoutAct<C> = C extends unknown ? Omit<C, 'act'> : never;

export interface Decided {
  readonly episodeId: string;
  /** Of the last row it brought about; a read may wait for it. */
  readonly seq: number;
  readonly decisionNo: number;
}

export interface Wanted {
  readonly useCase: UseCase;
  readonly envelope: Envelope;
  /** The roles that may, of those the use case knows; all of them by default. */
  readonly roles?: (episode: EpisodeContext) => readonly Role[] | undefined;
  /** Builds the command; may refuse with its reasons. */
  readonly command: (episode: EpisodeContext, act: Act) => Promise<WithoutAct<PersonCommand>> | WithoutAct<PersonCommand>;
}

export function decide(deps: Deps, caller: Caller, episodeId: string, { useCase, envelope, roles, command }: Wanted): Promise<Decided> {
  return recorded(deps, caller, useCase, { episodeId }, async () => {
    const episode = await episodeOf(deps, episodeId);
    const only = roles?.(episode);
    const place = { areaId: episode.rightsAreaId, ...(only === undefined ? {} : { roles: only }) };
    const act = await actOf(deps, caller, useCase, place, envelope, episode.nowMs);
    const commandId = commandIdOf(caller);
    // Decided before: what it brought about would now refuse it, and its true outcome is on record.
    const before = (await rowsOfCommand(deps.pool, episodeStream(episodeId), commandId)).filter((r) => r.kind === 'decision').at(-1);
    if (before) return { episodeId, seq: before.seq, decisionNo: before.decisionNo! };
    const askedAtMs = await deps.clock(deps.pool);
    // The union member is whole again once its act is back.
    const whole = { ...(await command(episode, act)), act } as PersonCommand;
    const outcome = await deps.engine.decide(episodeId, { commandId, command: whole, askedAtMs, expiresAtMs: askedAtMs + VALID_FOR_MS });
    if (outcome === 'outcome-unknown') throw fail({ kind: 'outcome-unknown' });
    if (!outcome.ok) throw fail({ kind: 'refused', refusal: outcome.refusal });
    return { episodeId, seq: outcome.seq, decisionNo: outcome.decisionNo };
  });
}
