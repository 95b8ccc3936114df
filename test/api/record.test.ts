/** The record behind an episode over the API: any state as known then, and who looked. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../domain/digest.js';
import { evolveAll } from '../../domain/episode/evolve.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { viewerDigest, viewerPage } from '../../evidence/viewer/page.js';
import { loadedPlan } from '../../usecases/plans.js';
import { type ReplayStep, stepOf } from '../../usecases/replay.js';
import { replayRecord, type ReplayRecord } from '../../usecases/replay-record.js';
import { AREA, DAY_MS, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
let record: ReplayRecord;
let steps: readonly ReplayStep[] = [];

beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
  await api.at(START_MS + 5 * HOUR_MS);
  for (const unit of ['health', 'education']) await taken(api.as(`unit-${unit}`).post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }));
  // Entered a day late: what the air was, a forecast, and a report that was made in time.
  await api.at(START_MS + DAY_MS + 6 * HOUR_MS);
  const hours = Array.from({ length: 6 }, (_, i) => ({ station: '奎屯市环境监测站', at: iso(START_MS + i * HOUR_MS), pm25: 170, pm10: 220, so2: 12, no2: 40, co: 1.2, o3: 60 }));
  await taken(api.as('integration').post(`/areas/${AREA}/observations`, { hours }));
  await taken(api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS + 2 * HOUR_MS, [240, 240, 240, 90, 70, 60])));
  await taken(api.as('management').post(`/episodes/${episodeId}/reports`, { obligationId: 'startup-report:N1:health', nil: true, note: '电话报告', actor: { name: '演示·卫健委', unitId: 'health' }, channel: 'phone', witness: 'demo-management2', occurredAt: iso(START_MS + 4 * HOUR_MS) }));
  record = (await replayRecord(api.deps, episodeId))!;
  const loaded = await loadedPlan(api.deps, record.opened.planDigest);
  steps = record.rows.map((row) => stepOf(loaded, record, row.seq));
});
afterAll(() => api.close());

async function taken(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
}

const at = (type: string, nth = 0): ReplayStep => steps.filter((s) => s.row.event.type === type)[nth]!;
const whatOf = (step: ReplayStep) => step.changes.map((c) => c.what);

describe('5.2: the state after each row, as it was known then', () => {
  test('is what evolve makes of the decisions up to it, and the last is the read model’s', async () => {
    for (const { row, state } of steps) {
      const events = record.rows.slice(0, row.seq).filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent);
      expect(digestOf(state)).toBe(digestOf(evolveAll(null, events)));
    }
    const { rows } = await api.db.pool.query<{ state: object }>('select state from episodes where id = $1', [episodeId]);
    expect(digestOf(steps.at(-1)!.state)).toBe(digestOf(rows[0]!.state));
  });

  test('3.3.4: what an act changed stands with it; between the rows of one act nobody was asked anything', () => {
    expect(whatOf(at('consultation-recorded'))).toEqual(expect.arrayContaining(['asked', 'answered']));
    expect(at('consultation-recorded').asked).toEqual([expect.objectContaining({ role: 'management', what: 'submit-proposal' })]);
    expect(at('request-opened').asked).toEqual([expect.objectContaining({ role: 'director', what: 'decide', isLate: false })]);
    const last = at('approval-decided', 1);
    expect(last.row.seq).toBeLessThan(last.actEnds);
    expect(last.changes).toEqual([]);
    expect(last.phase).toBe('awaiting-approval');
    const published = at('warning-published');
    expect(published.changes).toEqual(expect.arrayContaining([
      { what: 'phase', was: 'awaiting-approval', is: 'responding' },
      { what: 'decided', was: null, is: 'orange' },
      expect.objectContaining({ what: 'answered', action: expect.objectContaining({ role: 'commander' }) }),
      expect.objectContaining({ what: 'owed', count: 25, ref: 'N1' }),
    ]));
    expect(published.inForce).toBeNull();
    expect(at('response-began').inForce).toMatchObject({ level: 'orange' });
  });

  test('3.3.2: the grading of that moment with its predicates, its forecast version, and no observation that came later', () => {
    const { basis } = at('consultation-recorded');
    expect(basis!.assessment.grades.high.predicates.some((p) => p.holds)).toBe(true);
    expect(basis!.forecast!.event).toMatchObject({ type: 'forecast-recorded', forecastId: basis!.assessment.basis.forecastId });
    expect(basis!.observations).toBeNull();
    expect(basis!.forecast!.seq).toBeLessThanOrEqual(basis!.areaSeq);
  });

  test('5.1: what was owed and not there is expected until it comes, and missed once its time is over', () => {
    const first = steps.filter((s) => s.row.kind === 'submission')[0]!;
    const acknowledging = (step: ReplayStep) => step.owed.find((o) => o.kind === 'acknowledgement')!.owners;
    expect(acknowledging(steps[first.row.seq - 2]!)).toHaveLength(25);
    expect(acknowledging(first)).toHaveLength(24);
    expect(acknowledging(first)).not.toContain('health');
    expect(first.changes).toEqual([{ what: 'filed', ownerId: 'health', version: 1, countsAtMs: START_MS + 5 * HOUR_MS, isLate: false }]);
    expect(steps.at(-1)!.owed.filter((o) => o.kind === 'startup-report')).toEqual([expect.objectContaining({ missed: 'target', dueAtMs: null })]);
    expect(at('warning-published').owed.every((o) => o.missed === null)).toBe(true);
  });

  test('当时未知: what was entered after a step and tells of its time or before', () => {
    const then = steps.filter((s) => s.row.kind === 'submission')[1]!;
    expect(then.later.map((f) => f.what).sort()).toEqual(['forecast', 'observations', 'row']);
    expect(then.later.find((f) => f.what === 'forecast')).toMatchObject({ occurredAtMs: START_MS + 2 * HOUR_MS, recordedAtMs: START_MS + DAY_MS + 6 * HOUR_MS });
    expect(at('warning-published').later).toEqual([]);
    expect(steps.at(-1)!.later).toEqual([]);
  });

  test('what was folded once is kept, goes on with new rows, and is the same as folded anew', async () => {
    expect((await replayRecord(api.deps, episodeId))!.states[5]).toBe(record.states[5]);
    await taken(api.as('unit-housing').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }));
    const longer = (await replayRecord(api.deps, episodeId))!;
    expect(longer.rows).toHaveLength(record.rows.length + 1);
    expect(longer.states[5]).toBe(record.states[5]);
    const anew = await replayRecord({ pool: Object.create(api.db.pool) as typeof api.db.pool }, episodeId);
    expect(digestOf(anew)).toBe(digestOf(longer));
    expect(longer.chainFaults).toEqual([]);
  });

  test('over the API with its event, clause, changes and what was not known', async () => {
    const { status, body } = await api.as('auditor').get(`/episodes/${episodeId}/state?at=${at('warning-published').row.seq}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ clause: '3.3.2(2)', event: { type: 'warning-published' }, state: { phase: 'responding' }, later: [] });
    expect(body.changes.length).toBeGreaterThan(2);
    expect(body.owed[0].dueAt ?? body.owed[0].targetAt).toMatch(/\+08:00$/);
    expect(body.forecast.event.forecastId).toBe(at('warning-published').basis!.assessment.basis.forecastId);
  });
});

describe('access to the record is on record', () => {
  const looked = async () => (await api.as('auditor').get(`/areas/${AREA}/accesses`)).body.accesses as { what: string; subject: string; recordedAt: string; by: { accountId: string; role: string } }[];
  const by = async (login: string, what: string) => (await looked()).filter((a) => a.what === what && a.by.accountId === `demo-${login}`);

  test('a bundle every time it is taken', async () => {
    for (let i = 0; i < 2; i++) expect((await api.as('director').get(`/episodes/${episodeId}/evidence`)).status).toBe(200);
    expect(await by('director', 'evidence')).toEqual([expect.objectContaining({ subject: episodeId }), expect.objectContaining({ subject: episodeId })]);
  });

  test('a replay once for each person and day, however many its steps', async () => {
    for (const seq of [1, 2, 3]) expect((await api.as('management').get(`/episodes/${episodeId}/state?at=${seq}`)).status).toBe(200);
    expect(await by('management', 'replay')).toHaveLength(1);
    await api.at(api.now() + DAY_MS);
    await api.as('management').get(`/episodes/${episodeId}/state?at=1`);
    expect(await by('management', 'replay')).toHaveLength(2);
  });

  test('the list of people', async () => {
    for (let i = 0; i < 2; i++) expect((await api.as('administrator').get('/accounts')).status).toBe(200);
    expect(await by('administrator', 'people')).toEqual([expect.objectContaining({ subject: 'accounts', by: expect.objectContaining({ role: 'administrator' }) })]);
  });

  test('newest first, page by page; read by who may read the whole record, and shown on its page', async () => {
    const all = await looked();
    expect(all.map((a) => Date.parse(a.recordedAt))).toEqual(all.map((a) => Date.parse(a.recordedAt)).sort((a, b) => b - a));
    const first = (await api.as('auditor').get(`/areas/${AREA}/accesses?limit=1`)).body;
    const second = (await api.as('auditor').get(`/areas/${AREA}/accesses?limit=1&beforeSeq=${first.next}`)).body;
    expect([first.accesses[0], second.accesses[0]]).toEqual(all.slice(0, 2));
    expect((await api.as('unit-health').get(`/areas/${AREA}/accesses`)).status).toBe(403);
    const page = await api.request('GET', '/record', { headers: { Authorization: `Bearer ${api.as('auditor').account.token}`, Accept: 'text/html' } });
    expect(page.body).toMatch(/演示·管理组[^<]*（管理组）<\/td><td>过程复盘/);
    expect(page.body).toContain('下载证据包');
  });

  test('an open episode has no engine history yet', async () => {
    for (const path of ['history', 'history/replay']) expect(await api.as('auditor').get(`/episodes/${episodeId}/${path}`)).toMatchObject({ status: 409 });
    expect((await api.as('auditor').get(`/episodes/${episodeId}/history/replays`)).body).toEqual({ isArchived: false, replays: [] });
  });
});

test('the offline viewer is a download, with its digest beside the bundle', async () => {
  const headers = { Authorization: `Bearer ${api.as('auditor').account.token}`, Accept: 'text/html' };
  const file = await api.request('GET', '/evidence-viewer', { headers });
  expect(file.headers.get('content-disposition')).toContain('attachment; filename=qingkong-viewer.html');
  expect(file.body).toBe(viewerPage());
  expect((await api.request('GET', `/episodes/${episodeId}`, { headers })).body).toContain(viewerDigest());
  expect((await api.request('GET', '/evidence-viewer', { headers: { Accept: 'text/html' } })).headers.get('location')).toContain('/sign-in');
});
