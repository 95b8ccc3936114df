/** The rows of the area as rows: what kind of event each holds, whose it is, when it was received, and by which plan it was graded. */
import type { Act, Signatory } from '../../domain/act.js';
import type { AreaEvent } from '../../domain/area.js';
import { toPlanMs } from '../../domain/clock.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Role } from '../../domain/plan.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import type { Frame } from '../walk.js';
import { areaRowName } from './names.js';
import { CLOCK_STEP_MS } from './tolerances.js';

/** Who hands in what the area takes in (2.1, annex 1). */
const WHO: Readonly<Record<AreaEvent['type'], readonly Role[]>> = {
  'forecast-recorded': ['technical'],
  'observations-recorded': ['technical', 'integration'],
  'dust-flagged': ['technical'],
  'order-received': ['management'],
  'order-transmission-added': ['management'],
  'order-checked': ['management', 'director'],
};

export function areaRowsInOrder({ record, opened }: Frame, tell: Tell): void {
  let latestMs = -Infinity;
  const commands = new Set<string>();
  for (const row of record.areaRows) {
    const where = areaRowName(row);
    const { commandId, kind, event, recordedAtMs, planAtMs } = row;
    if (row.eventId !== `${commandId}#0` || commands.has(commandId)) tell(where, `its event id should be "${commandId}#0", the only one of its command; is "${row.eventId}"`);
    commands.add(commandId);
    if (recordedAtMs < latestMs - CLOCK_STEP_MS) tell(where, `it was recorded before the row before it (${recordedAtMs}, ${latestMs})`);
    latestMs = Math.max(latestMs, recordedAtMs);
    const wantedMs = toPlanMs(opened.clock, recordedAtMs);
    if (planAtMs !== wantedMs) tell(where, `recorded at ${recordedAtMs}, its plan time should be ${wantedMs}, is ${planAtMs}`);
    if ('atMs' in event && event.atMs !== planAtMs) tell(where, `its event is dated ${String(event.atMs)}, the row ${planAtMs}`);
    const isInput = Object.hasOwn(WHO, event.type);
    if (kind !== (isInput ? 'input' : 'audit')) tell(where, `a row of this type is ${isInput ? 'an input' : 'no input'}, this one is marked "${kind}"`);
    if (isInput) for (const who of handsOf(event as AreaEvent)) if (!WHO[event.type as AreaEvent['type']].includes(who.role)) tell(where, `${who.name} handed it in as ${who.role}; it is for the ${WHO[event.type as AreaEvent['type']].join(' or the ')} (annex 1)`);
  }
}

function handsOf(event: AreaEvent): readonly Signatory[] {
  return [(event as { by?: Signatory }).by, (event as { act?: Act }).act?.actor].filter((who) => who !== undefined);
}

/** Another edition of the same city's plan may have come into force meanwhile; another city's never does. */
export function plansOfTheArea({ record: { areaRows, plans }, opened, wholePlan }: Frame, tell: Tell, note: (text: string) => void): void {
  const others = new Map<string, LedgerRow>();
  // What came before only tells what was known.
  for (const row of areaRows) if (row.seq > opened.areaSeq && row.kind === 'input' && row.planDigest !== opened.planDigest && !others.has(row.planDigest)) others.set(row.planDigest, row);
  for (const [digest, row] of others) {
    const plan = plans.get(digest);
    if (!plan) continue; // told of among the plans
    const isSameCity = plan.areaId === wholePlan.areaId && plan.numberPrefix === wholePlan.numberPrefix;
    if (!isSameCity) tell(areaRowName(row), `it was graded by plan ${plan.id}, which is of area "${plan.areaId}"; the episode began under ${wholePlan.id}`);
    else note(`from row ${row.seq} of ${PATHS.areaRows} on rows were graded by another edition of the plan (${plan.id}, revision ${plan.revision}, ${digest}) than the one the episode began under`);
  }
}
