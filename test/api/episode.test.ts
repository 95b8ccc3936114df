import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, dayOf } from '../../domain/time.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { approve, AREA, DAY_MS, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

let episodeId = '';
const state = async () => (await api.as('management').get(`/episodes/${episodeId}`)).body.state;

describe('an episode over HTTP, from its forecast to its evaluation', () => {
  test('3.2: a forecast is stored, graded and opens an episode that prompts a consultation', async () => {
    const { status, body } = await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70, 60]));
    expect(status).toBe(201);
    expect(body).toMatchObject({ late: false, assessment: { grades: { high: { level: 'orange' } } } });
    const situation = (await api.as('zone').get(`/areas/${AREA}?afterSeq=${body.seq}`)).body;
    expect(situation.episodes[0]).toMatchObject({ number: 'KT-2026-001', phase: 'consulting', nextActions: [{ role: 'technical', what: 'consult' }] });
    episodeId = situation.episodes[0].episodeId;
  });

  test('3.3.3: no submission before the consultation; 3.3.4: director, then commander', async () => {
    const proposal = { action: 'publish', level: 'orange', effectiveAt: iso(START_MS + 2 * HOUR_MS), text: '呈请发布' };
    const early = await api.as('management').post(`/episodes/${episodeId}/proposals`, proposal);
    expect([early.status, early.body.code, early.body.clause]).toEqual([409, 'no-consultation', '3.2']);

    const consulted = await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'orange', text: '建议橙色' });
    expect(consulted.body).toMatchObject({ episodeId, decisionNo: expect.any(Number), seq: expect.any(Number) });
    expect((await api.as('management').get(`/areas/${AREA}`)).body.episodes[0].nextActions).toMatchObject([{ role: 'management', what: 'submit-proposal' }]);
    expect((await api.as('management').post(`/episodes/${episodeId}/proposals`, proposal)).status).toBe(201);

    const wrongTurn = await approve(api, 'commander', episodeId);
    expect([wrongTurn.status, wrongTurn.body.code]).toEqual([403, 'not-your-step']);
    expect((await approve(api, 'director', episodeId)).status).toBe(201);
    expect((await approve(api, 'commander', episodeId)).status).toBe(201);
    expect(await state()).toMatchObject({ phase: 'responding', levels: [{ level: 'orange', from: iso(START_MS + 2 * HOUR_MS) }] });
  });

  test('4.2: every unit owes an acknowledgement; what is owed shows target, due time and status', async () => {
    const { obligations } = (await api.as('unit-ecology').get(`/episodes/${episodeId}/obligations`)).body;
    const acks = obligations.filter((o: { kind: string }) => o.kind === 'acknowledgement');
    expect(acks).toHaveLength(25);
    expect(acks[0]).toMatchObject({ clause: '4.2', targetAt: iso(START_MS + HOUR_MS), dueAt: null, status: 'due-soon' });
    const receipt = await api.as('unit-ecology').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' });
    expect(receipt).toMatchObject({ status: 201, body: { obligationId: 'acknowledgement:N1:ecology', version: 1, late: false, recordedAt: iso(START_MS) } });
    const again = await api.as('unit-ecology').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' });
    expect([again.status, again.body.code]).toEqual([409, 'already-filed']);
    const mine = (await api.as('unit-emergency').get(`/areas/${AREA}/obligations`)).body.obligations;
    expect(mine.map((o: { id: string }) => o.id)).toEqual(['acknowledgement:N1:emergency', 'startup-report:N1:emergency']);
  });

  test('5.1: whoever owes something is called by name, a role too, in both languages', async () => {
    const { obligations } = (await api.as('zone').get(`/episodes/${episodeId}/obligations`)).body as { obligations: { ownerId: string; ownerName: { zh: string; en: string } }[] };
    const nameOf = (id: string) => obligations.find((o) => o.ownerId === id)?.ownerName;
    expect([nameOf('management'), nameOf('technical')]).toEqual([
      { zh: '管理组', en: 'Management group' },
      { zh: '技术组', en: 'Technical group' },
    ]);
    expect(obligations.filter((o) => o.ownerName.zh === o.ownerId || o.ownerName.en === '')).toEqual([]);
  });

  test('4.3: a unit sees its own measures of every level up to the one in force', async () => {
    await api.at(START_MS + 2 * HOUR_MS);
    const { measures } = (await api.as('unit-education').get(`/episodes/${episodeId}/measures?unit=education`)).body;
    const levels = new Set(measures.map((m: { measure: { level: string } }) => m.measure.level));
    expect(levels).toEqual(new Set(['yellow', 'orange']));
    expect(measures.every((m: { measure: { units: string[] } }) => m.measure.units.includes('education'))).toBe(true);
    const change = { kind: 'exempt', measureId: measures[0].measure.id, scope: { zh: '保障类学校', en: 'essential schools' }, basis: '指办〔2026〕1号' };
    expect((await api.as('management').post(`/episodes/${episodeId}/measures`, change)).status).toBe(201);
    const after = (await api.as('unit-education').get(`/episodes/${episodeId}/measures?unit=education`)).body.measures;
    expect(after[0].changes).toMatchObject([{ kind: 'exempt', scope: { zh: '保障类学校' } }]);
  });

  test('3.3.5, 3.3.4: the office records publication, the notice to the zone and the filing', async () => {
    const publication = { noticeId: 'N1', url: 'https://example.org/notice/1', publishedAt: iso(START_MS + HOUR_MS) };
    expect((await api.as('management').post(`/episodes/${episodeId}/publications`, publication)).body).toMatchObject({ obligationId: 'site-publication:N1:management' });
    // What stood there is kept with it: the pollutant, the time, and the level's advice in both languages.
    const { submissions } = (await api.as('zone').get(`/episodes/${episodeId}/submissions?obligation=site-publication:N1:management`)).body;
    const { stood, ...where } = submissions[0].publication;
    expect(where).toEqual({ url: publication.url, publishedAt: publication.publishedAt });
    expect(stood).toMatchObject({ level: 'orange', effectiveAt: iso(START_MS + 2 * HOUR_MS), primaryPollutants: ['PM2.5'] });
    expect(stood.expectedEnd).not.toBeUndefined();
    expect(stood.advice.map((a: { audience: string }) => a.audience)).toEqual(expect.arrayContaining(['everyone', 'child', 'elderly']));
    expect(stood.advice.every((a: { text: { zh: string; en: string } }) => a.text.zh !== '' && a.text.en !== '')).toBe(true);
    const kept = (await api.as('zone').get(`/documents/${submissions[0].documentDigest}`)).body;
    expect(kept.stood.advice).toEqual(stood.advice);
    for (const kind of ['zone-notice', 'prefecture-filing']) {
      const filed = await api.as('management').post(`/episodes/${episodeId}/reports`, { obligationId: `${kind}:N1:management`, text: '已送达', documentNumber: '指办〔2026〕2号' });
      expect(filed.status).toBe(201);
    }
    const advice = await api.as('technical').post(`/episodes/${episodeId}/reports`, { obligationId: 'consultation-advice:C1:technical', text: '建议' });
    expect(advice.status).toBe(201);
    const bulletin = await api.as('management').post(`/episodes/${episodeId}/bulletins`, { day: dayOf(START_MS), text: '今日情况' });
    expect(bulletin.body).toMatchObject({ obligationId: `bulletin:${dayOf(START_MS)}:management` });
  });

  test('3.3.4: recipients confirm a notice; one that was not told of it does not', async () => {
    for (const login of ['prefecture', 'zone', 'unit-power-supply']) expect((await api.as(login).post(`/notices/${episodeId}.N1/receipts`)).status).toBe(201);
    const notTold = await api.as('commander').post(`/notices/${episodeId}.N1/receipts`);
    expect(notTold.status).toBe(409);
    expect((await api.as('zone').post(`/notices/${episodeId}.N9/receipts`)).status).toBe(404);
  });

  test('R31: a task is assigned, answered and closed', async () => {
    const task = { ownerId: 'housing', basis: { zh: '督办单', en: 'order' }, content: { zh: '复查工地', en: 'inspect sites' }, dueAt: iso(START_MS + 2 * DAY_MS) };
    expect((await api.as('management').post(`/episodes/${episodeId}/tasks`, task)).status).toBe(201);
    expect((await api.as('unit-health').post(`/episodes/${episodeId}/tasks/T1/feedback`, { text: '不是我' })).status).toBe(403);
    expect((await api.as('unit-housing').post(`/episodes/${episodeId}/tasks/T1/feedback`, { text: '已复查' })).status).toBe(201);
    expect((await api.as('management').post(`/episodes/${episodeId}/tasks/T1/closure`)).status).toBe(201);
    expect((await api.as('management').post(`/episodes/${episodeId}/tasks/T1/closure`)).body.code).toBe('already-done');
  });

  test("R31: the prefecture's ad-hoc request is a task of the office's own group", async () => {
    const task = { ownerId: 'technical', basis: { zh: '州指挥部来电', en: 'a call from the prefecture' }, content: { zh: '补报过程分析', en: 'more on the process' }, dueAt: iso(START_MS + 2 * DAY_MS) };
    expect((await api.as('management').post(`/episodes/${episodeId}/tasks`, task)).status).toBe(201);
    for (const login of ['management', 'unit-housing']) expect((await api.as(login).post(`/episodes/${episodeId}/tasks/T2/feedback`, { text: '不是我' })).status).toBe(403);
    expect((await api.as('technical').post(`/episodes/${episodeId}/tasks/T2/feedback`, { text: '已补报' })).status).toBe(201);
  });

  test('R21: the response may stand above the warning, never below it', async () => {
    const below = await api.as('director').post(`/episodes/${episodeId}/adjustments`, { responseLevel: 'yellow', reason: '试' });
    expect([below.status, below.body.code, below.body.errors[0].path]).toEqual([409, 'below-floor', 'responseLevel']);
    expect((await api.as('director').post(`/episodes/${episodeId}/adjustments`, { responseLevel: 'red', reason: '风险较高' })).status).toBe(201);
    expect((await api.as('zone').get(`/areas/${AREA}`)).body.episodes[0]).toMatchObject({ level: 'orange', responseLevel: 'red' });
  });

  test('R32: a notice is corrected by a new one through its own chain', async () => {
    expect((await api.as('management').post(`/episodes/${episodeId}/corrections`, { noticeId: 'N1', kind: 'correction', text: '首要污染物更正为 PM2.5' })).status).toBe(201);
    for (const login of ['director', 'commander']) expect((await approve(api, login, episodeId)).status).toBe(201);
    const { notices } = (await api.as('prefecture').get(`/episodes/${episodeId}/notices`)).body;
    expect(notices[0].supersededBy).toBe(notices.at(-1).id);
  });

  test('R9: a lift is issued ahead, postponed, rescinded, issued again, and takes effect by itself', async () => {
    const day = (n: number) => addDays(dayOf(START_MS), n);
    await api.at(START_MS + 3 * DAY_MS);
    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [80, 70, 60, 50], day(4)));
    expect((await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'lift', text: '明日起好转' })).status).toBe(201);
    const lift = await api.as('management').post(`/episodes/${episodeId}/lift`, { text: '解除' });
    expect(lift.status).toBe(201);
    const { lift: first } = await state();
    const postponed = await api.as('management').post(`/episodes/${episodeId}/lift/postponement`, { to: iso(Date.parse(first.effectiveAt) + 6 * HOUR_MS), reason: '扩散偏慢' });
    expect(postponed.status).toBe(201);
    expect((await api.as('management').post(`/episodes/${episodeId}/lift/rescission`, { reason: '再议' })).status).toBe(201);
    expect((await state()).lift).toBeNull();
    await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'lift', text: '确认好转' });
    expect((await api.as('management').post(`/episodes/${episodeId}/lift`, { text: '解除' })).status).toBe(201);
    await api.at(Date.parse((await state()).lift.effectiveAt));
    expect(await state()).toMatchObject({ phase: 'reporting' });
    expect(await activeEpisode(api.db.pool, AREA)).toBeNull();
  });

  test('5.2: after the last report the evaluation names what is missing, is approved, and closes the episode', async () => {
    const early = await api.as('management').post(`/episodes/${episodeId}/evaluation`, { summary: '太早' });
    expect([early.status, early.body.code]).toEqual([409, 'wrong-phase']);
    await api.at(api.now() + 4 * DAY_MS);
    expect((await state()).phase).toBe('evaluating');
    expect((await api.as('management').post(`/episodes/${episodeId}/evaluation`, { summary: '措施基本落实' })).status).toBe(201);
    const { requests } = (await api.as('director').get(`/episodes/${episodeId}/approvals`)).body;
    const { missing, subject } = requests[0].evidence;
    expect(missing).toContain('summary-report:L2:health');
    const document = (await api.as('auditor').get(`/documents/${subject}`)).body;
    expect(document.numbers.byKind['summary-report']).toEqual({ owed: 25, onTime: 0, late: 0, missing: 25 });
    expect((await approve(api, 'director', episodeId)).status).toBe(201);
    expect(await state()).toMatchObject({ phase: 'closed', ending: 'completed' });
    const { episodes, nextCursor } = (await api.as('auditor').get(`/episodes?area=${AREA}&phase=closed`)).body;
    expect([episodes[0].id, nextCursor]).toEqual([episodeId, null]);
  });

  test('the auditor reads the state after any row and the timeline as it was hashed', async () => {
    const { events, hasMore } = (await api.as('auditor').get(`/episodes/${episodeId}/events?after=0`)).body;
    expect(hasMore).toBe(false);
    const published = events.find((e: { event: { type: string } }) => e.event.type === 'warning-published');
    const then = (await api.as('auditor').get(`/episodes/${episodeId}/state?at=${published.seq}`)).body;
    expect(then.state).toMatchObject({ phase: 'responding', levels: [{ level: 'orange', begun: false }] });
    const before = (await api.as('auditor').get(`/episodes/${episodeId}/state?at=${published.seq - 1}`)).body;
    expect(before.state.levels).toEqual([]);
    expect((await api.as('auditor').get(`/episodes/${episodeId}/state?at=99999`)).status).toBe(404);
    expect((await api.as('unit-health').get(`/episodes/${episodeId}/state?at=1`)).status).toBe(403);
    const bundle = await api.as('auditor').get(`/episodes/${episodeId}/evidence`);
    expect([bundle.status, bundle.headers.get('content-type')]).toEqual([200, 'application/zip']);
  });

  test('the next episode is numbered on', async () => {
    const second = await publishOrange(api);
    expect(second).toBe('kuitun-kt-2026-002');
    const page = (await api.as('auditor').get('/episodes?limit=1')).body;
    expect(page.episodes[0].id).toBe(second);
    expect((await api.as('auditor').get(`/episodes?limit=1&cursor=${page.nextCursor}`)).body.episodes[0].id).toBe(episodeId);
  });
});
