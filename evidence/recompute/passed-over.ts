/**
 * What the area received while the episode was active belongs to it (3.3.3,
 * R28): taken in in its order, and before anything is decided well after it. An
 * engine that was down shows by deadlines dealt with late; once it has decided
 * anything again, it has heard.
 */
import { toRealMs } from '../../domain/clock.js';
import { type EpisodeState, isActive } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { MINUTE_MS } from '../../domain/time.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import { areaInput, areaSeqOf, type Batch, type Frame, type Visitor } from '../walk.js';
import { areaRowName, rowName } from './names.js';
import { NEWS_WITHIN_MS } from './tolerances.js';

export function nothingPassedOver(frame: Frame, tell: Tell, note: (text: string) => void): Visitor {
  const { record, plan, rules } = frame;
  const inputs = record.areaRows.filter((r) => r.kind === 'input');
  const told = new Set<number>();
  /** Seq of a row to when the engine first decided anything after it. */
  const alive = new Map<number, number>();
  /** Where to go on looking: rows before it are taken in, or say nothing to the episode. */
  let at = 0;
  let ended: LedgerRow | null = null;

  /** The first row that waits to be taken in. */
  function waiting(state: EpisodeState, beforeMs: number): LedgerRow | null {
    for (let row = inputs[at]; row; row = inputs[at]) {
      if (row.seq > state.areaSeq && row.recordedAtMs > beforeMs) return null;
      if (row.seq > state.areaSeq && !told.has(row.seq) && concerns(row, state)) return row;
      at++;
    }
    return null;
  }

  function concerns({ seq, planAtMs }: LedgerRow, state: EpisodeState): boolean {
    const input = areaInput(frame, seq);
    const decided = input && rules.decide(plan, state, input, Math.max(planAtMs, state.asOfMs));
    return decided?.ok === true && decided.value.events.some((e) => 'areaSeq' in e && e.areaSeq === seq);
  }

  /** Whether the engine ran, well after the row was received. */
  function heard(row: LedgerRow, { commandId }: Batch, state: EpisodeState, nowMs: number): boolean {
    const since = alive.get(row.seq);
    if (since !== undefined) return nowMs - since > NEWS_WITHIN_MS;
    if (nowMs - row.recordedAtMs <= NEWS_WITHIN_MS) return false;
    if (!commandId.startsWith('wake:')) return true;
    const dueMs = rules.nextWakeUp(plan, state);
    return dueMs !== null && nowMs - toRealMs(state.clock, dueMs) <= NEWS_WITHIN_MS;
  }

  return {
    batch(batch, { state }) {
      const [first] = batch.rows;
      if (state === null || !first) return;
      const taken = areaSeqOf(batch.commandId);
      const nowMs = first.recordedAtMs;
      const row = waiting(state, nowMs);
      if (row && (taken === null ? heard(row, batch, state, nowMs) : taken > row.seq)) {
        told.add(row.seq);
        tell(areaRowName(row), `the episode had to take this in and passed over it; ${rowName(first)} was decided ${Math.round((nowMs - row.recordedAtMs) / MINUTE_MS)} min after it was received`);
      } else if (row && !alive.has(row.seq)) alive.set(row.seq, nowMs);
      if (batch.events.some((e) => e.type === 'response-ended' || e.type === 'episode-closed')) ended ??= first;
    },
    end({ state }) {
      if (state === null) return;
      if (isActive(state)) {
        const row = waiting(state, Infinity);
        if (row) note(`${areaRowName(row)} had been received and not yet been taken in when this was made`);
        return;
      }
      const last = record.areaRows.at(-1);
      if (ended && last && last.recordedAtMs <= ended.recordedAtMs) note(`${PATHS.areaRows} ends before the response did: no row tells that nothing was received between and passed over`);
    },
  };
}
