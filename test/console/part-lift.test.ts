import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, mainText, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, predict, publish } from './support/story.js';

describeInBrowser('R21: a lift for a part of the area', () => {
  let api: TestApi;
  let browser: Browser;
  let page: Page;
  let episodeId = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    await publish(api, episodeId);
    await api.at(START_MS + 4 * HOUR_MS);
    await predict(api, [[60, 80], [60, 80], [60, 80], [60, 80], [60, 80]]);
    await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'lift', text: '城西已改善' });
    page = await (await browser.newContext({ viewport: WIDE, javaScriptEnabled: false })).newPage();
    await signIn(page, api.url, api.as('management').account, `/office/${episodeId}/lift`);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const main = (path: string) => mainText(page, `${api.url}${path}`);

  test('the form asks which part, if not the whole', async () => {
    await page.getByLabel('仅解除部分区域').fill('城西片区');
    await page.locator('textarea[name=text]').fill('城西片区先行解除');
    await page.locator('main form button.primary').click();
    expect((await api.as('auditor').get(`/episodes/${episodeId}`)).body.state.liftedParts).toMatchObject([{ part: { zh: '城西片区' } }]);
  });

  test('the desk, the episode, its timeline and the public page name it beside the level that stands', async () => {
    const told = /部分区域解除：城西片区，自1月\d+日（星期.）\d\d:00起；其余区域继续响应/;
    expect(await main('/')).toMatch(/橙色预警 · Ⅱ级应急响应/);
    expect(await main('/')).toMatch(told);
    expect(await main('/public')).toMatch(told);
    expect(await main('/public')).toContain('重污染天气橙色预警生效中');
    expect(await main(`/episodes/${episodeId}`)).toMatch(told);
    expect(await page.locator('.timeline > li', { hasText: '签发部分区域解除' }).innerText()).toContain('城西片区');
    expect(await main('/?lang=en')).toContain('lifted in a part of the area: 城西片区, from');
  });
});
