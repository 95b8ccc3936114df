import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, type BrowserContext, launch, PHONE, signIn } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, predict } from './support/story.js';

describeInBrowser('3.3.4: the approval page', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';
  let path = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    path = `/approvals/${episodeId}/R1`;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const phone = (javaScriptEnabled = true): Promise<BrowserContext> => browser.newContext({ viewport: PHONE, javaScriptEnabled });
  const request = async (id = 'R1') => (await api.as('auditor').get(`/episodes/${episodeId}/approvals`)).body.requests.find((r: { id: string }) => r.id === id);

  test('on a phone of 390×844 the decision is in sight without scrolling, on buttons of 48 px, with the focus on none', async () => {
    const context = await phone();
    const page = await context.newPage();
    await signIn(page, api.url, api.as('director').account, path);
    for (const name of ['同意，报上一级']) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect(box!.y + box!.height).toBeLessThanOrEqual(PHONE.height);
      expect(box!.height).toBeGreaterThanOrEqual(48);
    }
    for (const name of ['退回重拟', '不同意']) {
      const box = await page.getByRole('link', { name }).boundingBox();
      expect(box!.y + box!.height).toBeLessThanOrEqual(PHONE.height);
      expect(box!.height).toBeGreaterThanOrEqual(48);
    }
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    const text = await page.locator('main').innerText();
    expect([...text.split('同意，报上一级')[0]!.replace(/\s/g, '')].length).toBeLessThanOrEqual(215);
    expect(text).not.toContain('建议先发布黄色预警');
    for (const said of ['请批准：发布重污染天气橙色预警，启动Ⅱ级应急响应', '您以 办公室主任 身份批示', 'PM2.5', '《预案》3.3.2（2）', '未达红色', '市气象局有不同意见', '通知25个单位', '单位日报 1月6日（星期二）12:00前（内部要求）', '未批复前：不发布']) expect(text).toContain(said);
    await context.close();
  });

  test('never by GET; not without the password; a return and a refusal need their reason', async () => {
    const context = await phone();
    const page = await context.newPage();
    await signIn(page, api.url, api.as('director').account, `${path}?decision=approve&step=0&password=x`);
    expect((await request()).decisions).toEqual([]);
    await page.goto(`${api.url}${path}`);
    await page.getByRole('button', { name: '同意，报上一级' }).click();
    expect(await page.getByRole('alert').filter({ hasText: '口令不对' }).count()).toBe(1);
    await page.getByRole('link', { name: '退回重拟' }).click();
    await page.getByRole('button', { name: '确认退回' }).click();
    expect(await page.getByRole('alert').filter({ hasText: '未办理' }).count()).toBe(1);
    expect((await request()).decisions).toEqual([]);
    await context.close();
  });

  test('R14: whoever has not the step’s hat reads, and has nothing to press', async () => {
    const context = await phone();
    const page = await context.newPage();
    await signIn(page, api.url, api.as('commander').account, path);
    expect(await page.locator('main').innerText()).toContain('这一步由办公室主任批示');
    expect(await page.locator('main button').count()).toBe(0);
    await context.close();
  });

  test('R29: a newer grading of the same level takes nothing from the page: it shows what the evidence names', async () => {
    const context = await phone();
    const page = await context.newPage();
    await signIn(page, api.url, api.as('director').account, path);
    const grounds = page.locator('.band');
    const told = await grounds.innerText();
    expect(told).toMatch(/AQI>150持续148小时；未达红色预警标准，差24小时/);
    const { evidence } = await request();
    await api.at(START_MS + HOUR_MS / 2);
    await predict(api, [[180, 231], [205, 241], [210, 261], [190, 236], [110, 140], [70, 95], [60, 85]]);
    const { state } = (await api.as('auditor').get(`/episodes/${episodeId}`)).body;
    expect(state.assessment.id).not.toBe(evidence.assessmentId);
    await page.reload();
    expect(await grounds.innerText()).toBe(told);
    await context.close();
  });

  test('R29: evidence that changed since it was shown: nothing is decided, the difference is on the page', async () => {
    const context = await phone();
    const page = await context.newPage();
    await signIn(page, api.url, api.as('director').account, path);
    await page.fill('input[name=password]', api.as('director').account.password);
    await page.waitForTimeout(300);
    await api.at(START_MS + HOUR_MS);
    await predict(api, [[230, 320], [310, 360], [305, 340], [240, 290], [130, 160], [70, 95], [60, 85]]);
    const consulted = await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'red', text: '新预报明显加重，建议红色预警。' });
    expect(consulted.status).toBe(201);
    // Told, and nothing loaded under the thumb: what was typed stands.
    await page.locator('#changed', { hasText: '内容可能已变化' }).waitFor();
    await page.getByRole('button', { name: '同意，报上一级' }).click();
    const text = await page.locator('main').innerText();
    expect(text).toContain('依据已变化，没有作出任何决定');
    expect(await page.locator('del').allInnerTexts()).toContain('橙色预警');
    expect(await page.locator('ins').allInnerTexts()).toContain('红色预警');
    expect(await page.locator('ins').count()).toBe(await page.locator('del').count());
    expect((await request()).decisions).toEqual([]);
    await context.close();
  });

  test('two approvers at once: one wins, the other is told', async () => {
    const contexts = await Promise.all([phone(), phone()]);
    const pages = await Promise.all(contexts.map((c) => c.newPage()));
    const logins = ['deputy', 'deputy2'];
    for (const [i, page] of pages.entries()) {
      await signIn(page, api.url, api.as(logins[i]!).account, path);
      await page.fill('input[name=password]', api.as(logins[i]!).account.password);
    }
    await Promise.all(pages.map((page) => page.locator('.decide button.primary').click()));
    await Promise.all(pages.map((page) => page.waitForSelector('.done, .problem')));
    const outcomes = await Promise.all(pages.map(async (page) => ((await page.locator('.done').count()) > 0 ? 'decided' : 'told')));
    expect(outcomes.sort()).toEqual(['decided', 'told']);
    expect((await request()).decisions).toHaveLength(1);
    for (const context of contexts) await context.close();
  });

  test('without script: approved with the password, then a receipt with number, time, digest and QR; pressed twice it is one decision', async () => {
    const context = await phone(false);
    const page = await context.newPage();
    const { password } = api.as('commander').account;
    await signIn(page, api.url, api.as('commander').account, path);
    await page.fill('input[name=password]', password);
    const form: Record<string, string> = { decision: 'approve', password };
    for (const name of ['_key', 'step', 'evidenceDigest']) form[name] = await page.locator(`input[name=${name}]`).first().inputValue();
    await page.getByRole('button', { name: '同意发布' }).click();
    await page.waitForURL(/receipt/);
    const told = await page.locator('main').innerText();
    const { decisions, evidenceDigest } = await request();
    expect(told).toContain('KT-2026-001-R1-2');
    expect(told).toContain('1月5日（星期一）11:00');
    expect(told).toContain(evidenceDigest.slice(0, 8));
    expect((await page.request.get(`${api.url}${path}/receipt.svg?step=1`)).headers()['content-type']).toContain('image/svg+xml');
    expect(decisions).toHaveLength(2);
    // The same key with the same form is the same answer.
    const again = await page.request.post(`${api.url}${path}`, { form, maxRedirects: 0, headers: { 'Sec-Fetch-Site': 'same-origin' } });
    expect([again.status(), again.headers()['location']]).toEqual([303, `${path}/receipt?step=1`]);
    expect((await request()).decisions).toHaveLength(2);
    await context.close();
  });
});
