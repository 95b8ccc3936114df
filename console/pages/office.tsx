/** The office's desk for one episode: what stands, what can be done, who has not filed. */
import type { Router } from 'express';
import { airStrip } from '../../usecases/air-strip.js';
import type { Deps } from '../../usecases/deps.js';
import { episode } from '../../usecases/episodes.js';
import { obligations, type ShownObligation } from '../../usecases/obligations.js';
import { orders } from '../../usecases/orders.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { situation } from '../../usecases/situation.js';
import { Layout } from '../parts/layout.js';
import { levelName } from '../parts/plan-words.js';
import { Standing } from '../parts/level.js';
import { dutyHref, Limit, State, Title } from '../parts/owed.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { plainPage } from '../web/form.js';
import { areaIdOf, callerOf, type Page } from '../web/page.js';
import { actPages } from './office-acts.js';
import { closingPages } from './office-closing.js';
import { drillPages } from './drills.js';
import { LiftCondition } from './lift-condition.js';
import { orderPages } from './office-orders.js';

export function officePages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/office', async (page) => {
    const { t } = page;
    const areaId = areaIdOf(page);
    const now = await situation(deps, callerOf(page), areaId);
    return (
      <Layout title={t.office.title} live="whole">
        <h1>{t.office.title}</h1>
        {now.episodes.length === 0 && <p>{t.office.none}</p>}
        {now.episodes.length > 0 && (
          <section class="card" aria-labelledby="open">
            <h2 id="open">{t.office.open}</h2>
            <ul class="lines">
              {now.episodes.map((e) => (
                <li key={e.episodeId}>
                  <a href={`/office/${encodeURIComponent(e.episodeId)}`}>
                    {e.number} · {t.phase[e.phase]}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        )}
        <Orders areaId={areaId} list={(await orders(deps, areaId)).orders} page={page} plan={(await areaOf(deps, areaId)).plan} />
        {page.area?.drill === false && (
          <p>
            <a class="button" href="/office/drills/new">
              {t.drills.start}
            </a>
          </p>
        )}
      </Layout>
    );
  });
  orderPages(router, deps, sessions);
  drillPages(router, deps, sessions);
  plainPage(router, deps, sessions, '/office/:episode', desk);
  actPages(router, deps, sessions);
  closingPages(router, deps, sessions);
}

function Orders({ list, page, plan }: { areaId: string; list: Awaited<ReturnType<typeof orders>>['orders']; page: Page; plan: Parameters<typeof levelName>[1] }) {
  const { t } = page;
  return (
    <section class="card" aria-labelledby="orders">
      <h2 id="orders">{t.office.orders}</h2>
      {list.length === 0 ? (
        <p>{t.common.none}</p>
      ) : (
        <ul class="lines">
          {list.map((o) => (
            <li key={o.id}>
              <strong>
                {t.desk.issuers[o.issuer] ?? o.issuer} · {t.office.orderKind[o.kind] ?? o.kind} {o.level !== null && levelName(page, plan, o.level)}
              </strong>{' '}
              {o.documentNumber} · <Time at={o.receivedAtMs} /> · {o.confirmed === null ? t.office.unchecked : o.confirmed ? t.office.confirmed : t.office.voided}
              <div class="row">
                {o.confirmed === null && (
                  <a class="button" href={`/office/orders/${encodeURIComponent(o.id)}/check`}>
                    {t.office.check}
                  </a>
                )}
                <a class="button" href={`/office/orders/${encodeURIComponent(o.id)}/transmission`}>
                  {t.office.transmission}
                </a>
              </div>
            </li>
          ))}
        </ul>
      )}
      <p>
        <a class="button" href="/office/orders/new">
          {t.office.order}
        </a>
      </p>
    </section>
  );
}

async function desk(page: Page, params: Readonly<Record<string, string>>) {
  const { deps, t } = page;
  const caller = callerOf(page);
  const { state, nowMs } = await episode(deps, caller, params['episode'] ?? '');
  const [{ plan }, { obligations: owed }] = await Promise.all([loadedPlan(deps, state.planDigest), obligations(deps, caller, state.id)]);
  const path = `/office/${encodeURIComponent(state.id)}`;
  const isResponding = state.phase === 'responding';
  const isBefore = state.phase === 'consulting' || state.phase === 'awaiting-approval';
  const isActive = isResponding || isBefore;
  const links: readonly (readonly [string, string, boolean])[] = [
    ['consultation', t.office.consultation, isActive],
    ['proposal', t.office.proposal, isActive],
    ['lift', t.office.lift, isResponding && !state.lift],
    ['lift-change', t.office.liftChange, isResponding && state.lift !== null],
    ['task', t.office.task, state.phase !== 'closed'],
    ['measures', t.office.measures, isResponding],
    ['adjust', t.office.adjust, isResponding],
    ['correction', t.office.correction, state.notices.length > 0 && state.phase !== 'closed'],
    ['evaluation', t.office.evaluation, state.phase === 'evaluating'],
    ['not-applicable', t.office.notApplicable, isBefore],
    ['stop', t.office.stop, isBefore],
  ];
  const open = owed.filter((o) => o.submittedAtMs === null && o.opensAtMs <= nowMs);
  const isUnit = (o: ShownObligation) => plan.units.some((u) => u.id === o.ownerId);
  const [units, office] = [open.filter(isUnit), open.filter((o) => !isUnit(o))];
  return (
    <Layout title={t.office.title} drill={state.drill} planDigest={state.planDigest} live="whole">
      <div class="spread">
        <h1>
          {t.office.title} · <a href={`/episodes/${encodeURIComponent(state.id)}`}>{state.number}</a>
        </h1>
        <Standing plan={plan} levels={isResponding ? state.levels : []} />
      </div>
      <div class="columns even">
        <div>
          {state.requests.map((r) => (
            <section class="card todo" key={r.id}>
              <h2>{t.office.current}</h2>
              <p>
                {t.action[r.evidence.action]} {r.evidence.level !== null && levelName(page, plan, r.evidence.level)} · <Time at={r.stepOpenedAtMs} relative="ago" />
              </p>
              <p class="row">
                <a class="button" href={`/approvals/${encodeURIComponent(state.id)}/${encodeURIComponent(r.id)}`}>
                  {t.unit.open}
                </a>
                <a class="button" href={`${path}/withdraw/${encodeURIComponent(r.id)}`}>
                  {t.office.withdraw}
                </a>
              </p>
            </section>
          ))}
          <section class="card" aria-labelledby="tofile">
            <h2 id="tofile">{t.office.toFile}</h2>
            <Duties of={office} />
          </section>
          {isResponding && <LiftCondition plan={plan} state={state} strip={await airStrip(deps, caller, state.areaId)} />}
          {state.tasks.some((x) => x.closedAtMs === null) && (
            <section class="card" aria-labelledby="tasks">
              <h2 id="tasks">{t.office.openTasks}</h2>
              <ul class="lines">
                {state.tasks
                  .filter((x) => x.closedAtMs === null)
                  .map((x) => (
                    <li key={x.id}>
                      <Say text={x.content} /> <a href={`${path}/task/${encodeURIComponent(x.id)}`}>{t.office.close}</a>
                    </li>
                  ))}
              </ul>
            </section>
          )}
        </div>
        <div>
          <section class="card" aria-labelledby="acts">
          <h2 id="acts">{t.office.actions}</h2>
          <ul class="lines">
            {links
              .filter(([, , shown]) => shown)
              .map(([to, name]) => (
                <li key={to}>
                  <a href={`${path}/${to}`}>{name}</a>
                </li>
              ))}
            <li>
              <a href="/office/orders/new">{t.office.order}</a>
            </li>
          </ul>
          </section>
          <section class="card" aria-labelledby="urge">
            <h2 id="urge">{t.office.urge}</h2>
            <Duties of={units} urgeAt={`${path}/task`} />
          </section>
        </div>
      </div>
    </Layout>
  );
}

/** With `urgeAt`, a task may be set about what is late. */
function Duties({ of, urgeAt }: { of: readonly ShownObligation[]; urgeAt?: string }) {
  const page = usePage();
  if (of.length === 0) return <p>{page.t.common.none}</p>;
  return (
    <ul class="lines">
      {of.map((o) => (
        <li key={o.id} class="spread">
          <span>
            {page.tell(o.ownerName)}
            {' · '}
            <a href={dutyHref(o)}>
              <Title of={o} />
            </a>{' '}
            <Clause of={o.clause} />
          </span>
          <span>
            <State of={o} /> · <Limit of={o} />
            {urgeAt !== undefined && (o.status === 'overdue' || o.missedTarget) && (
              <>
                {' '}
                <a class="button" href={`${urgeAt}?about=${encodeURIComponent(o.id)}`} aria-label={`${page.t.office.urgeIt} ${page.tell(o.ownerName)}`}>
                  {page.t.office.urgeIt}
                </a>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
