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
      const shown = `${address}${address.includes('?') ? '&' : '?'}lang=${lang}`;
      // The other language weighs the same.
      if (lang === 'zh') faults.push(...(await weighed(page, shown)).map((fault) => `${path}: ${fault}`));
      else await page.goto(shown);
      await page.evaluate(axe);
      await page.evaluate(`for (const folded of document.querySelectorAll('main details')) folded.open = true`);
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

  /** Opens it as a browser that never was here, then as one that was. */
  async function weighed(page: Page, address: string): Promise<string[]> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.clearBrowserCache');
    let bytes = 0;
    cdp.on('Network.loadingFinished', (e) => void (bytes += e.encodedDataLength));
    const faults: string[] = [];
    for (const limit of [FIRST_VISIT_BYTES, LATER_BYTES]) {
      bytes = 0;
      const policy = (await page.goto(address))?.headers()['content-security-policy'] ?? '';
      if (!policy.includes("script-src 'self'") || policy.includes('unsafe-')) faults.push(`its policy is not strict: ${policy}`);
      if (bytes > limit) faults.push(`${bytes} bytes where ${limit} may be`);
    }
    await cdp.detach();
    return faults;
  }

  async function entered(login: string | null, bypassCSP = true): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: WIDE, bypassCSP });
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
    test(`${lang}, wide and 390 px: no violation of WCAG 2.2 A/AA, no console error, no request leaves the machine, strict policy, 120 KB the first time and 30 KB after, nothing wider than the screen`, async () => {
      expect(await look(lang)).toEqual([]);
    }, 600_000);

  test('under its own strict policy nothing is blocked', async () => {
    const page = await (await entered('management', false)).newPage();
    const blocked: string[] = [];
    page.on('console', (m) => void (/Content Security Policy/i.test(m.text()) && blocked.push(m.text())));
    for (const path of ['/', '/office', '/forecasts', '/episodes', `/episodes/${episodeId}`, '/plan', '/public', '/admin']) await page.goto(`${api.url}${path}`);
    expect(blocked).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('on paper: what steers is gone, nothing is cut off at the page’s edge, and what was folded is opened', async () => {
    const page = await (await entered('management', false)).newPage();
    await page.setViewportSize({ width: 794, height: 1123 });
    for (const path of ['/', `/episodes/${episodeId}`, `/office/${episodeId}`, '/plan', '/public']) {
      await page.goto(`${api.url}${path}`);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.top, footer, button').filter({ visible: true }).count()).toBe(0);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
      await page.emulateMedia({ media: 'screen' });
    }
    await page.goto(`${api.url}/episodes/${episodeId}`);
    const folded = page.locator('details.prints table');
    expect(await folded.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await folded.isVisible()).toBe(true);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    expect(await folded.isVisible()).toBe(true);
    await page.evaluate(`window.dispatchEvent(new Event('afterprint'))`);
    expect(await folded.isVisible()).toBe(false);
    await page.context().close();
  });
});
