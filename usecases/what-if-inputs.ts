/** An episode's inputs as its area recorded them: forecasts, observations, flags and orders, with what was known before. */
import { OBSERVED_DAYS_WANTED } from '../domain/air/assess.js';
import type { AreaEvent } from '../domain/area.js';
import type { RecordedInput } from '../domain/backtest/recorded.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { areaStream, episodeStream, type LedgerRow } from '../domain/ledger.js';
import { DAY_MS } from '../domain/time.js';
import { headSeq } from '../db/ledger/rows.js';
import { transaction, type Tx } from '../db/pool.js';
import { areaRowsInEffect, firstAreaSeqSince, streamRange } from '../db/read/record.js';
import { jsonDocuments, lastAreaSeqBy, takenInBefore } from '../db/read/what-if.js';
import type { Deps } from './deps.js';

/** Another plan may open earlier: so far back it is shown what was recorded, as far as it was no earlier episode's. */
const LOOKED_BACK_MS = 7 * DAY_MS;

export interface EpisodeInputs {
  /** What was decided in the episode. */
  readonly events: readonly EpisodeEvent[];
  readonly inputs: readonly RecordedInput[];
  readonly fromSeq: number;
  readonly untilMs: number;
}

/** Up to the episode's close, or `nowMs` where it is not closed: another plan may go on when this one had been lifted. */
export function inputsOf(deps: Pick<Deps, 'pool'>, state: EpisodeState, nowMs: number): Promise<EpisodeInputs> {
  return transaction(deps.pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const { id, areaId, openedAtMs } = state;
    const stream = areaStream(areaId);
    const decisions = (await streamRange(tx, episodeStream(id), 1, await headSeq(tx, episodeStream(id)))).filter((r) => r.kind === 'decision');
    const events = decisions.map((r) => r.event as EpisodeEvent);
    const [opened] = events;
    const openedBy = opened?.type === 'episode-opened' ? opened.areaSeq + 1 : 1;
    const untilMs = state.phase === 'closed' ? state.closedAtMs : nowMs;
    const earlier = await takenInBefore(tx, areaId, openedAtMs);
    const fromSeq = Math.max(earlier + 1, await firstAreaSeqSince(tx, areaId, openedAtMs - LOOKED_BACK_MS, openedBy));
    const [first] = await streamRange(tx, stream, fromSeq, fromSeq);
    const knownFrom = await firstAreaSeqSince(tx, areaId, (first?.planAtMs ?? openedAtMs) - OBSERVED_DAYS_WANTED * DAY_MS, fromSeq);
    const rows: LedgerRow[] = [];
    for (const seq of await areaRowsInEffect(tx, areaId, knownFrom)) rows.push(...(await streamRange(tx, stream, seq, seq)));
    rows.push(...(await streamRange(tx, stream, knownFrom, await lastAreaSeqBy(tx, areaId, untilMs))));
    return { events, inputs: await withDocuments(tx, rows), fromSeq, untilMs };
  });
}

async function withDocuments(tx: Tx, rows: readonly LedgerRow[]): Promise<RecordedInput[]> {
  const inputs = rows.filter((r) => r.kind === 'input').map(({ seq, planAtMs, event }) => ({ seq, atMs: planAtMs, event: event as AreaEvent }));
  const digestOf = (event: AreaEvent) => ('digest' in event ? event.digest : null);
  const documents = await jsonDocuments(tx, [...new Set(inputs.flatMap(({ event }) => digestOf(event) ?? []))]);
  return inputs.map((input) => ({ ...input, document: (documents.get(digestOf(input.event) ?? '') ?? null) as RecordedInput['document'] }));
}
