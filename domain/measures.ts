/** Which of the plan's measures are in force (4.3; R21, R23). */
import { type Measure, type Plan, rankOf, type UnitId } from './plan.js';
import { type Common, type MeasureChange, spanAt } from './episode/state.js';

export interface MeasureInForce {
  readonly measure: Measure;
  /** By the response's level, or added by an order of the office. */
  readonly basis: 'level' | 'added';
  /** What has been ordered for a part of it and still holds. */
  readonly changes: readonly MeasureChange[];
}

/**
 * The measures in force at an instant, of one unit or of all. Levels add up:
 * those of the lower ones persist. A suspension or an exemption is for its
 * scope, so the measure stays listed with it.
 */
export function measuresInForce(plan: Pick<Plan, 'levels' | 'measures' | 'settings'>, state: Pick<Common, 'levels' | 'lift' | 'measureChanges'>, atMs: number, unitId: UnitId | null = null): MeasureInForce[] {
  const span = spanAt(state, atMs);
  if (!span || (state.lift && state.lift.effectiveAtMs <= atMs)) return [];
  const rank = rankOf(plan, span.responseLevel);
  const changes = changesAt(state, atMs);
  return plan.measures
    .filter((m) => unitId === null || m.units.includes(unitId))
    .flatMap((measure): MeasureInForce[] => {
      const own = changes.filter((c) => c.measureId === measure.id);
      const isOfLevel = plan.settings.measuresAddUp ? rankOf(plan, measure.level) <= rank : rankOf(plan, measure.level) === rank;
      if (isOfLevel) return [{ measure, basis: 'level', changes: own }];
      return own.some((c) => c.kind === 'add') ? [{ measure, basis: 'added', changes: own }] : [];
    });
}

/** Changes that hold: begun, not over, and not taken back by a later one for the same scope. */
function changesAt({ measureChanges }: Pick<Common, 'measureChanges'>, atMs: number): MeasureChange[] {
  const begun = measureChanges.filter((c) => c.fromMs <= atMs);
  return begun.filter((c, i) => {
    const isReplaced = begun.slice(i + 1).some((later) => later.measureId === c.measureId && later.scope.zh === c.scope.zh);
    return c.kind !== 'restore' && !isReplaced && (c.toMs === null || c.toMs > atMs);
  });
}
