import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';

describeInBrowser('accounts, hats and delegations (R14)', () => {
  let api: TestApi;
  let browser: Browser;

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  async function as(login: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: WIDE, javaScriptEnabled: false })).newPage();
    await signIn(page, api.url, api.as(login).account, '/admin');
    return page;
  }
  const choose = async (page: Page, name: string, label: string) => void (await page.selectOption(`select[name=${name}]`, await page.locator(`select[name=${name}] option`, { hasText: label }).first().getAttribute('value')));

  test('a hat is given for an area and a period, and the list says so; an account is closed after being asked once more', async () => {
    const page = await as('administrator');
    await page.locator('details', { hasText: '增加身份' }).locator('summary').click();
    await choose(page, 'accountId', '演示·审计员');
    await choose(page, 'role', '技术组');
    await page.selectOption('select[name=hatArea]', AREA);
    await page.fill('input[name=hatFrom]', '2026-01-06T08:00');
    await page.fill('input[name=hatUntil]', '2026-02-01T18:00');
    await page.getByRole('button', { name: '增加身份' }).click();
    const row = page.locator('tr', { hasText: '演示·审计员' });
    expect(await row.innerText()).toMatch(/技术组\s+奎屯市 1月6日（星期二）08:00 至 2月1日（星期日）18:00/);
    await row.locator('summary', { hasText: '变更' }).click();
    const confirm = row.getByRole('button', { name: '确认停用' });
    expect(await confirm.isVisible()).toBe(false);
    await row.locator('summary', { hasText: '停用' }).click();
    expect(await row.innerText()).toContain('不能恢复');
    await confirm.click();
    expect(await row.innerText()).toContain('已停用');
    await page.context().close();
  });

  test('a delegation shows its beginning, where it is good, and its paper', async () => {
    const page = await as('director');
    await page.locator('details', { hasText: '新建委托' }).locator('summary').click();
    await choose(page, 'hatId', '办公室主任');
    await choose(page, 'toAccountId', '演示·办公室副主任');
    await page.fill('input[name=basis]', '奎政办函〔2026〕2号');
    await page.setInputFiles('input[name=document]', { name: '委托书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') });
    await page.fill('input[name=from]', '2026-01-07T09:00');
    await page.fill('input[name=until]', '2026-01-09T18:00');
    await page.getByRole('button', { name: '新建委托' }).click();
    const told = page.locator('section', { hasText: '书面委托' }).last();
    expect(await told.innerText()).toMatch(/全部区域 · 奎政办函〔2026〕2号 · 委托书 [0-9a-f]{8} · 1月7日（星期三）09:00 至 1月9日（星期五）18:00/);
    const paper = await page.request.get(`${api.url}${await told.getByRole('link', { name: /委托书/ }).getAttribute('href')}`);
    expect(await paper.text()).toBe('%PDF-1.4');
    await page.context().close();
  });
});
