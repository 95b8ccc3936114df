/**
 * Hats worn by delegation (2.1, R14): each delegation is on record, was made by
 * whoever holds the hat to whoever wore it, for what was done, here and then,
 * and had not been taken back.
 */
import type { Signatory } from '../../domain/act.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { toBeijingIso } from '../../domain/time.js';
import { type DelegationEvent, delegationOf, signatoriesIn } from '../delegations.js';
import type { Tell } from '../fault.js';
import type { Frame } from '../walk.js';
import { actOf } from './acts.js';
import { areaRowName, rowName } from './names.js';
import { CLOCK_STEP_MS } from './tolerances.js';

type Made = Extract<DelegationEvent, { change: 'delegated' }> & { readonly recordedAtMs: number };

/** What whoever signs an event must have been delegated to do; what is not named here is covered by every delegation of its hat. */
const USE_CASE: Readonly<Record<string, readonly string[]>> = {
  'consultation-recorded': ['record-consultation', 'consult-on-lift'],
  'request-opened': ['submit-proposal', 'submit-lift', 'propose-correction', 'submit-evaluation'],
  'approval-decided': ['decide-step'],
  'approval-countersigned': ['countersign'],
  'lift-postponed': ['change-lift'],
  'lift-rescinded': ['change-lift'],
  'response-adjusted': ['adjust-response'],
  'measures-adjusted': ['adjust-measures'],
  'task-assigned': ['assign-task'],
  'task-closed': ['assign-task'],
  'notice-receipted': ['confirm-receipt'],
  'forecast-recorded': ['record-forecast'],
  'observations-recorded': ['record-observations'],
  'dust-flagged': ['flag-dust'],
  'order-received': ['record-order'],
  'order-transmission-added': ['record-order'],
  'order-checked': ['check-order'],
};

export function hatsDelegated({ record, opened }: Frame, tell: Tell, note: (text: string) => void): void {
  const made = new Map<string, Made>();
  const revokedAtMs = new Map<string, number>();
  for (const row of record.areaRows) {
    const told = delegationOf(row);
    if (told?.change === 'delegated') made.set(told.detail.delegationId, { ...told, recordedAtMs: row.recordedAtMs });
    else if (told) revokedAtMs.set(told.subject, row.recordedAtMs);
  }
  const unseen = new Set<string>();
  const names = new Map(record.episodeRows.flatMap(signatoriesIn).map(({ accountId, name }) => [accountId, name]));

  function worn({ name, accountId, role, delegation }: Signatory, isActor: boolean, row: LedgerRow, where: string): void {
    if (!delegation) return;
    const { id, by } = delegation;
    const say = (what: string) => tell(where, `${name} acts as ${role} by delegation ${id}, ${what} (2.1, R14)`);
    const found = made.get(id);
    if (!found) {
      // Delegations stand in the real area's stream; a drill's bundle has the drill's.
      if (!opened.drill) say('of which the record tells nothing');
      else if (!unseen.has(id)) note(`a hat is worn by delegation ${id}, which stands on the record of the real area and not in a drill's`);
      unseen.add(id);
      return;
    }
    const { subject, detail, recordedAtMs } = found;
    if (subject !== accountId) say(`which was given to ${subject}`);
    const giver = names.get(detail.from);
    if (giver !== undefined && giver !== by) say(`which ${giver} gave, not ${by}`);
    if (detail.from === accountId) say('which is their own');
    if (detail.role !== role) say(`which is for the hat of the ${detail.role}`);
    if (detail.areaIds !== null && !detail.areaIds.includes(opened.areaId)) say(`which is for ${detail.areaIds.join(', ')}`);
    const wanted = USE_CASE[row.event.type];
    if (isActor && detail.useCases !== null && wanted && !wanted.some((useCase) => detail.useCases?.includes(useCase))) say(`which is for ${detail.useCases.join(', ')}`);
    const atMs = row.recordedAtMs;
    if (atMs + CLOCK_STEP_MS < Math.max(detail.fromMs, recordedAtMs) || atMs - CLOCK_STEP_MS > detail.untilMs) say(`which held from ${toBeijingIso(Math.max(detail.fromMs, recordedAtMs))} to ${toBeijingIso(detail.untilMs)}`);
    const revoked = revokedAtMs.get(id);
    if (revoked !== undefined && atMs > revoked + CLOCK_STEP_MS) say(`which was taken back at ${toBeijingIso(revoked)}`);
  }

  /** Rows that came by the area are looked at there: their signatures are of then. */
  function look(row: LedgerRow, where: string): void {
    const actor = actOf(row)?.actor;
    for (const who of signatoriesIn(row)) worn(who, who === actor, row, where);
  }
  for (const row of record.episodeRows) if (!row.commandId.startsWith('area:')) look(row, rowName(row));
  for (const row of record.areaRows) if (row.seq > opened.areaSeq && row.kind === 'input') look(row, areaRowName(row));
}
