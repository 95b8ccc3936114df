/** The forecaster's page: type or paste, see it graded as you type, record it; past versions and how well they did. */
import express, { type Router } from 'express';
import { dayOf } from '../../domain/time.js';
import { gradedNow, gradeForecast } from '../../usecases/air-strip.js';
import { hatFor } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { flagDust, newDustFlag } from '../../usecases/dust.js';
import { forecastHistory, isHit, type PastForecast } from '../../usecases/forecast-history.js';
import { newForecast, recordForecast } from '../../usecases/forecasts.js';
import { areaOf } from '../../usecases/plans.js';
import { type Entered, Files, Form, Input, Instant, Problem, Words } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import { Changes } from '../parts/live.js';
import { DayName, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { type FormPage, formPage } from '../web/form.js';
import { areaIdOf, callerOf, pageOf, send } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { shortDay } from '../web/time.js';
import { daysFrom, forecastOf } from './forecast-fields.js';
import { Grading } from './grading.js';

export function forecastPages(router: Router, deps: Deps, sessions: Sessions): void {
  formPage(router, deps, sessions, recording);
  formPage(router, deps, sessions, flagging);
  router.post('/forecasts/grade', express.urlencoded({ extended: false, limit: '100kb' }), async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    if (!page.account) return void response.sendStatus(401);
    const areaId = areaIdOf(page);
    const { plan } = await areaOf(deps, areaId);
    const input = newForecast.safeParse(forecastOf(Fields.of(request.body)));
    if (!input.success) return send(page, 200, <p class="muted">{page.t.forecasts.incomplete}</p>);
    send(
      page,
      200,
      <>
        <p class="muted">{page.t.forecasts.gradingHint}</p>
        <Grading plan={plan} assessment={await gradeForecast(deps, callerOf(page), areaId, input.data)} />
      </>,
    );
  });
}

const recording: FormPage = {
  path: '/forecasts',
  readsFiles: true,
  async show(page, _params, entered) {
    const { deps, t, account, wears } = page;
    const areaId = areaIdOf(page);
    const { plan, rightsAreaId } = await areaOf(deps, areaId);
    const { forecasts, dustFlags } = await forecastHistory(deps, callerOf(page), areaId);
    const assessment = await gradedNow(deps, callerOf(page), areaId);
    const mayRecord = account !== null && hatFor(account, 'record-forecast', { areaId: rightsAreaId }, wears) !== null;
    return (
      <Layout title={t.forecasts.title} live>
        <h1>{t.forecasts.title}</h1>
        <Changes of={[forecasts[0]?.id ?? 'none', assessment.processes[0]?.level ?? 'none', dustFlags.length].join('.')} />
        <Problem entered={entered} />
        <div class="columns two">
          <section class="card" aria-labelledby="new">
            <h2 id="new">{t.forecasts.newForecast}</h2>
            {mayRecord ? <ForecastForm entered={entered} today={dayOf(page.nowMs)} nowMs={page.nowMs} /> : <p>{t.forecasts.noRight}</p>}
          </section>
          <section class="card" aria-labelledby="grading-title">
            <h2 id="grading-title">{t.forecasts.grading}</h2>
            <div id="grading" aria-live="polite">
              <p class="muted">{t.forecasts.onRecord}</p>
              <Grading plan={plan} assessment={assessment} />
            </div>
          </section>
        </div>
        <Past of={forecasts} />
        <section class="card" aria-labelledby="dust">
          <h2 id="dust">{t.forecasts.dustTitle}</h2>
          {dustFlags.length === 0 ? (
            <p>{t.forecasts.noDust}</p>
          ) : (
            <ul class="lines">
              {dustFlags.map((f) => (
                <li key={f.id}>
                  {f.spans.map((s) => (
                    <span key={s.fromMs}>
                      <Time at={s.fromMs} /> {t.common.to} <Time at={s.toMs} />
                      {t.common.comma}
                    </span>
                  ))}
                  <span class="said">{f.reason}</span>
                </li>
              ))}
            </ul>
          )}
          {mayRecord && (
            <p>
              <a class="button" href="/forecasts/dust">
                {t.forecasts.dustFlag}
              </a>
            </p>
          )}
        </section>
      </Layout>
    );
  },
  async submit(page, _params, fields, caller) {
    const areaId = areaIdOf(page);
    await recordForecast(page.deps, caller, areaId, parsed(newForecast.options[0], forecastOf(fields)));
    return '/forecasts';
  },
};

function ForecastForm({ entered, today, nowMs }: { entered: Entered; today: string; nowMs: number }) {
  const { t } = usePage();
  const value = (name: string, initial = '') => (entered.fields ? entered.fields.text(name) : initial);
  const wrong = (name: string) => entered.problem?.faults.some((f) => f.path === name) ?? false;
  return (
    <Form entered={entered} files>
      <Instant entered={entered} name="issuedAt" label={t.forecasts.issuedAt} initial={nowMs} required />
      <Input entered={entered} name="source" label={t.forecasts.source} initial="奎屯市环境监测站" required />
      <div class="scroll" tabIndex={0} role="region" aria-label={t.forecasts.newForecast}>
        <table class="days">
          <thead>
            <tr>
              <th scope="col">{t.forecasts.date}</th>
              <th scope="col">{t.forecasts.low}</th>
              <th scope="col">{t.forecasts.high}</th>
              <th scope="col">{t.forecasts.primary}</th>
              <th scope="col">{t.forecasts.dust}</th>
            </tr>
          </thead>
          <tbody>
            {daysFrom(today).map((day, i) => (
              <tr key={day}>
                <th scope="row">
                  <DayName day={day} />
                  <input type="hidden" name={`days.${i}.date`} value={value(`days.${i}.date`, day)} />
                </th>
                {(['aqiLow', 'aqiHigh'] as const).map((part) => (
                  <td key={part}>
                    <input id={`f-days.${i}.${part}`} name={`days.${i}.${part}`} value={value(`days.${i}.${part}`)} inputmode="numeric" autocomplete="off" aria-label={`${shortDay(day)} ${part === 'aqiLow' ? t.forecasts.low : t.forecasts.high}`} aria-invalid={wrong(`days.${i}.${part}`) || undefined} />
                  </td>
                ))}
                <td>
                  <input name={`days.${i}.primary`} value={value(`days.${i}.primary`, 'PM2.5')} autocomplete="off" aria-label={`${shortDay(day)} ${t.forecasts.primary}`} />
                </td>
                <td>
                  <input type="checkbox" name={`days.${i}.dust`} value="1" checked={entered.fields?.isTicked(`days.${i}.dust`) ?? false} aria-label={`${shortDay(day)} ${t.forecasts.dust}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>{t.forecasts.paste}</summary>
        <Words entered={entered} name="pasted" label={t.forecasts.paste} rows={7} required={false} />
        <Files entered={entered} name="csv" label={t.forecasts.csv} />
      </details>
      <div hx-post="/forecasts/grade" hx-trigger="input changed delay:600ms from:closest form, change delay:600ms from:closest form" hx-include="closest form" hx-params="not csv" hx-encoding="application/x-www-form-urlencoded" hx-target="#grading" hx-swap="innerHTML" />
      <button class="primary">{t.forecasts.record}</button>
    </Form>
  );
}

function Past({ of }: { of: readonly PastForecast[] }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="past">
      <h2 id="past">{t.forecasts.past}</h2>
      <ul class="lines">
        {of.map((f) => {
          const judged = f.days.filter((d) => d.observed !== null);
          const hit = judged.filter(isHit).length;
          return (
            <li key={f.id}>
              <strong>
                <Time at={f.issuedAtMs} />
              </strong>{' '}
              {f.source} {f.late && `（${t.forecasts.late}）`} · {judged.length > 0 ? t.forecasts.hitsText({ hit, of: judged.length }) : t.forecasts.notYet}
              <div class="meta">
                {f.days.map((d) => (
                  <span key={d.date}>
                    {shortDay(d.date)}: {d.aqiLow}–{d.aqiHigh}
                    {d.observed !== null && `（${t.desk.observed} ${d.observed}）`}
                    {'　'}
                  </span>
                ))}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const flagging: FormPage = {
  path: '/forecasts/dust',
  show(page, _params, entered) {
    const { t } = page;
    return Promise.resolve(
      <Layout title={t.forecasts.dustFlag}>
        <Problem entered={entered} />
        <h1>{t.forecasts.dustFlag}</h1>
        <Form entered={entered}>
          <Instant entered={entered} name="spans.0.from" label={t.forecasts.dustFrom} required />
          <Instant entered={entered} name="spans.0.to" label={t.forecasts.dustTo} required />
          <Words entered={entered} name="reason" label={t.forecasts.dustReason} rows={3} required />
          <button class="primary">{t.forecasts.dustFlag}</button>
        </Form>
      </Layout>,
    );
  },
  async submit(page, _params, fields, caller) {
    await flagDust(page.deps, caller, areaIdOf(page), parsed(newDustFlag, { spans: [{ from: fields.instant('spans.0.from'), to: fields.instant('spans.0.to') }], reason: fields.text('reason') }));
    return '/forecasts';
  },
};
