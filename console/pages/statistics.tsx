/** 统计: figures with the query that made each, as tables and as files; below them the signed chain head. */
import type { Router } from 'express';
import { chainHead, type ShownHead } from '../../usecases/chain-head.js';
import type { Deps } from '../../usecases/deps.js';
import { areaOf } from '../../usecases/plans.js';
import { type Statistics, statistics, statisticsQuery } from '../../usecases/statistics.js';
import type { Cell, Column, StatisticsTable } from '../../usecases/statistics-tables.js';
import type { Plan } from '../../domain/plan.js';
import { HeadFacts } from '../parts/head.js';
import { Layout } from '../parts/layout.js';
import { Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { plainPage } from '../web/form.js';
import { areaIdOf, callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';

/** A page stays one that opens at once, however long the period. */
const LISTED_ROWS = 200;
const ASKED = ['from', 'to', 'by', 'drills', 'owner', 'kind'] as const;

export function statisticsPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/statistics', show);
}

async function show(page: Page) {
  const { t, deps } = page;
  const caller = callerOf(page);
  const areaId = areaIdOf(page);
  const fields = Fields.of(page.request.query);
  const asked = Object.fromEntries(ASKED.flatMap((name) => (fields.optional(name) === undefined ? [] : [[name, fields.text(name)]])));
  const found = await statistics(deps, caller, areaId, parsed(statisticsQuery, asked));
  const [{ plan }, head] = await Promise.all([areaOf(deps, found.areaId), chainHead(deps, caller, found.areaId)]);
  const query = new URLSearchParams({ ...asked, from: found.from, to: found.to });
  return (
    <Layout title={t.review.statistics}>
      <h1>{t.review.statistics}</h1>
      <p class="muted">{t.review.statisticsText}</p>
      <Asking of={found} plan={plan} />
      {found.drills === 'only' && (
        <p class="notice" role="note">
          {t.review.drillsOnly}
        </p>
      )}
      {found.tables.map((table) => (
        <Table key={table.id} of={table} files={`/api/v1/areas/${encodeURIComponent(found.areaId)}/statistics/${table.id}?${query.toString()}`} />
      ))}
      <Head head={head} />
    </Layout>
  );
}

function Asking({ of, plan }: { of: Statistics; plan: Plan }) {
  const { t, tell } = usePage();
  const option = (value: string, words: string, chosen: string | null) => (
    <option key={value} value={value} selected={value === chosen}>
      {words}
    </option>
  );
  return (
    <form method="get" action="/statistics" class="card">
      <div class="row">
        <label for="from">{t.review.from}</label>
        <span>
          <input id="from" name="from" type="date" value={of.from} />
        </span>
        <label for="to">{t.review.to}</label>
        <span>
          <input id="to" name="to" type="date" value={of.to} />
        </span>
        <label for="by">{t.review.by}</label>
        <span>
          <select id="by" name="by">
            {(['whole', 'month', 'year'] as const).map((by) => option(by, t.review.byOf[by], of.by))}
          </select>
        </span>
        <label for="drills">{t.review.drills}</label>
        <span>
          <select id="drills" name="drills">
            {(['none', 'only'] as const).map((drills) => option(drills, t.review.drillsOf[drills], of.drills))}
          </select>
        </span>
      </div>
      <div class="row">
        <label for="owner">{t.review.owner}</label>
        <span>
          <select id="owner" name="owner">
            {option('', t.review.all, of.owner)}
            {(['technical', 'management', 'director', 'commander'] as const).map((role) => option(role, t.role[role], of.owner))}
            {plan.units.map((u) => option(u.id, tell(u.shortName), of.owner))}
          </select>
        </span>
        <label for="kind">{t.review.kind}</label>
        <span>
          <select id="kind" name="kind">
            {option('', t.review.all, of.kind)}
            {plan.obligations.map((o) => option(o.kind, tell(o.title), of.kind))}
          </select>
        </span>
        <button>{t.review.show}</button>
      </div>
    </form>
  );
}

function Table({ of, files }: { of: StatisticsTable; files: string }) {
  const { t, tell, lang } = usePage();
  return (
    <section class="card" aria-labelledby={of.id}>
      <div class="spread">
        <h2 id={of.id}>
          <Say text={of.title} />
        </h2>
        <p class="row">
          {(['csv', 'xlsx'] as const).map((format) => (
            <a key={format} class="button" href={`${files}&format=${format}&lang=${lang}`} aria-label={t.review.fileOf(tell(of.title), t.review[format])}>
              {t.review[format]}
            </a>
          ))}
        </p>
      </div>
      <p class="meta">
        {t.review.counted}
        {t.common.colon}
        <Say text={of.counted} />
      </p>
      {of.rows.length === 0 ? (
        <p>{t.review.noFigures}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby={of.id}>
          <table>
            <thead>
              <tr>
                {of.columns.map((c) => (
                  <th scope="col" key={c.id} class={isFigure(c) ? 'figure' : undefined}>
                    <Say text={c.title} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {of.rows.slice(0, LISTED_ROWS).map((row, i) => (
                <tr key={i}>
                  {of.columns.map((c, place) => (
                    <td key={c.id} class={isFigure(c) ? 'figure' : undefined}>
                      <Value of={row[place] ?? null} column={c} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {of.rows.length > LISTED_ROWS && <p>{t.review.more({ shown: LISTED_ROWS, all: of.rows.length })}</p>}
      <details>
        <summary>{t.review.query}</summary>
        {of.queries.map(({ sql, parameters }, i) => (
          <div key={i}>
            <pre class="sql">{sql}</pre>
            <p class="meta">
              {t.review.parameters} <code>{JSON.stringify(parameters)}</code>
            </p>
          </div>
        ))}
      </details>
    </section>
  );
}

const isFigure = ({ kind }: Column) => kind === 'number' || kind === 'percent';

function Value({ of, column }: { of: Cell; column: Column }) {
  const { t } = usePage();
  if (of === null) return <>—</>;
  if (typeof of === 'object') return <Say text={of} />;
  if (typeof of === 'string') return <>{of}</>;
  if (column.kind === 'instant') return <Time at={of} />;
  return <>{column.kind === 'percent' ? t.review.percent(of) : of}</>;
}

function Head({ head }: { head: ShownHead | null }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="head">
      <h2 id="head">{t.review.head}</h2>
      {head ? (
        <>
          <p class="meta">{t.review.headText}</p>
          <HeadFacts head={head} />
          <p>
            <a class="button" href={`/api/v1/areas/${encodeURIComponent(head.areaId)}/head/file`}>
              {t.review.headFile}
            </a>
          </p>
        </>
      ) : (
        <p>{t.review.noHead}</p>
      )}
    </section>
  );
}
