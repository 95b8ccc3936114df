/**
 * Every act for itself (R30, 8.6): by one's own hand or said to be entered for
 * another, and at a time that can be. What is done online is done when it is
 * recorded.
 */
import { type Act, SYSTEM } from '../../domain/act.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { MINUTE_MS, toBeijingIso } from '../../domain/time.js';
import type { Tell } from '../fault.js';
import { areaSeqOf, type Frame } from '../walk.js';
import { areaRowName, rowName } from './names.js';
import { CLOCK_STEP_MS, DECISION_VALID_MS } from './tolerances.js';

export function actsHonest({ record, opened }: Frame, tell: Tell): void {
  // What came by the area is looked at there: the episode may have taken it in long afterwards.
  for (const row of record.episodeRows) if (areaSeqOf(row.commandId) === null) check(row, rowName(row));
  for (const row of record.areaRows) if (row.seq > opened.areaSeq) check(row, areaRowName(row));

  function check(row: LedgerRow, where: string): void {
    const act = actOf(row);
    if (act === null || act.actor.accountId === SYSTEM.accountId) return;
    const { actor, recordedBy, entry, channel, occurredAtMs } = act;
    const isOwn = actor.accountId === recordedBy.accountId;
    if (entry === 'direct' && !isOwn) tell(where, `${recordedBy.name} entered it for ${actor.name}, and it is not marked as entered for another (R30)`);
    if (entry === 'proxy' && isOwn) tell(where, `${actor.name} entered it and it is marked as entered for another (R30)`);
    const { rate } = opened.clock;
    const said = `it is said to have happened at ${toBeijingIso(occurredAtMs)}, and was recorded at ${toBeijingIso(row.planAtMs)}`;
    if (occurredAtMs > row.planAtMs + CLOCK_STEP_MS * rate) tell(where, `${said}: an act lies in the past (8.6)`);
    // Whoever writes the instant down may be a minute off; a drill's time runs on while the request is under way.
    if (entry === 'direct' && channel === 'online' && occurredAtMs < row.planAtMs - MINUTE_MS - DECISION_VALID_MS * rate) tell(where, `${said}: what is done online is done then (R30)`);
  }
}

/** The act of a row; null where it is nobody's. */
export function actOf({ event }: LedgerRow): Act | null {
  return 'act' in event ? ((event as { act: Act | null }).act ?? null) : null;
}
