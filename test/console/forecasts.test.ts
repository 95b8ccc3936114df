import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';

describeInBrowser('3.1: the forecaster’s page', () => {
  let api: TestApi;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    page = await (await browser.newContext({ viewport: WIDE, javaScriptEnabled: false })).newPage();
    await signIn(page, api.url, api.as('technical').account, '/forecasts');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const recorded = async () => (await api.db.pool.query<{ n: number }>('select count(*)::int as n from forecasts where area_id = $1', [AREA])).rows[0]!.n;
  const fromTable = async (table: { csv?: string; pasted?: string }) => {
    await page.goto(`${api.url}/forecasts`);
    await page.locator('details', { hasText: '从表格填入' }).locator('summary').click();
    if (table.pasted !== undefined) await page.fill('textarea[name=pasted]', table.pasted);
    if (table.csv !== undefined) await page.setInputFiles('input[name=csv]', { name: '预报.csv', mimeType: 'text/csv', buffer: Buffer.from(table.csv) });
    await page.getByRole('button', { name: '填入并评级' }).click();
  };
  const record = () => page.getByRole('button', { name: '录入并评级' }).click();

  test('a CSV with the station’s own Chinese header fills the rows and is graded; nothing is recorded before it was looked at', async () => {
    await fromTable({ csv: '\uFEFF日期,AQI下限,AQI上限,首要污染物,沙尘\r\n2026/1/5,180,230,PM2.5,\r\n2026年1月6日,205,240,PM2.5、PM10,否\r\n2026-01-07,210,260,PM2.5,是\r\n' });
    expect(await page.locator('p.notice[role=status]').innerText()).toContain('尚未录入');
    expect(await page.locator('[name^="days."][name$=".aqiHigh"]').evaluateAll((all) => all.map((e) => (e as unknown as { value: string }).value))).toEqual(['230', '240', '260', '', '', '', '']);
    expect(await page.inputValue('[name="days.1.primary"]')).toBe('PM2.5、PM10');
    expect(await page.isChecked('[name="days.2.dust"]')).toBe(true);
    expect(await page.locator('#grading').innerText()).toMatch(/尚未录入[\s\S]*✓ 符合\s+橙色预警/);
    expect(await recorded()).toBe(0);
    await record();
    await page.waitForURL(`${api.url}/forecasts`);
    expect(await recorded()).toBe(1);
    expect(await page.locator('section', { hasText: '历次预报' }).innerText()).toContain('210–260');
  });

  test('lines pasted do the same, more than seven days too', async () => {
    await fromTable({ pasted: Array.from({ length: 9 }, (_, i) => `2026-01-${String(i + 5).padStart(2, '0')} ${100 + i} ${150 + i} PM2.5`).join('\n') });
    expect(await page.inputValue('[name="days.8.aqiLow"]')).toBe('108');
    await record();
    await page.waitForURL(`${api.url}/forecasts`);
    expect(await recorded()).toBe(2);
  });

  test('what is wrong names its line, and what was pasted is still there', async () => {
    await fromTable({ pasted: '2026-01-05 180 230 PM2.5\n\n2026-01-06 240 205 PM2.5' });
    expect(await page.locator('.problem').innerText()).toContain('第3行 AQI 上限：上限不得低于下限');
    expect(await page.inputValue('textarea[name=pasted]')).toContain('240 205');
    await fromTable({ csv: '日期,下限,上限\n2026-01-05,很多,230\n' });
    expect(await page.locator('.problem').innerText()).toContain('第2行 AQI 下限：');
    await fromTable({ csv: '时间,值\n2026-01-05,230\n' });
    expect(await page.locator('.problem').innerText()).toContain('第1行没有这些列：日期、AQI 下限、AQI 上限');
    expect(await recorded()).toBe(2);
  });

  test('1.4, R17: sand-dust is flagged on evidence, put right, and taken back', async () => {
    const dust = page.locator('section', { hasText: '沙尘标记' });
    const flag = async (reason: string, button: string) => {
      await page.fill('textarea[name=reason]', reason);
      await page.getByRole('button', { name: button }).click();
      await page.waitForURL(`${api.url}/forecasts`);
    };
    await page.goto(`${api.url}/forecasts/dust`);
    await page.fill('[name="spans.0.from"]', '2026-01-04T02:00');
    await page.fill('[name="spans.0.to"]', '2026-01-04T08:00');
    await page.setInputFiles('input[name=evidence]', { name: '卫星云图.png', mimeType: 'image/png', buffer: Buffer.from('png') });
    await flag('卫星云图和上游站点', '标记沙尘时段');
    const { rows } = await api.db.pool.query<{ evidence: { title: string }[] }>(`select act -> 'evidence' as evidence from dust_flags`);
    expect(rows.map((r) => r.evidence.map((e) => e.title))).toEqual([['卫星云图.png']]);
    await page.getByRole('link', { name: '更正或撤回' }).click();
    expect(await page.inputValue('[name="spans.0.to"]')).toBe('2026-01-04T08:00');
    await page.fill('[name="spans.0.to"]', '2026-01-04T06:00');
    await flag('复核后缩短', '更正或撤回');
    expect(await dust.innerText()).toMatch(/1月4日（星期日）06:00[\s\S]*复核后缩短/);
    await page.getByRole('link', { name: '更正或撤回' }).click();
    await flag('误标', '撤回这一标记');
    expect(await dust.innerText()).toMatch(/已撤回[\s\S]*误标/);
    expect(await page.getByRole('link', { name: '更正或撤回' }).count()).toBe(0);
  });
});
