import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendEpisodeAudit } from '../../db/ledger/audit.js';
import { addDays, dayOf } from '../../domain/time.js';
import { approve, AREA, DAY_MS, forecast, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
const day = (n: number) => addDays(dayOf(START_MS), n);
const consult = (level: string) => api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level, text: '会商结论' });
const open = async () => (await api.as('director').get(`/episodes/${episodeId}/approvals`)).body.requests.find((r: { step: number | null }) => r.step !== null);
const decide = (login: string, id: string, body: object) => api.as(login).post(`/episodes/${episodeId}/approvals/${id}/decision`, body);

beforeAll(async () => {
  api = await testApi();
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70]));
  episodeId = (await api.as('zone').get(`/areas/${AREA}`)).body.episodes[0].episodeId;
  await consult('orange');
  await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'orange', text: '呈请' });
});
afterAll(() => api.close());

describe('approval (3.3.4)', () => {
  test('R29: a forecast that changes meanwhile stops it; after a new consultation the difference is told', async () => {
    const shown = await open();
    await api.at(START_MS + HOUR_MS);
    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [230, 230, 320, 230, 80, 70]));
    const changed = await decide('director', shown.id, { step: 0, decision: 'approve', evidenceDigest: shown.evidenceDigest });
    expect([changed.status, changed.body.code]).toEqual([409, 'basis-changed']);
    await api.at(START_MS + HOUR_MS + 60_000);
    expect((await consult('red')).status).toBe(201);
    const old = await decide('director', shown.id, { step: 0, decision: 'approve', evidenceDigest: shown.evidenceDigest });
    expect([old.status, old.body.code]).toEqual([409, 'evidence-changed']);
    expect(old.body.difference).toMatchObject({ level: { was: 'orange', is: 'red' }, gradedLevel: { was: 'orange', is: 'red' } });
    const never = await decide('director', shown.id, { step: 0, decision: 'approve', evidenceDigest: 'f'.repeat(64) });
    expect([never.status, never.body.difference]).toEqual([409, undefined]);
  });

  test('a return needs its reason and closes the request; the group submits again', async () => {
    const { id, evidenceDigest } = await open();
    const bare = await decide('director', id, { step: 0, decision: 'return', evidenceDigest });
    expect([bare.status, bare.body.code, bare.body.errors[0].path]).toEqual([400, 'reason-required', 'reason']);
    expect((await decide('director', id, { step: 0, decision: 'return', evidenceDigest, reason: '补充持续时间' })).status).toBe(201);
    const { requests } = (await api.as('management').get(`/episodes/${episodeId}/approvals`)).body;
    expect(requests[0]).toMatchObject({ id, status: 'returned', waitsFor: null, decisions: [{ decision: 'return', reason: '补充持续时间' }] });
    expect((await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'red', text: '已补充' })).status).toBe(201);
  });

  test('the group takes its submission back, with a reason', async () => {
    const { id } = await open();
    expect((await api.as('technical').post(`/episodes/${episodeId}/approvals/${id}/withdrawal`, { reason: '撤' })).status).toBe(403);
    expect((await api.as('management').post(`/episodes/${episodeId}/approvals/${id}/withdrawal`, { reason: ' ' })).body.code).toBe('reason-required');
    expect((await api.as('management').post(`/episodes/${episodeId}/approvals/${id}/withdrawal`, { reason: '改文字' })).status).toBe(201);
    expect((await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'red', text: '改后' })).status).toBe(201);
  });

  test('R14: nobody takes two steps; a stale step is refused', async () => {
    expect((await approve(api, 'director', episodeId)).status).toBe(201);
    const { id, evidenceDigest } = await open();
    expect((await decide('deputy', id, { step: 0, decision: 'approve', evidenceDigest })).body.code).toBe('request-closed');
    const me = (await api.as('director').get('/me')).body.accountId as string;
    const commander = (await api.as('commander').get('/me')).body.hats[0].id as string;
    await api.as('commander').post('/delegations', { hatId: commander, toAccountId: me, basis: '书面委托', until: iso(START_MS + DAY_MS) });
    const twice = await decide('director', id, { step: 1, decision: 'approve', evidenceDigest });
    expect([twice.status, twice.body.code]).toEqual([403, 'same-person-twice']);
  });

  test('R14, R30: what is decided online is decided by one’s own hand; paper and fax are attached', async () => {
    const { id, evidenceDigest } = await open();
    const step = { step: 1, decision: 'approve', evidenceDigest };
    const forAnother = { ...step, actor: { accountId: 'demo-commander' }, witness: 'demo-management2' };
    const refused: [login: string, body: object, path: string][] = [
      ['management', forAnother, 'channel'],
      ['management', { ...forAnother, channel: 'online', lateEntry: true }, 'channel'],
      ['commander', { ...step, lateEntry: true, occurredAt: iso(api.now() - HOUR_MS) }, 'channel'],
      ['management', { ...forAnother, channel: 'paper' }, 'evidence'],
      ['management', { ...forAnother, channel: 'fax', evidence: [] }, 'evidence'],
    ];
    for (const [login, body, path] of refused) {
      const answer = await decide(login, id, body);
      expect([body, answer.status, answer.body.errors?.[0].path]).toEqual([body, 400, path]);
    }
    expect((await open()).step).toBe(1);
  });

  test('R30: by phone it is entered by one and heard by another, counts at once, and is signed later by whoever said it', async () => {
    const { id, evidenceDigest } = await open();
    const spoken = { step: 1, decision: 'approve', evidenceDigest, channel: 'phone', actor: { accountId: 'demo-commander' }, occurredAt: iso(api.now() - 60_000) };
    const alone = await decide('management', id, spoken);
    expect([alone.status, alone.body.code, alone.body.errors[0].path]).toEqual([400, 'needs-two-people', 'act.witness']);
    expect((await decide('management', id, { ...spoken, actor: { accountId: 'demo-zone' }, witness: 'demo-management2' })).body.errors[0].path).toBe('actor.accountId');
    expect((await decide('management', id, { ...spoken, witness: 'nobody' })).body.errors[0].path).toBe('witness');
    expect((await decide('unit-health', id, { ...spoken, witness: 'demo-management2' })).status).toBe(403);
    expect((await decide('management', id, { ...spoken, witness: 'demo-management2' })).status).toBe(201);
    const { state } = (await api.as('zone').get(`/episodes/${episodeId}`)).body;
    expect(state.phase).toBe('responding');

    const { decisions } = (await api.as('zone').get(`/episodes/${episodeId}/approvals`)).body.requests.find((r: { id: string }) => r.id === id);
    expect(decisions[1].act).toMatchObject({ channel: 'phone', entry: 'proxy', actor: { accountId: 'demo-commander', role: 'commander' }, recordedBy: { accountId: 'demo-management' }, witness: { accountId: 'demo-management2' } });
    const sign = (login: string) => api.as(login).post(`/episodes/${episodeId}/approvals/${id}/countersignature`, { step: 1 });
    expect((await sign('director')).body.code).toBe('not-owner');
    expect((await api.as('commander').get(`/areas/${AREA}/obligations`)).body.obligations).toMatchObject([{ kind: 'countersignature', ownerId: 'account:demo-commander' }]);
    const signAs = (login: string, more: object) => api.as(login).post(`/episodes/${episodeId}/approvals/${id}/countersignature`, { step: 1, ...more });
    for (const login of ['management', 'director']) for (const channel of ['online', 'paper']) {
      const signed = await signAs(login, { channel, actor: { accountId: 'demo-commander' } });
      expect([login, channel, signed.status, signed.body.errors?.[0].path]).toEqual([login, channel, 400, 'actor']);
    }
    expect((await signAs('commander', { channel: 'paper' })).body.errors[0].path).toBe('evidence');
    expect((await sign('commander')).status).toBe(201);
    expect((await sign('commander')).body.code).toBe('already-done');
  });

  test('3.3.6: a raise, by its own consultation and chain', async () => {
    await api.at(START_MS + 2 * DAY_MS);
    const { state } = (await api.as('zone').get(`/episodes/${episodeId}`)).body;
    expect(state.levels.at(-1).level).toBe('red');
    const raise = await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'raise', level: 'red', text: '升' });
    expect([raise.status, raise.body.code]).toEqual([409, 'no-consultation']);
  });

  test('3.3.6: lowered when the air allows, at the target level’s chain, no sooner', async () => {
    await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [180, 180, 180, 80, 70], day(3)));
    const asked = { advice: 'lower', level: 'yellow', text: '减弱' };
    expect((await api.as('technical').post(`/episodes/${episodeId}/consultations`, asked)).status).toBe(201);
    const now = await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'lower', level: 'yellow', text: '降', effectiveAt: iso(api.now() - HOUR_MS) });
    expect([now.status, now.body.code]).toEqual([409, 'retroactive']);
  });
});

describe('the inbox', () => {
  test('says of each item what is to be done, in both languages, and of a notice what it is about', async () => {
    const delivered = { type: 'notice-delivered', clause: '3.3.4', noticeId: 'N1', channel: 'inbox', recipients: ['unit:health', 'prefecture'] } as const;
    await appendEpisodeAudit(api.db.pool, { episodeId, commandId: 'delivery', clock: api.deps.clock, event: delivered });
    const itemsOf = async (login: string) => (await api.as(login).get('/inbox?limit=200')).body.items as { kind: string; ref: string; body: object; todo: { zh: string; en: string } }[];
    const items = (await Promise.all(['technical', 'management', 'director', 'commander', 'unit-health', 'prefecture'].map(itemsOf))).flat();
    for (const { kind, ref, todo } of items) expect([kind, ref, todo.zh, todo.en]).toEqual([kind, ref, expect.stringMatching(/^[^a-z]*[\u4e00-\u9fff]/), expect.stringMatching(/^[A-Z][\x20-\x7e’]+$/)]);
    const notices = items.filter((i) => i.kind === 'notice');
    expect(notices).toMatchObject([{ body: { action: 'publish' }, todo: { zh: '发布预警（红色预警）通知N1：请签收，并按本单位职责落实措施' } }, { todo: { zh: '发布预警（红色预警）通知N1：请确认收悉' } }]);
    expect(items.find((i) => i.kind === 'prompt')!.todo.zh).toBe('请组织会商研判，形成结论');
    expect(items.filter((i) => i.kind === 'request').map((i) => i.todo.zh)).toContain('请审批：发布预警（红色预警）');
  });

  test('tells the office of what waits for it, each by its role, and keeps what was read apart', async () => {
    const { items } = (await api.as('director').get('/inbox')).body;
    expect(items.map((i: { kind: string }) => i.kind)).toContain('request');
    const ids = items.map((i: { id: string }) => i.id);
    expect((await api.as('director').post('/inbox/read', { ids })).status).toBe(200);
    expect((await api.as('director').get('/inbox?unread=true')).body.items).toEqual([]);
    expect((await api.as('deputy').get('/inbox?unread=true')).body.items.length).toBeGreaterThan(0);
    const prompts = (await api.as('technical').get('/inbox')).body.items.filter((i: { kind: string }) => i.kind === 'prompt');
    expect(prompts.length).toBeGreaterThan(0);
    expect((await api.as('zone').get('/inbox')).body.items.filter((i: { kind: string }) => i.kind === 'prompt')).toEqual([]);
  });
});
