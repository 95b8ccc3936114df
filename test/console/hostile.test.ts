import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activeEpisode } from '../../db/read/episodes.js';
import { addDays, dayOf } from '../../domain/time.js';
import { AREA, DAY_MS, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { approve } from '../support/api.js';

const HOSTILE = `"'></textarea></script><script>window.hurt=1</script><img src=x onerror="window.hurt=1"><svg onload=window.hurt=1>{{7*7}}`;

describeInBrowser('every text field filled with hostile strings', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';
  const must = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body as Record<string, string>;
  };

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    const days = [230, 230, 230, 80, 70].map((aqi, i) => ({ date: addDays(dayOf(START_MS), i + 1), aqiLow: aqi, aqiHigh: aqi, pm25: aqi, primary: ['PM2.5'] }));
    await must(api.as('technical').post(`/areas/${AREA}/forecasts`, { issuedAt: iso(START_MS), source: HOSTILE.slice(0, 120), days }));
    episodeId = (await activeEpisode(api.db.pool, AREA))!;
    const of = (path: string) => `/episodes/${episodeId}${path}`;
    await must(api.as('technical').post(of('/consultations'), { advice: 'publish', level: 'orange', text: HOSTILE, dissent: [{ by: HOSTILE.slice(0, 80), opinion: HOSTILE }] }));
    await must(api.as('management').post(of('/proposals'), { action: 'publish', level: 'orange', effectiveAt: iso(START_MS + 2 * HOUR_MS), text: HOSTILE }));
    await must(approve(api, 'director', episodeId, { reason: HOSTILE }));
    await must(approve(api, 'commander', episodeId, { reason: HOSTILE }));
    await api.at(START_MS + 3 * HOUR_MS);
    await must(api.as('management').post(of('/tasks'), { unitId: 'education', basis: { zh: HOSTILE, en: HOSTILE }, content: { zh: HOSTILE, en: HOSTILE }, dueAt: iso(START_MS + DAY_MS) }));
    await must(api.as('management').post(of('/measures'), { kind: 'exempt', measureId: 'y-health-schools', scope: { zh: HOSTILE, en: HOSTILE }, basis: HOSTILE }));
    await must(api.as('unit-education').post(of('/reports'), { obligationId: 'startup-report:N1:education', nil: true, note: HOSTILE }));
    await must(api.as('unit-health').post('/drafts', { kind: 'report', ref: 'startup-report:N1:health', unitId: 'health', content: { nil: true, values: { note: HOSTILE }, measures: [], note: HOSTILE, attachments: [] } }));
    const transmission = { channel: 'phone', at: iso(START_MS + 2 * HOUR_MS), from: HOSTILE };
    await must(api.as('management').post(`/areas/${AREA}/orders`, { issuer: 'prefecture', kind: 'start', level: 'yellow', namesCity: true, scope: { zh: HOSTILE, en: HOSTILE }, documentNumber: HOSTILE.slice(0, 120), transmission }));
    await must(api.as('technical').post(`/areas/${AREA}/dust-flags`, { spans: [{ from: iso(START_MS - DAY_MS), to: iso(START_MS - DAY_MS + HOUR_MS) }], reason: HOSTILE }));
    await must(api.as('administrator').post('/accounts', { login: 'hostile', name: HOSTILE.slice(0, 80), password: 'a long password', hats: [] }));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const LOOKS: readonly (readonly [string, string])[] = [
    ['management', '/'],
    ['management', '/episodes/EP'],
    ['management', '/office'],
    ['management', '/office/EP'],
    ['management', '/office/EP/proposal'],
    ['management', '/office/EP/task/T1'],
    ['commander', '/approvals/EP/R1'],
    ['commander', '/approvals/EP/R1/receipt?step=1'],
    ['unit-education', '/unit'],
    ['unit-education', '/reports/EP/startup-report:N1:education'],
    ['unit-education', '/reports/EP/task:T1:education'],
    ['unit-health', '/reports/EP/startup-report:N1:health'],
    ['technical', '/forecasts'],
    ['administrator', '/admin'],
  ];

  test('even without our policy nothing of it is executed, and it is shown as it was written', async () => {
    let shown = 0;
    for (const [login, path] of LOOKS) {
      const context = await browser.newContext({ viewport: WIDE, bypassCSP: true });
      const page = await context.newPage();
      await signIn(page, api.url, api.as(login).account, path.replace('EP', episodeId));
      await page.evaluate(`for (const d of document.querySelectorAll('details')) d.open = true`);
      await page.waitForTimeout(50);
      expect([path, await page.evaluate('window.hurt ?? null')]).toEqual([path, null]);
      expect([path, await page.locator('main svg, main script').count()]).toEqual([path, 0]);
      if ((await page.content()).includes('&lt;script')) shown++;
      await context.close();
    }
    expect(shown).toBeGreaterThan(8);
  }, 120_000);

  test('hostile addresses: a path after sign-in stays ours, and what is asked for is not echoed as markup', async () => {
    for (const to of ['https://example.org/', '//example.org', '/\\example.org', 'javascript:alert(1)']) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await signIn(page, api.url, api.as('management').account, to);
      expect(page.url()).toBe(`${api.url}/`);
      await context.close();
    }
    const answer = await api.request('GET', `/sign-in?to=${encodeURIComponent('/"><script>alert(1)</script>')}&lang=%22%3E%3Cscript%3E`);
    expect(answer.body).not.toContain('<script>alert');
  });

  test('a form from another site is refused', async () => {
    const { status } = await api.request('POST', '/sign-out', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    expect(status).toBe(403);
  });
});
