/** Each row for itself: what kind of event it holds, whose it is, and the times it was given. */
import { toPlanMs } from '../../domain/clock.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { episodeStream } from '../../domain/ledger.js';
import { toBeijingIso } from '../../domain/time.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import { areaSeqOf, type Frame } from '../walk.js';
import { rowName } from './names.js';
import { CLOCK_STEP_MS, DECISION_VALID_MS } from './tolerances.js';

const AUDITS = ['notice-delivered', 'notice-receipted', 'history-archived', 'refused'];

export function rowsInOrder({ record, opened }: Frame, tell: Tell): void {
  const { episodeRows } = record;
  const indexes = new Map<string, number>();
  let latestMs = -Infinity;
  let decidedMs = -Infinity;
  for (const row of episodeRows) {
    const where = rowName(row);
    const index = indexes.get(row.commandId) ?? 0;
    indexes.set(row.commandId, index + 1);
    if (row.eventId !== `${row.commandId}#${index}`) tell(where, `its event id should be "${row.commandId}#${index}", is "${row.eventId}"`);
    if (row.planDigest !== opened.planDigest) tell(where, 'it names another plan than the one the episode began under');
    if (row.rulesVersion !== opened.rulesVersion) tell(where, `it names rules version "${row.rulesVersion}", the episode began under "${opened.rulesVersion}"`);
    if (row.recordedAtMs < latestMs - CLOCK_STEP_MS) tell(where, `it was recorded before the row before it (${row.recordedAtMs}, ${latestMs})`);
    latestMs = Math.max(latestMs, row.recordedAtMs);
    if (row.kind === 'decision') {
      const atMs = atOf(row);
      if (atMs < decidedMs) tell(where, `it was decided at ${atMs}, before the decision before it (${decidedMs})`);
      decidedMs = atMs;
    } else if (row.planAtMs !== toPlanMs(opened.clock, row.recordedAtMs)) {
      tell(where, `recorded at ${row.recordedAtMs}, its plan time should be ${toPlanMs(opened.clock, row.recordedAtMs)}, is ${row.planAtMs}`);
    }
    if (row.planAtMs !== atOf(row)) tell(where, `its event is dated ${atOf(row)}, the row ${row.planAtMs}`);
    if (row.kind === 'input' || (row.kind === 'audit' && !AUDITS.includes(row.event.type)) || (row.kind === 'submission' && row.event.type !== 'submitted')) tell(where, `an episode has no ${row.kind} of this type`);
  }
  if (episodeRows.some((r) => r.stream !== episodeStream(opened.episodeId))) tell(PATHS.episodeRows, `rows of another stream than "${episodeStream(opened.episodeId)}"`);
}

function atOf({ event, planAtMs }: LedgerRow): number {
  return 'atMs' in event && typeof event.atMs === 'number' ? event.atMs : planAtMs;
}

/**
 * When each decision was recorded: not before it was made, nor before what it
 * follows from was received; a person's also within its time of validity. An
 * engine that was down decides late, never ahead.
 */
export function decidedInTime({ record, opened, areaRows }: Frame, tell: Tell): void {
  const { clock } = opened;
  for (const row of record.episodeRows) {
    if (row.kind !== 'decision') continue;
    const { commandId, recordedAtMs, planAtMs } = row;
    const reachedMs = toPlanMs(clock, recordedAtMs + CLOCK_STEP_MS);
    if (reachedMs < planAtMs) tell(rowName(row), `it is dated ${toBeijingIso(planAtMs)} and was recorded before that, at ${toBeijingIso(toPlanMs(clock, recordedAtMs))}`);
    const areaSeq = row === record.episodeRows[0] ? opened.areaSeq + 1 : areaSeqOf(commandId);
    const cause = areaSeq === null ? undefined : areaRows.get(areaSeq);
    if (cause && (recordedAtMs + CLOCK_STEP_MS < cause.recordedAtMs || planAtMs + CLOCK_STEP_MS * clock.rate < cause.planAtMs)) tell(rowName(row), `it follows from row ${cause.seq} of the area, which was received later, at ${toBeijingIso(cause.planAtMs)}`);
    const isPersons = areaSeq === null && !commandId.startsWith('wake:');
    if (isPersons && toPlanMs(clock, recordedAtMs - DECISION_VALID_MS - CLOCK_STEP_MS) > planAtMs) tell(rowName(row), `it is dated ${toBeijingIso(planAtMs)} and was recorded at ${toBeijingIso(toPlanMs(clock, recordedAtMs))}, when a person's decision of then was void`);
  }
}
