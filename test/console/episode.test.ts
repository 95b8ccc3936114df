import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { databaseClock } from '../../db/clock.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { loadPlan } from '../../plans/load.js';
import { type DemoAccount, seedDemo } from '../../usecases/demo.js';
import { startOfDayMs } from '../../domain/time.js';
import { HOUR_MS } from '../support/api.js';
import { System } from '../faults/support/system.js';
import { type Browser, launch, type Page } from './support/browser.js';
import { describeInBrowser } from './support/in-browser.js';
import { People, submit, untilSaid } from './support/people.js';

/**
 * A plan day in ten seconds. No act hangs on it: a report that comes late is
 * late on the page, and the forecasts reach a plan week, more than a minute.
 */
const RATE = 8_640;
const BEGINS_MS = startOfDayMs('2026-01-05') + 6 * HOUR_MS;
const LIMIT_MS = 180_000;

describeInBrowser('one episode played by hand through the pages by ten people on the embedded system, from its forecast to its closed evaluation', () => {
  const plan = loadPlan('kuitun-2023');
  let system: System;
  let browser: Browser;
  let people: People;
  let accounts: ReadonlyMap<string, DemoAccount>;
  let areaId = '';
  let episodeId = '';

  beforeAll(async () => {
    [system, browser] = await Promise.all([System.start({ plan }), launch()]);
    accounts = new Map((await seedDemo({ pool: system.pool, clock: databaseClock }, plan)).map((a) => [a.login, a]));
    await system.untilReady(LIMIT_MS);
    ({ areaId } = await system.addArea(BEGINS_MS, RATE));
    people = new People(browser, { url: system.baseUrl, accounts, area: `奎屯市（演练 ${areaId.replace(/^.*-/, '')}）` });
  }, LIMIT_MS);
  afterAll(async () => {
    await people?.close();
    await browser?.close();
    await system?.close();
  }, LIMIT_MS);

  let brokenAt: string | null = null;
  /** One scene after another: what comes after a broken one is not waited for. */
  const scene = (name: string, play: () => Promise<void>) =>
    test(
      name,
      async () => {
        if (brokenAt !== null) throw new Error(`not played, since this went wrong: ${brokenAt}`);
        brokenAt = name;
        await play();
        brokenAt = null;
      },
      LIMIT_MS,
    );

  const state = async () => {
    const answer = await fetch(`${system.baseUrl}/api/v1/episodes/${encodeURIComponent(episodeId)}`, { headers: { Authorization: `Bearer ${accounts.get('auditor')!.token}` } });
    return ((await answer.json()) as { state: { phase: string; ending?: string; requests: { id: string }[]; levels: { level: string }[]; lift: object | null; consultation: { conclusion: object } } }).state;
  };
  const untilTrue = async (what: string, isTrue: () => Promise<boolean>) => {
    for (const deadline = performance.now() + LIMIT_MS; !(await isTrue()); await pause(100)) if (performance.now() > deadline) throw new Error(`${what}: not in time\n${system.logTail()}`);
  };
  const untilPhase = (phase: string) => untilTrue(phase, async () => (await state()).phase === phase);
  const office = () => `/office/${encodeURIComponent(episodeId)}`;
  const approve = (login: string, button: string) =>
    people.as(login, '/', async (page) => {
      await untilSaid(page, '.todo', '审批');
      await page.getByRole('link', { name: '去办理' }).click();
      await page.fill('input[name=password]', people.passwordOf(login));
      await submit(page, page.getByRole('button', { name: button }));
      await page.getByRole('heading', { name: '批示回执' }).waitFor();
    });
  const write = async (page: Page, link: string | RegExp, text: string) => {
    await page.goto(`${system.baseUrl}${office()}`);
    await page.getByRole('link', { name: link }).first().click();
    await page.fill('textarea[name=text]', text);
    await submit(page);
  };
  const nil = async (page: Page, note: string) => {
    await page.check('input[name=nil]');
    await page.fill('textarea[name=note]', note);
  };

  scene('3.1, 3.2: the technical group types a forecast, sees it graded as it types, and records the consultation with its dissent', async () => {
    await people.as('technical', '/forecasts', async (page) => {
      for (let i = 0; i < 7; i++) {
        await page.fill(`input[name="days.${i}.aqiLow"]`, '210');
        await page.fill(`input[name="days.${i}.aqiHigh"]`, '240');
      }
      await page.locator('#grading', { hasText: '随填随评' }).waitFor();
      expect(await page.locator('#grading').innerText()).toContain('橙色预警');
      await submit(page);
      expect(await page.locator('main').innerText()).toContain('奎屯市环境监测站');
    });
    await untilTrue('the watch opens an episode', async () => (episodeId = (await activeEpisode(system.pool, areaId)) ?? '') !== '');
    await people.as('technical', '/', async (page) => {
      await untilSaid(page, '.todo', '技术组：会商');
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

  scene('3.3.3, 3.3.4: the management group submits, the director reviews, the commander approves', async () => {
    await people.as('management', '/', async (page) => {
      await untilSaid(page, '.todo', '呈报');
      await page.getByRole('link', { name: '去办理' }).click();
      await submit(page);
    });
    await approve('director', '同意，报上一级');
    await approve('commander', '同意发布');
    expect(await state()).toMatchObject({ phase: 'responding', levels: [{ level: 'orange' }] });
  });

  scene('4.2: a unit acknowledges; another fills in its start-up report and a colleague reviews it', async () => {
    await people.as('unit-education', '/unit', async (page) => {
      await untilSaid(page, '#acks', '待签收');
      await page.getByRole('button', { name: '签收' }).first().click();
      await untilSaid(page, '#filed + ul', '签收');
    });
    const report = `/reports/${encodeURIComponent(episodeId)}/startup-report:N1:propaganda`;
    await people.as('unit-propaganda', report, async (page) => {
      await nil(page, '已布置宣传报道');
      await page.locator('#draft-state', { hasText: '草稿已存' }).waitFor();
    });
    await people.as('unit-propaganda-review', report, async (page) => {
      await submit(page, page.getByRole('button', { name: '审核并报送' }));
      expect(await page.locator('main').innerText()).toMatch(/演示·宣传部填报员[\s\S]*演示·宣传部审核员/);
    });
  });

  scene('3.3.4, 3.3.5, 1.4(3): the office files with the prefecture, tells the zone, records the site and sets a task, which a unit answers', async () => {
    await people.as('management', office(), async (page) => {
      await write(page, /报备/, '已按程序报备');
      await write(page, /经开区管委会发送预警信息/, '已送达');
      await page.goto(`${system.baseUrl}${office()}`);
      await page.getByRole('link', { name: /市政府网站公开/ }).click();
      await page.fill('input[name=url]', 'https://example.org/notice');
      await submit(page);
      await page.goto(`${system.baseUrl}${office()}`);
      await page.getByRole('link', { name: '下达任务' }).click();
      await page.selectOption('select[name=ownerId]', 'transport');
      await page.fill('input[name=basis]', '现场检查');
      await page.fill('textarea[name=content]', '核查渣土车禁行情况');
      await page.locator('main form button.primary').last().click();
      expect(await page.locator('.field.wrong').innerText()).toContain('应写明办结时限');
      await page.fill('input[name=dueAt]', '2026-03-01T18:00');
      await submit(page);
    });
    await people.as('unit-transport', '/unit', async (page) => {
      await untilSaid(page, '#owed + ul', '督查调度任务');
      await page.getByRole('link', { name: '反馈' }).click();
      await page.fill('textarea[name=text]', '已核查，无违规车辆');
      await submit(page);
    });
  });

  scene('5.1(1), 5.1(3): a unit files its daily report; the office’s own drafts itself from it and names who is missing', async () => {
    let day = '';
    await people.as('unit-education', '/unit', async (page) => {
      await untilSaid(page, '#owed + ul', '单位日报');
      await page.getByRole('link', { name: /填报\s*单位日报/ }).first().click();
      day = /daily-report%3A(\d{4}-\d\d-\d\d)/.exec(page.url())?.[1] ?? '';
      const numbers = page.locator('input[name^="values."]');
      for (let i = 0; i < (await numbers.count()); i++) await numbers.nth(i).fill(String(30 + i));
      await page.locator('fieldset').first().getByLabel('部分落实').check();
      await page.locator('fieldset').first().getByLabel('原因或说明').fill('两所学校正在调整');
      await submit(page, page.getByRole('button', { name: '报送', exact: true }));
    });
    expect(day).not.toBe('');
    await people.as('management', `/reports/${encodeURIComponent(episodeId)}/office-daily-report:${day}:management`, async (page) => {
      const draft = await page.inputValue('textarea[name=text]');
      expect(draft).toMatch(/本市处于橙色预警/);
      expect(draft).toMatch(/应报24个单位，已报1个；尚未报送：宣传部/);
      expect(draft).toMatch(/教育局：落实措施的学校（含幼儿园） 30所；[\s\S]*（部分落实：两所学校正在调整）/);
      await submit(page);
    });
  });

  scene('3.3.6, 4.5: after a better forecast the technical group proposes and the management group issues the lift, with its 36 h condition shown', async () => {
    await people.as('technical', '/forecasts', async (page) => {
      for (let i = 0; i < 7; i++) {
        await page.fill(`input[name="days.${i}.aqiLow"]`, '60');
        await page.fill(`input[name="days.${i}.aqiHigh"]`, '90');
      }
      await submit(page);
    });
    await people.as('technical', `${office()}/consultation`, async (page) => {
      await page.selectOption('select[name=advice]', 'lift');
      await page.selectOption('select[name=level]', '');
      await page.fill('textarea[name=text]', '预计持续好转，建议解除');
      await submit(page);
    });
    await people.as('management', office(), async (page) => {
      await untilSaid(page, 'main', /AQI 低于 150 并预计保持 36 小时以上[\s\S]*满足：/);
      await write(page, '呈报解除', '拟解除预警');
    });
    expect((await state()).lift).not.toBeNull();
    await untilPhase('reporting');
  });

  scene('5.1: summaries after the lift: the unit’s with its impact, the office’s instruction to the zone and its final report', async () => {
    await people.as('unit-education', '/unit', async (page) => {
      await untilSaid(page, '#owed + ul', '单位总结');
      await page.getByRole('link', { name: /填报\s*单位总结/ }).click();
      await nil(page, '本次响应期间各校措施落实到位');
      await submit(page, page.getByRole('button', { name: '报送', exact: true }));
    });
    await people.as('management', office(), async (page) => {
      await write(page, /解除指令/, '已发送解除指令');
      await page.goto(`${system.baseUrl}${office()}`);
      await page.getByRole('link', { name: /总报告/ }).click();
      expect(await page.inputValue('textarea[name=text]')).toMatch(/本次过程：[\s\S]*橙色预警[\s\S]*解除，历时[\s\S]*教育局：[\s\S]*各校措施落实到位/);
      await submit(page);
    });
  });

  scene('5.2: the office evaluates with the numbers filled in; the director, shown what never came, closes the episode', async () => {
    await untilPhase('evaluating');
    await people.as('management', '/', async (page) => {
      await untilSaid(page, '.todo', '提交总结评估');
      await page.getByRole('link', { name: '去办理' }).click();
      expect(await page.locator('main').innerText()).toMatch(/系统统计[\s\S]*橙色预警[\s\S]*持续时间[\s\S]*各单位[\s\S]*教育局/);
      await page.fill('textarea[name=summary]', '处置及时，措施落实到位');
      await submit(page);
    });
    await approve('director', '同意');
    expect(await state()).toMatchObject({ phase: 'closed', ending: 'completed' });
  });

  scene('8.3: its timeline tells it, every page of it was marked as a drill, and the public page knows nothing of it', async () => {
    await people.as('auditor', `/episodes/${encodeURIComponent(episodeId)}`, async (page) => {
      expect(await page.locator('.drill').innerText()).toContain('演练');
      const told = await page.locator('.timeline').innerText();
      for (const what of ['开启过程', '会商结论', '呈报', '批示', '发布预警', '级别生效', '单位日报', '签发解除', '响应终止', '过程结束']) expect(told).toContain(what);
      await page.getByRole('link', { name: '通知', exact: true }).first().click();
      await page.locator('.tabs [aria-current]', { hasText: '通知' }).waitFor();
      expect(await page.locator('.timeline').innerText()).not.toContain('会商结论');
    });
    const face = await (await fetch(`${system.baseUrl}/public`)).text();
    expect(face).toContain('当前没有重污染天气预警');
    expect(face).not.toContain('演练');
    expect(people.seen.length).toBeGreaterThanOrEqual(8);
  });
});
