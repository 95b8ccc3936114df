import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activeEpisode } from '../../db/read/episodes.js';
import { AREA, DAY_MS, forecast, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, PHONE, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';

describeInBrowser('the duty desk stays fresh, or says that it cannot', () => {
  let api: TestApi;
  let browser: Browser;

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  test('something that happens elsewhere shows by itself', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('management').account);
    expect(await page.locator('.todo').innerText()).toContain('无待办');
    await page.waitForTimeout(300);
    expect((await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70, 60]))).status).toBe(201);
    await page.locator('.todo', { hasText: '技术组：会商' }).waitFor({ timeout: 10_000 });
    expect(await page.locator('#stale').isVisible()).toBe(false);
    await context.close();
  });

  test('with the stream out of reach the page says that it may be out of date', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await page.route('**/api/v1/stream', (route) => route.abort());
    await signIn(page, api.url, api.as('management').account);
    await page.locator('#stale').waitFor({ state: 'visible' });
    expect(await page.locator('#stale').innerText()).toContain('可能不是最新');
    await context.close();
  });

  test('large type, English and the hat are kept by the browser; an account with two hats chooses one', async () => {
    const context = await browser.newContext({ viewport: WIDE, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('director').account);
    await page.getByRole('button', { name: '大字' }).click();
    expect(await page.locator('html').getAttribute('class')).toBe('large');
    await page.locator('.settings summary').click();
    await page.locator('.settings select[name=hat]').selectOption({ index: 2 });
    await page.getByRole('button', { name: '确定' }).click();
    await page.locator('.settings summary').click();
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('.settings select[name=hat] option').nth(2).getAttribute('selected')).not.toBeNull();
    await context.close();
  });

  test('large type is one press away on every page, and takes away nothing that was typed; without script it leads back', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('technical').account, '/forecasts');
    await page.fill('input[name="days.0.aqiLow"]', '88');
    await page.getByRole('button', { name: '大字' }).click();
    expect(await page.locator('html').getAttribute('class')).toBe('large');
    expect(await page.inputValue('input[name="days.0.aqiLow"]')).toBe('88');
    await page.getByRole('button', { name: '标准字' }).click();
    await page.getByRole('button', { name: '大字' }).click();
    await page.waitForLoadState('networkidle');
    await page.goto(`${api.url}/plan`);
    expect(await page.locator('html').getAttribute('class')).toBe('large');
    await context.close();
    const outside = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const face = await outside.newPage();
    await face.goto(`${api.url}/public?lang=zh`);
    await face.getByRole('button', { name: '大字' }).click();
    expect(new URL(face.url()).pathname).toBe('/public');
    expect(await face.locator('html').getAttribute('class')).toBe('large');
    await outside.close();
  });

  test.each(['/', '/unit'])('%s: when the session is over nothing goes blank; the page says so and leads back to itself', async (path) => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const { account } = api.as('unit-education');
    await signIn(page, api.url, account, path);
    await context.clearCookies();
    await page.evaluate(`htmx.trigger(document.body, 'news')`);
    await page.locator('#ended').waitFor();
    expect(await page.locator('#ended').innerText()).toContain('登录已失效');
    expect(await page.locator('#live').innerText()).not.toBe('');
    await page.getByRole('link', { name: '重新登录' }).click();
    await page.fill('input[name=login]', account.login);
    await page.fill('input[name=password]', account.password);
    await page.click('main button');
    await page.locator('#live').waitFor();
    expect(new URL(page.url()).pathname).toBe(path);
    await context.close();
  });

  test('an answer without the live part replaces nothing', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('management').account);
    await page.route(`${api.url}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>a proxy says sorry</p>' }));
    await page.evaluate(`htmx.trigger(document.body, 'news')`);
    await page.locator('#stale').waitFor();
    expect(await page.locator('#live').innerText()).toContain('待办事项');
    await page.unroute(`${api.url}/`);
    await page.evaluate(`htmx.trigger(document.body, 'news')`);
    await page.locator('#stale').waitFor({ state: 'hidden' });
    await context.close();
  });

  test('a refresh leaves the keyboard where it is and what was unfolded open', async () => {
    await publishOrange(api);
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('management').account);
    await page.getByText('数据表').click();
    await page.locator('#main').focus();
    const focused = () => page.evaluate<string>('document.activeElement.closest("td") ? document.activeElement.getAttribute("href") : ""');
    for (let i = 0; i < 60 && (await focused()) === ''; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const at = await focused();
    expect(at).toContain('/reports/');
    await page.evaluate(`document.getElementById('live').dataset.old = ''; htmx.trigger(document.body, 'news')`);
    await page.locator('#live:not([data-old])').waitFor();
    await page.waitForFunction(`document.activeElement.getAttribute('href') === ${JSON.stringify(at)}`);
    expect(await page.locator('details', { hasText: '数据表' }).getAttribute('open')).not.toBeNull();
    await context.close();
  });

  test('where something is being filled in, a change is told and never loaded', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('technical').account, '/forecasts');
    await page.fill('input[name=source]', '正在填');
    await page.waitForTimeout(300);
    expect((await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(START_MS + 1, [90, 80, 70]))).status).toBe(201);
    await page.locator('#changed', { hasText: '内容可能已变化' }).waitFor({ timeout: 10_000 });
    expect(await page.inputValue('input[name=source]')).toBe('正在填');
    await page.getByRole('link', { name: '请刷新' }).click();
    await page.waitForLoadState('load');
    expect(await page.locator('#changed').innerText()).toBe('');
    expect(page.url()).toBe(`${api.url}/forecasts`);
    await context.close();
  });

  test.each(['/office', '/office/EP', '/episodes/EP'])('%s shows by itself what happened elsewhere', async (path) => {
    const episodeId = (await activeEpisode(api.db.pool, AREA))!;
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('management').account, path.replace('EP', episodeId));
    await page.waitForTimeout(300);
    await page.evaluate(`document.getElementById('live').dataset.old = ''`);
    await api.as('management').post(`/episodes/${episodeId}/tasks`, { ownerId: 'transport', basis: { zh: '现场检查', en: 'inspection' }, content: { zh: '核查渣土车', en: 'check the lorries' }, dueAt: iso(START_MS + DAY_MS) });
    await page.locator('#live:not([data-old])').waitFor({ timeout: 10_000 });
    if (path !== '/office') expect(await page.locator('#live').innerText()).toContain('核查渣土车');
    await context.close();
  });
});
