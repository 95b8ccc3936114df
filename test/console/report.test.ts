import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { shortDay } from '../../console/web/time.js';
import { addDays, dayOf, endOfDayMs } from '../../domain/time.js';
import { DAY_MS, HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, PHONE, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, file, publish } from './support/story.js';

const DAY = dayOf(START_MS);

describeInBrowser('5.1(1): the unit’s reports', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';
  const path = (id: string) => `/reports/${episodeId}/${id}`;
  const submissions = async (id: string) => (await api.as('auditor').get(`/episodes/${episodeId}/submissions?obligation=${encodeURIComponent(id)}`)).body.submissions ?? [];

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    await publish(api, episodeId);
    await api.at(START_MS + 3 * HOUR_MS);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  test('4.2: acknowledged on the unit’s page, without script', async () => {
    const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('unit-education').account, '/unit');
    await page.getByRole('button', { name: '签收' }).click();
    expect(await page.getByRole('button', { name: '签收' }).count()).toBe(0);
    expect(await page.locator('main').innerText()).toContain('已报 1月5日（星期一）13:00');
    await context.close();
  });

  test('a report by one form without script: what is wrong is told beside its field and nothing is lost; then a receipt', async () => {
    await api.at(START_MS + DAY_MS);
    const id = `daily-report:${DAY}:education`;
    const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('unit-education').account, path(id));
    expect(await page.locator('.not-filed').innerText()).toContain('尚未报送');
    const numbers = page.locator('input[name^="values."]');
    await numbers.first().fill('三十');
    await page.locator('fieldset').first().getByLabel('部分落实').check();
    await page.fill('textarea[name=note]', '各校已通知到位');
    await page.getByRole('button', { name: '报送' }).click();
    expect(await page.locator('.problem').innerText()).toContain('部分落实或未落实应写明原因');
    expect(await page.locator('.fault').count()).toBeGreaterThan(1);
    expect(await page.inputValue('textarea[name=note]')).toBe('各校已通知到位');
    expect(await numbers.first().inputValue()).toBe('三十');
    for (let i = 0; i < (await numbers.count()); i++) await numbers.nth(i).fill(String(30 + i));
    await page.locator('fieldset').first().getByLabel('原因或说明').fill('两所学校正在调整课表');
    await page.getByRole('button', { name: '报送' }).click();
    await page.waitForURL(/receipt/);
    expect(await page.locator('main').innerText()).toMatch(/报送回执[\s\S]*KT-2026-001-\d+/);
    await context.close();
  });

  test('pre-filled from the day before; corrected only with a reason, which does not restart the clock', async () => {
    await api.at(START_MS + 2 * DAY_MS);
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('unit-education').account, path(`daily-report:${addDays(DAY, 1)}:education`));
    expect(await page.locator('input[name^="values."]').first().inputValue()).toBe('30');
    expect(await page.locator('main').innerText()).toContain('已按');
    const id = `daily-report:${DAY}:education`;
    await page.goto(`${api.url}${path(id)}`);
    await page.getByRole('link', { name: '更正' }).click();
    await page.locator('input[name^="values."]').first().fill('31');
    await page.getByRole('button', { name: '报送', exact: true }).click();
    expect(await page.locator('.problem').innerText()).toContain('更正应写明理由');
    await page.fill('textarea[name=correctionReason]', '漏计一所学校');
    await page.getByRole('button', { name: '报送', exact: true }).click();
    await page.waitForURL(/receipt/);
    expect(await page.locator('main').innerText()).toMatch(/第2版[\s\S]*计为报送时间\s*1月6日/);
    await context.close();
  });

  test('a draft saves itself, says that it is not filed, and a colleague reviews and files it: both sign', async () => {
    const id = `daily-report:${DAY}:propaganda`;
    const filler = await browser.newContext({ viewport: WIDE });
    const page = await filler.newPage();
    await signIn(page, api.url, api.as('unit-propaganda').account, path(id));
    const numbers = page.locator('input[name^="values."]');
    for (let i = 0; i < (await numbers.count()); i++) await numbers.nth(i).fill('12');
    await page.locator('#draft-state', { hasText: '草稿已存' }).waitFor();
    expect(await page.locator('#draft-state').innerText()).toContain('尚未报送');
    expect(await submissions(id)).toHaveLength(0);
    await filler.close();
    const reviewer = await browser.newContext({ viewport: WIDE });
    const second = await reviewer.newPage();
    await signIn(second, api.url, api.as('unit-propaganda-review').account, path(id));
    expect(await second.locator('main').innerText()).toContain('演示·宣传部填报员');
    await second.getByRole('button', { name: '审核并报送' }).click();
    await second.waitForURL(/receipt/);
    const told = await second.locator('main').innerText();
    expect(told).toContain('演示·宣传部填报员');
    expect(told).toContain('演示·宣传部审核员');
    await reviewer.close();
  });

  test('a lost session: after signing in again the form is as it was, and says that it is not submitted', async () => {
    const id = `daily-report:${DAY}:health`;
    const context = await browser.newContext({ viewport: WIDE, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, api.url, api.as('unit-health').account, path(id));
    await page.fill('textarea[name=note]', '医院发热门诊情况平稳');
    await context.clearCookies();
    await page.getByRole('button', { name: '报送', exact: true }).click();
    expect(await page.locator('main').innerText()).toContain('登录已失效');
    await page.fill('input[name=login]', api.as('unit-health').account.login);
    await page.fill('input[name=password]', api.as('unit-health').account.password);
    await page.locator('main button').click();
    await page.getByRole('button', { name: '回到刚才的页面' }).click();
    expect(await page.inputValue('textarea[name=note]')).toBe('医院发热门诊情况平稳');
    expect(await page.locator('main').innerText()).toContain('尚未提交');
    await context.close();
  });

  test('the grid: one second before the due time, at it, and one second after', async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const dueMs = endOfDayMs(addDays(DAY, 1));
    const fresh = await testApi();
    const other = await ask(fresh);
    await publish(fresh, other);
    const cell = async () => {
      const heads = await page.locator('.grid thead th').allInnerTexts();
      return page.locator('.grid tr', { hasText: '教育局' }).locator('td').nth(heads.indexOf(shortDay(DAY)) - 1).innerText();
    };
    await fresh.at(dueMs - 1000);
    await signIn(page, fresh.url, fresh.as('management').account);
    expect(await cell()).toContain('临期');
    await fresh.at(dueMs);
    await page.goto(`${fresh.url}/`);
    expect(await cell()).toContain('临期');
    await fresh.at(dueMs + 1000);
    await page.goto(`${fresh.url}/`);
    expect(await cell()).toContain('逾期未报');
    await file(fresh, other, 'daily-report');
    await page.goto(`${fresh.url}/`);
    expect(await cell()).toContain('逾期补报');
    await context.close();
    await fresh.close();
  });
});
