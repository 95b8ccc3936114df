/** A document is read by whoever may read what names it, or brought it; an engine history is a closed book. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { archiveHistory } from '../../db/ledger/audit.js';
import { ensureObligations } from '../../db/ledger/submissions.js';
import { HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { LOGINS, type Place, ROLES } from './support/rights-table.js';
import { ELSEWHERE, twoCities } from './support/two-cities.js';

let api: TestApi;
let here: Place;
let elsewhere: Place;
beforeAll(async () => {
  api = await testApi();
  ({ here, elsewhere } = await twoCities(api));
  await ensureObligations(api.db.pool, here.episodeId, api.deps.clock);
}, 60_000);
afterAll(() => api.close());

async function upload(login: string, bytes: string): Promise<string> {
  const { body } = await api.as(login).post(`/documents?title=${encodeURIComponent('附件')}`, bytes, { headers: { 'Content-Type': 'text/plain' } });
  return body.digest as string;
}

const codes = async (logins: readonly string[], digest: string) => Promise.all(logins.map(async (login) => (await api.as(login).get(`/documents/${digest}`)).status));
const REASON = '附件说明';
const MAY_READ_RECORD: readonly (typeof ROLES)[number][] = ['management', 'director', 'commander', 'auditor'];

test('what nothing names yet is its uploader’s; attached to a unit’s draft it is the unit’s; on record it is the area’s', async () => {
  const digest = await upload('unit-health', 'the table of the health commission');
  expect(await codes(['unit-health', 'unit-education', 'management'], digest)).toEqual([200, 403, 403]);
  // Nor is it opened by naming it.
  const stolen = await api.as('unit-education').post(`/episodes/${here.episodeId}/reports`, { obligationId: 'startup-report:N1:education', nil: true, note: REASON, attachments: [digest] });
  expect([stolen.status, stolen.body.errors]).toEqual([400, [{ path: 'attachments.0', message: '没有该文件' }]]);
  await api.as('unit-education').post('/drafts', { kind: 'report', ref: 'x', unitId: 'education', content: { attachments: [digest] } });
  expect(await codes(['unit-education'], digest)).toEqual([403]);

  await api.as('unit-health').post('/drafts', { kind: 'report', ref: 'startup-report:N1:health', unitId: 'health', content: { attachments: [digest] } });
  const colleague = { unitId: 'health', role: 'unit' };
  await api.as('administrator').post('/accounts/demo-unit-finance/hats', colleague);
  expect(await codes(['unit-finance', 'unit-education', 'management'], digest)).toEqual([200, 403, 403]);

  const reported = await api.as('unit-health').post(`/episodes/${here.episodeId}/reports`, { obligationId: 'startup-report:N1:health', nil: true, note: REASON, attachments: [digest] });
  expect(reported.status).toBe(201);
  expect(await codes(['unit-education', 'management', 'zone'], digest)).toEqual([200, 200, 200]);
  expect(await codes(['unit-education', 'zone'], reported.body.documentDigest as string)).toEqual([200, 200]);
});

test('of another area, nobody; evidence of an act there neither', async () => {
  expect(await codes(['management', 'auditor', 'unit-health'], elsewhere.digest)).toEqual([403, 403, 403]);
  expect(await codes(['management', 'auditor', 'unit-health', 'integration'], here.digest)).toEqual([200, 200, 200, 200]);
  const { rows } = await api.db.owner.query<{ stream: string; n: number }>(`select stream, count(*)::int as n from ledger where type = 'refused' and event ->> 'what' = 'read' group by stream order by 1`);
  expect(rows).toContainEqual({ stream: `area/${ELSEWHERE}`, n: 3 });
});

test('evidence of an act opens with the act', async () => {
  const digest = await upload('management', 'minutes on paper');
  expect(await codes(['unit-health'], digest)).toEqual([403]);
  const dated = { evidence: [{ digest, title: '记录' }] };
  const task = { ownerId: 'housing', basis: { zh: '督办', en: 'order' }, content: { zh: '复查', en: 'look' }, dueAt: new Date(START_MS + 9 * HOUR_MS).toISOString() };
  expect((await api.as('management').post(`/episodes/${here.episodeId}/tasks`, { ...task, ...dated })).status).toBe(201);
  expect(await codes(['unit-health'], digest)).toEqual([200]);
});

async function historyOf({ episodeId }: Place): Promise<string> {
  const kept = await archiveHistory(api.db.pool, { episodeId, history: JSON.stringify({ of: episodeId }), clock: api.deps.clock });
  return kept!.digest;
}

test('an engine history is for those who may read the record, and who took it is on record', async () => {
  const seen = async () => (await api.as('auditor').get(`/areas/${here.areaId}/accesses`)).body.accesses as { what: string; subject: string; by: { accountId: string } }[];
  const before = (await seen()).length;
  const [ours, theirs] = [await historyOf(here), await historyOf(elsewhere)];
  const others = ROLES.filter((role) => !MAY_READ_RECORD.includes(role)).map((role) => LOGINS[role]);
  expect(await codes(MAY_READ_RECORD.map((role) => LOGINS[role]), ours)).toEqual(MAY_READ_RECORD.map(() => 200));
  expect(await codes(others, ours)).toEqual(others.map(() => 403));
  const after = await seen();
  expect(after.slice(0, after.length - before).map((a) => [a.what, a.subject, a.by.accountId]).sort()).toEqual(MAY_READ_RECORD.map((role) => ['history', here.episodeId, `demo-${LOGINS[role]}`]).sort());
  const { rows } = await api.db.owner.query(`select event ->> 'accountId' as who from ledger where stream = $1 and type = 'refused' and event ->> 'what' = 'read-record' order by 1`, [`episode/${here.episodeId}`]);
  expect(rows.map((r: { who: string }) => r.who)).toEqual(others.map((login) => `demo-${login}`).sort());
  expect(await codes(ROLES.map((role) => LOGINS[role]), theirs)).toEqual(ROLES.map(() => 403));
});
