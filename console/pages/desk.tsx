/** 值班台: what level now, who must act, who is late, what is due next. Four answers without a click. */
import type { Router } from 'express';
import type { EpisodeState, LevelSpan } from '../../domain/episode/state.js';
import type { ObligationKind, Plan } from '../../domain/plan.js';
import { DAY_MS, dayStartMs, HOUR_MS } from '../../domain/time.js';
import type { Deps } from '../../usecases/deps.js';
import { airStrip } from '../../usecases/air-strip.js';
import { chainHead } from '../../usecases/chain-head.js';
import { areaOf } from '../../usecases/plans.js';
import { type OpenEpisode, wholeSituation } from '../../usecases/situation.js';
import { airChart, sizeOf } from '../charts/air.js';
import { Announced, Band, Status } from '../parts/level.js';
import { HeadSheet } from '../parts/head.js';
import { Layout } from '../parts/layout.js';
import { LiftedParts } from '../parts/lifted-parts.js';
import { Live } from '../parts/live.js';
import { Hour, Phrase, Say, Time, usePage } from '../parts/say.js';
import { Strip, StripTable } from '../parts/strip.js';
import type { Sessions } from '../sessions.js';
import { areaIdOf, callerOf, type Page, pageOf } from '../web/page.js';
import { plainPage } from '../web/form.js';
import { hourText, shortDay } from '../web/time.js';
import { langOf } from '../texts/index.js';
import { DueNext, Todo } from './desk-pending.js';

/** Periods shown side by side, the newest first, which a phone shows without scrolling; older ones are in the episode's own table. */
const COLUMNS = 7;
const PERIODIC: readonly ObligationKind[] = ['startup-report', 'daily-report', 'summary-report'];

export function deskPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/', async (page) => {
    const caller = callerOf(page);
    const areaId = areaIdOf(page);
    const [now, area, strip, head] = await Promise.all([wholeSituation(deps, caller, areaId), areaOf(deps, areaId), airStrip(deps, caller, areaId), chainHead(deps, caller, areaId)]);
    const episodes = now.open;
    const src = chartPath(page, areaId, strip.nowMs, now.air.assessment?.id ?? 'none');
    return (
      <Layout title={page.t.desk.title} live>
        <h1 class="visually-hidden">{page.t.desk.title}</h1>
        <Live>
          <Level plan={area.plan} episodes={episodes} lastForecastMs={now.air.forecastIssuedAtMs} />
          <div class="columns two">
            <div>
              <Todo episodes={episodes} />
              <DueNext episodes={episodes} />
              <section class="card" aria-labelledby="air">
                <h2 id="air">{page.t.desk.air}</h2>
                <Strip strip={strip} src={src} />
                <StripTable strip={strip} />
              </section>
            </div>
            <Reports plan={area.plan} episodes={episodes} />
          </div>
        </Live>
        <HeadSheet head={head} />
      </Layout>
    );
  });
  router.get('/charts/air/:areaId.svg', async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    const areaId = request.params['areaId'];
    const [strip, { plan }] = await Promise.all([airStrip(deps, callerOf(page), areaId), areaOf(deps, areaId)]);
    response.setHeader('Cache-Control', 'private, max-age=600');
    response.type('image/svg+xml').send(airChart(strip, plan, { lang: langOf(request.query['lang']) ?? page.lang, size: sizeOf(request.query['size']) }));
  });
}

/** Changes when the hour or the grading does, so that the browser may keep it meanwhile. */
export function chartPath({ lang }: Page, areaId: string, nowMs: number, assessmentId: string): string {
  return `/charts/air/${encodeURIComponent(areaId)}.svg?lang=${lang}&v=${assessmentId}-${Math.floor(nowMs / 3_600_000)}`;
}

function Level({ plan, episodes, lastForecastMs }: { plan: Plan; episodes: readonly OpenEpisode[]; lastForecastMs: number | null }) {
  const page = usePage();
  const { t, nowMs } = page;
  const nameOf = (id: string) => plan.levels.find((l) => l.id === id);
  const active = episodes.find((e) => ['consulting', 'awaiting-approval', 'responding'].includes(e.state.phase));
  const others = episodes.filter((e) => e !== active);
  const span = active && active.state.phase === 'responding' ? (active.state.levels.filter((s) => s.fromMs <= nowMs).at(-1) ?? null) : null;
  const level = span && nameOf(span.level);
  const nextMs = nextForecastMs(plan, nowMs);
  const response = span && plan.levels.find((l) => l.id === span.responseLevel)?.response;
  return (
    <Band level={span?.level ?? null}>
      {active && span && level && response ? (
        <p class="sentence">
          <a href={`/episodes/${active.state.id}`} class="visually-hidden">
            {active.state.number}
          </a>
          <Phrase of={(since = '') => t.desk.sentence({ warning: page.tell(level.name), response: page.tell(response.name), since, day: dayCount(active.state.levels, nowMs), basis: basisOf(page, active.state, span) })}>
            <Hour at={beganAt(active.state.levels, span)} />
          </Phrase>
        </p>
      ) : (
        <p class="sentence">{t.desk.idle}</p>
      )}
      {active && <Announced plan={plan} levels={active.state.levels} />}
      <LiftedParts of={active?.state.liftedParts} />
      {active?.state.lift && active.state.lift.effectiveAtMs > nowMs && (
        <p>
          <Phrase of={t.desk.lifting}>
            <Time at={active.state.lift.effectiveAtMs} />
          </Phrase>
        </p>
      )}
      {active && active.state.levels.length === 0 && (
        <p>
          <a href={`/episodes/${active.state.id}`}>{t.desk.consulting({ number: active.state.number, phase: t.phase[active.state.phase] })}</a>
        </p>
      )}
      {others.map(({ state }) => (
        <p key={state.id}>
          <a href={`/episodes/${state.id}`}>{t.desk.lifted({ number: state.number, phase: t.phase[state.phase] })}</a>
        </p>
      ))}
      <p class="meta">
        {nextMs !== null && (
          <>
            <Phrase of={t.desk.nextForecast}>
              <Time at={nextMs} />
            </Phrase>
            {t.common.semicolon}
          </>
        )}
        {lastForecastMs === null ? (
          t.desk.noForecast
        ) : (
          <Phrase of={t.desk.lastForecast}>
            <Time at={lastForecastMs} />
          </Phrase>
        )}
        {active && active.now.overdue.length > 0 && <strong class="overdue"> · {t.desk.overdue(active.now.overdue.length)}</strong>}
      </p>
    </Band>
  );
}

/** R38: the next hour at which a forecast is looked for; null where the plan tells none. */
function nextForecastMs({ settings: { forecastHours = [] } }: Plan, nowMs: number): number | null {
  const today = dayStartMs(nowMs);
  const ahead = [today, today + DAY_MS].flatMap((day) => forecastHours.map((hour) => day + hour * HOUR_MS)).filter((at) => at > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** Since when this level: spans of one level in a row are one. */
function beganAt(levels: readonly LevelSpan[], span: LevelSpan): number {
  const at = levels.indexOf(span);
  let first = at;
  while (first > 0 && levels[first - 1]?.level === span.level) first--;
  return levels[first]?.fromMs ?? span.fromMs;
}

/** The first day of the response is day 1. */
function dayCount(levels: readonly LevelSpan[], nowMs: number): number {
  const [first] = levels;
  return first ? Math.floor((dayStartMs(nowMs) - dayStartMs(first.fromMs)) / DAY_MS) + 1 : 1;
}

function basisOf({ t }: Page, state: EpisodeState, span: LevelSpan): string {
  const held = state.orders.find((o) => o.order.id === span.orderId)?.order;
  if (!held) return t.desk.localBasis(t.common.clause(state.levels.indexOf(span) === 0 ? '3.3.4' : '3.3.6'));
  return t.desk.orderBasis(t.desk.issuers[held.issuer] ?? held.issuer, t.channel[held.transmissions[0]?.channel ?? 'phone'], held.documentNumber);
}

function Reports({ plan, episodes }: { plan: Plan; episodes: readonly OpenEpisode[] }) {
  const { t, lang } = usePage();
  const owed = episodes.flatMap((e) => e.owed).filter((o) => PERIODIC.includes(o.kind));
  const groups = [...new Map(owed.map((o) => [`${o.episodeId}/${o.groupId}`, o])).values()].sort((a, b) => b.opensAtMs - a.opensAtMs).slice(0, COLUMNS);
  const cell = new Map(owed.map((o) => [`${o.episodeId}/${o.groupId}/${o.ownerId}`, o]));
  const names = groups.map((g) => (g.kind === 'daily-report' ? shortDay(g.ref) : g.kind === 'startup-report' ? t.desk.startup : t.desk.summary));
  return (
    <section class="card" aria-labelledby="reports">
      <h2 id="reports">{t.desk.reports}</h2>
      {groups.length === 0 ? (
        <p>{t.desk.noReports}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="reports">
          <table class="grid">
            <caption class="visually-hidden">{t.desk.reportsCaption}</caption>
            <thead>
              <tr>
                <th scope="col">{t.common.unit}</th>
                {groups.map((g, i) => (
                  <th scope="col" key={g.groupId}>
                    {names[i]}
                    {names.indexOf(names[i]!) !== names.lastIndexOf(names[i]!) && (
                      <>
                        <br />
                        {hourText(g.opensAtMs, lang)}
                      </>
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {plan.units.map((u) => (
                <tr key={u.id}>
                  <th scope="row">
                    <Say text={u.shortName} />
                  </th>
                  {groups.map((g) => {
                    const o = cell.get(`${g.episodeId}/${g.groupId}/${u.id}`);
                    return o ? (
                      <td key={g.groupId} class={o.status}>
                        <a href={`/reports/${encodeURIComponent(o.episodeId)}/${encodeURIComponent(o.id)}`}>
                          <Status of={o.status} />
                        </a>
                      </td>
                    ) : (
                      <td key={g.groupId} class="not-due">
                        — {t.desk.notOwed}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
