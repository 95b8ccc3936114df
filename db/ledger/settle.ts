/** Settling deadlines: what was handed in by then is read and recorded in one transaction (5.1). */
import { toPlanMs } from '../../domain/clock.js';
import { digestOf } from '../../domain/digest.js';
import type { Moment } from '../../domain/episode/deadlines.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { Facts } from '../../domain/episode/settle.js';
import { episodeStream } from '../../domain/ledger.js';
import { rulesOf } from '../../domain/rules.js';
import { type Db, transaction, type Tx } from '../pool.js';
import { alreadyOrBehind, append, type AppendOutcome, type DecisionCommand, decisionRowOf, type Expired, isExpired, recordOf } from './decisions.js';
import { lockAndAsk } from './append.js';

export interface SettleCommand extends DecisionCommand {
  /** Plan time of the decision; not before the clock has reached it. */
  readonly atMs: number;
  readonly moments: readonly Moment[];
  /** Decided together with it, recorded before it. */
  readonly events: readonly EpisodeEvent[];
}

export type SettleOutcome =
  | { readonly status: 'not-yet'; readonly nowPlanMs: number }
  /** `rows` are all decisions after `knownDecisions`, the new ones among them. */
  | (Omit<AppendOutcome, 'status'> & { readonly status: 'settled'; readonly facts: Facts })
  | (AppendOutcome & { readonly status: 'already' | 'behind' })
  | Expired;

/**
 * Appends the events and the `deadlines-settled` that follows from what was
 * handed in. The first result stands: the same command later returns it,
 * whatever has been handed in since.
 */
export function settle(db: Db, command: SettleCommand): Promise<SettleOutcome> {
  return transaction(db, async (tx, store) => {
    const groupIds = [...new Set(command.moments.map((m) => m.groupId))];
    const ask = () => Promise.all([recordOf(tx, command), factsOf(tx, command.episodeId, groupIds)]);
    const { stream, answer } = await lockAndAsk(tx, episodeStream(command.episodeId), ask);
    const [record, facts] = answer;
    const known = alreadyOrBehind(stream, command, record.found);
    if (known) return known as AppendOutcome & { status: 'already' | 'behind' };

    const { episode, recordedAtMs } = record;
    if (!episode) throw new Error(`no episode ${command.episodeId} to settle`);
    if (isExpired(command, recordedAtMs)) return { status: 'expired' };
    const nowPlanMs = toPlanMs(episode.state.clock, recordedAtMs);
    if (nowPlanMs < command.atMs) return { status: 'not-yet', nowPlanMs };

    const rules = rulesOf(command.rulesVersion);
    const state = command.events.reduce((s, event) => rules.evolve(s, event), episode.state);
    const events = [...command.events, rules.settledEvent(command.plan, state, command.moments, facts, command.atMs)];
    const { rows, last } = await append(tx, store, stream, command, events, record);
    return { status: 'settled', rows: rows.map(decisionRowOf), decisionNo: last.decisionNo!, seq: last.seq, digest: digestOf(events), facts };
  });
}

async function factsOf(tx: Tx, episodeId: string, groupIds: readonly string[]): Promise<Facts> {
  const { rows } = await tx.query<{ id: string; at_ms: number }>(
    'select id, submitted_at_ms as at_ms from obligations where episode_id = $1 and group_id = any($2) and submitted_at_ms is not null order by id',
    [episodeId, groupIds],
  );
  return Object.fromEntries(rows.map(({ id, at_ms: submittedAtMs }) => [id, { submittedAtMs }]));
}
