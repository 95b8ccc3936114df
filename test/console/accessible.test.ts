import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, PHONE, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { addressOf, type Look, type Stage, STAGES } from './support/pages.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FIRST_VISIT_BYTES = 120 * 1024;
const LATER_BYTES = 30 * 1024;

/** Somebody at a browser: one tab, in which page after page is opened. */
interface Visitor {
  readonly page: Page;
  /** What went wrong since it was last asked for. */
  readonly noticed: string[];
  /** The browser tells of a page that is not there, or that refuses a form, by its own status. */
  mayTell: RegExp;
}

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
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  /** Who has seen what in an earlier stage. */
  const seen = new Set<string>();
  const keyOf = ({ login, path, large }: Look) => `${login} ${path} ${large}`;

  async function look({ looks: all }: Stage): Promise<string[]> {
    const faults: string[] = [];
    const visitors = new Map<string, Promise<Visitor>>();
    // In the other language a page is looked at where it is first seen, and whatever is done there.
    const looks = all.map((l) => ({ ...l, isNew: l.act !== undefined || !seen.has(keyOf(l)) }));
    for (const l of all) seen.add(keyOf(l));
    // What changes the episode comes one after the other; the rest in twos, each person in one of them: what is weighed empties a browser's cache.
    const people = [...new Set(looks.map((l) => l.login))];
    const queues = [0, 1].map((half) => looks.filter((l) => !l.act && people.indexOf(l.login) % 2 === half));
    const visitorOf = (l: Look): Promise<Visitor> => {
      const key = `${l.login} ${l.large}`;
      const visitor = visitors.get(key) ?? entered(l.login, l.large);
      visitors.set(key, visitor);
      return visitor;
    };
    const through = async (queue: typeof looks) => {
      for (const l of queue) for (const lang of l.isNew ? (['zh', 'en'] as const) : (['zh'] as const)) faults.push(...(await lookAt(await visitorOf(l), l, lang)));
    };
    await Promise.all(queues.map(through));
    await through(looks.filter((l) => l.act));
    for (const visitor of visitors.values()) await (await visitor).page.context().close();
    return faults;
  }

  async function lookAt(visitor: Visitor, it: Look, lang: 'zh' | 'en'): Promise<string[]> {
    const { page, noticed } = visitor;
    visitor.mayTell = it.act ? /status of 4\d\d/ : it.path === '/no-such-page' ? /404 \(Not Found\)/ : /^$/;
    const address = `${api.url}${await addressOf(api, episodeId, it)}`;
    const shown = `${address}${address.includes('?') ? '&' : '?'}lang=${lang}`;
    await page.setViewportSize(WIDE);
    const faults: string[] = [];
    // The other language weighs the same.
    if (lang === 'zh' && !it.act && !it.large) faults.push(...(await weighed(page, shown)));
    else await page.goto(shown);
    await it.act?.(page, api);
    await page.evaluate(axe);
    await page.evaluate(`for (const folded of document.querySelectorAll('main details')) folded.open = true`);
    for (const viewport of [WIDE, PHONE]) {
      await page.setViewportSize(viewport);
      faults.push(...(await violations(page)).map((v) => `at ${viewport.width}: ${v}`));
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      if (overflow > 0) faults.push(`${overflow} px wider than a screen of ${viewport.width}`);
    }
    return [...noticed.splice(0), ...faults].map((fault) => `${lang} ${it.login} ${it.path}${it.act ? ' (acted)' : ''}${it.large ? ' (large)' : ''}: ${fault}`);
  }

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

  /** Under the pages' own policy: what it blocks is an error on the console. */
  async function entered(login: string | null, isLarge = false): Promise<Visitor> {
    const context = await browser.newContext({ viewport: WIDE });
    if (isLarge) await context.addCookies([{ name: 'qingkong_large', value: '1', url: api.url }]);
    if (login !== null) {
      const { login: name, password } = api.as(login).account;
      expect((await context.request.post(`${api.url}/api/v1/sign-in`, { data: { login: name, password } })).status()).toBe(200);
    }
    const page = await context.newPage();
    const visitor: Visitor = { page, noticed: [], mayTell: /^$/ };
    page.on('request', (r) => void (r.url().startsWith(api.url) || r.url().startsWith('data:') || visitor.noticed.push(`asked for ${r.url()}`)));
    page.on('console', (m) => void (m.type() === 'error' && !visitor.mayTell.test(m.text()) && visitor.noticed.push(m.text())));
    page.on('pageerror', (e) => void visitor.noticed.push(e.message));
    return visitor;
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

  for (const stage of STAGES.slice(0, 3)) lookAtAll(stage);

  test('on paper: what steers is gone, nothing is cut off at the page’s edge, and what was folded is opened', async () => {
    const { page } = await entered('management');
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

  for (const stage of STAGES.slice(3)) lookAtAll(stage);

  function lookAtAll(stage: Stage): void {
    test(`${stage.name}: no violation of WCAG 2.2 A/AA, no console error, no request leaves the machine, strict policy that blocks nothing, 120 KB the first time and 30 KB after, nothing wider than the screen`, async () => {
      episodeId = await stage.reach(api, episodeId);
      expect(await look(stage)).toEqual([]);
    }, 900_000);
  }
});
