import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, dayOf, endOfDayMs } from '../../domain/time.js';
import { AREA, DAY_MS, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
const TODAY = dayOf(START_MS);
const report = (login: string, body: object) => api.as(login).post(`/episodes/${episodeId}/reports`, body);
const pathsOf = (answer: { body: { errors?: { path: string }[] } }) => (answer.body.errors ?? []).map((e) => e.path);
const owed = async (id: string) => (await api.as('management').get(`/episodes/${episodeId}/obligations`)).body.obligations.find((o: { id: string }) => o.id === id);

beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
});
afterAll(() => api.close());

describe('the start-up report (4.2), by the unit’s own form', () => {
  const obligationId = 'startup-report:N1:ecology';
  const values = { inspections: 12, people: 30, 'firms-inspected': 10, 'firms-limited': 4, 'firms-stopped': 1, 'problems-found': 2, 'problems-fixed': 2, 'cases-filed': 0 };

  test('required numbers, whole and not negative; nothing the form does not ask', async () => {
    expect(pathsOf(await report('unit-ecology', { obligationId, values: { inspections: 12 } }))).toEqual(expect.arrayContaining(['values.people', 'values.firms-inspected', 'values.firms-limited']));
    expect(pathsOf(await report('unit-ecology', { obligationId, values: { ...values, people: -1, inspections: 1.5, 'firms-limited': 'four', extra: 1 } }))).toEqual(
      expect.arrayContaining(['values.people', 'values.inspections', 'values.firms-limited', 'values.extra']),
    );
    expect(pathsOf(await report('unit-ecology', { obligationId, values, text: '一段话' }))).toEqual(['text']);
    expect(pathsOf(await report('unit-ecology', { obligationId, values, impact: {} }))).toEqual(['impact']);
    expect(pathsOf(await report('unit-ecology', { obligationId, values, attachments: ['1'.repeat(64)] }))).toEqual(['attachments.0']);
  });

  test('its own measures, each once; what was not done says why', async () => {
    const { plan } = (await api.as('unit-ecology').get(`/areas/${AREA}/plan`)).body;
    const own = plan.measures.find((m: { units: string[] }) => m.units.includes('ecology')).id as string;
    const others = plan.measures.find((m: { units: string[] }) => !m.units.includes('ecology')).id as string;
    const measures = [{ measureId: own, done: 'partly' }, { measureId: own, done: 'done' }, { measureId: others, done: 'done' }];
    expect(pathsOf(await report('unit-ecology', { obligationId, values, measures }))).toEqual(expect.arrayContaining(['measures.0.note', 'measures.1.measureId', 'measures.2.measureId']));
    const { status, body } = await report('unit-ecology', { obligationId, values, measures: [{ measureId: own, done: 'partly', note: '两家待查' }] });
    expect([status, body.version, body.late]).toEqual([201, 1, false]);
    const document = (await api.as('management').get(`/documents/${body.documentDigest}`)).body;
    expect(document).toMatchObject({ obligationId, unitId: 'ecology', values, measures: [{ done: 'partly', note: '两家待查' }] });
  });

  test('a correction is a new version with its reason; the first time counts', async () => {
    const nil = { obligationId, nil: true, note: '更正为零' };
    expect((await report('unit-ecology', nil)).body.code).toBe('already-filed');
    await api.at(START_MS + HOUR_MS);
    const { body } = await report('unit-ecology', { ...nil, correctionReason: '数字填错' });
    expect(body).toMatchObject({ version: 2, countsAt: iso(START_MS) });
    const { submissions } = (await api.as('auditor').get(`/episodes/${episodeId}/submissions?obligation=${obligationId}`)).body;
    expect(submissions).toMatchObject([{ version: 1, nil: false }, { version: 2, nil: true, correctionReason: '数字填错' }]);
  });

  test('only the unit itself, and only what it owes', async () => {
    expect((await report('unit-health', { obligationId, nil: true, note: 'x', correctionReason: 'y' })).status).toBe(403);
    expect((await report('zone', { obligationId, nil: true, note: 'x', correctionReason: 'y' })).status).toBe(403);
    expect((await report('unit-health', { obligationId: 'startup-report:N9:health', nil: true, note: 'x' })).body).toMatchObject({ status: 404, code: 'not-owed' });
    await api.at(START_MS + 3 * HOUR_MS);
    expect((await report('unit-health', { obligationId: `daily-report:${TODAY}:health`, nil: true, note: 'x' })).body.code).toBe('not-open-yet');
    expect((await report('management', { obligationId: `consultation:${TODAY}:technical`, text: 'x' })).status).not.toBe(201);
  });
});

describe('one fills in, another reviews', () => {
  const obligationId = 'startup-report:N1:propaganda';
  const content = { values: { broadcasts: 3, posts: 5 } };

  test('the reviewer hands in the colleague’s draft as it is; both are named', async () => {
    const { draftId } = (await api.as('unit-propaganda').post('/drafts', { kind: 'report', ref: `${episodeId}:${obligationId}`, unitId: 'propaganda', content })).body;
    expect((await report('unit-propaganda', { obligationId, draftId })).body.errors[0].path).toBe('draftId');
    expect((await report('unit-health', { obligationId, draftId })).status).toBe(403);
    expect((await api.as('unit-propaganda-review').get('/drafts')).body.drafts).toMatchObject([{ id: draftId, content }]);
    expect((await report('unit-propaganda-review', { obligationId, draftId })).status).toBe(201);
    const [{ act, reviewedBy }] = (await api.as('auditor').get(`/episodes/${episodeId}/submissions?obligation=${obligationId}`)).body.submissions;
    expect([act.actor.accountId, reviewedBy.accountId]).toEqual(['demo-unit-propaganda', 'demo-unit-propaganda-review']);
    expect((await api.as('unit-health').delete(`/drafts/${draftId}`)).status).toBe(404);
    expect((await api.as('unit-propaganda').delete(`/drafts/${draftId}`)).status).toBe(204);
  });

  test('a draft with faults is told of with their paths; drafts of other units are not to be had', async () => {
    const ref = 'startup-report:N1:cyberspace';
    expect((await api.as('unit-health').post('/drafts', { kind: 'report', ref, unitId: 'cyberspace', content: {} })).status).toBe(403);
    expect((await api.as('unit-health').get('/drafts')).body.drafts).toEqual([]);
  });
});

describe('the daily report (5.1(1), R18)', () => {
  const obligationId = `daily-report:${TODAY}:power-supply`;
  const dueMs = endOfDayMs(TODAY) + DAY_MS;

  test('in time at 24:00 of the next day, late a millisecond after', async () => {
    await api.at(dueMs);
    expect((await report('unit-power-supply', { obligationId, nil: true, note: '无' })).body.late).toBe(false);
    await api.at(dueMs + 1);
    const late = await report('unit-health', { obligationId: `daily-report:${TODAY}:health`, nil: true, note: '无' });
    expect(late.body).toMatchObject({ late: true, countsAt: `${iso(dueMs).slice(0, 19)}.001+08:00` });
    expect(await owed(`daily-report:${TODAY}:health`)).toMatchObject({ status: 'submitted-late', targetAt: iso(dueMs - 12 * HOUR_MS), dueAt: iso(dueMs), missedTarget: true });
    expect(await owed(`daily-report:${TODAY}:education`)).toMatchObject({ status: 'overdue' });
    expect((await api.as('zone').get(`/areas/${AREA}`)).body.episodes[0].overdue.map((o: { ownerId: string }) => o.ownerId)).toContain('education');
    expect(await owed(`daily-report:${TODAY}:discipline`)).toBeUndefined();
  });

  test('R30: phoned in on time and typed later is judged by the attested time, and both are shown', async () => {
    const spoken = { obligationId: `daily-report:${TODAY}:transport`, nil: true, note: '电话报', channel: 'phone', actor: { accountId: 'demo-unit-transport' }, occurredAt: iso(dueMs - HOUR_MS) };
    const { body } = await report('management', spoken);
    expect(body).toMatchObject({ late: false, countsAt: iso(dueMs - HOUR_MS), recordedAt: `${iso(dueMs).slice(0, 19)}.001+08:00` });
    expect(await owed(spoken.obligationId)).toMatchObject({ status: 'submitted', submittedAt: iso(dueMs - HOUR_MS), recordedAt: `${iso(dueMs).slice(0, 19)}.001+08:00` });
    const unregistered = await report('management', { ...spoken, obligationId: `daily-report:${TODAY}:kaiganqi`, actor: { name: '乡办公室老李', unitId: 'kaiganqi' } });
    expect(unregistered.body.late).toBe(false);
    const foreign = await report('management', { ...spoken, obligationId: `daily-report:${TODAY}:agriculture`, actor: { name: '某人', unitId: 'health' } });
    expect(foreign.body.errors[0].path).toBe('actor.unitId');
    const backdated = await report('unit-agriculture', { obligationId: `daily-report:${TODAY}:agriculture`, nil: true, note: 'x', occurredAt: iso(dueMs - HOUR_MS) });
    expect(backdated.body.errors[0].path).toBe('occurredAt');
    const ahead = await report('management', { ...spoken, obligationId: `daily-report:${TODAY}:agriculture`, actor: { accountId: 'demo-unit-agriculture' }, occurredAt: iso(dueMs + DAY_MS) });
    expect(ahead.body.errors[0].path).toBe('occurredAt');
  });

  test('with the engine down over midnight the next day’s report is owed and taken all the same', async () => {
    api.engine.up = false;
    const tomorrow = addDays(TODAY, 1);
    await api.at(endOfDayMs(tomorrow) + HOUR_MS);
    const id = `daily-report:${addDays(TODAY, 1)}:finance`;
    expect((await api.as('unit-finance').get(`/areas/${AREA}/obligations`)).body.obligations.map((o: { id: string }) => o.id)).toContain(id);
    expect((await report('unit-finance', { obligationId: id, nil: true, note: '无' })).body).toMatchObject({ version: 1, late: false });
    api.engine.up = true;
  });

  test('the office reports to the prefecture by text (5.1(3))', async () => {
    const id = `office-daily-report:${TODAY}:management`;
    expect(pathsOf(await report('management', { obligationId: id }))).toEqual(['text']);
    expect(pathsOf(await report('management', { obligationId: id, nil: true, text: 'x' }))).toEqual(['nil']);
    expect((await report('management', { obligationId: id, text: '报自治州', documentNumber: '指办〔2026〕5号' })).status).toBe(201);
    expect((await report('technical', { obligationId: `office-daily-report:${addDays(TODAY, 1)}:management`, text: 'x' })).status).toBe(403);
  });
});

describe('附件1 三.8, 三.12: what a summary says of the impact', () => {
  const content = {
    industry: {
      values: { inspections: 3, people: 9, 'firms-inspected': 5, 'firms-limited': 4, 'firms-stopped': 1, 'problems-found': 0 },
      impact: { 'output-lost': 12.5, 'workers-affected': 40, 'impact-note': '以限产为主' },
    },
    housing: {
      values: { inspections: 3, people: 9, 'sites-inspected': 8, 'sites-stopped': 8, 'problems-found': 1, 'problems-fixed': 1 },
      impact: { 'sites-affected': 8, 'days-delayed': 1.5, 'impact-note': '工期顺延' },
    },
  } as const;

  beforeAll(async () => {
    const order = { issuer: 'prefecture', kind: 'lift', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, transmission: { channel: 'fax', at: iso(api.now()), from: '州指挥部' } };
    expect((await api.as('management').post(`/areas/${AREA}/orders`, order)).status).toBe(201);
  });

  test.each([
    ['附件1 三.8: industry sums up what the limits cost', 'industry'],
    ['附件1 三.12: construction assesses what it meant for its field', 'housing'],
  ] as const)('%s: refused without that section, taken with it', async (_clause, unitId) => {
    const summary = { obligationId: `summary-report:L1:${unitId}`, values: content[unitId].values };
    const refused = await report(`unit-${unitId}`, summary);
    expect([refused.status, pathsOf(refused).every((path) => path.startsWith('impact')), pathsOf(refused).length > 0]).toEqual([400, true, true]);
    const half = await report(`unit-${unitId}`, { ...summary, impact: { 'impact-note': '只有说明' } });
    expect(pathsOf(half).every((path) => path.startsWith('impact.'))).toBe(true);
    expect((await report(`unit-${unitId}`, { ...summary, impact: content[unitId].impact })).status).toBe(201);
  });

  test('a unit of which annex 1 asks none cannot add one', async () => {
    const summary = { obligationId: 'summary-report:L1:finance', values: { 'funds-paid': 3, 'state-firms-reached': 2 }, impact: { 'impact-note': 'x' } };
    expect(pathsOf(await report('unit-finance', summary))).toEqual(['impact']);
  });
});

describe('attachments', () => {
  test('are kept by their SHA-256 and come back as they were, never to be run', async () => {
    const upload = (body: Uint8Array, title = '现场照片.html', type = 'text/html') =>
      api.request('POST', `/api/v1/documents?title=${encodeURIComponent(title)}`, { body, headers: { Authorization: `Bearer ${api.as('unit-housing').account.token}`, 'Idempotency-Key': `upload-${body.length}`, 'Content-Type': type } });
    const bytes = new TextEncoder().encode('<script>alert(1)</script>');
    const { status, body } = await upload(bytes);
    expect([status, body.bytes]).toEqual([201, bytes.length]);
    // Until something on record names it, it is its bringer's alone.
    const read = (login: string) => api.as(login).get(`/documents/${body.digest}`);
    expect([(await read('unit-housing')).status, (await read('management')).status]).toEqual([200, 403]);
    expect((await upload(new Uint8Array(0))).status).toBe(400);
    expect((await upload(new Uint8Array(20 * 2 ** 20 + 1))).status).toBe(413);
    const attached = await report('unit-housing', { obligationId: 'startup-report:N1:housing', nil: true, note: '见附件', attachments: [body.digest] });
    expect(attached.status).toBe(201);
    const got = await read('management');
    expect(got.headers.get('content-disposition')).toContain('attachment');
    expect([got.headers.get('x-content-type-options'), got.body]).toEqual(['nosniff', '<script>alert(1)</script>']);
  });
});
