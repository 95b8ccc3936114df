import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addDays, dayOf, MINUTE_MS } from '../../domain/time.js';
import { DAY_MS, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, publish } from './support/story.js';

const DAY = dayOf(START_MS);
const NOTES = { name: '批次说明.txt', mimeType: 'text/plain', buffer: Buffer.from('第一批') };

describeInBrowser('what is being filled in is neither lost nor taken for filed', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';
  const path = (id: string) => `/reports/${episodeId}/${id}`;
  const newest = async (id: string) => (await api.as('auditor').get(`/episodes/${episodeId}/submissions?obligation=${encodeURIComponent(id)}`)).body.submissions.at(-1);
  const filed = async (id: string) => (await api.as('auditor').get(`/documents/${(await newest(id)).documentDigest}`)).body;

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    await publish(api, episodeId);
    await api.at(START_MS + DAY_MS);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  async function as(login: string, at: string, act: (page: Page) => Promise<void>, javaScriptEnabled = true): Promise<void> {
    const context = await browser.newContext({ viewport: WIDE, javaScriptEnabled });
    const page = await context.newPage();
    await signIn(page, api.url, api.as(login).account, at);
    await act(page);
    await context.close();
  }
  const state = (page: Page, text: string) => page.locator('#draft-state', { hasText: text }).waitFor();
  const press = (page: Page, name: string) => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()]);

  test('a chosen file takes nothing from what saves itself: all that was typed is there again, as it was typed', async () => {
    const id = `daily-report:${DAY}:education`;
    await as('unit-education', path(id), async (page) => {
      await page.setInputFiles('input[type=file]', NOTES);
      await page.locator('input[name^="values."]').first().fill('三十');
      await page.locator('fieldset').first().getByLabel('部分落实').check();
      await page.locator('fieldset').first().getByLabel('原因或说明').fill('两所学校正在调整');
      await state(page, '草稿已存');
      await page.reload();
      expect(await page.locator('input[name^="values."]').first().inputValue()).toBe('三十');
      expect(await page.locator('fieldset').first().getByLabel('部分落实').isChecked()).toBe(true);
      expect(await page.locator('fieldset').first().getByLabel('原因或说明').inputValue()).toBe('两所学校正在调整');
      await page.setInputFiles('input[type=file]', NOTES);
      await press(page, '存草稿');
      expect(await page.getByLabel('批次说明.txt').isChecked()).toBe(true);
      expect(await page.locator('fieldset').first().getByLabel('原因或说明').inputValue()).toBe('两所学校正在调整');
    });
  });

  test('a draft that could not be saved is told, with the time of the last that was', async () => {
    await as('unit-health', path(`daily-report:${DAY}:health`), async (page) => {
      await page.route('**/draft', (route) => route.abort());
      await page.fill('textarea[name=note]', '一');
      await state(page, '自动保存失败，还没有存过草稿');
      await page.unroute('**/draft');
      await page.fill('textarea[name=note]', '一二');
      await state(page, '草稿已存');
      await page.route('**/draft', (route) => route.fulfill({ status: 500 }));
      await page.fill('textarea[name=note]', '一二三');
      await state(page, '自动保存失败，尚未报送；最近一次保存：1月6日（星期二）10:00');
      await page.unroute('**/draft');
      await page.context().clearCookies();
      await page.fill('textarea[name=note]', '一二三四');
      await page.locator('#ended').waitFor();
    });
  });

  test('a try that failed keeps its files and its ticks; a file too large is told of beside its field, and nothing typed is lost', async () => {
    await as(
      'unit-transport',
      path(`daily-report:${DAY}:transport`),
      async (page) => {
        await page.check('input[name=nil]');
        await page.setInputFiles('input[type=file]', [NOTES, { ...NOTES, name: '另一份.txt', buffer: Buffer.from('第二批') }]);
        await press(page, '报送');
        expect(await page.locator('.problem').innerText()).toContain('零报告应写情况说明');
        await page.getByLabel('另一份.txt').uncheck();
        await page.setInputFiles('input[type=file]', { ...NOTES, name: '录像.mp4', buffer: Buffer.alloc(20 * 2 ** 20 + 1) });
        await page.fill('textarea[name=note]', '运行平稳');
        await press(page, '报送');
        expect(await page.locator('.field.wrong').innerText()).toContain('文件超过 20 MB');
        expect(await page.inputValue('textarea[name=note]')).toBe('运行平稳');
        expect(await page.getByLabel('批次说明.txt').isChecked()).toBe(true);
        expect(await page.getByLabel('另一份.txt').count()).toBe(0);
        await press(page, '报送');
        await page.waitForURL(/receipt/);
        await page.getByRole('link', { name: '查看' }).click();
        expect(await page.getByRole('link', { name: '批次说明.txt' }).count()).toBe(1);
      },
      false,
    );
  });

  test('answers are called by their measure, and so are their faults', async () => {
    const id = `daily-report:${DAY}:ecology`;
    await as('unit-ecology', path(id), async (page) => {
      const last = page.locator('fieldset').last();
      await last.getByLabel('未落实', { exact: true }).check();
      await page.check('input[name=nil]');
      await page.fill('textarea[name=note]', '无异常');
      await press(page, '报送');
      expect(await last.locator('.fault').innerText()).toContain('应写明原因');
      await last.getByLabel('原因或说明').fill('设备检修');
      const measure = await last.locator('input[type=radio]').first().getAttribute('name');
      await press(page, '报送');
      await page.waitForURL(/receipt/);
      expect((await filed(id)).measures).toEqual([{ measureId: measure!.replace(/^measures\.(.*)\.done$/, '$1'), done: 'not', note: '设备检修' }]);
    });
  });

  test('a draft from before the newest version is past; one of a correction stays a correction, with its reason', async () => {
    const id = `daily-report:${DAY}:propaganda`;
    const values = (n: number) => ({ broadcasts: n, posts: n });
    await as('unit-propaganda', path(id), async (page) => {
      await page.locator('input[name^="values."]').first().fill('11');
      await state(page, '草稿已存');
    });
    await api.at(START_MS + DAY_MS + MINUTE_MS);
    expect((await api.as('unit-propaganda-review').post(`/episodes/${episodeId}/reports`, { obligationId: id, values: values(12) })).status).toBe(201);
    await api.at(START_MS + DAY_MS + 2 * MINUTE_MS);
    await as('unit-propaganda', `${path(id)}?correct=1`, async (page) => {
      expect(await page.locator('input[name^="values."]').first().inputValue()).toBe('12');
      expect(await page.locator('#draft-state').innerText()).toContain('尚未报送');
      await page.locator('input[name^="values."]').first().fill('13');
      await page.fill('textarea[name=correctionReason]', '漏计一次');
      await press(page, '存草稿');
      expect(page.url()).toContain('correct=1');
      expect(await page.inputValue('textarea[name=correctionReason]')).toBe('漏计一次');
      expect(await page.locator('input[name^="values."]').first().inputValue()).toBe('13');
    });
    await as('unit-propaganda-review', `${path(id)}?correct=1`, async (page) => {
      const review = page.locator('section', { hasText: '待您审核的草稿' });
      expect(await review.locator('textarea[name=correctionReason]').inputValue()).toBe('漏计一次');
      await review.getByRole('button', { name: '审核并报送' }).click();
      await page.waitForURL(/receipt/);
    });
    expect(await newest(id)).toMatchObject({ version: 2, correctionReason: '漏计一次' });
    expect(await filed(id)).toMatchObject({ values: { broadcasts: 13 } });
  });

  test('papers and task feedback have drafts, too; a correction begins as what was filed', async () => {
    await as('management', path('site-publication:N1:management'), async (page) => {
      await page.fill('input[name=url]', 'https://example.org/notice');
      await page.fill('input[name=publishedAt]', '2026-01-05T13:30');
      await state(page, '草稿已存');
      await page.reload();
      expect(await page.inputValue('input[name=url]')).toBe('https://example.org/notice');
      await page.setInputFiles('input[type=file]', NOTES);
      await press(page, '报送');
      await page.waitForURL(/receipt/);
    });
    await api.at(api.now() + HOUR_MS);
    await as('management', `${path('site-publication:N1:management')}?correct=1`, async (page) => {
      expect(await page.inputValue('input[name=url]')).toBe('https://example.org/notice');
      expect(await page.inputValue('input[name=publishedAt]')).toBe('2026-01-05T13:30');
      expect(await page.getByLabel('批次说明.txt').isChecked()).toBe(true);
    });
    const daily = `office-daily-report:${DAY}:management`;
    await as('management', path(daily), async (page) => {
      await page.fill('textarea[name=text]', '一切正常');
      await page.fill('input[name=documentNumber]', '奎环报〔2026〕1号');
      await press(page, '报送');
      await page.goto(`${api.url}${path(daily)}?correct=1`);
      expect(await page.inputValue('textarea[name=text]')).toBe('一切正常');
      expect(await page.inputValue('input[name=documentNumber]')).toBe('奎环报〔2026〕1号');
    });
    await api.as('management').post(`/episodes/${episodeId}/tasks`, { ownerId: 'transport', basis: { zh: '现场检查', en: 'inspection' }, content: { zh: '核查渣土车禁行情况', en: 'check the lorries' }, dueAt: iso(START_MS + 3 * DAY_MS) });
    await as('unit-transport', '/unit', async (page) => {
      expect(await page.locator('#owed + ul').innerText()).toContain('核查渣土车禁行情况');
      await page.getByRole('link', { name: '反馈' }).click();
      await state(page, '尚未报送');
      await page.fill('textarea[name=text]', '正在核查');
      await state(page, '草稿已存');
      await page.reload();
      expect(await page.inputValue('textarea[name=text]')).toBe('正在核查');
    });
  });

  test('who may not hand it in reads what was filed, or whose turn it is', async () => {
    await as('auditor', path(`daily-report:${DAY}:ecology`), async (page) => {
      expect(await page.locator('main').innerText()).toMatch(/报送内容[\s\S]*未落实[\s\S]*设备检修[\s\S]*无异常/);
      expect(await page.locator('main form').count()).toBe(0);
      await page.goto(`${api.url}${path(`daily-report:${DAY}:education`)}`);
      expect(await page.locator('main').innerText()).toContain('尚未报送，由教育局办理');
    });
  });

  test('the notice a report answers, and the report it was filled in from, are told in words', async () => {
    await as('unit-health', path('startup-report:N1:health'), async (page) => {
      expect(await page.locator('h1').innerText()).toMatch(/（1月5日10时发布）/);
      expect(await page.locator('main').innerText()).not.toContain('N1');
    });
    await api.at(START_MS + 2 * DAY_MS);
    await as('unit-ecology', path(`daily-report:${addDays(DAY, 1)}:ecology`), async (page) => {
      expect(await page.locator('.notice').innerText()).toMatch(/已按“单位日报.* 1月5日（星期一）”预填/);
    });
  });
});
