import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import { obligations } from '../../domain/episode/deadlines.js';
import { ensureObligations } from '../../db/ledger/submissions.js';
import { addDrillArea } from '../../db/plans.js';
import { rebuild } from '../../db/rebuild.js';
import { act, Episode, person, START_MS, startOrder, type World, world } from './support/world.js';

let w: World;
let e: Episode;
let count = 0;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.database.close());
beforeEach(async () => {
  w.nowMs = START_MS;
  const areaId = `drill-${++count}`;
  await addDrillArea(w.database.pool, { areaId, drillsArea: w.plan.areaId, clock: { realOriginMs: 0, planOriginMs: 0, rate: 1 } });
  e = new Episode(w, `e${count}`, undefined, areaId);
  await e.open();
});

interface Row {
  readonly id: string;
  readonly lapsed_at_ms: number | null;
  readonly submitted_at_ms: number | null;
  readonly due_at_ms: number | null;
}
async function rows(): Promise<Row[]> {
  const { rows: found } = await w.database.pool.query<Row>('select id, lapsed_at_ms, submitted_at_ms, due_at_ms from obligations where episode_id = $1 order by id', [e.id]);
  return found;
}
const owedNow = async () => (await rows()).filter((r) => r.lapsed_at_ms === null).map((r) => r.id);
const derivedNow = () => obligations(w.episodePlan, e.state!, w.nowMs).map((o) => o.id).sort();

describe('what is owed, as rows', () => {
  test('is what the core derives, after every step of three days', async () => {
    for (let hour = 0; hour <= 72; hour += 6) {
      await e.until(START_MS + hour * HOUR_MS);
      await ensureObligations(w.database.pool, e.id, w.clock);
      expect((await owedNow()).sort()).toEqual(derivedNow());
    }
  });

  test('deriving twice, or by many at once, is deriving once', async () => {
    w.nowMs = START_MS + 30 * HOUR_MS;
    await Promise.all(Array.from({ length: 8 }, () => ensureObligations(w.database.pool, e.id, w.clock)));
    const once = await rows();
    await ensureObligations(w.database.pool, e.id, w.clock);
    expect(await rows()).toEqual(once);
    expect(once.map((r) => r.id)).toEqual(derivedNow());
  });

  test('4.5, R15: a lift that becomes known late takes back what it leaves no ground for; a report handed in stays', async () => {
    await e.until(START_MS + HOUR_MS * 3);
    // The engine stands still for two days; the API derives and takes in a report meanwhile.
    w.nowMs = START_MS + 2 * DAY_MS + HOUR_MS;
    await ensureObligations(w.database.pool, e.id, w.clock);
    const reporter = w.plan.units.find((u) => u.reports.daily)!.id;
    await e.submit({ obligationId: `daily-report:2024-01-06:${reporter}`, act: act(person('unit', reporter), w.nowMs) });
    const before = await owedNow();
    const liftMs = START_MS + 6 * HOUR_MS;
    await e.do({ type: 'receive-order', areaSeq: 2, order: startOrder('O2', w.nowMs, { kind: 'lift', level: null, effectiveAtMs: liftMs }) });
    expect(e.state!.phase).toBe('reporting');
    const after = await rows();
    expect(after.filter((r) => r.lapsed_at_ms === null).map((r) => r.id).sort()).toEqual(derivedNow());
    const lapsed = after.filter((r) => r.lapsed_at_ms !== null);
    expect(lapsed.length).toBeGreaterThan(0);
    expect(lapsed.every((r) => before.includes(r.id) && r.lapsed_at_ms === w.nowMs)).toBe(true);
    const report = after.find((r) => r.id === `daily-report:2024-01-06:${reporter}`)!;
    expect(report).toMatchObject({ lapsed_at_ms: w.nowMs, submitted_at_ms: w.nowMs });
    await rebuild(w.database.pool, w.clock);
    expect(await rows()).toEqual(after);
  });

  test('3.2, 3.3.3: what a decision fulfils is discharged by it, at the instant of the act', async () => {
    w.nowMs += 20 * MINUTE_MS;
    await e.do({ type: 'record-consultation', conclusion: { advice: 'keep', level: null, noClearImprovement: null, text: '维持', dissent: [] }, act: act(person('technical'), w.nowMs) });
    const consultation = (await rows()).find((r) => r.id === 'consultation:2024-01-05:technical');
    expect(consultation).toMatchObject({ submitted_at_ms: w.nowMs, lapsed_at_ms: null });
  });
});
