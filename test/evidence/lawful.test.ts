/** What the rules let happen the checks let pass, however odd: random lives, and an office's oddities over the API. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { digestOf } from '../../domain/digest.js';
import type { AreaInput } from '../../domain/episode/commands.js';
import type { Plan, Settings } from '../../domain/plan.js';
import { evidenceOf } from '../../evidence/index.js';
import { actsHonest } from '../../evidence/recompute/acts.js';
import { areaRowsInOrder } from '../../evidence/recompute/area-rows.js';
import { chainsComplete, oralApprovalsSigned } from '../../evidence/recompute/chains.js';
import { decisionsAnew } from '../../evidence/recompute/decisions.js';
import { floorsKept, liftsAllowed } from '../../evidence/recompute/levels.js';
import { nothingPassedOver } from '../../evidence/recompute/passed-over.js';
import { decidedInTime, rowsInOrder } from '../../evidence/recompute/rows.js';
import { verifyBundle } from '../../evidence/verify.js';
import { frameOf, walk } from '../../evidence/walk.js';
import { loadPlan } from '../../plans/load.js';
import { approve, AREA, DAY_MS, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { air, DAY, EXAMPLE_CITY, HOUR, KUITUN, note, order, receive } from '../support/episode.js';
import { KIND_COUNT } from '../support/random-episode.js';
import { OFFICE } from './support/key.js';
import { recordOf } from './support/random-record.js';

// Hundreds of decisions, each decided again, on a machine that may be busy.
jest.setTimeout(300_000);

describe('random lives', () => {
  const set = (settings: Partial<Settings>, of: Plan = KUITUN): Plan => ({ ...of, settings: { ...of.settings, ...settings } });
  const PLANS = [set({}), set({ autoPropose: true, counting: 'elapsed', liftDayOwesReport: false }), set({ orders: { bindWithoutApproval: false, liftNamingTheCityLifts: false }, lowerChain: 'current-level', phonePeople: 1 }), set({}, EXAMPLE_CITY)];
  const OPENINGS: readonly ((at: number) => AreaInput)[] = [
    (at) => note(air(at, { processes: [{ level: 'orange', from: at + 30 * HOUR, to: at + 4 * DAY }] })),
    (at) => receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at + 3 * HOUR, level: 'yellow' })),
  ];
  const throws = fc.record({ what: fc.nat(KIND_COUNT - 1), dice: fc.array(fc.nat(999), { minLength: 12, maxLength: 12 }), afterMinutes: fc.oneof({ weight: 7, arbitrary: fc.nat(60) }, { weight: 3, arbitrary: fc.nat(12 * 60) }), besideMs: fc.constant(null) });

  test('every check that needs no documents finds nothing', () => {
    let decided = 0;
    const lives = fc.tuple(fc.nat(3), fc.nat(1), fc.array(throws, { minLength: 40, maxLength: 90 }), fc.boolean());
    fc.assert(
      fc.property(lives, ([plan, opening, life, isLate]) => {
        const record = recordOf({ plan: PLANS[plan]!, opening: OPENINGS[opening]!, throws: life, isLate });
        const frame = frameOf(record);
        const faults: string[] = [];
        const tell = (where: string, what: string) => void faults.push(`${where}: ${what}`);
        for (const check of [rowsInOrder, decidedInTime, areaRowsInOrder, actsHonest]) check(frame, tell);
        for (const visitor of [decisionsAnew, chainsComplete, oralApprovalsSigned, floorsKept, liftsAllowed]) walk(frame, [visitor(frame, tell)]);
        walk(frame, [nothingPassedOver(frame, tell, () => undefined)]);
        expect(faults).toEqual([]);
        decided += record.episodeRows.length;
      }),
      { numRuns: Number(process.env['RUNS'] ?? 15), seed: 7, endOnFailure: true },
    );
    expect(decided).toBeGreaterThan(1_000);
  });
});

describe('an office’s oddities', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi();
  });
  afterAll(() => api.close());

  const post = async (login: string, path: string, body: object) => {
    const answer = await api.as(login).post(path, body);
    if (answer.status >= 300) throw new Error(`${login} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Record<string, string>;
  };
  const order = (of: object) => post('management', `/areas/${AREA}/orders`, { issuer: 'prefecture', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, effectiveAt: iso(api.now()), transmission: { channel: 'phone', at: iso(api.now()), from: '自治州' }, ...of });
  const consult = (id: string, of: object) => post('technical', `/episodes/${id}/consultations`, { text: '会商', ...of });

  /** Faults, and the types of what was recorded, so that a story is known to have happened. */
  async function checked(id: string): Promise<{ readonly faults: readonly unknown[]; readonly notes: readonly string[] }> {
    const verdict = verifyBundle((await evidenceOf(api.db.pool, id, OFFICE))!, { fingerprints: [OFFICE.fingerprint], episodeId: id });
    return { faults: verdict.faults, notes: verdict.notes };
  }

  async function ended(id: string): Promise<void> {
    const { state } = (await api.as('auditor').get(`/episodes/${id}`)).body as { state: { phase: string } };
    if (state.phase !== 'closed') await order({ kind: 'lift', level: null });
    await api.at(api.now() + HOUR_MS);
  }

  test('8.3: a drill, sixty times as fast', async () => {
    const { areaId } = await post('management', `/areas/${AREA}/drills`, { rate: 60, purpose: '演练' });
    await post('technical', `/areas/${areaId}/forecasts`, forecast(api.now(), [230, 230, 230, 80, 70, 60]));
    const id = (await activeEpisode(api.db.pool, areaId!))!;
    await consult(id, { advice: 'publish', level: 'orange' });
    await post('management', `/episodes/${id}/proposals`, { action: 'publish', level: 'orange', text: '呈请发布' });
    for (const login of ['director', 'commander']) await approve(api, login, id);
    for (let i = 0; i < 3; i++) await api.at(api.now() + HOUR_MS);
    expect(await checked(id)).toMatchObject({ faults: [] });
  });

  test('R15, R32: an order found to be a mistake, a notice recalled; R14: a step by delegation; an engine that was down; another edition of the plan meanwhile', async () => {
    const id = await publishOrange(api);
    await api.at(api.now() + 3 * HOUR_MS);
    // The engine is away while an order comes and a forecast; it takes both in when it is back.
    api.engine.up = false;
    const { orderId } = await order({ kind: 'raise', level: 'red' });
    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [230, 230, 230, 230, 80, 70]));
    const backAtMs = api.now() + 2 * HOUR_MS;
    await api.at(backAtMs);
    api.engine.up = true;
    await api.engine.poke(AREA);
    await post('management2', `/areas/${AREA}/orders/${orderId}/check`, { confirmed: false, reason: '编造的示例：文号有误' });
    const plan = loadPlan('kuitun-2023');
    await setAreaPlan(api.db.pool, AREA, await savePlan(api.db.pool, { ...plan, revision: '2026.1' }, api.now()));
    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [230, 230, 230, 230, 80, 70]));

    const { hats } = (await api.as('commander').get('/me')).body as { hats: { id: string }[] };
    const hatId = hats[0]!.id;
    await post('commander', '/delegations', { hatId, toAccountId: 'demo-deputy2', useCases: ['decide-step'], basis: '书面委托', until: iso(api.now() + DAY_MS) });
    await post('management', `/episodes/${id}/corrections`, { noticeId: 'N1', kind: 'correction', text: '更正' });
    for (const login of ['director', 'deputy2']) expect((await approve(api, login, id)).status).toBe(201);
    await ended(id);
    const { faults, notes } = await checked(id);
    expect(faults).toEqual([]);
    expect(notes.join('\n')).toContain('graded by another edition of the plan');
  });

  test('3.3.6: raised and lowered on local decisions, a lift rescinded', async () => {
    await setAreaPlan(api.db.pool, AREA, digestOf(loadPlan('kuitun-2023')));
    await api.at(api.now() + 10 * DAY_MS);
    const id = await publishOrange(api);
    await api.at(api.now() + 4 * HOUR_MS);
    await post('technical', `/areas/${AREA}/forecasts`, forecast(api.now(), [60, 60, 60, 60, 60, 60], iso(api.now()).slice(0, 10)));
    await consult(id, { advice: 'lift' });
    await post('management', `/episodes/${id}/lift`, { text: '解除' });
    await post('management', `/episodes/${id}/lift/rescission`, { reason: '反弹' });
    await post('commander', `/episodes/${id}/adjustments`, { responseLevel: 'red', reason: '加严' });
    await ended(id);
    expect(await checked(id)).toMatchObject({ faults: [] });
  });

  test('3.3.4: a warning recalled as a mistake', async () => {
    await api.at(api.now() + 10 * DAY_MS);
    const id = await publishOrange(api);
    await post('management', `/episodes/${id}/corrections`, { noticeId: 'N1', kind: 'recall', text: '误发' });
    for (const login of ['director', 'commander']) expect((await approve(api, login, id)).status).toBe(201);
    await api.at(api.now() + HOUR_MS);
    expect(await checked(id)).toMatchObject({ faults: [] });
  });

  test('R13: another city’s plan, whose lift is proposed by the management group and approved', async () => {
    await api.at(api.now() + 10 * DAY_MS);
    const plan = loadPlan('example-city-four-levels');
    await setAreaPlan(api.db.pool, AREA, await savePlan(api.db.pool, { ...plan, areaId: AREA }, START_MS));
    const id = await publishOrange(api);
    await api.at(api.now() + 4 * HOUR_MS);
    await post('technical', `/areas/${AREA}/forecasts`, forecast(api.now(), [60, 60, 60, 60, 60, 60], iso(api.now()).slice(0, 10)));
    await post('management', `/episodes/${id}/consultations`, { advice: 'lift', text: '符合解除条件' });
    await post('director', `/episodes/${id}/lift`, { text: '解除' });
    for (const login of ['deputy', 'commander']) expect((await approve(api, login, id)).status).toBe(201);
    await api.at(api.now() + DAY_MS);
    expect(await checked(id)).toMatchObject({ faults: [] });
  });
});
