import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addDays, dayOf } from '../../domain/time.js';
import { approve, AREA, DAY_MS, forecast, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, type BrowserContext, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, file, owed, publish, respond } from './support/story.js';

const DAY = dayOf(START_MS);
const ORDER = { issuer: 'prefecture', kind: 'raise', level: 'orange', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, documentNumber: null, transmission: { channel: 'phone', at: iso(START_MS), from: '州指挥部 王某' } };

describeInBrowser('an episode’s timeline', () => {
  let api: TestApi;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let path = '';
  const post = async (login: string, to: string, body: object = {}) => {
    const answer = await api.as(login).post(to, body);
    if (answer.status !== 201) throw new Error(`${to}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const lines = (selector = '.timeline > li') => page.locator(selector).allInnerTexts();

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    const episodeId = await ask(api);
    path = `/episodes/${episodeId}`;
    await publish(api, episodeId);
    await post('director', `${path}/adjustments`, { responseLevel: 'red', reason: '风险较高' });
    const { orderId } = await post('management', `/areas/${AREA}/orders`, ORDER);
    await post('management2', `/areas/${AREA}/orders/${orderId}/check`, { confirmed: true });
    await post('management', `${path}/tasks`, { ownerId: 'housing', basis: { zh: '督办单', en: 'order' }, content: { zh: '复查工地', en: 'inspect sites' }, dueAt: iso(START_MS + 2 * DAY_MS) });
    await post('unit-housing', `${path}/tasks/T1/feedback`, { text: '已复查' });
    await post('management', `${path}/tasks/T1/closure`);
    await respond(api, episodeId);
    context = await browser.newContext({ viewport: WIDE });
    page = await context.newPage();
    await signIn(page, api.url, api.as('auditor').account, path);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  test('only what is past the plan’s due time is outlined as missed; an office target is none', async () => {
    const expected = await lines('.timeline > li.expected');
    expect(expected.some((line) => line.includes('内部要求') && line.includes('已过'))).toBe(true);
    for (const missed of await lines('.timeline > li.missed')) expect(missed).toContain('预案期限');
  });

  test('R15: an order names who rang and who took the call; nothing is told by an id', async () => {
    const told = (await lines()).join('\n');
    expect(told).toMatch(/收到上级命令[\s\S]*自治州指挥部 · 升级 · 橙色预警 · 电话 1月5日（星期一）10:00、来电（来文）人：州指挥部 王某、接收人：演示·管理组/);
    expect(told).toMatch(/调整响应级别[^\n]*\n+Ⅰ级应急响应 · 风险较高/);
    expect(told).toMatch(/任务办结[^\n]*\n+[^\n]*复查工地/);
    expect(told).not.toMatch(/\b(N|T|R|L)\d+\b|\b(red|orange|yellow)\b/);
  });

  test('times are times, a decision leads to its receipt and names the digest, a report to the report', async () => {
    expect(await page.locator('.timeline .said time').count()).toBeGreaterThan(2);
    const approved = page.locator('.timeline > li', { hasText: '批示' }).first();
    expect(await approved.innerText()).toMatch(/文件摘要（前8位） [0-9a-f]{8}/);
    await approved.getByRole('link', { name: '批示' }).click();
    expect(await page.locator('h1').innerText()).toBe('批示回执');
    await page.goBack();
    const daily = page.locator('.timeline > li', { hasText: '单位日报' }).first();
    await daily.locator('summary').click();
    await daily.getByRole('link', { name: /公安局/ }).click();
    expect(await page.locator('h1').innerText()).toContain('单位日报');
  });

  test('R18: what came after the plan’s due time is late, by name, and among the late', async () => {
    const episodeId = path.replace('/episodes/', '');
    const late = (await owed(api, episodeId, 'daily-report')).find((o) => o.ref === DAY);
    expect(late!.ownerId).toBe('education');
    await post('unit-education', `${path}/reports`, { obligationId: late!.id, nil: true, note: '补报' });
    await page.goto(`${api.url}${path}?show=late`);
    const line = page.locator('.timeline > li', { hasText: '其中逾期补报3份' });
    expect(await line.locator('.what').innerText()).toContain('单位日报');
    expect(await line.locator('li.submitted-late').allInnerTexts()).toContainEqual(expect.stringMatching(/^教育局 1月7日（星期三）10:00 逾期补报/));
  });

  test('an ordinary episode, finished, is told in some thirty rows', async () => {
    const fresh = await testApi();
    const episodeId = await ask(fresh);
    await publish(fresh, episodeId);
    await respond(fresh, episodeId);
    await fresh.at(START_MS + 3 * DAY_MS);
    await file(fresh, episodeId, 'daily-report');
    const send = async (login: string, to: string, body: object) => expect((await fresh.as(login).post(to, body)).status).toBe(201);
    await send('technical', `/areas/${AREA}/forecasts`, forecast(fresh.now(), [80, 70, 60, 50], addDays(DAY, 4)));
    await send('technical', `/episodes/${episodeId}/consultations`, { advice: 'lift', text: '明日起好转' });
    await send('management', `/episodes/${episodeId}/lift`, { text: '解除' });
    await fresh.at(fresh.now() + DAY_MS);
    for (const kind of ['daily-report', 'summary-report']) await file(fresh, episodeId, kind);
    await fresh.at(fresh.now() + 4 * DAY_MS);
    await send('management', `/episodes/${episodeId}/evaluation`, { summary: '措施落实到位' });
    expect((await approve(fresh, 'director', episodeId)).status).toBe(201);
    const reader = await browser.newContext({ viewport: WIDE });
    page = await reader.newPage();
    await signIn(page, fresh.url, fresh.as('auditor').account, `/episodes/${episodeId}`);
    expect(await page.locator('h1').innerText()).toContain('已结束');
    expect(`${(await lines()).length} rows`).toMatch(/^(2[5-9]|3[0-5]) rows$/);
    expect(await page.locator('.timeline > li.expected').count()).toBe(0);
    await reader.close();
    await fresh.close();
  }, 120_000);
});
