/** A request as a page sees it: who, in which language, where; and how a page is sent. */
import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Plan, UnitId } from '../../domain/plan.js';
import type { Text } from '../../domain/text.js';
import type { Account, Caller } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { type EngineState, engineState } from '../../usecases/engine-state.js';
import { fail } from '../../usecases/failure.js';
import { areas } from '../../usecases/obligations.js';
import { loadedPlan } from '../../usecases/plans.js';
import type { Sessions } from '../sessions.js';
import { type Lang, langOf, type Texts, texts } from '../texts/index.js';
import { cookieOf, PREFERENCES } from './cookies.js';
import { Frame } from '../parts/say.js';

export type AreaChoice = Awaited<ReturnType<typeof areas>>['areas'][number];

export interface Page {
  readonly deps: Deps;
  readonly sessions: Sessions;
  readonly request: Request;
  readonly response: Response;
  readonly account: Account | null;
  /** The hat chosen to act with: its id; null for whichever fits. */
  readonly wears: string | null;
  readonly lang: Lang;
  readonly t: Texts;
  readonly large: boolean;
  readonly areas: readonly AreaChoice[];
  /** The area looked at; null where nobody is signed in or none is theirs. */
  readonly area: AreaChoice | null;
  /** Plan time of the area. */
  readonly nowMs: number;
  readonly engine: EngineState;
  readonly tell: (text: Text) => string;
  /** A unit's short name by the area's plan. */
  readonly unitName: (unitId: UnitId) => string;
  /** A person's own name for an area: the city's, a drill's with what tells it from others. */
  readonly areaName: (area: AreaChoice) => string;
}

export async function pageOf(deps: Deps, sessions: Sessions, request: Request, response: Response): Promise<Page> {
  const account = sessions.accountOf(request);
  const lang = langOf(request.query['lang']) ?? langOf(cookieOf(request, PREFERENCES.lang)) ?? 'zh';
  const worn = cookieOf(request, PREFERENCES.hat);
  const wears = account?.hats.some((hat) => hat.id === worn) ? worn : null;
  const mine = account ? (await areas(deps, { account, wears: null, key: null })).areas : [];
  const asked = typeof request.query['area'] === 'string' ? request.query['area'] : cookieOf(request, PREFERENCES.area);
  const area = mine.find((a) => a.areaId === asked) ?? mine.find((a) => !a.drill) ?? mine[0] ?? null;
  const nowMs = area?.nowMs ?? (await deps.clock(deps.pool));
  const plans = new Map<string, Plan>();
  for (const { planDigest } of mine) plans.set(planDigest, (await loadedPlan(deps, planDigest)).plan);
  const plan = area === null ? undefined : plans.get(area.planDigest);
  const t = texts[lang];
  const tell = (text: Text) => text[lang];
  return {
    deps,
    sessions,
    request,
    response,
    account,
    wears,
    lang,
    t,
    large: cookieOf(request, PREFERENCES.large) === '1',
    areas: mine,
    area,
    nowMs,
    // Who is not signed in decides nothing.
    engine: account ? await engineState(deps.engine) : 'working',
    tell,
    unitName: (unitId) => tell(plan?.units.find((u) => u.id === unitId)?.shortName ?? { zh: unitId, en: unitId }),
    areaName: (choice) => {
      const city = plans.get(choice.planDigest)?.city;
      const name = city ? tell(city) : choice.areaId;
      return choice.drill ? t.app.drillArea(name, choice.areaId.replace(/^.*-/, '')) : name;
    },
  };
}

/** Of a page that needs somebody; throws `unauthenticated`. */
export function callerOf({ account, wears }: Page, key: string | null = null): Caller {
  if (!account) throw fail({ kind: 'unauthenticated' });
  return { account, wears, key };
}

export function areaIdOf({ area }: Page): string {
  if (!area) throw fail({ kind: 'forbidden', clause: '2.1', text: { zh: '您还没有任何区域的身份', en: 'you hold no hat in any area' } });
  return area.areaId;
}

export function send(page: Page, status: number, body: VNode): void {
  const html = `<!doctype html>${renderToString(h(Frame, { page, children: body }))}`;
  if (!page.response.getHeader('Cache-Control')) page.response.setHeader('Cache-Control', 'no-store');
  page.response.setHeader('Vary', 'Accept-Encoding, Cookie');
  page.response.status(status).type('html');
  if (page.request.acceptsEncodings('gzip') === false) return void page.response.send(html);
  page.response.setHeader('Content-Encoding', 'gzip');
  page.response.send(gzipSync(html, { level: 5 }));
}
