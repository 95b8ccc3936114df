import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, forecast, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, signIn, WIDE } from './support/browser.js';
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
    await page.locator('.settings summary').click();
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
});
