import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { durationsOf } from '../../console/pages/evaluation-numbers.js';
import { loadPlan } from '../../plans/load.js';
import { AREA, DAY_MS, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, mainText, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, publish } from './support/story.js';

const plan = loadPlan('kuitun-2023');

describeInBrowser('what the pages say around an episode', () => {
  let api: TestApi;
  let browser: Browser;
  let page: Page;
  let episodeId = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    page = await (await browser.newContext({ viewport: WIDE, javaScriptEnabled: false })).newPage();
    await signIn(page, api.url, api.as('management').account);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const main = (path: string) => mainText(page, `${api.url}${path}`);

  test('3.1, R38: with no warning the desk tells when the next forecast is due, beside the last', async () => {
    expect(await main('/')).toMatch(/当前无预警\s+下次预报1月5日（星期一）16:00；尚无预报/);
    episodeId = await ask(api);
    await api.at(START_MS + 7 * HOUR_MS);
    expect(await main('/')).toContain('下次预报1月6日（星期二）16:00；最近一次预报1月5日（星期一）10:00发布');
    await api.at(START_MS + 7 * HOUR_MS + 1);
  });

  test('3.3.6: how far the forecast is from the condition of a lift', async () => {
    await publish(api, episodeId);
    expect(await main(`/office/${episodeId}`)).toMatch(/满足：|不满足：现有预报中低于150最长连续\d+小时（自1月\d+日（星期.）\d\d:00起），还差\d+小时/);
  });

  test('3.3.5: a warning that outlasts its expected end says that it is not lifted', async () => {
    expect(await main('/public')).toMatch(/预计解除\s+1月8日（星期四）18:00/);
    await api.at(START_MS + 4 * DAY_MS);
    // The page may be kept for a minute.
    expect(await main('/public?later')).toMatch(/预计解除\s+原预计1月8日（星期四）18:00，尚未解除/);
    expect(await main('/public')).toContain('奎屯市重污染天气应急指挥部办公室');
  });

  test('episodes are found by number, by a level they reached, with and without drills; each level in its own plan’s words', async () => {
    await signIn(page, api.url, api.as('management').account);
    const later = { ...plan, revision: '2026.1', levels: plan.levels.map((l) => (l.id === 'orange' ? { ...l, name: { zh: '二级预警', en: 'Second warning' } } : l)) };
    await setAreaPlan(api.db.pool, AREA, await savePlan(api.db.pool, later, api.now()));
    const found = async (query: string) => (await main(`/episodes?${query}`)).includes('KT-2026-001');
    expect([await found('number=026-001'), await found('number=kt'), await found('number=002'), await found('level=orange'), await found('level=red'), await found('drills=none'), await found('drills=only')]).toEqual([true, true, false, true, false, true, false]);
    expect(await page.goto(`${api.url}/episodes`).then(() => page.locator('td .chip').innerText())).toBe('橙色预警');
    expect(await page.locator('select[name=level]').innerText()).toContain('二级预警');
  });

  test('5.1: two start-up reports in a row are told apart by when they opened', async () => {
    const transmission = { channel: 'phone', at: iso(api.now()), from: '州环境应急' };
    const { status } = await api.as('management').post(`/areas/${AREA}/orders`, { issuer: 'prefecture', kind: 'raise', level: 'red', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, transmission });
    expect(status).toBe(201);
    await api.at(api.now() + 1);
    await page.goto(`${api.url}/`);
    const heads = await page.locator('table.grid thead th').allInnerTexts();
    expect(heads.filter((head) => head.startsWith('启动')).map((head) => head.replace(/\s+/g, ' '))).toEqual(['启动 1月9日10时', '启动 1月5日17时']);
  });

  test('two versions of the plan side by side: settings and their values are words', async () => {
    const settings = { ...plan.settings, promptOn: 'low', lift: { aqiBelow: 150, holdHours: 24, aheadHours: 0 }, onePersonTwoSteps: true, forecastHours: [9, 17], liftRoles: { proposes: 'management', issues: 'director' } } as const;
    const other = await savePlan(api.db.pool, { ...plan, revision: '2030.1', settings }, api.now());
    const said = await main(`/plan?with=${other.slice(0, 16)}`);
    const row = async (name: string) => (await page.locator('tr', { hasText: name }).locator('td').allInnerTexts()).join(' | ');
    expect(await row('按预报的哪一端提示会商')).toBe('上限 | 下限');
    expect(await row('同一人可否办理两步审批')).toBe('否 | 是');
    expect(await row('每日预报时刻')).toBe('16时 | 9时、17时');
    expect(await row('解除条件')).toBe('AQI 低于 150；保持小时数 36；最多提前小时数 24 | AQI 低于 150；保持小时数 24；最多提前小时数 0');
    expect(await row('解除的提出和签发')).toBe('提出 技术组；签发 管理组 | 提出 管理组；签发 办公室主任');
    expect(said).not.toMatch(/[{}]|promptOn|holdHours|"/);
  });
});

test('5.2: how long each level was in force, up to the lift', () => {
  const at = (level: string, hour: number) => ({ level, responseLevel: level, fromMs: START_MS + hour * HOUR_MS, noticeId: 'N', orderId: null, begun: true });
  const lift = { id: 'L1', issuedAtMs: START_MS, effectiveAtMs: START_MS + 80 * HOUR_MS, cause: 'local', orderId: null } as const;
  const levels = [at('yellow', 0), at('orange', 20), at('orange', 30), at('yellow', 70)];
  expect(durationsOf(plan, { levels, lift })).toEqual([
    { level: 'yellow', ms: 30 * HOUR_MS },
    { level: 'orange', ms: 50 * HOUR_MS },
  ]);
  expect(durationsOf(plan, { levels, lift: null })).toEqual([]);
});
