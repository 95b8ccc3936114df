import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role } from '../../domain/plan.js';
import { mayDo, type UseCase } from '../../usecases/rights.js';
import { AREA, forecast, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
});
afterAll(() => api.close());

/** One person for each role. */
const LOGINS: Readonly<Record<Role, string>> = {
  technical: 'technical',
  management: 'management',
  director: 'deputy',
  commander: 'commander',
  unit: 'unit-health',
  prefecture: 'prefecture',
  zone: 'zone',
  auditor: 'auditor',
  administrator: 'administrator',
  integration: 'integration',
};
const ROLES = Object.keys(LOGINS) as Role[];

const AT = iso(START_MS);
const text = { zh: '文', en: 'text' };
const order = { issuer: 'region', kind: 'start', level: 'yellow', namesCity: false, scope: text, transmission: { channel: 'fax', at: AT, from: '自治区' } };

/** What each use case is asked with; `E` stands for the episode. */
const REQUESTS: readonly [UseCase, string, object][] = [
  ['record-forecast', `/areas/${AREA}/forecasts`, forecast(START_MS, [80])],
  ['record-observations', `/areas/${AREA}/observations`, { days: [{ date: '2026-01-04', aqi: 80 }] }],
  ['flag-dust', `/areas/${AREA}/dust-flags`, { spans: [], reason: 'x' }],
  ['flag-dust', '/episodes/E/dust-flags', { spans: [], reason: 'x' }],
  ['record-order', `/areas/${AREA}/orders`, order],
  ['record-order', `/areas/${AREA}/orders/O-1/transmissions`, { channel: 'paper', at: AT, from: 'x' }],
  ['check-order', `/areas/${AREA}/orders/O-1/check`, { confirmed: true }],
  ['start-drill', `/areas/${AREA}/drills`, { purpose: 'x' }],
  ['record-consultation', '/episodes/E/consultations', { advice: 'keep', text: 'x' }],
  ['submit-proposal', '/episodes/E/proposals', { action: 'raise', level: 'red', text: 'x' }],
  ['submit-proposal', '/episodes/E/lift', { text: 'x' }],
  ['change-lift', '/episodes/E/lift/postponement', { to: AT, reason: 'x' }],
  ['change-lift', '/episodes/E/lift/rescission', { reason: 'x' }],
  ['withdraw-request', '/episodes/E/approvals/R9/withdrawal', { reason: 'x' }],
  ['decide-step', '/episodes/E/approvals/R9/decision', { step: 0, decision: 'approve', evidenceDigest: '0'.repeat(64) }],
  ['countersign', '/episodes/E/approvals/R9/countersignature', { step: 0 }],
  ['adjust-response', '/episodes/E/adjustments', { responseLevel: 'yellow', reason: 'x' }],
  ['adjust-measures', '/episodes/E/measures', { kind: 'add', measureId: 'none', scope: text, basis: 'x' }],
  ['propose-correction', '/episodes/E/corrections', { noticeId: 'N9', kind: 'correction', text: 'x' }],
  ['assign-task', '/episodes/E/tasks', { unitId: 'none', basis: text, content: text }],
  ['assign-task', '/episodes/E/tasks/T9/closure', {}],
  ['declare-not-applicable', '/episodes/E/not-applicable', { reason: 'x' }],
  ['withdraw-episode', '/episodes/E/withdrawal', { reason: 'x' }],
  ['submit-evaluation', '/episodes/E/evaluation', { summary: 'x' }],
  ['acknowledge', '/episodes/E/acknowledgements', { noticeId: 'N1', unitId: 'health' }],
  ['report', '/episodes/E/reports', { obligationId: 'startup-report:N1:health', nil: true, note: 'x' }],
  ['office-report', '/episodes/E/reports', { obligationId: 'zone-notice:N1:management', text: 'x' }],
  ['technical-report', '/episodes/E/reports', { obligationId: 'consultation-advice:C1:technical', text: 'x' }],
  ['bulletin', '/episodes/E/bulletins', { day: '2026-01-05', text: 'x' }],
  ['publication', '/episodes/E/publications', { noticeId: 'N1', url: 'https://example.org/', publishedAt: AT }],
  ['confirm-receipt', '/notices/E.N1/receipts', {}],
  ['manage-accounts', '/accounts', { login: 'xx', name: 'x', password: 'a long password' }],
];

describe('who may do what, role by role', () => {
  beforeAll(() => api.at(START_MS + 3 * 3_600_000));

  test.each(REQUESTS)('%s at %s', async (useCase, path, body) => {
    const turnedAway: Role[] = [];
    for (const role of ROLES) {
      const { status, body: answer } = await api.as(LOGINS[role]).post(path.replace('E', episodeId), body);
      if (answer?.code === 'forbidden') turnedAway.push(role);
      expect(status).toBeLessThan(500);
    }
    expect(turnedAway).toEqual(ROLES.filter((role) => !mayDo(useCase, role)));
  });

  test('each refusal is on record once', async () => {
    const { rows } = await api.db.owner.query<{ n: number }>(`select count(*)::int as n from ledger where type = 'refused' and event ->> 'code' = 'forbidden'`);
    const expected = REQUESTS.reduce((sum, [u]) => sum + ROLES.filter((r) => !mayDo(u, r)).length, 0);
    expect(rows).toEqual([{ n: expected }]);
  });
});
