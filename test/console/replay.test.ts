import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AREA, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, publish, respond } from './support/story.js';

interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly event: { readonly type: string };
}

describeInBrowser('an auditor steps through an episode', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';
  let rows: readonly Row[] = [];

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
    await publish(api, episodeId);
    await respond(api, episodeId);
    // Received before anybody was asked, entered days later.
    const order = { issuer: 'prefecture', kind: 'start', level: 'yellow', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, transmission: { channel: 'phone', at: iso(START_MS - HOUR_MS), from: '自治州指挥部办公室' } };
    const { status, body } = await api.as('management').post(`/areas/${AREA}/orders`, order);
    if (status !== 201) throw new Error(JSON.stringify(body));
    rows = (await api.as('auditor').get(`/episodes/${episodeId}/events`)).body.events;
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  const address = (seq: number) => `/episodes/${episodeId}/replay?at=${seq}`;
  const seqOf = (type: string) => rows.find((r) => r.event.type === type)!.seq;
  const step = (page: Page) => page.locator('#replay [role=status]').innerText();

  async function auditor(options: { readonly javaScriptEnabled?: boolean } = {}, to = address(1)): Promise<Page> {
    const page = await (await browser.newContext({ viewport: WIDE, ...options })).newPage();
    await signIn(page, api.url, api.as('auditor').account, to);
    return page;
  }

  test('the arrow keys step without loading a page; each step has its address, and the browser goes back', async () => {
    const page = await auditor();
    await page.evaluate('window.untouched = true');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**${address(2)}`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**${address(4)}`);
    expect(await step(page)).toContain(`第4步，共${rows.length}步`);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(`**${address(3)}`);
    await page.keyboard.press('End');
    await page.waitForURL(`**${address(rows.length)}`);
    await page.keyboard.press('Home');
    await page.waitForURL(`**${address(1)}`);
    const next = rows.find((r) => r.seq > 1 && r.kind === 'decision')!.seq;
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForURL(`**${address(next)}`);
    await page.goBack();
    await page.waitForURL(`**${address(1)}`);
    await page.locator('#replay [role=status]', { hasText: '第1步' }).waitFor();
    await page.locator('[data-go=next]').click();
    await page.waitForURL(`**${address(2)}`);
    await page.locator('#replay [role=status]', { hasText: '第2步' }).waitFor();
    expect(await page.title()).toContain(`2/${rows.length}`);
    expect(await page.evaluate('window.untouched')).toBe(true);
    await page.locator('#at').focus();
    await page.keyboard.press('ArrowRight');
    expect(page.url()).toContain(address(2));
    await page.context().close();
  });

  test('without script the same links and the form lead through it', async () => {
    const page = await auditor({ javaScriptEnabled: false });
    await page.locator('[data-go=next]').click();
    expect(page.url()).toContain(address(2));
    await page.locator('[data-go=last]').click();
    expect(page.url()).toContain(address(rows.length));
    await page.fill('#at', '5');
    await page.locator('.way button').click();
    expect(await step(page)).toContain('第5步');
    await page.context().close();
  });

  test('a step shows who with which hat, the clause, what it changed, the forecast and each predicate', async () => {
    const page = await auditor({}, address(seqOf('consultation-recorded')));
    const shown = await page.locator('#replay').innerText();
    expect(shown).toMatch(/演示[^（]*（技术组/);
    expect(shown).toContain('《预案》');
    expect(shown).toMatch(/轮到\s+—\s+管理组：呈报/);
    expect(shown).toContain('奎屯市环境监测站（');
    expect(shown).toMatch(/✓ 符合[\s\S]*✗ 不符合/);
    expect(shown).toContain('实测截至');
    await page.goto(`${api.url}${address(seqOf('warning-published'))}`);
    const published = await page.locator('#replay').innerText();
    expect(published).toMatch(/已决定的级别\s+无\s+.*橙色/);
    expect(published).toMatch(/签收.*\d+份/);
    await page.context().close();
  });

  test('what came later is grey and said to be unknown then; what should have been there is hollow, and red once missed', async () => {
    const page = await auditor({}, address(seqOf('warning-published')));
    const later = page.locator('.steps > li.unknown');
    expect(await later.count()).toBeGreaterThan(5);
    expect(await later.first().innerText()).toContain('当时未知');
    expect(await page.locator('.steps > li[aria-current=step]').count()).toBe(1);
    expect(await page.locator('section[aria-labelledby=later] li').allInnerTexts()).toEqual([expect.stringMatching(/上级命令.*当时未知/s)]);
    expect(await page.locator('.hollow > li').count()).toBeGreaterThan(0);
    await page.goto(`${api.url}${address(rows.length)}`);
    const missed = page.locator('.hollow > li.missed').first();
    expect(await missed.innerText()).toContain('已过期限');
    expect(await missed.evaluate((li) => getComputedStyle(li as Element).borderTopStyle)).toBe('solid');
    expect(await page.locator('section[aria-labelledby=later]').innerText()).toContain('没有后来才录入的当时情况');
    await page.context().close();
  });

  test('under its own strict policy nothing of it is blocked', async () => {
    const page = await auditor();
    const blocked: string[] = [];
    page.on('console', (m) => void (m.type() === 'error' && blocked.push(m.text())));
    await page.goto(`${api.url}${address(rows.length)}`);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(`**${address(rows.length - 1)}`);
    expect(blocked).toEqual([]);
    await page.context().close();
  });

  test('who has no right to the whole record gets no step, and the refusal is on record', async () => {
    const page = await (await browser.newContext({ viewport: WIDE })).newPage();
    await signIn(page, api.url, api.as('unit-health').account);
    expect((await page.goto(`${api.url}${address(1)}`))!.status()).toBe(403);
    expect(await page.locator(`a[href$="/replay"]`).count()).toBe(0);
    const { rows: refused } = await api.db.pool.query(`select 1 from ledger where stream = $1 and type = 'refused' and event ->> 'what' = 'read-record' and event ->> 'accountId' = $2`, [`episode/${episodeId}`, 'demo-unit-health']);
    expect(refused.length).toBeGreaterThan(0);
    await page.context().close();
  });
});
