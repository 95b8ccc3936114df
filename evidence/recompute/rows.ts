/** Each row for itself: what kind of event it holds, whose it is, and the times it was given. */
import { toPlanMs } from '../../domain/clock.js';
import { MINUTE_MS } from '../../domain/time.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { episodeStream } from '../../domain/ledger.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import type { Frame } from '../walk.js';
import { rowName } from './decisions.js';

/** How far a receipt clock may step back: it is set right by its network now and then. */
const CLOCK_STEP_MS = MINUTE_MS;

const AUDITS = ['notice-delivered', 'notice-receipted', 'history-archived', 'refused'];

export function rowsInOrder({ record, opened, wholePlan }: Frame, tell: Tell): void {
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
  if (opened.planId !== wholePlan.id) tell(PATHS.episodeRows, `the episode names plan "${opened.planId}", its digest is that of "${wholePlan.id}"`);
  const isDrillNumber = opened.number.startsWith(`${wholePlan.numberPrefix}-D`);
  if (isDrillNumber !== opened.drill) tell(PATHS.episodeRows, `number ${opened.number} and "drill: ${opened.drill}" contradict each other (8.3)`);
}

function atOf({ event, planAtMs }: LedgerRow): number {
  return 'atMs' in event && typeof event.atMs === 'number' ? event.atMs : planAtMs;
}
