/** 推演: an episode's recorded inputs under another plan or AQI table, beside its own plan's and beside what happened. */
import type { Router } from 'express';
import type { ComponentChildren } from 'preact';
import type { Pair } from '../../domain/backtest/compare.js';
import type { Course, CourseEpisode } from '../../domain/backtest/course.js';
import type { ObligationKind, Plan } from '../../domain/plan.js';
import type { Deps } from '../../usecases/deps.js';
import { episode } from '../../usecases/episodes.js';
import { loadedPlan } from '../../usecases/plans.js';
import { differenceWords, type PlanChoice, planChoices, tableChoices, type WhatIf, whatIf, whatIfQuery } from '../../usecases/what-if.js';
import { Layout } from '../parts/layout.js';
import { Phrase, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { plainPage } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';

export function whatIfPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/episodes/:episode/what-if', show);
}

async function show(page: Page, params: Readonly<Record<string, string>>) {
  const { t, deps } = page;
  const caller = callerOf(page);
  const { state } = await episode(deps, caller, params['episode'] ?? '');
  const fields = Fields.of(page.request.query);
  const isAsked = fields.values['plan'] !== undefined || fields.values['table'] !== undefined;
  const of = (name: 'plan' | 'table') => (fields.optional(name) === undefined ? {} : { [name]: fields.text(name) });
  const query = parsed(whatIfQuery, { ...of('plan'), ...of('table') });
  const [choices, { plan }] = await Promise.all([planChoices(deps), loadedPlan(deps, state.planDigest)]);
  const found = isAsked ? await whatIf(deps, caller, state.id, query) : null;
  const path = `/episodes/${encodeURIComponent(state.id)}`;
  return (
    <Layout title={t.review.whatIfOf(state.number)} drill={state.drill} planDigest={state.planDigest}>
      <h1>
        {t.review.whatIf} <a href={path}>{state.number}</a>
      </h1>
      <p class="muted">{t.review.whatIfText}</p>
      <Asking action={`${path}/what-if`} choices={choices.filter((c) => c.value !== state.planDigest)} tables={tableChoices(plan)} plan={query.plan ?? ''} table={query.table ?? ''} />
      {found && <Found of={found} />}
    </Layout>
  );
}

function Asking({ action, choices, tables, plan, table }: { action: string; choices: readonly PlanChoice[]; tables: readonly string[]; plan: string; table: string }) {
  const { t, tell } = usePage();
  return (
    <form method="get" action={action} class="card row">
      <label for="plan">{t.review.plan}</label>
      <span>
        <select id="plan" name="plan">
          <option value="">{t.review.ownPlan}</option>
          {choices.map((c) => (
            <option key={c.value} value={c.value} selected={c.value === plan}>
              {tell(c.title)} · {c.revision}
            </option>
          ))}
        </select>
      </span>
      <label for="table">{t.review.table}</label>
      <span>
        <select id="table" name="table">
          <option value="">{t.review.ownTable}</option>
          {tables.map((id) => (
            <option key={id} value={id} selected={id === table}>
              {id}
            </option>
          ))}
        </select>
      </span>
      <button>{t.review.play}</button>
    </form>
  );
}

/** What happened, the own plan played, the other played. */
interface Side {
  readonly title: string;
  readonly plan: Plan;
  readonly tables: readonly string[] | null;
  readonly course: Course;
}

function Found({ of }: { of: WhatIf }) {
  const { t, tell } = usePage();
  const sides: readonly Side[] = [
    { title: t.review.recorded, plan: of.first.plan, tables: null, course: of.recorded },
    { title: t.review.first, ...of.first },
    { title: t.review.second, ...of.second },
  ];
  const words = (differences: Pair['differences']) => differences.map((d) => tell(differenceWords(of, d)));
  return (
    <>
      <section class="card" aria-labelledby="differences">
        <h2 id="differences">{t.review.differences}</h2>
        {of.comparison.pairs.every((p) => p.differences.length === 0) && of.comparison.differences.length === 0 && <p>{t.review.same}</p>}
        {of.comparison.pairs.map((pair, i) => pair.differences.length > 0 && <Listed key={i} items={words(pair.differences)} />)}
        <Listed items={words(of.comparison.differences)} muted />
        {of.ordersLeftOut.length > 0 && <p class="notice">{t.review.ordersLeftOut(of.ordersLeftOut.join(t.common.comma))}</p>}
      </section>
      <Columns id="levels" title={t.review.levels} sides={sides} rows={[[null, (side) => <Episodes of={side} untilMs={of.untilMs} />]]} />
      <Columns id="asked" title={t.review.asked} sides={sides} rows={[[null, (side) => <Asked of={side} />]]} />
      <Columns id="owed" title={t.review.owed} sides={sides} rows={owedRows(sides, tell)} />
    </>
  );
}

function Listed({ items, muted = false }: { items: readonly string[]; muted?: boolean }) {
  return items.length === 0 ? null : (
    <ul class={muted ? 'muted' : undefined}>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

type Row = readonly [head: string | null, cell: (side: Side) => ComponentChildren];

function Columns({ id, title, sides, rows }: { id: string; title: string; sides: readonly Side[]; rows: readonly Row[] }) {
  const { t } = usePage();
  const hasHeads = rows.some(([head]) => head !== null);
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby={id}>
        <table>
          <thead>
            <tr>
              {hasHeads && <td />}
              {sides.map((side) => (
                <th scope="col" key={side.title}>
                  {side.title}
                  <br />
                  <Say text={side.plan.title} />
                  {side.tables && <div class="meta">{t.review.tables(side.tables.join(', '))}</div>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([head, cell], i) => (
              <tr key={i}>
                {head !== null && <th scope="row">{head}</th>}
                {sides.map((side) => (
                  <td key={side.title}>{cell(side)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Episodes({ of, untilMs }: { of: Side; untilMs: number }) {
  const { t } = usePage();
  const { course } = of;
  return (
    <>
      {course.episodes.length === 0 && <p>{t.review.none}</p>}
      {course.episodes.map((e) => (
        <Episode key={e.number} of={e} plan={of.plan} untilMs={untilMs} />
      ))}
      <p class="meta">
        {t.review.warningTime} {t.review.span(course.totals.warningHours)}
      </p>
    </>
  );
}

function Episode({ of, plan, untilMs }: { of: CourseEpisode; plan: Plan; untilMs: number }) {
  const { t, tell } = usePage();
  const name = (level: string) => tell(plan.levels.find((l) => l.id === level)?.name ?? { zh: level, en: level });
  return (
    <dl class="facts">
      <dt>{t.review.opened}</dt>
      <dd>
        <Time at={of.openedAtMs} />
      </dd>
      <dt>{t.review.published}</dt>
      <dd>{of.publishedAtMs === null ? t.review.none : <Time at={of.publishedAtMs} />}</dd>
      {of.spans.map((s) => (
        <>
          <dt>{name(s.level)}</dt>
          <dd>
            <Time at={s.fromMs} />
          </dd>
        </>
      ))}
      {of.publishedAtMs !== null && (
        <>
          <dt>{t.review.lifted}</dt>
          <dd>
            <Phrase of={of.liftedAtMs === null ? t.review.stands : (at = '') => at}>
              <Time at={of.liftedAtMs ?? untilMs} />
            </Phrase>
          </dd>
        </>
      )}
      <dt>{t.review.ended}</dt>
      <dd>{of.ending === null ? t.review.notEnded : (t.episodes.ending[of.ending] ?? of.ending)}</dd>
    </dl>
  );
}

function Asked({ of: { course, plan } }: { of: Side }) {
  const { t, tell } = usePage();
  const asked = course.episodes.flatMap((e) => e.asked);
  const name = (level: string | null) => (level === null ? '' : tell(plan.levels.find((l) => l.id === level)?.name ?? { zh: level, en: level }));
  return (
    <>
      <p class="meta">{Object.entries(course.totals.asked).map(([role, n]) => `${t.role[role as keyof typeof t.role]} ${t.review.askedCount(n)}`).join(t.common.comma)}</p>
      <ol class="lines">
        {asked.map((a, i) => (
          <li key={i}>
            <Time at={a.atMs} />
            <br />
            {t.role[a.role]} · {t.review[a.act]} {a.action === null ? '' : t.action[a.action]} {name(a.level)}
          </li>
        ))}
      </ol>
    </>
  );
}

function owedRows(sides: readonly Side[], tell: Page['tell']): Row[] {
  const kinds = [...new Set(sides.flatMap((s) => Object.keys(s.course.totals.owed)))] as ObligationKind[];
  const title = (kind: ObligationKind) => tell(sides.flatMap((s) => s.plan.obligations).find((o) => o.kind === kind)?.title ?? { zh: kind, en: kind });
  return kinds.map((kind) => [title(kind), (side) => side.course.totals.owed[kind] ?? 0]);
}
