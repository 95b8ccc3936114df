/** Episodes: the list, and what happened in one of them. */
import type { Router } from 'express';
import type { LedgerRow } from '../../domain/ledger.js';
import { hatFor } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { episode, episodeQuery, episodes, events } from '../../usecases/episodes.js';
import { obligations, type ShownObligation } from '../../usecases/obligations.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { situation } from '../../usecases/situation.js';
import { Band, Chip, Status } from '../parts/level.js';
import { Layout } from '../parts/layout.js';
import { LiftedParts } from '../parts/lifted-parts.js';
import { RecordLinks } from '../parts/record-links.js';
import { dutyHref, Limit, Title } from '../parts/owed.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { plainPage } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { actionPath } from './desk-pending.js';
import { type Filter, FILTERS, type Line, linesOf } from './timeline.js';
import { LineItem, Told } from './timeline-parts.js';

const PHASES = ['consulting', 'awaiting-approval', 'responding', 'reporting', 'evaluating', 'closed'] as const;

/** What the list is searched by; the rest of its address is where one has read to. */
const SOUGHT = ['number', 'level', 'drills', 'phase', 'from', 'to'] as const;
const DRILLS = ['none', 'only'] as const;

export function episodePages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/episodes', list);
  plainPage(router, deps, sessions, '/episodes/:episode', one);
}

async function list(page: Page) {
  const { t, deps, area } = page;
  const fields = Fields.of(page.request.query);
  const of = (name: string) => (fields.optional(name) === undefined ? {} : { [name]: fields.text(name) });
  const asked = Object.assign({}, ...SOUGHT.map(of)) as Record<string, string>;
  const { episodes: rows, nextCursor } = await episodes(deps, callerOf(page), parsed(episodeQuery, { ...asked, ...of('cursor') }));
  const levels = area ? (await areaOf(deps, area.areaId)).plan.levels : [];
  // Each by its own plan: a later edition may not know its level.
  const plans = new Map(await Promise.all([...new Set(rows.map((e) => e.planDigest))].map(async (digest) => [digest, (await loadedPlan(deps, digest)).plan] as const)));
  const next = new URLSearchParams({ ...asked, ...(nextCursor === null ? {} : { cursor: nextCursor }) });
  return (
    <Layout title={t.episodes.title}>
      <h1>{t.episodes.title}</h1>
      <form method="get" action="/episodes" class="card row" role="search">
        <label for="number">{t.common.number}</label>
        <span>
          <input id="number" name="number" value={fields.text('number')} size={12} autocomplete="off" />
        </span>
        <label for="level">{t.common.level}</label>
        <span>
          <select id="level" name="level">
            <option value="">{t.episodes.all}</option>
            {levels.map((l) => (
              <option key={l.id} value={l.id} selected={l.id === fields.text('level')}>
                {page.tell(l.name)}
              </option>
            ))}
          </select>
        </span>
        <label for="drills">{t.app.drill}</label>
        <span>
          <select id="drills" name="drills">
            <option value="">{t.episodes.all}</option>
            {DRILLS.map((d) => (
              <option key={d} value={d} selected={d === fields.text('drills')}>
                {t.episodes.drills[d]}
              </option>
            ))}
          </select>
        </span>
        <label for="phase">{t.episodes.phase}</label>
        <span>
          <select id="phase" name="phase">
            <option value="">{t.episodes.all}</option>
            {PHASES.map((p) => (
              <option key={p} value={p} selected={p === fields.text('phase')}>
                {t.phase[p]}
              </option>
            ))}
          </select>
        </span>
        <label for="from">{t.episodes.fromDay}</label>
        <span>
          <input id="from" name="from" type="date" value={fields.text('from')} />
        </span>
        <label for="to">{t.episodes.toDay}</label>
        <span>
          <input id="to" name="to" type="date" value={fields.text('to')} />
        </span>
        <button>{t.episodes.find}</button>
      </form>
      {rows.length === 0 ? (
        <p>{t.episodes.empty}</p>
      ) : (
        <div class="card scroll" tabIndex={0} role="region" aria-label={t.episodes.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.common.number}</th>
                <th scope="col">{t.episodes.phase}</th>
                <th scope="col">{t.common.level}</th>
                <th scope="col">{t.episodes.opened}</th>
                <th scope="col">{t.episodes.closed}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((e) => (
                <tr key={e.id}>
                  <th scope="row">
                    <a href={`/episodes/${encodeURIComponent(e.id)}`}>{e.number}</a>
                    {e.drill && ` 【${t.app.drill}】`}
                  </th>
                  <td>
                    {t.phase[e.phase as keyof typeof t.phase]}
                    {e.ending && ` · ${t.episodes.ending[e.ending] ?? e.ending}`}
                  </td>
                  <td>
                    <Chip plan={plans.get(e.planDigest) ?? { levels: [] }} level={e.level} />
                  </td>
                  <td>
                    <Time at={e.openedAtMs} />
                  </td>
                  <td>{e.closedAtMs === null ? '—' : <Time at={e.closedAtMs} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {nextCursor !== null && (
        <p>
          <a class="button" href={`/episodes?${next.toString()}`}>
            {t.episodes.next}
          </a>
        </p>
      )}
    </Layout>
  );
}

async function allRows(page: Page, episodeId: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (;;) {
    const { rows: more, hasMore } = await events(page.deps, callerOf(page), episodeId, rows.at(-1)?.seq ?? 0);
    rows.push(...more);
    if (!hasMore) return rows;
  }
}

async function one(asked: Page, params: Readonly<Record<string, string>>) {
  const { deps, t } = asked;
  const caller = callerOf(asked);
  const { state, nowMs } = await episode(deps, caller, params['episode'] ?? '');
  const page = { ...asked, nowMs };
  const [{ plan }, { rightsAreaId }, { obligations: owed }, rows, now] = await Promise.all([
    loadedPlan(deps, state.planDigest),
    areaOf(deps, state.areaId),
    obligations(deps, caller, state.id),
    allRows(page, state.id),
    situation(deps, caller, state.areaId),
  ]);
  const filter: Filter = FILTERS.find((f) => f === page.request.query['show']) ?? 'all';
  const lines = linesOf(page, plan, rows, owed);
  const business = withoutOvertaken(page, lines.filter((l) => l.kind !== 'technical'));
  const shown = business.filter((l) => filter === 'all' || (filter === 'late' ? l.late : l.kind === filter));
  const technical = lines.filter((l) => l.kind === 'technical');
  const open = now.episodes.find((e) => e.episodeId === state.id);
  const path = `/episodes/${encodeURIComponent(state.id)}`;
  const mayAct = hatFor(caller.account, 'adjust-measures', { areaId: rightsAreaId }) !== null || hatFor(caller.account, 'record-consultation', { areaId: rightsAreaId }) !== null;
  const current = state.phase === 'responding' ? (state.levels.filter((s) => s.fromMs <= nowMs).at(-1)?.level ?? null) : null;
  return (
    <Layout title={state.number} drill={state.drill} planDigest={state.planDigest} live={state.phase === 'closed' ? false : 'whole'}>
      <Band level={current}>
        <h1>
          {state.number} · {t.phase[state.phase]}
          {state.phase === 'closed' && ` · ${t.episodes.ending[state.ending] ?? ''}`}
        </h1>
        <p>
          {t.episodes.opened} <Time at={state.openedAtMs} />
          {state.levels.map((s) => (
            <span key={`${s.fromMs}-${s.noticeId}`}>
              {' · '}
              <Chip plan={plan} level={s.level} /> <Time at={s.fromMs} />
            </span>
          ))}
        </p>
        <LiftedParts of={state.liftedParts} />
        <p class="row">
          {mayAct && state.phase !== 'closed' && (
            <a class="button" href={`/office/${encodeURIComponent(state.id)}`}>
              {t.episodes.office}
            </a>
          )}
        </p>
        <RecordLinks episodeId={state.id} rightsAreaId={rightsAreaId} caller={caller} />
      </Band>
      <h2>{t.episodes.timeline}</h2>
      <ul class="tabs">
        {FILTERS.map((f) => (
          <li key={f}>
            <a href={f === 'all' ? path : `${path}?show=${f}`} aria-current={f === filter ? 'page' : undefined}>
              {t.episodes.filters[f]}
            </a>
          </li>
        ))}
      </ul>
      <section class="card">
        {shown.length === 0 && <p>{t.episodes.noEvents}</p>}
        <ol class="timeline">
          {shown.map((line) => (
            <LineItem key={line.seq} line={line} unfolded={filter === 'late'} />
          ))}
          {filter === 'all' &&
            open?.nextActions.map((action, i) => (
              <li class="expected" key={`a${i}`}>
                <span class="what">
                  <a href={actionPath(state.id, action)}>{t.desk.what[action.what]}</a>
                </span>{' '}
                （{t.episodes.expected}）{t.role[action.role]} <Clause of={action.clause} />
              </li>
            ))}
          {filter === 'all' &&
            open?.nextDeadlines.slice(0, 5).map((d) => (
              <li class={d.dueAtMs !== null && d.dueAtMs < nowMs ? 'expected missed' : 'expected'} key={d.groupId}>
                <Limit of={d} />{' '}
                <span class="what">
                  <Say text={d.title} />
                </span>{' '}
                （{t.episodes.expected}）{t.desk.open(d.open.length)} <Clause of={d.clause} />
              </li>
            ))}
        </ol>
      </section>
      <details class="card prints">
        <summary>{t.episodes.duties}</summary>
        <Duties of={owed} />
      </details>
      <details class="card">
        <summary id="technical">{t.episodes.technical(technical.length)}</summary>
        <ol>
          {technical.map((line) => (
            <li key={line.seq}>
              <Time at={line.atMs} /> {line.what} <Told of={line.detail} />
            </li>
          ))}
        </ol>
      </details>
    </Layout>
  );
}

/** Of the prompts of one moment the last stands: a later one took the place of what came before. */
function withoutOvertaken({ t }: Page, lines: readonly Line[]): Line[] {
  const isPrompt = (line: Line | undefined) => line?.what === t.event['consultation-prompted'];
  return lines.filter((line, i) => !(isPrompt(line) && isPrompt(lines[i + 1]) && lines[i + 1]?.atMs === line.atMs));
}

function Duties({ of }: { of: readonly ShownObligation[] }) {
  const page = usePage();
  const { t } = page;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t.episodes.duties}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.plan.duty}</th>
            <th scope="col">{t.common.unit}</th>
            <th scope="col">{t.common.status}</th>
            <th scope="col">{t.common.target}</th>
            <th scope="col">{t.common.due}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((o) => (
            <tr key={o.id}>
              <td>
                <a href={dutyHref(o)}>
                  <Title of={o} />
                </a>
              </td>
              <td>{page.tell(o.ownerName)}</td>
              <td>
                <Status of={o.status} />
              </td>
              <td>{o.targetAtMs === null ? '—' : <Time at={o.targetAtMs} limit />}</td>
              <td>{o.dueAtMs === null ? '—' : <Time at={o.dueAtMs} limit />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
