import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../domain/digest.js';
import type { Evidence } from '../../domain/episode/state.js';
import type { HeldOrder } from '../../domain/order.js';
import { inboxOf, markRead } from '../../db/read/inbox.js';
import { addDrillArea } from '../../db/plans.js';
import { rebuild } from '../../db/rebuild.js';
import { evidenceShown, requestsOf } from '../../db/read/requests.js';
import { act, Episode, person, START_MS, type World, world } from './support/world.js';

let w: World;
let e: Episode;
let count = 0;
const management = person('management');
const director = person('director');
const commander = person('commander');

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

/** A correction of the first notice, which for orange the director reviews and the commander approves (3.3.4, R32). */
async function proposed(): Promise<string> {
  await e.do({ type: 'propose-correction', noticeId: e.state!.notices[0]!.id, kind: 'correction', text: '时间有误', act: act(management, w.nowMs) });
  return e.state!.requests.at(-1)!.id;
}
const request = async (id: string) => (await requestsOf(w.database.pool, e.id)).find((r) => r.id === id)!;
const decide = (requestId: string, step: number, decision: 'approve' | 'return' | 'refuse', by = step === 0 ? director : commander) => {
  const { evidenceDigest } = e.state!.requests.find((r) => r.id === requestId)!;
  return e.do({ type: 'decide-step', requestId, step, decision, reason: decision === 'approve' ? null : '请补充', evidenceDigest, act: act(by, w.nowMs) });
};
const inbox = async (recipient: string) => (await inboxOf(w.database.pool, { accountId: 'a', areaId: e.areaId, recipients: [recipient] })).filter((i) => i.kind === 'request');

describe('3.3.4: requests for approval', () => {
  test('go step by step, each approver is told when it is their turn', async () => {
    const id = await proposed();
    const steps = w.plan.chains.correct['orange']!.steps;
    expect((await inbox(`role:${steps[0]!.role}`)).map((i) => i.ref)).toContain(id);
    for (const [step, { role }] of steps.entries()) await decide(id, step, 'approve', person(role));
    const row = await request(id);
    expect(row).toMatchObject({ action: 'correct', status: 'approved', closedAtMs: w.nowMs });
    expect(row.decisions.map((d) => (d as { by: { role: string } }).by.role)).toEqual(steps.map((s) => s.role));
    const { rows } = await w.database.pool.query('select id, superseded_by from notices where episode_id = $1 order by seq', [e.id]);
    expect(rows).toEqual([
      { id: 'N1', superseded_by: 'N2' },
      { id: 'N2', superseded_by: null },
    ]);
  });

  test.each([
    ['return', 'returned'],
    ['refuse', 'refused'],
  ] as const)('a %s closes it and the management group learns of it', async (decision, status) => {
    const id = await proposed();
    const [first] = w.plan.chains.correct['orange']!.steps;
    await decide(id, 0, decision, person(first!.role));
    expect(await request(id)).toMatchObject({ status });
    expect(await inbox('role:management')).toContainEqual(expect.objectContaining({ ref: id, body: { decision, reason: '请补充' } }));
  });

  test('taken back it is withdrawn', async () => {
    const id = await proposed();
    await e.do({ type: 'withdraw-request', requestId: id, reason: '另拟', act: act(management, w.nowMs) });
    expect(await request(id)).toMatchObject({ status: 'withdrawn', closedAtMs: w.nowMs });
  });

  test('R29: every version of the evidence is kept under its digest', async () => {
    const id = await proposed();
    const was = e.state!.requests.find((r) => r.id === id)!;
    const evidence: Evidence = { ...was.evidence, text: '改后的内容' };
    await e.append([
      { type: 'request-basis-changed', clause: '3.2', atMs: w.nowMs, requestId: id, was: 'orange', is: 'red' },
      { type: 'request-renewed', clause: '3.2', atMs: w.nowMs, requestId: id, evidence, evidenceDigest: digestOf(evidence), act: act(management, w.nowMs) },
    ]);
    expect(await request(id)).toMatchObject({ status: 'open', evidence, evidenceDigest: digestOf(evidence), basisChangedAtMs: null });
    expect(await evidenceShown(w.database.pool, e.id, id, was.evidenceDigest)).toEqual(was.evidence);
    expect(await evidenceShown(w.database.pool, e.id, id, digestOf(evidence))).toEqual(evidence);
    const before = await requestsOf(w.database.pool, e.id);
    await rebuild(w.database.pool, w.clock);
    expect(await requestsOf(w.database.pool, e.id)).toEqual(before);
  });
});

describe('the inbox', () => {
  const changes = async (recipient: string) => (await inboxOf(w.database.pool, { accountId: 'a', areaId: e.areaId, recipients: [recipient] })).filter((i) => i.kind === 'change');

  test('4.2: a response adjusted is told to every unit and the duty desk; a measure changed to the units that carry it out; a rebuild tells the same', async () => {
    const measure = w.plan.measures.find((m) => m.units.length > 0 && m.units.length < w.plan.units.length)!;
    const scope = { zh: '一家企业', en: 'one firm' };
    const change = { id: 'M1', kind: 'exempt' as const, measureId: measure.id, scope, fromMs: w.nowMs, toMs: null, basis: '民生保障' };
    await e.append([
      { type: 'response-adjusted', clause: '4.2', atMs: w.nowMs, responseLevel: 'red', reason: '加强', act: act(commander, w.nowMs) },
      { type: 'measures-adjusted', clause: '4.2', atMs: w.nowMs, change, act: act(management, w.nowMs) },
    ]);
    const told = async () => Promise.all([...w.plan.units.map((u) => `unit:${u.id}`), 'role:management'].map(changes));
    const before = await told();
    const whose = [...w.plan.units.map((u) => u.id), 'management'];
    for (const [i, of] of whose.entries()) {
      const kinds = before[i]!.map((item) => ('responseLevel' in item.body ? 'response' : 'measure')).sort();
      expect([of, kinds]).toEqual([of, of === 'management' || measure.units.includes(of) ? ['measure', 'response'] : ['response']]);
    }
    await rebuild(w.database.pool, w.clock);
    expect(await told()).toEqual(before);
  });

  test('R15: of a superior order, which binds without him, the commander is told', async () => {
    const [{ order }] = e.state!.orders as [HeldOrder];
    expect(await changes('role:commander')).toMatchObject([{ ref: order.id, clause: '3.3.3', body: { order: { issuer: order.issuer, kind: 'start', level: 'orange', effectiveAtMs: order.effectiveAtMs } } }]);
    expect(await changes('role:director')).toEqual([]);
  });

  test('what one account has read stays read, also through a rebuild, and another has not read it', async () => {
    await proposed();
    const [step] = w.plan.chains.correct['orange']!.steps;
    const query = { areaId: e.areaId, recipients: [`role:${step!.role}`] };
    const unread = await inboxOf(w.database.pool, { ...query, accountId: 'one', unreadOnly: true });
    expect(unread.length).toBeGreaterThan(0);
    await markRead(w.database.pool, 'one', unread.map((i) => i.id), w.nowMs);
    await markRead(w.database.pool, 'one', unread.map((i) => i.id), w.nowMs + 1);
    await rebuild(w.database.pool, w.clock);
    expect(await inboxOf(w.database.pool, { ...query, accountId: 'one', unreadOnly: true })).toEqual([]);
    expect((await inboxOf(w.database.pool, { ...query, accountId: 'one' })).map((i) => i.readAtMs)).toEqual(unread.map(() => w.nowMs));
    expect(await inboxOf(w.database.pool, { ...query, accountId: 'two', unreadOnly: true })).toEqual(unread);
  });

  test('pages do not overlap and leave nothing out; another area sees nothing', async () => {
    for (let i = 0; i < 4; i++) {
      const id = await proposed();
      await e.do({ type: 'withdraw-request', requestId: id, reason: '另拟', act: act(management, w.nowMs) });
    }
    const [step] = w.plan.chains.correct['orange']!.steps;
    const query = { accountId: 'a', areaId: e.areaId, recipients: [`role:${step!.role}`] };
    const all = await inboxOf(w.database.pool, query);
    const paged = [];
    for (let before = null; ; ) {
      const page = await inboxOf(w.database.pool, { ...query, limit: 3, before });
      paged.push(...page);
      if (page.length < 3) break;
      before = page.at(-1)!;
    }
    expect(paged).toEqual(all);
    expect(await inboxOf(w.database.pool, { ...query, areaId: w.plan.areaId })).toEqual([]);
  });
});
