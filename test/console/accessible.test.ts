import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestApi, testApi } from '../support/api.js';
import { type Browser, type BrowserContext, launch, type Page, PHONE, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { PAGES } from './support/pages.js';
import { ask, publish, respond } from './support/story.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FIRST_VISIT_BYTES = 120 * 1024;
const LATER_BYTES = 30 * 1024;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describeInBrowser('every page, wide and on a phone, in both languages', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    await publish(api, episodeId);
    await respond(api, episodeId);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const look = async (lang: 'zh' | 'en'): Promise<string[]> => {
    const faults: string[] = [];
    const contexts = new Map<string | null, BrowserContext>();
    for (const [login, path] of PAGES) {
      const context = contexts.get(login) ?? (await entered(login));
      contexts.set(login, context);
      const page = await context.newPage();
      page.on('request', (r) => void (r.url().startsWith(api.url) || r.url().startsWith('data:') || faults.push(`${path} asked for ${r.url()}`)));
      page.on('console', (m) => void (m.type() === 'error' && !m.text().includes('404 (Not Found)') && faults.push(`${path}: ${m.text()}`)));
      page.on('pageerror', (e) => void faults.push(`${path}: ${e.message}`));
      const address = `${api.url}${path.replace('EP', encodeURIComponent(episodeId))}`;
      await page.goto(`${address}${address.includes('?') ? '&' : '?'}lang=${lang}`);
      await page.evaluate(axe);
      for (const viewport of [WIDE, PHONE]) {
        await page.setViewportSize(viewport);
        faults.push(...(await violations(page)).map((v) => `${path} at ${viewport.width}: ${v}`));
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
        if (overflow > 0) faults.push(`${path} is ${overflow} px wider than a screen of ${viewport.width}`);
      }
      await page.close();
    }
    for (const context of contexts.values()) await context.close();
    return faults;
  };

  async function entered(login: string | null): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: WIDE, bypassCSP: true });
    if (login === null) return context;
    const page = await context.newPage();
    await signIn(page, api.url, api.as(login).account);
    await page.close();
    return context;
  }

  async function violations(page: Page): Promise<string[]> {
    const run = `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => r.violations)`;
    return (await page.evaluate<Violation[]>(run)).map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
  }

  test('the check sees what is wrong', async () => {
    const page = await browser.newPage();
    await page.setContent('<title>x</title><img src="data:,"><p style="color:#ccc;background:#fff">pale words</p>');
    await page.evaluate(axe);
    expect((await violations(page)).map((v) => v.split(':')[0])).toEqual(expect.arrayContaining(['image-alt', 'color-contrast', 'html-has-lang']));
    await page.close();
  });

  for (const lang of ['zh', 'en'] as const)
    test(`${lang}, wide and 390 px: no violation of WCAG 2.2 A/AA, no console error, no request leaves the machine, nothing wider than the screen`, async () => {
      expect(await look(lang)).toEqual([]);
    }, 300_000);

  test('under its own strict policy nothing is blocked, and no page weighs more than it may', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const blocked: string[] = [];
    page.on('console', (m) => void (/Content Security Policy/i.test(m.text()) && blocked.push(m.text())));
    await signIn(page, api.url, api.as('management').account);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    cdp.on('Network.loadingFinished', (e) => void (bytes += e.encodedDataLength));
    await cdp.send('Network.clearBrowserCache');
    const weights: Record<string, [number, number]> = {};
    for (const path of ['/', '/unit', '/office', '/forecasts', '/episodes', `/episodes/${episodeId}`, '/plan', '/public', '/admin']) {
      const weigh = async () => {
        bytes = 0;
        const answer = await page.goto(`${api.url}${path}`);
        expect(answer?.headers()['content-security-policy']).not.toMatch(/unsafe-inline|unsafe-eval/);
        await page.waitForLoadState('load');
        await page.waitForTimeout(100);
        return bytes;
      };
      await cdp.send('Network.clearBrowserCache');
      weights[path] = [await weigh(), await weigh()];
    }
    expect(blocked).toEqual([]);
    expect(Object.entries(weights).filter(([, [first, later]]) => first > FIRST_VISIT_BYTES || later > LATER_BYTES)).toEqual([]);
    await context.close();
  }, 60_000);
});
