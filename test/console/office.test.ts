import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayOf } from '../../domain/time.js';
import { DAY_MS, HOUR_MS, START_MS, type TestApi, testApi } from '../support/api.js';
import { type Browser, launch, type Page, signIn, WIDE } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { ask, publish } from './support/story.js';

const DAY = dayOf(START_MS);

describeInBrowser('the office acts for others (R14, R30)', () => {
  let api: TestApi;
  let browser: Browser;
  let episodeId = '';

  beforeAll(async () => {
    [api, browser] = await Promise.all([testApi(), launch()]);
    episodeId = await ask(api);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.close();
  });

  async function as(login: string, path: string, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: WIDE, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, api.url, api.as(login).account, path);
    await act(page);
    await context.close();
  }
  const personIn = (page: Page, name: string, label: RegExp | string) => page.locator(`select[name=${name}] option`, { hasText: label });
  const choose = async (page: Page, name: string, label: RegExp | string) => void (await page.selectOption(`select[name=${name}]`, await personIn(page, name, label).first().getAttribute('value')));
  const owed = async (kind: string) => (await api.as('management').get(`/episodes/${episodeId}/obligations`)).body.obligations.filter((o: { kind: string }) => o.kind === kind);

  test('R14: a delegation for countersigning alone gives no approval; one for approving does, for as long as it stands', async () => {
    const delegate = (scope: string) =>
      as('commander', '/admin', async (page) => {
        await page.locator('details', { hasText: '新建委托' }).locator('summary').click();
        await choose(page, 'hatId', '指挥长');
        await choose(page, 'toAccountId', '演示·办公室副主任（二）');
        await page.getByLabel(scope, { exact: true }).check();
        await page.fill('input[name=basis]', '奎政办函〔2026〕1号');
        await page.fill('input[name=until]', '2026-03-01T18:00');
        await page.getByRole('button', { name: '新建委托' }).click();
        expect(await page.locator('.problem').count()).toBe(0);
        const told = await page.locator('section', { hasText: '书面委托' }).last().innerText();
        expect(told).toContain('演示·指挥长 将 指挥长 身份委托给 演示·办公室副主任（二）');
        expect(told).toContain(scope);
      });
    const path = `/approvals/${episodeId}/R1`;
    await publish(api, episodeId, ['director']);
    await delegate('补签');
    await as('deputy2', path, async (page) => expect(await page.locator('main').innerText()).toContain('这一步由指挥长批示'));
    await delegate('审批');
    await as('deputy2', path, async (page) => expect(await page.locator('main').innerText()).toContain('您以 指挥长 身份批示'));
    await as('commander', '/admin', async (page) => {
      for (let left = 2; left > 0; left--) await page.getByRole('button', { name: '终止' }).first().click();
      expect(await page.locator('main').innerText()).toContain('已终止');
    });
    await as('deputy2', path, async (page) => expect(await page.locator('main').innerText()).toContain('这一步由指挥长批示'));
  });

  test('R30: an approval by phone is entered for the commander chosen by name, with a second person; the commander signs it afterwards', async () => {
    await as('management', `/approvals/${episodeId}/R1`, async (page) => {
      await page.getByRole('link', { name: '代录电话批示' }).click();
      expect(await personIn(page, 'actor', /./).allInnerTexts()).toEqual(['请选择', '演示·指挥长（指挥长）']);
      await choose(page, 'actor', '演示·指挥长');
      await page.selectOption('select[name=decision]', 'approve');
      await page.getByRole('button', { name: '代录电话批示' }).click();
      expect(await page.locator('.field.wrong').innerText()).toMatch(/在场第二人[\s\S]*两人记录/);
      await choose(page, 'witness', '演示·管理组复核员');
      await page.getByRole('button', { name: '代录电话批示' }).click();
      await page.waitForURL(/receipt/);
      expect(await page.locator('.done').innerText()).toBe('演示·指挥长以指挥长身份批示：同意。系统已受理。');
    });
    await as('management', `/office/${episodeId}`, async (page) => expect(await page.locator('main').innerText()).toMatch(/演示·指挥长 · 补签/));
    await as('commander', `/office/${episodeId}`, async (page) => {
      await page.getByRole('link', { name: '补签' }).click();
      await page.fill('input[name=password]', api.as('commander').account.password);
      await page.getByRole('button', { name: '补签' }).click();
      await page.waitForURL(/receipt/);
    });
    expect((await owed('countersignature')).map((o: { submittedAt: string | null }) => o.submittedAt !== null)).toEqual([true]);
  });

  test('R30: a report phoned in on time and typed later is on time, in the name of whoever rang', async () => {
    await api.at(START_MS + DAY_MS + HOUR_MS);
    const id = `daily-report:${DAY}:cyberspace`;
    await as('management', `/reports/${episodeId}/${id}`, async (page) => {
      await page.check('input[name=nil]');
      await page.fill('textarea[name=note]', '无异常');
      await page.fill('input[name=actor]', '网信办李某');
      await page.fill('input[name=occurredAt]', '2026-01-06T08:30');
      await choose(page, 'witness', '演示·管理组复核员');
      await page.setInputFiles('input[name=evidence]', { name: '通话记录.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF call') });
      await page.getByRole('button', { name: '报送', exact: true }).click();
      await page.waitForURL(/receipt/);
      expect(await page.locator('main').innerText()).toMatch(/按期报送[\s\S]*网信办李某[\s\S]*1月6日（星期二）08:30[\s\S]*1月6日（星期二）11:00/);
    });
    await as('auditor', `/episodes/${episodeId}`, async (page) => expect(await page.getByRole('link', { name: '通话记录.pdf' }).count()).toBe(1));
  });

  test('R31: a unit that is late is urged by a task that is already written', async () => {
    await as('management', `/office/${episodeId}`, async (page) => {
      await page.getByRole('link', { name: '催办 教育局' }).first().click();
      expect(await page.inputValue('select[name=ownerId]')).toBe('education');
      expect(await page.inputValue('textarea[name=content]')).toMatch(/应于1月\d日（星期.）\d\d:00前报送，至今未收到/);
      await page.getByRole('button', { name: '下达任务' }).click();
      expect(await page.locator('.problem').count()).toBe(0);
      expect(await page.locator('section', { hasText: '进行中的任务' }).innerText()).toContain('至今未收到');
    });
    expect(await owed('task')).toHaveLength(1);
  });

  test('R30: what was said in a meeting carries its minutes as evidence', async () => {
    await as('management', `/office/${episodeId}/measures`, async (page) => {
      await page.selectOption('select[name=kind]', 'exempt');
      await page.selectOption('select[name=measureId]', { index: 1 });
      await page.fill('input[name=scope]', '热电厂一号机组');
      await page.fill('input[name=basis]', '保供');
      await page.locator('summary', { hasText: '代他人录入' }).click();
      await page.selectOption('select[name=channel]', 'meeting');
      await page.setInputFiles('input[name=evidence]', { name: '纪要.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF minutes') });
      await page.getByRole('button', { name: '调整措施' }).click();
      expect(await page.locator('.problem').count()).toBe(0);
    });
    await as('auditor', `/episodes/${episodeId}`, async (page) => expect(await page.getByRole('link', { name: '纪要.pdf' }).count()).toBe(1));
  });

  test('2.1: what the office owes past its own target stands among what is to be done', async () => {
    await as('management', '/', async (page) => {
      const todo = await page.locator('.todo').innerText();
      expect(todo).toMatch(/管理组：(向自治州指挥部报备|向经开区管委会发送预警信息)（1月5日\d+时发布）/);
      await page.getByRole('link', { name: /另有\d+项待办/ }).click();
      expect(await page.locator('main').innerText()).toContain('临期（内部要求已过）');
    });
  });

  test('R15, R30: the second person checks an order against its paper and number; to void it is asked twice', async () => {
    await as('management', '/office/orders/new', async (page) => {
      await page.selectOption('select[name=kind]', 'start');
      await page.selectOption('select[name=level]', 'yellow');
      await page.fill('input[name="transmission.from"]', '自治州指挥部办公室王某');
      await page.fill('input[name=documentNumber]', '伊州环指〔2026〕3号');
      await page.setInputFiles('input[name=document]', { name: '命令.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF order') });
      await page.getByRole('button', { name: '录入上级命令' }).click();
      await page.waitForURL(`${api.url}/office`);
    });
    await as('management2', '/office', async (page) => {
      await page.getByRole('link', { name: '复核命令' }).click();
      const said = await page.locator('main').innerText();
      expect(said).toContain('伊州环指〔2026〕3号');
      const paper = await page.request.get(`${api.url}${await page.getByRole('link', { name: /来文/ }).getAttribute('href')}`);
      expect(await paper.text()).toBe('%PDF order');
      await page.getByRole('link', { name: '有误，作废' }).click();
      expect(await page.locator('.notice').innerText()).toContain('不再约束本市');
      await page.fill('textarea[name=reason]', ' ');
      await page.getByRole('button', { name: '确认作废' }).click();
      expect(await page.locator('.field.wrong').innerText()).toContain('作废应写明理由');
      await page.getByRole('link', { name: '取消' }).click();
      await page.getByRole('button', { name: '核对无误' }).click();
      await page.waitForURL(`${api.url}/office`);
      expect(await page.locator('section', { hasText: '上级命令' }).innerText()).toContain('核对无误');
    });
  });
});
