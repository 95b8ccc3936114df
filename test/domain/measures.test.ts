import { describe, expect, test } from '@jest/globals';
import type { EpisodeState, MeasureChange } from '../../domain/episode/state.js';
import { measuresInForce } from '../../domain/measures.js';
import { HOUR_MS } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';

const plan = loadPlan('kuitun-2023');
const AT = 1_767_578_400_000;
const scope = (zh: string) => ({ zh, en: zh });

function responding(responseLevel: string, changes: readonly MeasureChange[] = [], liftAtMs: number | null = null): EpisodeState {
  const span = { level: 'yellow', responseLevel, fromMs: AT, noticeId: 'N1', orderId: null, begun: true };
  const lift = liftAtMs === null ? null : { id: 'L1', issuedAtMs: AT, effectiveAtMs: liftAtMs, cause: 'local', orderId: null };
  return { phase: 'responding', levels: [span], lift, measureChanges: changes } as unknown as EpisodeState;
}
const change = (kind: MeasureChange['kind'], measureId: string, of: Partial<MeasureChange> = {}): MeasureChange => ({ id: 'M', kind, measureId, scope: scope('全市'), fromMs: AT, toMs: null, basis: '文', ...of });
const idsOf = (state: EpisodeState, atMs = AT, unit: string | null = null) => measuresInForce(plan, state, atMs, unit).map((m) => m.measure.id);
const yellow = plan.measures.filter((m) => m.level === 'yellow').map((m) => m.id);
const orange = plan.measures.filter((m) => m.level === 'orange').map((m) => m.id);

describe('measures in force (4.3)', () => {
  test('R23: levels add up; the response level counts, not the warning’s (R21)', () => {
    expect(idsOf(responding('yellow'))).toEqual(yellow);
    expect(idsOf(responding('orange'))).toEqual([...yellow, ...orange]);
    expect(idsOf(responding('red'))).toHaveLength(plan.measures.length);
  });

  test('R23, the other value: each level has its own', () => {
    const alone = { ...plan, settings: { ...plan.settings, measuresAddUp: false } };
    expect(measuresInForce(alone, responding('orange'), AT).map((m) => m.measure.id)).toEqual(orange);
  });

  test('none before the warning takes effect, none from the lift on', () => {
    expect(idsOf(responding('red'), AT - 1)).toEqual([]);
    const lifted = responding('red', [], AT + HOUR_MS);
    expect(idsOf(lifted, AT + HOUR_MS - 1)).not.toEqual([]);
    expect(idsOf(lifted, AT + HOUR_MS)).toEqual([]);
  });

  test('a unit sees what is its own', () => {
    expect(measuresInForce(plan, responding('red'), AT, 'education').every((m) => m.measure.units.includes('education'))).toBe(true);
    expect(idsOf(responding('red'), AT, 'education').length).toBeGreaterThan(0);
  });

  test('R21: a measure of a higher level may be added, for a time', () => {
    const [first = ''] = orange;
    const state = responding('yellow', [change('add', first, { toMs: AT + HOUR_MS })]);
    expect(measuresInForce(plan, state, AT).find((m) => m.measure.id === first)).toMatchObject({ basis: 'added' });
    expect(idsOf(state, AT + HOUR_MS)).toEqual(yellow);
  });

  test('R21: suspended or exempted for a scope it stays listed with that; restored it is whole', () => {
    const [first = ''] = yellow;
    const exempt = change('exempt', first, { scope: scope('供热企业') });
    const changesAt = (changes: MeasureChange[]) => measuresInForce(plan, responding('yellow', changes), AT)[0]?.changes.map((c) => c.kind);
    expect(changesAt([exempt])).toEqual(['exempt']);
    expect(changesAt([exempt, change('restore', first, { scope: scope('供热企业') })])).toEqual([]);
    expect(changesAt([exempt, change('restore', first, { scope: scope('别处') })])).toEqual(['exempt']);
    expect(changesAt([change('suspend', first, { fromMs: AT + 1 })])).toEqual([]);
  });
});
