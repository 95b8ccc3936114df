import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { addDrillArea } from '../../db/plans.js';
import { act, Episode, person, RULES, START_MS, type World, world } from './support/world.js';

let w: World;
let e: Episode;
let notice: string;
let count = 0;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.database.close());

/** Orange in force, before any acknowledgement's target. */
beforeEach(async () => {
  w.nowMs = START_MS;
  const areaId = `drill-${++count}`;
  await addDrillArea(w.database.pool, { areaId, drillsArea: w.plan.areaId, clock: { realOriginMs: 0, planOriginMs: 0, rate: 1 } });
  e = new Episode(w, `e${count}`, undefined, areaId);
  await e.open();
  notice = e.state!.notices[0]!.id;
});

const targetMs = START_MS + HOUR_MS;
const moments = () => [{ groupId: `acknowledgement:${notice}`, moment: 'target' as const, atMs: targetMs + 1, clause: '4.2', tell: ['management' as const] }];
const acknowledge = (unitId: string) => e.submit({ obligationId: `acknowledgement:${notice}:${unitId}`, act: act(person('unit', unitId), w.nowMs) }, `ack-${unitId}`);
const settledOf = (events: readonly EpisodeEvent[]) => events.find((x) => x.type === 'deadlines-settled')!;

describe('settling', () => {
  test('names who is open, counts the others and tells owners and roles', async () => {
    const [first, second, ...rest] = w.plan.units.map((u) => u.id);
    w.nowMs = START_MS + 10 * MINUTE_MS;
    await acknowledge(first!);
    w.nowMs = targetMs + 1;
    await acknowledge(second!);
    const outcome = await e.settle(targetMs + 1, moments());
    if (outcome.status !== 'settled') throw new Error(outcome.status);
    expect(settledOf(outcome.rows.map((r) => r.event))).toMatchObject({ atMs: targetMs + 1, groups: [{ groupId: `acknowledgement:${notice}`, inTime: 2, late: 0, open: rest.map((u) => `acknowledgement:${notice}:${u}`) }] });
    expect(outcome.facts).toEqual({
      [`acknowledgement:${notice}:${first}`]: { submittedAtMs: START_MS + 10 * MINUTE_MS },
      [`acknowledgement:${notice}:${second}`]: { submittedAtMs: targetMs + 1 },
    });
    const { rows } = await w.database.pool.query<{ recipient: string; kind: string }>("select recipient, kind from inbox where episode_id = $1 and ref like 'acknowledgement:%'", [e.id]);
    expect(rows).toHaveLength(rest.length + 1);
    expect(rows).toContainEqual({ recipient: `unit:${rest[0]}`, kind: 'reminder' });
    expect(rows).toContainEqual({ recipient: 'role:management', kind: 'reminder' });
    expect(rows).not.toContainEqual({ recipient: `unit:${first}`, kind: 'reminder' });
  });

  test('waits while the ledger clock is before the instant, and writes nothing', async () => {
    w.nowMs = targetMs;
    expect(await e.settle(targetMs + 1, moments(), [], 'early')).toEqual({ status: 'not-yet', nowPlanMs: targetMs });
    w.nowMs = targetMs + 1;
    expect((await e.settle(targetMs + 1, moments(), [], 'early')).status).toBe('settled');
  });

  test('the first result stands: the same command later returns it, whatever was handed in since', async () => {
    w.nowMs = targetMs + 1;
    const known = e.decisions;
    const first = await e.settle(targetMs + 1, moments(), [], 'once');
    await acknowledge(w.plan.units[0]!.id);
    e.decisions = known;
    const again = await e.settle(targetMs + 1, moments(), [], 'once');
    if (first.status !== 'settled' || again.status !== 'already') throw new Error(again.status);
    expect(again.rows).toEqual(first.rows);
    expect(again.digest).toBe(first.digest);
  });

  test('what was decided with it is recorded before it', async () => {
    w.nowMs = targetMs + 1;
    const before: EpisodeEvent = { type: 'prompt-cleared', clause: '3.2', atMs: targetMs + 1 };
    const outcome = await e.settle(targetMs + 1, moments(), [before]);
    if (outcome.status !== 'settled') throw new Error(outcome.status);
    expect(outcome.rows.map((r) => r.event.type)).toEqual(['prompt-cleared', 'deadlines-settled']);
    expect(outcome.rows.map((r) => r.decisionNo)).toEqual([e.decisions - 1, e.decisions]);
  });

  test('on an old state it is told what it missed', async () => {
    w.nowMs = targetMs + 1;
    const known = e.decisions;
    await e.append([{ type: 'prompt-cleared', clause: '3.2', atMs: w.nowMs }]);
    e.decisions = known;
    const outcome = await e.settle(targetMs + 1, moments());
    expect(outcome).toMatchObject({ status: 'behind', rows: [{ decisionNo: known + 1 }] });
  });

  test('two workers settling at once record one result', async () => {
    w.nowMs = targetMs + 1;
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => e.settle(targetMs + 1, moments(), [], 'both')));
    expect(outcomes.filter((o) => o.status === 'settled')).toHaveLength(1);
    expect(outcomes.filter((o) => o.status === 'already' || o.status === 'behind')).toHaveLength(5);
    expect(new Set(outcomes.map((o) => ('digest' in o ? o.digest : '')) ).size).toBe(1);
  });

  test('a submission racing a settlement is either in its facts or recorded after it', async () => {
    w.nowMs = targetMs + 1;
    const [settled, acks] = await Promise.all([e.settle(targetMs + 1, moments()), Promise.all(w.plan.units.map((u) => acknowledge(u.id)))]);
    if (settled.status !== 'settled') throw new Error(settled.status);
    for (const ack of acks) {
      if (ack.status !== 'appended') throw new Error(ack.status);
      expect(settled.facts[ack.event.obligationId] !== undefined).toBe(ack.seq < settled.seq);
    }
  });

  test('the core and the ledger settle alike', async () => {
    w.nowMs = targetMs + 1;
    await acknowledge(w.plan.units[3]!.id);
    const state = e.state!;
    const outcome = await e.settle(targetMs + 1, moments());
    if (outcome.status !== 'settled') throw new Error(outcome.status);
    expect(outcome.rows[0]!.event).toEqual(RULES.settledEvent(w.episodePlan, state, moments(), outcome.facts, targetMs + 1));
  });
});
