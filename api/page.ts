/** The bare situation page: server-rendered, without script, over the same use cases as everything else. */
import { type Request, type Response, Router, urlencoded } from 'express';
import type { Text } from '../domain/text.js';
import type { Deps } from '../usecases/deps.js';
import { UseCaseFailure } from '../usecases/failure.js';
import { areas } from '../usecases/obligations.js';
import { type Situation, situation } from '../usecases/situation.js';
import { SESSION_MS, signIn, signOut } from '../usecases/sign-in.js';
import { accountOrNull, clearSessionCookie, sessionSecretOf, setSessionCookie } from './authentication.js';
import { isoOf } from './present.js';
import { problemOf } from './problems.js';
import { isText } from './storable.js';

const PHASES: Readonly<Record<string, string>> = { consulting: '会商', 'awaiting-approval': '待审批', responding: '响应中', reporting: '解除后报送', evaluating: '总结评估', closed: '已结束' };
const ACTIONS: Readonly<Record<string, string>> = { consult: '会商', 'submit-proposal': '呈报', decide: '审批', evaluate: '总结评估' };
const ROLES: Readonly<Record<string, string>> = { technical: '技术组', management: '管理组', director: '办公室主任', commander: '指挥长' };

export function page(deps: Deps): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '10kb' });
  router.get('/', (request, response) => show(deps, request, response));
  router.post('/sign-in', form, (request, response) => enter(deps, request, response));
  router.post('/sign-out', async (request, response) => {
    const secret = sessionSecretOf(request);
    if (secret !== null) await signOut(deps, secret);
    clearSessionCookie(response);
    response.redirect(303, '/');
  });
  return router;
}

async function show(deps: Deps, request: Request, response: Response): Promise<void> {
  const account = accountOrNull(request);
  if (!account) return void response.type('html').send(whole('登录', signInForm('')));
  const caller = { account, wears: null, key: null };
  const mine = (await areas(deps, caller)).areas;
  const situations = await Promise.all(mine.map((a) => situation(deps, caller, a.areaId)));
  const bye = `<form method="post" action="/sign-out"><p>${escaped(account.name)} <button>退出</button></p></form>`;
  response.type('html').send(whole('当前形势', `${bye}${situations.map(areaPart).join('') || '<p>您还没有任何区域的身份。</p>'}`));
}

async function enter(deps: Deps, request: Request, response: Response): Promise<void> {
  const { login, password } = (request.body ?? {}) as Record<string, unknown>;
  try {
    if (typeof login !== 'string' || typeof password !== 'string' || password.length > 200 || !isText(login)) throw new UseCaseFailure({ kind: 'unauthenticated' });
    const signed = await signIn(deps, { login: login.slice(0, 80), password, address: request.ip ?? '', userAgent: request.get('user-agent') ?? null });
    setSessionCookie(response, signed.secret, SESSION_MS);
    response.redirect(303, '/');
  } catch (error) {
    const problem = error instanceof UseCaseFailure ? problemOf(error) : null;
    if (!problem) throw error;
    response.status(problem.status).type('html').send(whole('登录', signInForm(problem.detail ?? problem.title)));
  }
}

function areaPart({ areaId, drill, city, plan, nowMs, air, episodes }: Situation): string {
  const graded = air.assessment?.levels;
  return `<section><h2>${drill ? '【演练】' : ''}${zh(city)}（${escaped(areaId)}）</h2>
<p>${zh(plan.title)}。现在 ${at(nowMs)}（北京时间）。</p>
<p>按最近预报分级（低、中、高）：${graded ? [graded.low, graded.middle, graded.high].map((l) => escaped(l ?? '无')).join('、') : '尚无'}；AQI ${air.assessment?.currentAqi ?? '—'}。</p>
${episodes.map(episodePart).join('') || '<p>没有进行中的过程。</p>'}</section>`;
}

function episodePart(e: Situation['episodes'][number]): string {
  const deadlines = e.nextDeadlines.map((d) => `<li>${zh(d.title)}（${escaped(d.clause)}）：${d.targetAtMs === null ? '' : `内部要求 ${at(d.targetAtMs)}；`}${d.dueAtMs === null ? '' : `到期 ${at(d.dueAtMs)}；`}尚欠 ${d.open.length}</li>`);
  const actions = e.nextActions.map((a) => `<li>${ROLES[a.role] ?? escaped(a.role)}：${ACTIONS[a.what] ?? ''} ${escaped(a.ref ?? '')}（${escaped(a.clause)}，自 ${at(a.sinceMs)}）</li>`);
  const overdue = e.overdue.map((o) => `<li>${escaped(o.ownerName)}：${zh(o.title)}，应于 ${o.dueAtMs === null ? '' : at(o.dueAtMs)}</li>`);
  return `<article><h3>${escaped(e.number)}：${PHASES[e.phase] ?? ''}${e.levelName ? `，${zh(e.levelName)}` : ''}</h3>
<h4>下一步</h4><ul>${actions.join('') || '<li>无</li>'}</ul><h4>时限</h4><ul>${deadlines.join('') || '<li>无</li>'}</ul><h4>逾期未报</h4><ul>${overdue.join('') || '<li>无</li>'}</ul></article>`;
}

function signInForm(fault: string): string {
  return `${fault === '' ? '' : `<p role="alert">${escaped(fault)}</p>`}<form method="post" action="/sign-in">
<p><label>登录名 <input name="login" autocomplete="username" required></label></p>
<p><label>口令 <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>登录</button></p></form>`;
}

function whole(title: string, body: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>晴空·${title}</title><link rel="icon" href="data:,"></head><body><h1>晴空·${title}</h1>${body}<p><a href="/api/docs/">接口说明</a></p></body></html>`;
}

function zh(text: Text): string {
  return escaped(text.zh);
}

function at(ms: number): string {
  return isoOf(ms).slice(0, 16).replace('T', ' ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
