import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activeEpisode } from '../../db/read/episodes.js';
import { addDays, dayOf } from '../../domain/time.js';
import { AREA, DAY_MS, HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { file, observe, predict } from './support/story.js';

const DAY = dayOf(START_MS);

describeInBrowser('one episode played by hand through the pages, from its forecast to its closed evaluation', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    await observe(api, START_MS - 3 * DAY_MS, 3 * 24);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  async function as(login: string, to: string, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (e) => faults.push(e.message));
    await signIn(page, api.url, api.as(login).account, to);
    await act(page);
    expect(faults).toEqual([]);
    await context.close();
  }
  const state = async () => (await api.as('auditor').get(`/episodes/${episodeId}`)).body.state;
  const submit = async (page: Page) => {
    await page.locator('main form button.primary').last().click();
    await page.waitForLoadState('load');
    expect(await page.locator('.problem').allInnerTexts()).toEqual([]);
  };
  const approve = (login: string) =>
    as(login, '/', async (page) => {
      const { requests } = await state();
      await page.goto(`${api.url}/approvals/${episodeId}/${requests[0].id}`);
      await page.fill('input[name=password]', api.as(login).account.password);
      await page.locator('.decide button.primary').click();
      await page.waitForURL(/receipt/);
    });

  test('3.1, 3.2: the technical group types a forecast, sees it graded as it types, and records the consultation with its dissent', async () => {
    await as('technical', '/forecasts', async (page) => {
      for (let i = 0; i < 5; i++) {
        await page.fill(`input[name="days.${i}.aqiLow"]`, i < 3 ? '210' : '60');
        await page.fill(`input[name="days.${i}.aqiHigh"]`, i < 3 ? '240' : '90');
      }
      await page.locator('#grading', { hasText: '随填随评' }).waitFor();
      expect(await page.locator('#grading').innerText()).toContain('橙色预警');
      await submit(page);
      expect(await page.locator('main').innerText()).toContain('奎屯市环境监测站');
    });
    episodeId = (await activeEpisode(api.db.pool, AREA))!;
    await as('technical', '/', async (page) => {
      expect(await page.locator('.todo').innerText()).toContain('会商');
      await page.getByRole('link', { name: '去办理' }).click();
      expect(await page.locator('select[name=advice]').inputValue()).toBe('publish');
      expect(await page.locator('select[name=level]').inputValue()).toBe('orange');
      await page.fill('textarea[name=text]', '会商一致，建议橙色预警');
      await page.fill('input[name="dissent.0.by"]', '市气象局');
      await page.fill('textarea[name="dissent.0.opinion"]', '建议黄色');
      await submit(page);
    });
    expect((await state()).consultation.conclusion).toMatchObject({ advice: 'publish', level: 'orange', dissent: [{ by: '市气象局' }] });
  });

  test('3.3.3, 3.3.4: the management group submits, the director reviews, the commander approves', async () => {
    await as('management', '/', async (page) => {
      await page.getByRole('link', { name: '去办理' }).click();
      await submit(page);
    });
    await approve('director');
    await approve('commander');
    expect(await state()).toMatchObject({ phase: 'responding', levels: [{ level: 'orange' }] });
  });

  test('4.2, 5.1: units acknowledge and report; the office answers for the zone, the prefecture, the site, its bulletin and its own report', async () => {
    await as('unit-education', '/unit', (page) => page.getByRole('button', { name: '签收' }).click());
    await api.at(START_MS + 2 * HOUR_MS);
    await file(api, episodeId, 'startup-report');
    await as('management', `/office/${episodeId}`, async (page) => {
      for (const name of [/报备/, /经开区管委会发送预警信息/]) {
        await page.goto(`${api.url}/office/${episodeId}`);
        await page.getByRole('link', { name }).click();
        await page.fill('textarea[name=text]', '已按程序送达');
        await submit(page);
      }
      await page.goto(`${api.url}/office/${episodeId}`);
      await page.getByRole('link', { name: /市政府网站公开/ }).click();
      await page.fill('input[name=url]', 'https://example.org/notice');
      await submit(page);
      await page.goto(`${api.url}/office/${episodeId}`);
      await page.getByRole('link', { name: '下达任务' }).click();
      await page.selectOption('select[name=unitId]', 'transport');
      await page.fill('input[name=basis]', '现场检查');
      await page.fill('textarea[name=content]', '核查渣土车禁行情况');
      await page.locator('main form button.primary').last().click();
      expect(await page.locator('.field.wrong').innerText()).toContain('应写明办结时限');
      await page.fill('input[name=dueAt]', '2026-01-06T18:00');
      await submit(page);
    });
    await as('unit-transport', '/unit', async (page) => {
      await page.getByRole('link', { name: '反馈' }).click();
      await page.fill('textarea[name=text]', '已核查，无违规车辆');
      await submit(page);
    });
    await api.at(START_MS + DAY_MS);
    await file(api, episodeId, 'daily-report', ['health']);
    await as('management', `/reports/${episodeId}/office-daily-report:${DAY}:management`, async (page) => {
      expect(await page.inputValue('textarea[name=text]')).toMatch(/尚未报送：卫健委/);
      await submit(page);
    });
  });

  test('3.3.6: the lift, with its 36 h condition shown, takes effect; the episode is evaluated with its numbers and closed by the director', async () => {
    await api.at(START_MS + 2.5 * DAY_MS);
    await observe(api, START_MS, 60);
    await predict(api, [[60, 90], [60, 90], [60, 90], [60, 90], [60, 90], [60, 90], [60, 90]]);
    await as('technical', `/office/${episodeId}/consultation`, async (page) => {
      await page.selectOption('select[name=advice]', 'lift');
      await page.fill('textarea[name=text]', '预计持续好转，建议解除');
      await submit(page);
    });
    await as('management', `/office/${episodeId}/lift`, async (page) => {
      expect(await page.locator('main').innerText()).toMatch(/AQI 低于 150 并预计保持 36 小时以上[\s\S]*满足/);
      await page.fill('textarea[name=text]', '拟解除预警');
      await submit(page);
    });
    expect((await state()).lift).not.toBeNull();
    await api.at(START_MS + 6 * DAY_MS);
    await file(api, episodeId, 'summary-report');
    await api.at(START_MS + 9 * DAY_MS);
    expect((await state()).phase).toBe('evaluating');
    await as('management', '/', async (page) => {
      await page.getByRole('link', { name: '去办理' }).click();
      expect(await page.locator('main').innerText()).toMatch(/系统统计[\s\S]*橙色预警/);
      await page.fill('textarea[name=summary]', '处置及时，措施落实到位');
      await submit(page);
    });
    await approve('director');
    expect(await state()).toMatchObject({ phase: 'closed', ending: 'completed' });
  });

  test('its timeline tells it, its public face is past, and nothing is left to do', async () => {
    await as('auditor', `/episodes/${episodeId}`, async (page) => {
      const told = await page.locator('.timeline').innerText();
      for (const what of ['开启过程', '会商结论', '呈报', '批示', '发布预警', '级别生效', '单位日报', '签发解除', '响应终止', '过程结束']) expect(told).toContain(what);
      await page.getByRole('link', { name: '通知' }).first().click();
      expect(await page.locator('.timeline').innerText()).not.toContain('会商结论');
    });
    const face = await api.request('GET', '/public');
    expect(face.body).toContain('当前没有重污染天气预警');
    expect(face.headers.get('cache-control')).toContain('public');
    expect(face.body).toContain(addDays(DAY, 0).slice(8).replace(/^0/, ''));
  });
});
