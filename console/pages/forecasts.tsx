/** The forecaster's page: type or paste, see it graded as you type, record it; past versions and how well they did. */
import express, { type Router } from 'express';
import { dayOf, startOfDayMs } from '../../domain/time.js';
import { gradedNow, gradeForecast } from '../../usecases/air-strip.js';
import { hatFor } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { flagDust, newDustFlag } from '../../usecases/dust.js';
import { forecastHistory, isHit, type PastForecast } from '../../usecases/forecast-history.js';
import { notFound } from '../../usecases/failure.js';
import { newForecast, recordForecast } from '../../usecases/forecasts.js';
import { areaOf } from '../../usecases/plans.js';
import { Evidence, evidenceOf } from '../parts/envelope.js';
import { type Entered, Files, Form, Input, Instant, Problem, Words } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import { Changes } from '../parts/live.js';
import { DayName, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { type FormPage, formPage } from '../web/form.js';
import { areaIdOf, callerOf, type Page, pageOf, send } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { shortDay } from '../web/time.js';
import { DAYS, daysFrom, filledIn, forecastOf, MOST_DAYS, parsedForecast, previewOf } from './forecast-fields.js';
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
  async show(page, _params, given) {
    const { deps, t, account, wears } = page;
    const preview = given.fields === null ? filledIn(Fields.of(page.request.query)) : null;
    const entered = preview ? { ...given, fields: preview } : given;
    const areaId = areaIdOf(page);
    const { plan, rightsAreaId } = await areaOf(deps, areaId);
    const { forecasts, dustFlags } = await forecastHistory(deps, callerOf(page), areaId);
    const mayFlag = account !== null && hatFor(account, 'flag-dust', { areaId: rightsAreaId }, wears) !== null;
    const assessment = await gradedNow(deps, callerOf(page), areaId);
    const mayRecord = account !== null && hatFor(account, 'record-forecast', { areaId: rightsAreaId }, wears) !== null;
    const shape = preview && newForecast.safeParse(forecastOf(preview));
    const previewGrade = shape?.success ? await gradeForecast(deps, callerOf(page), areaId, shape.data) : null;
    return (
      <Layout title={t.forecasts.title} live>
        <h1>{t.forecasts.title}</h1>
        {preview && (
          <p class="notice" role="status">
            {t.forecasts.filledIn}
          </p>
        )}
        <Changes of={[forecasts[0]?.id ?? 'none', assessment.processes[0]?.level ?? 'none', dustFlags.length].join('.')} />
        <Problem entered={entered} />
        <div class="columns two">
          <section class="card" aria-labelledby="new">
            <h2 id="new">{t.forecasts.newForecast}</h2>
            {mayRecord ? <ForecastForm entered={entered} station={plan.settings.stations[0] ?? ''} /> : <p>{t.forecasts.noRight}</p>}
          </section>
          <section class="card" aria-labelledby="grading-title">
            <h2 id="grading-title">{t.forecasts.grading}</h2>
            <div id="grading" aria-live="polite">
              {previewGrade ? (
                <>
                  <p class="muted">{t.forecasts.gradingHint}</p>
                  <Grading plan={plan} assessment={previewGrade} />
                </>
              ) : (
                <>
                  <p class="muted">{t.forecasts.onRecord}</p>
                  <Grading plan={plan} assessment={assessment} />
                </>
              )}
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
                  {f.spans.length === 0 && <strong>{t.forecasts.dustWithdrawn}{t.common.colon}</strong>}
                  <span class="said">{f.reason}</span>
                  {mayFlag && f.spans.length > 0 && (
                    <>
                      {' · '}
                      <a href={`/forecasts/dust?flag=${encodeURIComponent(f.id)}`}>{t.forecasts.dustReplace}</a>
                    </>
                  )}
                </li>
              ))}
            </ul>
          )}
          {mayFlag && (
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
    const preview = previewOf(fields);
    if (preview !== null) return preview;
    await recordForecast(page.deps, caller, areaIdOf(page), parsedForecast(fields));
    return '/forecasts';
  },
};

function ForecastForm({ entered, station }: { entered: Entered; station: string }) {
  const { t, nowMs } = usePage();
  const filled = Array.from({ length: MOST_DAYS }, (_, i) => i).filter((i) => entered.fields?.optional(`days.${i}.date`) !== undefined).length;
  const days = daysFrom(dayOf(nowMs), Math.max(DAYS, filled)).map((day, i) => isDay(entered.fields?.text(`days.${i}.date`)) ?? day);
  const value = (name: string, initial = '') => (entered.fields ? entered.fields.text(name) : initial);
  const wrong = (name: string) => entered.problem?.faults.some((f) => f.path === name) ?? false;
  return (
    <Form entered={entered} files>
      <Instant entered={entered} name="issuedAt" label={t.forecasts.issuedAt} initial={nowMs} required />
      <Input entered={entered} name="source" label={t.forecasts.source} initial={station} required />
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
            {days.map((day, i) => (
              <tr key={i}>
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
      <details open={entered.problem?.faults.some((f) => f.path === 'csv' || f.path === 'pasted') ?? false}>
        <summary>{t.forecasts.fromFile}</summary>
        <p class="hint">{t.forecasts.fromFileHint}</p>
        <Words entered={entered} name="pasted" label={t.forecasts.paste} rows={7} required={false} />
        <Files entered={entered} name="csv" label={t.forecasts.csv} />
        <button>{t.forecasts.preview}</button>
      </details>
      <div hx-post="/forecasts/grade" hx-trigger="input changed delay:600ms from:closest form, change delay:600ms from:closest form" hx-include="closest form" hx-params="not csv" hx-encoding="application/x-www-form-urlencoded" hx-target="#grading" hx-swap="innerHTML" />
      <button class="primary">{t.forecasts.record}</button>
    </Form>
  );
}

function isDay(text: string | undefined): string | null {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(startOfDayMs(text)) ? text : null;
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

/** A new flag; or, with `?flag=`, one put right or taken back. */
const flagging: FormPage = {
  path: '/forecasts/dust',
  async show(page, _params, entered) {
    const { t } = page;
    const flag = await flagOf(page);
    const spans = flag?.spans ?? [];
    const title = flag ? t.forecasts.dustReplace : t.forecasts.dustFlag;
    return (
      <Layout title={title}>
        <Problem entered={entered} />
        <h1>{title}</h1>
        {flag && <p class="hint">{t.forecasts.dustReplaceText}</p>}
        <Form entered={entered} files>
          {Array.from({ length: Math.min(spans.length + 1, 50) }, (_, i) => (
            <fieldset key={i}>
              <legend>{t.forecasts.dustSpan(i + 1)}</legend>
              <Instant entered={entered} name={`spans.${i}.from`} label={t.forecasts.dustFrom} initial={spans[i]?.fromMs ?? null} required={i === 0} />
              <Instant entered={entered} name={`spans.${i}.to`} label={t.forecasts.dustTo} initial={spans[i]?.toMs ?? null} required={i === 0} />
            </fieldset>
          ))}
          <Words entered={entered} name="reason" label={t.forecasts.dustReason} rows={3} required />
          <Evidence entered={entered} />
          <p class="row">
            <button class="primary">{title}</button>
            {flag && (
              <button class="danger" name="withdraw" value="1">
                {t.forecasts.dustWithdraw}
              </button>
            )}
          </p>
        </Form>
      </Layout>
    );
  },
  async submit(page, _params, fields, caller) {
    const flag = await flagOf(page);
    const isEmpty = (i: number) => fields.optional(`spans.${i}.from`) === undefined && fields.optional(`spans.${i}.to`) === undefined;
    const rows = Array.from({ length: (flag?.spans.length ?? 0) + 1 }, (_, i) => i).filter((i) => i === 0 || !isEmpty(i));
    const spans = fields.isTicked('withdraw') ? [] : rows.map((i) => ({ from: fields.instant(`spans.${i}.from`), to: fields.instant(`spans.${i}.to`) }));
    await flagDust(page.deps, caller, areaIdOf(page), parsed(newDustFlag, { spans, reason: fields.text('reason'), ...(flag && { flagId: flag.id }), ...(await evidenceOf(page, fields)) }));
    return '/forecasts';
  },
};

async function flagOf(page: Page) {
  const asked = page.request.query['flag'];
  if (typeof asked !== 'string') return null;
  const { dustFlags } = await forecastHistory(page.deps, callerOf(page), areaIdOf(page));
  const found = dustFlags.find((f) => f.id === asked);
  if (!found) throw notFound('dust flag');
  return found;
}
