/** Levels read from the rows alone: never below a superior order (3.3.3), lifted only on air that allows it (3.3.6; R8, R9). */
import type { Assessment } from '../../domain/air/assessment.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import { floorAhead, floorOf } from '../../domain/order.js';
import { decides } from '../../domain/versions.js';
import { type LevelId, rankOf } from '../../domain/plan.js';
import { HOUR_MS, nextWholeHourMs, toBeijingIso } from '../../domain/time.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Tell } from '../fault.js';
import { type Frame, handle, type Visitor } from '../walk.js';
import { rowName } from './names.js';

export function floorsKept({ plan, rules }: Frame, tell: Tell): Visitor {
  const name = (level: LevelId | null) => level ?? 'none';

  /** A local decision; what an order brings about is the order's. */
  function notBelow(row: LedgerRow, state: EpisodeState, level: LevelId | null, floor = floorAhead(plan, state.orders)): void {
    if (rankOf(plan, level) < rankOf(plan, floor)) tell(rowName(row), `decided on ${name(level)} while a superior order demands ${name(floor)} (3.3.3)`);
  }

  function changed(row: LedgerRow, state: EpisodeState, { requestId, notice }: EventOf<'warning-published' | 'warning-raised' | 'warning-lowered'>): void {
    const { level, responseLevel } = notice;
    if (rankOf(plan, responseLevel) < rankOf(plan, level)) tell(rowName(row), `the response ${name(responseLevel)} is below the warning ${name(level)} (4.1)`);
    if (requestId !== null) notBelow(row, state, level);
  }

  function see(row: LedgerRow, event: EpisodeEvent, state: EpisodeState, after: EpisodeState): void {
    handle(event, {
      'warning-published': (e) => changed(row, state, e),
      'warning-raised': (e) => changed(row, state, e),
      'warning-lowered': (e) => changed(row, state, e),
      'lift-issued': ({ requestId }) => (requestId === null ? undefined : notBelow(row, state, null)),
      'part-lifted': () => notBelow(row, state, null),
      // From now on, within the level in force: what an order announces stands by itself when it begins (R21).
      'response-adjusted': ({ responseLevel }) =>
        decides(state.rulesVersion, 'a-response-is-adjusted-from-now-on') ? notBelow(row, state, responseLevel, floorOf(plan, state.orders)) : notBelow(row, state, responseLevel),
      'order-took-effect': (e) => {
        const floor = floorOf(plan, after.orders);
        if (floor !== e.floor) tell(rowName(row), `with it the floor is ${name(floor)}, recorded is ${name(e.floor)} (3.3.3)`);
      },
    });
  }

  return {
    batch({ rows, events }, before) {
      let { state } = before;
      events.forEach((event, i) => {
        const after = rules.evolve(state, event);
        const row = rows[i];
        if (state !== null && row) see(row, event, state, after);
        state = after;
      });
    },
  };
}

/** A local lift rests on the assessment that was before those who asked for it. */
export function liftsAllowed({ plan }: Frame, tell: Tell): Visitor {
  const { aqiBelow, holdHours, aheadHours } = plan.settings.lift;
  const asked = new Map<string, { readonly assessment: Assessment | null; readonly atMs: number }>();
  let latest: Assessment | null = null;

  function lifted(row: LedgerRow, requestId: string | null, issuedAtMs: number, effectiveAtMs: number): void {
    const request = asked.get(requestId ?? '');
    const able = request?.assessment?.lift;
    const fromNow = `lifted for ${toBeijingIso(effectiveAtMs)}`;
    if (!request || !able || effectiveAtMs < able.fromMs) return tell(rowName(row), `${fromNow}, when the air on record was not yet below AQI ${aqiBelow} (3.3.6)`);
    const hours = Math.floor((able.fromMs - effectiveAtMs) / HOUR_MS) + able.holdsHours;
    if (able.maxAqi >= aqiBelow) tell(rowName(row), `${fromNow} with AQI ${able.maxAqi} ahead; it must stay below ${aqiBelow} (R8, R10)`);
    if (hours < holdHours) tell(rowName(row), `${fromNow} with ${hours} h of clean air ahead; ${holdHours} h are needed (3.3.6)`);
    if (effectiveAtMs < issuedAtMs) tell(rowName(row), `${fromNow}, before it was issued (R7)`);
    if (effectiveAtMs > nextWholeHourMs(request.atMs) + aheadHours * HOUR_MS) tell(rowName(row), `${fromNow}, more than ${aheadHours} h ahead (R9)`);
  }

  return {
    batch({ rows, events }) {
      events.forEach((event, i) => {
        const row = rows[i];
        if (event.type === 'assessment-noted') latest = event.assessment;
        else if (event.type === 'request-opened' || event.type === 'request-renewed') asked.set(event.requestId, { assessment: latest, atMs: event.atMs });
        else if (event.type === 'lift-issued' && event.lift.cause === 'local' && row) lifted(row, event.requestId, event.lift.issuedAtMs, event.lift.effectiveAtMs);
        // R21: a part of the area is lifted on the same air as the whole.
        else if (event.type === 'part-lifted' && row) lifted(row, event.requestId, event.atMs, event.effectiveAtMs);
      });
    },
  };
}
