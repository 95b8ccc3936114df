/** Every page there is, with who looks at it, by how far an episode has come. */
import { expect } from '@jest/globals';
import { savePlan } from '../../../db/plans.js';
import { loadPlan } from '../../../plans/load.js';
import { approve, AREA, DAY_MS, HOUR_MS, iso, START_MS, type TestApi } from '../../support/api.js';
import type { Page } from './browser.js';
import { ask, file, predict, publish, respond } from './story.js';

export interface Look {
  readonly login: string | null;
  /** `EP` stands for the episode, `{kind}` for the first obligation of that kind. */
  readonly path: string;
  /** What is done there before it is looked at. */
  readonly act?: (page: Page, api: TestApi) => Promise<void>;
  readonly large?: true;
}

export interface Stage {
  readonly name: string;
  /** Brings the episode there; answers its id. */
  readonly reach: (api: TestApi, episodeId: string) => Promise<string>;
  readonly looks: readonly Look[];
}

type Pages = readonly (readonly [login: string | null, path: string])[];
const plain = (pages: Pages): Look[] => pages.map(([login, path]) => ({ login, path }));
const large = (pages: Pages): Look[] => pages.map(([login, path]) => ({ login, path, large: true }));

/** A form sent as it is: told what is wrong with it. */
const sent = async (page: Page) => {
  await Promise.all([page.waitForEvent('load'), page.locator('main form button.primary').last().click()]);
  expect(await page.locator('.problem').count()).toBe(1);
};

/** The forecast gets worse, or as it was, after the page was rendered. */
async function overtaken(page: Page, api: TestApi): Promise<void> {
  const { evidence } = (await api.as('auditor').get(`/episodes/${decodeURIComponent(page.url().split('/')[4] ?? '')}/approvals`)).body.requests[0];
  const isOrange = evidence.level === 'orange';
  await api.at(api.now() + HOUR_MS / 4);
  await predict(api, isOrange ? [[230, 320], [310, 360], [305, 340], [240, 290], [130, 160], [70, 95], [60, 85]] : [[180, 230], [205, 240], [210, 260], [190, 235], [120, 150], [70, 95], [60, 85]]);
  const consulted = await api.as('technical').post(`/episodes/${decodeURIComponent(page.url().split('/')[4] ?? '')}/consultations`, { advice: 'publish', level: isOrange ? 'red' : 'orange', text: '按新预报。', dissent: [{ by: '市气象局', opinion: '建议黄色。' }] });
  expect(consulted.status).toBe(201);
  await page.fill('input[name=password]', api.as('director').account.password);
  await Promise.all([page.waitForEvent('load'), page.locator('.decide button.primary').click()]);
  expect(await page.locator('main').innerText()).toMatch(/依据已变化|The evidence has changed/);
}

/** The session ends while a form is filled in. */
async function expired(page: Page): Promise<void> {
  const kept = (await page.context().cookies()).filter((c) => c.name.includes('session') || c.httpOnly);
  await page.context().clearCookies();
  await page.fill('textarea[name=content]', '现场督查');
  await Promise.all([page.waitForEvent('load'), page.locator('main form button.primary').last().click()]);
  expect(await page.locator('main').innerText()).toMatch(/登录已失效|session has ended/);
  await page.context().addCookies(kept);
}

const [FIRST] = loadPlan('kuitun-2023').units;

export const STAGES: readonly Stage[] = [
  {
    name: 'a request is open',
    reach: async (api) => {
      await savePlan(api.db.pool, loadPlan('example-city-four-levels'), api.now());
      return ask(api);
    },
    looks: [
      ...plain([
        ['management', '/'],
        ['director', '/approvals/EP/R1'],
        ['director', '/approvals/EP/R1?decide=return'],
        ['director', '/approvals/EP/R1?decide=refuse'],
        ['commander', '/approvals/EP/R1'],
        ['management', '/approvals/EP/R1'],
        ['management', '/approvals/EP/R1/phone'],
        ['management', '/office/EP'],
        ['management', '/office/EP/withdraw/R1'],
        ['auditor', '/plan?with='],
      ]),
      ...large([
        ['director', '/approvals/EP/R1'],
        ['management', '/'],
      ]),
      { login: 'director', path: '/approvals/EP/R1', act: overtaken },
      { login: 'director', path: '/approvals/EP/R1', act: sent },
      { login: 'management', path: '/office/EP/withdraw/R1', act: sent },
    ],
  },
  {
    name: 'published: an order, a task, a colleague’s draft, a signature owed',
    reach: async (api, episodeId) => {
      await publish(api, episodeId, ['director']);
      await approve(api, 'management', episodeId, { channel: 'phone', occurredAt: iso(api.now()), actor: { accountId: 'demo-commander' }, witness: 'demo-management2' });
      const order = { issuer: 'prefecture', kind: 'start', level: 'yellow', namesCity: true, scope: { zh: '全州', en: 'the prefecture' }, transmission: { channel: 'phone', at: iso(api.now()), from: '自治州指挥部办公室' } };
      const task = { ownerId: FIRST!.id, basis: { zh: '督查', en: 'inspection' }, content: { zh: '现场督查', en: 'on the spot' }, dueAt: iso(api.now() + DAY_MS) };
      const draft = { kind: 'report', ref: `startup-report:N1:${FIRST!.id}`, unitId: FIRST!.id, content: { nil: true, note: '已启动', values: {}, measures: [], attachments: [] } };
      for (const [login, path, body] of [
        ['management', `/areas/${AREA}/orders`, order],
        ['management', `/episodes/${episodeId}/tasks`, task],
        [`unit-${FIRST!.id}`, '/drafts', draft],
      ] as const) {
        const { status, body: answer } = await api.as(login).post(path, body);
        if (status !== 201) throw new Error(JSON.stringify(answer));
      }
      return episodeId;
    },
    looks: [
      ...plain([
        ['management', '/'],
        ['commander', '/approvals/EP/R1/countersign/1'],
        ['management2', '/office'],
        ['management2', '/office/orders/ORDER/check'],
        ['management2', '/office/orders/ORDER/check?void=1'],
        ['management', '/office/orders/ORDER/transmission'],
        ['management', '/office/EP/task/T1'],
        [`unit-${FIRST!.id}`, '/unit'],
        [`unit-${FIRST!.id}-review`, `/reports/EP/startup-report:N1:${FIRST!.id}`],
        [`unit-${FIRST!.id}`, '/reports/EP/{task}'],
        ['commander', '/approvals/EP/R2'],
      ]),
      { login: 'management', path: '/office/EP/task', act: sent },
      { login: 'management2', path: '/office/EP/task', act: expired },
      { login: 'unit-health', path: '/reports/EP/startup-report:N1:health', act: sent },
      ...large([
        [`unit-${FIRST!.id}`, '/unit'],
        [`unit-${FIRST!.id}`, `/reports/EP/startup-report:N1:${FIRST!.id}`],
        [null, '/public'],
      ]),
    ],
  },
  {
    name: 'three days into the response',
    reach: async (api, episodeId) => {
      await respond(api, episodeId);
      return episodeId;
    },
    looks: plain([
      [null, '/sign-in'],
      [null, '/public'],
      ['management', '/'],
      ['management', '/no-such-page'],
      ['management', '/episodes'],
      ['management', '/episodes/EP'],
      ['management', '/episodes/EP?show=reports'],
      ['auditor', '/plan'],
      ['auditor', '/statistics?from=2026-01-01&to=2026-01-31'],
      ['auditor', '/statistics?from=2026-01-01&to=2026-01-31&by=month&drills=only'],
      ['auditor', '/episodes/EP/what-if'],
      ['auditor', '/episodes/EP/what-if?plan=example-city-four-levels&table=HJ633-2026'],
      ['technical', '/forecasts'],
      ['technical', '/forecasts/dust'],
      ['director', '/unit'],
      ['unit-education', '/unit'],
      ['unit-education', '/reports/EP/daily-report:2026-01-05:education'],
      ['unit-health', '/reports/EP/daily-report:2026-01-05:health'],
      ['unit-health', '/reports/EP/daily-report:2026-01-05:health?correct=1'],
      ['unit-health', '/reports/EP/daily-report:2026-01-05:health/receipt'],
      ['unit-cyberspace', '/reports/EP/acknowledgement:N1:cyberspace'],
      ['management', '/reports/EP/daily-report:2026-01-05:education'],
      ['management', '/reports/EP/office-daily-report:2026-01-06:management'],
      ['management', '/reports/EP/site-publication:N1:management'],
      ['commander', '/approvals/EP/R1'],
      ['commander', '/approvals/EP/R1/receipt?step=1'],
      ['management', '/approvals/EP/R1/phone'],
      ['management', '/office'],
      ['management', '/office/EP'],
      ['technical', '/office/EP/consultation'],
      ['management', '/office/EP/proposal'],
      ['management', '/office/EP/lift'],
      ['management', '/office/EP/lift-change'],
      ['management', '/office/EP/task'],
      ['management', '/office/EP/measures'],
      ['director', '/office/EP/adjust'],
      ['management', '/office/EP/correction'],
      ['management', '/office/EP/stop'],
      ['management', '/office/EP/not-applicable'],
      ['management', '/office/EP/evaluation'],
      ['management', '/office/orders/new'],
      ['management', '/office/drills/new'],
      ['auditor', '/episodes/EP/replay'],
      ['director', '/episodes/EP/replay?at=10'],
      ['administrator', '/episodes/EP/replay/engine'],
      ['auditor', '/record'],
      ['administrator', '/admin'],
      ['director', '/admin'],
      ['management', '/reports/EP/{bulletin}'],
      ['management', '/episodes?number=KT&level=orange&drills=none'],
    ]),
  },
  {
    name: 'lifted, to be evaluated',
    reach: async (api, episodeId) => {
      // The order’s own end; it does not name the city, so that the lift is the city’s to decide.
      const { rows } = await api.db.pool.query<{ id: string }>('select id from orders where area_id = $1', [AREA]);
      const ended = { issuer: 'prefecture', kind: 'lift', namesCity: false, scope: { zh: '全州', en: 'the prefecture' }, ends: rows.map((r) => r.id), transmission: { channel: 'phone', at: iso(api.now()), from: '自治州指挥部办公室' } };
      const lifted = await api.as('management').post(`/areas/${AREA}/orders`, ended);
      if (lifted.status !== 201) throw new Error(JSON.stringify(lifted.body));
      await predict(api, [[60, 80], [60, 80], [55, 75], [50, 70], [50, 70], [45, 60], [45, 60]]);
      for (const [login, path, body] of [
        ['technical', 'consultations', { advice: 'lift', text: '冷空气过境，建议解除。' }],
        ['management', 'lift', { text: '按会商结论解除。' }],
      ] as const) {
        const { status, body: answer } = await api.as(login).post(`/episodes/${episodeId}/${path}`, body);
        if (status !== 201) throw new Error(JSON.stringify(answer));
      }
      await api.at(api.now() + 2 * DAY_MS);
      await file(api, episodeId, 'summary-report', ['education']);
      await api.at(START_MS + 9 * DAY_MS);
      return episodeId;
    },
    looks: plain([
      ['management', '/'],
      ['management', '/office/EP'],
      ['management', '/office/EP/evaluation'],
      ['management', '/reports/EP/{office-final-report}'],
      ['unit-education', '/reports/EP/{summary-report}'],
    ]),
  },
  {
    name: 'closed',
    reach: async (api, episodeId) => {
      const { status, body } = await api.as('management').post(`/episodes/${episodeId}/evaluation`, { summary: '应对有序。' });
      if (status !== 201) throw new Error(JSON.stringify(body));
      await publish(api, episodeId, ['director']);
      return episodeId;
    },
    looks: plain([
      ['management', '/'],
      [null, '/public'],
      ['management', '/episodes'],
      ['management', '/episodes/EP'],
      ['unit-education', '/unit'],
      ['auditor', '/reports/EP/{office-final-report}'],
      ['director', '/approvals/EP/R2'],
      ['auditor', '/episodes/EP/replay'],
    ]),
  },
];

/** The address of a look: what is named in it, found. */
export async function addressOf(api: TestApi, episodeId: string, { login, path }: Look): Promise<string> {
  const [, kind] = /\{(.+)\}/.exec(path) ?? [];
  const { rows } = await api.db.pool.query<{ id: string }>('select id from orders where area_id = $1', [AREA]);
  const { rows: plans } = await api.db.pool.query<{ digest: string }>(`select digest from plans where content ->> 'id' = 'example-city-four-levels'`);
  const found = kind === undefined ? '' : await obligationOf(api, episodeId, kind, login);
  return path.replace('EP', encodeURIComponent(episodeId)).replace('ORDER', rows[0]?.id ?? '').replace(`{${kind}}`, found).replace(/with=$/, `with=${plans[0]?.digest ?? ''}`);
}

async function obligationOf(api: TestApi, episodeId: string, kind: string, login: string | null): Promise<string> {
  const { body } = await api.as('management').get(`/episodes/${episodeId}/obligations`);
  const all = (body.obligations as { id: string; kind: string; ownerId: string }[]).filter((o) => o.kind === kind);
  return encodeURIComponent((all.find((o) => login === `unit-${o.ownerId}`) ?? all.at(-1))!.id);
}
