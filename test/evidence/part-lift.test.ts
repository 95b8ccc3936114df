/** R21: a lift for a part of the area as the command and the viewer check it: lawful as it was, found where it was forged. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../domain/digest.js';
import { evidenceOf } from '../../evidence/index.js';
import type { EpisodeRecord } from '../../evidence/format.js';
import { openBundle, recordOf } from '../../evidence/open.js';
import { verifyBundle } from '../../evidence/verify.js';
import { viewerPage } from '../../evidence/viewer/page.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { loadPlan } from '../../plans/load.js';
import { type Browser, hasBrowser, launch, type Page } from '../console/support/browser.js';
import { approve, AREA, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { signedAgain, withEvents, withRows } from './support/forge.js';
import { events, isApprovalOf } from './support/forgeries.js';
import { OFFICE } from './support/key.js';

const ELSEWHERE = { zh: '城东片区', en: '城东片区' };

let api: TestApi;
let bundle: Uint8Array;
let record: EpisodeRecord;
beforeAll(async () => {
  api = await testApi();
  // Of the two plans the one whose lift is approved.
  const plan = loadPlan('example-city-four-levels');
  await setAreaPlan(api.db.pool, AREA, await savePlan(api.db.pool, { ...plan, areaId: AREA }, START_MS));
  const id = await publishOrange(api);
  await api.at(api.now() + 4 * HOUR_MS);
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(api.now(), [60, 60, 60, 60, 60, 60], iso(api.now()).slice(0, 10)));
  await api.as('management').post(`/episodes/${id}/consultations`, { advice: 'lift', text: '城西已改善' });
  for (const part of ['城西片区', undefined]) {
    expect((await api.as('director').post(`/episodes/${id}/lift`, { part, text: '解除' })).status).toBe(201);
    for (const login of ['deputy', 'commander']) expect((await approve(api, login, id)).status).toBe(201);
  }
  await api.at(api.now() + 2 * HOUR_MS);
  bundle = (await evidenceOf(api.db.pool, id, OFFICE))!;
  record = recordOf(openBundle(bundle, unexpected), unexpected);
}, 60_000);
afterAll(() => api.close());

function unexpected(where: string, what: string): void {
  throw new Error(`${where}: ${what}`);
}

const reasked = (requestId: string, part: object | null) =>
  withEvents(record, 'request-opened', (e) => {
    if (e.requestId !== requestId) return;
    if (part) Object.assign(e.evidence, { part });
    else delete e.evidence.part;
    e.evidenceDigest = digestOf(e.evidence);
  });
/** With every approver's signature moved onto what is now said to have been put up. */
const resigned = (of: EpisodeRecord) => {
  const digests = new Map<unknown, string>();
  for (const event of events(of.episodeRows)) if (event['type'] === 'request-opened') digests.set(event['requestId'], String(event['evidenceDigest']));
  return withEvents(of, 'approval-decided', (e) => void (e.evidenceDigest = digests.get(e.requestId) ?? ''));
};

const FORGERIES: readonly (readonly [name: string, forged: () => EpisodeRecord, command: RegExp, viewer: RegExp])[] = [
  ['nobody approved it', () => withRows(record, (rows) => rows.filter((r) => !isApprovalOf('R2')(r))), /without the approval of the director and the commander/, /without the approval of the director and the commander/],
  ['nobody asked for it', () => withEvents(record, 'part-lifted', (e) => void (e.requestId = 'R-none')), /rests on request R-none, which is not open/, /rests on request R-none, which is not open/],
  ['another part than the approvers saw', () => withEvents(record, 'part-lifted', (e) => void (e.part = e.notice.part = ELSEWHERE)), /the approvers saw a lift for 城西片区, 城东片区 was lifted/, /another part of the area/],
  ['another part told than was lifted', () => withEvents(record, 'part-lifted', (e) => void (e.notice.part = ELSEWHERE)), /the approvers saw a lift for 城西片区, 城东片区 was lifted/, /another part of the area/],
  ['a part, where the whole was put up', () => resigned(reasked('R2', null)), /the approvers saw a lift for the whole area, 城西片区 was lifted/, /another part of the area/],
  ['the whole, where a part was put up', () => resigned(reasked('R3', ELSEWHERE)), /the approvers saw a lift for 城东片区, the whole area was lifted/, /another part of the area/],
];

test('the command: as it was it passes, its notice due like that of a lift', () => {
  expect(record.episodeRows.map((r) => r.event.type)).toEqual(expect.arrayContaining(['part-lifted', 'lift-issued']));
  const { faults } = verifyBundle(bundle, { fingerprints: [OFFICE.fingerprint] });
  expect(faults).toEqual([]);
});

test.each(FORGERIES)('the command finds: %s', (_name, forged, what) => {
  const { faults } = verifyBundle(signedAgain(forged()), { fingerprints: [OFFICE.fingerprint] });
  expect(faults.filter((f) => f.check === 'approvals').map((f) => f.what).join('\n')).toMatch(what);
});

test('the command finds: lifted in a part before the air allowed it', () => {
  const early = withEvents(record, 'part-lifted', (e) => void (e.effectiveAtMs = e.notice.effectiveAtMs -= 48 * HOUR_MS));
  expect(verifyBundle(signedAgain(early)).faults.filter((f) => f.check === 'lifts')).not.toEqual([]);
});

(hasBrowser ? describe : describe.skip)('the viewer', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage();
    await page.setContent(viewerPage());
  }, 60_000);
  afterAll(() => browser.close());

  const faultsOf = (body: Uint8Array) =>
    page.evaluate((text) => {
      const check = (globalThis as unknown as { checkBundle: (bytes: Uint8Array) => { faults: { where: string; what: string }[] } }).checkBundle;
      return check(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).faults.map((f) => `${f.where}: ${f.what}`);
    }, Buffer.from(body).toString('base64'));

  test('as it was it passes', async () => expect(await faultsOf(bundle)).toEqual([]));

  test.each(FORGERIES)('finds: %s', async (_name, forged, _command, what) => {
    expect((await faultsOf(signedAgain(forged()))).join('\n')).toMatch(what);
  });
});
