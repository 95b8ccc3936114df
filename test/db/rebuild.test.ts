import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Assessment } from '../../domain/air/assessment.js';
import type { AreaEvent, ObservationsDocument } from '../../domain/area.js';
import { DAY_MS, HOUR_MS, startOfDayMs } from '../../domain/time.js';
import { checkLedger } from '../../db/check.js';
import { saveDocument } from '../../db/documents.js';
import { appendInput } from '../../db/ledger/area.js';
import { appendEpisodeAudit, archiveHistory } from '../../db/ledger/audit.js';
import { ensureObligations } from '../../db/ledger/submissions.js';
import { PROJECTIONS, rebuild } from '../../db/rebuild.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { act, Episode, person, START_MS, startOrder, type World, world } from './support/world.js';

let w: World;
let e: Episode;
const management = person('management');
const director = person('director');

/** Every projection, row by row. How far obligations were derived is a mark of the past derivations, not a fact. */
async function contents(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of PROJECTIONS) {
    const { rows } = await w.database.pool.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) - 'obligations_through_ms' as row from ${table} t order by to_jsonb(t)::text`);
    all[table] = rows.map((r) => r.row);
  }
  return all;
}

const document = (content: object) =>
  saveDocument(w.database.pool, { kind: 'input', mediaType: 'application/json', title: 'input', body: JSON.stringify(content), createdAtMs: w.nowMs });

const record = (commandId: string, event: AreaEvent) =>
  appendInput(w.database.pool, { areaId: w.plan.areaId, commandId, rulesVersion: CURRENT_RULES, planDigest: w.planDigest, clock: w.clock }, () => event);

async function recordInputs(): Promise<void> {
  const atMs = w.nowMs;
  const none = { level: null, predicates: [], basicCondition: 'not-needed', missingHours: 0 } as const;
  const assessment: Assessment = {
    id: 'A1',
    atMs,
    basis: { forecastId: 'F1', forecastDigest: null, forecastIssuedAtMs: atMs, observedUntilMs: atMs, aqiTable: 'HJ633-2012', dustSpans: [] },
    grades: { low: none, middle: none, high: none },
    processes: [],
    primaryPollutants: ['PM2.5'],
    raise: null,
    lower: [],
    lift: null,
    currentAqi: 88,
  };
  const order = startOrder('O1', atMs);
  await record('i-order', { type: 'order-received', atMs, clause: '3.3.3', order, act: act(management, atMs) });
  await record('i-check', { type: 'order-checked', atMs, clause: '3.3.3', orderId: 'O1', confirmed: true, act: act(person('management', null, 'second'), atMs) });
  const transmission = { channel: 'paper' as const, atMs, from: '自治州', takenBy: management, documentDigest: null };
  await record('i-paper', { type: 'order-transmission-added', atMs, clause: '3.3.3', order: { ...order, documentNumber: '〔2024〕1号', transmissions: [transmission] }, act: act(management, atMs) });
  const forecast = await document({ kind: 'daily', values: [{ date: '2024-01-06', aqiLow: 180, aqiHigh: 220 }] });
  await record('i-forecast', { type: 'forecast-recorded', atMs, clause: '3.1', forecastId: 'F1', digest: forecast, issuedAtMs: atMs, source: '演示', late: false, assessment, by: person('technical') });
  const hour = (station: string, at: number, pm25: number) => ({ station, atMs: startOfDayMs('2024-01-05') + at * HOUR_MS, values: { pm25 } });
  const first: ObservationsDocument = { kind: 'hourly', rows: [hour('city', 0, 100), hour('city', 1, 120), hour('city', 1, 121)] };
  const second: ObservationsDocument = { kind: 'hourly', rows: [hour('city', 0, 101)] };
  for (const [i, rows] of [first, second].entries()) await record(`i-obs-${i}`, { type: 'observations-recorded', atMs, clause: '3.1', digest: await document(rows), assessment: null } as AreaEvent);
  const flag = { type: 'dust-flagged', atMs, clause: '1.4', flagId: 'D1', reason: 'PM10', act: act(person('technical'), atMs), assessment: null } as const;
  await record('i-dust', { ...flag, spans: [{ fromMs: atMs, toMs: atMs + HOUR_MS }] });
  await record('i-dust-gone', { ...flag, spans: [] });
}

/** What the owners do who do it in time: acknowledgements and reports of all units but one. */
async function handIn(skip: string): Promise<void> {
  await ensureObligations(w.database.pool, e.id, w.clock);
  const { rows } = await w.database.pool.query<{ id: string; owner_id: string; kind: string }>(
    "select id, owner_id, kind from obligations where episode_id = $1 and submitted_at_ms is null and lapsed_at_ms is null and kind <> all($2) and owner_id <> $3 order by id",
    [e.id, ['consultation', 'countersignature', 'order-check', 'relay-signature', 'evaluation'], skip],
  );
  for (const { id, owner_id: owner } of rows) {
    const isUnit = w.plan.units.some((u) => u.id === owner);
    const actor = isUnit ? person('unit', owner) : person(owner as 'management');
    const outcome = await e.submit({ obligationId: id, act: act(actor, w.nowMs) });
    if (outcome.status !== 'appended') throw new Error(`${id}: ${JSON.stringify(outcome)}`);
  }
}

async function approve(requestId: string, extra: object = {}): Promise<void> {
  const request = e.state!.requests.find((r) => r.id === requestId)!;
  await e.do({ type: 'decide-step', requestId, step: 0, decision: 'approve', reason: null, evidenceDigest: request.evidenceDigest, act: act(director, w.nowMs, extra) });
}

/** From the order to the evaluation: a response of two days, its reports, a correction, a task, a lift by order. */
async function live(): Promise<void> {
  w.nowMs = START_MS;
  await recordInputs();
  e = new Episode(w, 'whole');
  await e.open();
  const notice = e.state!.notices[0]!;
  const delivered = { type: 'notice-delivered', clause: '3.3.4', noticeId: notice.id, channel: 'inbox', recipients: ['zone', ...w.plan.units.map((u) => `unit:${u.id}`)] } as const;
  await appendEpisodeAudit(w.database.pool, { episodeId: e.id, commandId: 'delivery', clock: w.clock, event: delivered });
  const absent = w.plan.units[0]!.id;
  await e.until(START_MS + 30 * 60_000);
  await handIn(absent);
  await e.do({ type: 'check-order', areaSeq: 2, orderId: 'O1', confirmed: true, act: act(person('management', null, 'second'), w.nowMs) });
  await e.do({
    type: 'assign-task',
    ownerId: absent,
    basis: { zh: '督办单', en: 'order of supervision' },
    content: { zh: '核查工地', en: 'inspect sites' },
    targetAtMs: null,
    dueAtMs: w.nowMs + 5 * HOUR_MS,
    act: act(management, w.nowMs),
  });
  await e.do({ type: 'record-consultation', conclusion: { advice: 'keep', level: null, noClearImprovement: null, text: '维持', dissent: [] }, act: act(person('technical'), w.nowMs) });
  await e.until(START_MS + 2 * DAY_MS);
  await handIn(absent);
  await e.do({ type: 'close-task', taskId: e.state!.tasks[0]!.id, act: act(management, w.nowMs) });
  const liftOrder = startOrder('O2', w.nowMs, { kind: 'lift', level: null, effectiveAtMs: w.nowMs + 6 * HOUR_MS });
  await record('i-lift', { type: 'order-received', atMs: w.nowMs, clause: '3.3.6', order: liftOrder, act: act(management, w.nowMs) });
  await e.do({ type: 'receive-order', areaSeq: 9, order: liftOrder });
  await e.until(w.nowMs + DAY_MS);
  await handIn(absent);
  for (let day = 0; day < 6; day++) {
    await e.until(w.nowMs + DAY_MS);
    await handIn(absent);
  }
}

async function evaluate(): Promise<void> {
  const digest = await document({ numbers: true });
  await e.do({ type: 'submit-evaluation', documentDigest: digest, summary: '总结', missing: [], act: act(management, w.nowMs) });
  await approve(e.state!.requests.find((r) => r.evidence.action === 'evaluate')!.id, { channel: 'phone', witness: person('technical'), recordedBy: management, entry: 'proxy' });
  await archiveHistory(w.database.pool, { episodeId: e.id, history: '{"events":[]}', clock: w.clock });
}

beforeAll(async () => {
  w = await world();
  await live();
}, 120_000);
afterAll(() => w.database.close());

describe('the read models come out of the ledger', () => {
  test('a rebuild in the middle of an episode gives the same, and its life goes on', async () => {
    expect(e.state!.phase).toBe('evaluating');
    await ensureObligations(w.database.pool, e.id, w.clock);
    const before = await contents();
    for (const table of ['episodes', 'obligations', 'submissions', 'notices', 'deliveries', 'inbox', 'forecasts', 'observations', 'dust_flags', 'orders', 'assessments']) expect(before[table]!.length).toBeGreaterThan(0);
    await rebuild(w.database.pool, w.clock);
    expect(await contents()).toEqual(before);
    await evaluate();
    expect(e.state!.phase).toBe('closed');
  });

  test('a rebuild after the close, from damaged read models, gives the same and tells its progress', async () => {
    const before = await contents();
    expect(before['archives']).toHaveLength(1);
    expect(before['requests']).toContainEqual(expect.objectContaining({ action: 'evaluate', status: 'approved' }));
    await w.database.pool.query("update obligations set due_at_ms = 0; delete from submissions where version = 1; update episodes set phase = 'consulting'; delete from observations");
    const steps: [number, number][] = [];
    const { rows } = await rebuild(w.database.pool, w.clock, (done, total) => steps.push([done, total]));
    expect(await contents()).toEqual(before);
    expect(steps.at(-1)).toEqual([rows, rows]);
    expect((await checkLedger(w.database.pool)).faults).toEqual([]);
  });

  test('5.2: what was never handed in is on record as missing when the episode closed', async () => {
    const { rows } = await w.database.pool.query<{ owner_id: string; closed_missing: boolean }>(
      'select distinct owner_id, closed_missing from obligations where episode_id = $1 and submitted_at_ms is null and lapsed_at_ms is null',
      [e.id],
    );
    expect(rows).toContainEqual({ owner_id: w.plan.units[0]!.id, closed_missing: true });
    expect(rows.filter((r) => w.plan.units.some((u) => u.id === r.owner_id && u.id !== w.plan.units[0]!.id))).toEqual([]);
  });

  test('a correction of an observation keeps the first value beside it', async () => {
    const { rows } = await w.database.pool.query<{ at_ms: number; pm25: number }>("select at_ms, (values ->> 'pm25')::int as pm25 from observations order by at_ms, seq");
    const startMs = startOfDayMs('2024-01-05');
    expect(rows).toEqual([
      { at_ms: startMs, pm25: 100 },
      { at_ms: startMs, pm25: 101 },
      { at_ms: startMs + HOUR_MS, pm25: 121 },
    ]);
  });

  test('a check tells when a read model stands elsewhere than the ledger', async () => {
    await w.database.pool.query('update episodes set updated_seq = updated_seq - 1');
    const { faults } = await checkLedger(w.database.pool);
    expect(faults).toEqual([expect.objectContaining({ stream: 'episode/whole', fault: 'projection' })]);
    await rebuild(w.database.pool, w.clock);
    expect((await checkLedger(w.database.pool)).faults).toEqual([]);
  });
});
