/** What my unit owes and does: nothing else. */
import type { Router } from 'express';
import { randomUUID } from 'node:crypto';
import type { LevelSpan } from '../../domain/episode/state.js';
import { rankOf, type Unit } from '../../domain/plan.js';
import type { Deps } from '../../usecases/deps.js';
import { episode, measures } from '../../usecases/episodes.js';
import { obligations, type ShownObligation } from '../../usecases/obligations.js';
import { areaOf } from '../../usecases/plans.js';
import { situation } from '../../usecases/situation.js';
import { Standing, Status } from '../parts/level.js';
import { Limit, State, Title } from '../parts/owed.js';
import { Layout } from '../parts/layout.js';
import { Live } from '../parts/live.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { plainPage } from '../web/form.js';
import { areaIdOf, callerOf, type Page } from '../web/page.js';

type InForce = Awaited<ReturnType<typeof measures>>['measures'][number];

export function unitPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/unit', async (page) => {
    const { t } = page;
    const caller = callerOf(page);
    const areaId = areaIdOf(page);
    const { plan } = await areaOf(deps, areaId);
    const mine = unitsOf(page, plan.units);
    const unit = mine.find((u) => u.id === page.request.query['unit']) ?? mine[0];
    if (!unit)
      return (
        <Layout title={t.unit.title}>
          <h1>{t.unit.title}</h1>
          <p>{t.unit.onlyUnits}</p>
        </Layout>
      );
    const now = await situation(deps, caller, areaId);
    const owed: ShownObligation[] = [];
    const inForce: InForce[] = [];
    let levels: readonly LevelSpan[] = [];
    for (const { episodeId } of now.episodes) {
      owed.push(...(await obligations(deps, caller, episodeId)).obligations.filter((o) => o.ownerId === unit.id));
      inForce.push(...(await measures(deps, caller, episodeId, unit.id)).measures);
      const { state } = await episode(deps, caller, episodeId);
      if (state.phase === 'responding') levels = state.levels;
    }
    inForce.sort((a, b) => rankOf(plan, b.measure.level) - rankOf(plan, a.measure.level));
    const open = owed.filter((o) => o.submittedAtMs === null && o.opensAtMs <= page.nowMs);
    const acks = open.filter((o) => o.kind === 'acknowledgement');
    const rest = open.filter((o) => o.kind !== 'acknowledgement');
    const filed = owed.filter((o) => o.submittedAtMs !== null).sort((a, b) => (b.submittedAtMs ?? 0) - (a.submittedAtMs ?? 0));
    return (
      <Layout title={t.unit.title} live>
        {mine.length > 1 && (
          <ul class="tabs" aria-label={t.unit.choose}>
            {mine.map((u) => (
              <li key={u.id}>
                <a href={`/unit?unit=${encodeURIComponent(u.id)}`} aria-current={u.id === unit.id ? 'page' : undefined}>
                  <Say text={u.shortName} />
                </a>
              </li>
            ))}
          </ul>
        )}
        <Live>
          <div class="spread">
            <h1>
              <Say text={unit.name} />
            </h1>
            <Standing plan={plan} levels={levels} />
          </div>
          {acks.length > 0 && <Acknowledge of={acks} />}
          <div class="columns even">
            <Owed of={rest} />
            <Filed of={filed} />
          </div>
          <Measures of={inForce} />
        </Live>
      </Layout>
    );
  });
}

function unitsOf({ account, wears }: Page, units: readonly Unit[]): Unit[] {
  const worn = account?.hats.find((hat) => hat.id === wears && hat.role === 'unit');
  const ids = worn ? [worn.unitId] : (account?.hats.map((hat) => hat.unitId) ?? []);
  return units.filter((u) => ids.includes(u.id));
}

function pathOf(o: ShownObligation): string {
  return `/reports/${encodeURIComponent(o.episodeId)}/${encodeURIComponent(o.id)}`;
}

function Acknowledge({ of }: { of: readonly ShownObligation[] }) {
  const { t } = usePage();
  return (
    <section class="card todo" aria-labelledby="acks">
      <h2 id="acks">{t.unit.toAcknowledge}</h2>
      <ul class="lines">
        {of.map((o) => (
          <li key={o.id} class="spread">
            <span>
              <Title of={o} /> · <State of={o} /> · <Limit of={o} />{' '}
              <Clause of={o.clause} />
            </span>
            <form method="post" action={pathOf(o)}>
              <input type="hidden" name="_key" value={randomUUID()} />
              <input type="hidden" name="back" value="unit" />
              <button class="primary">{t.unit.acknowledge}</button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Owed({ of }: { of: readonly ShownObligation[] }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="owed">
      <h2 id="owed">{t.unit.owed}</h2>
      {of.length === 0 ? (
        <p>{t.unit.none}</p>
      ) : (
        <ul class="lines">
          {of.map((o) => (
            <li key={o.id}>
              <div class="spread">
                <strong>
                  <Title of={o} />
                </strong>
                <State of={o} />
              </div>
              <p class="meta">
                {o.targetAtMs !== null && (
                  <>
                    {t.common.target} <Time at={o.targetAtMs} relative="left" />{' '}
                  </>
                )}
                {o.dueAtMs !== null && (
                  <>
                    {' · '}
                    {t.common.due} <Time at={o.dueAtMs} relative="left" />{' '}
                  </>
                )}
                <Clause of={o.clause} />
              </p>
              <a class="button primary" href={pathOf(o)}>
                {o.kind === 'task' ? t.unit.feedback : t.unit.fill}
                <span class="visually-hidden">
                  {' '}
                  <Title of={o} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Filed({ of }: { of: readonly ShownObligation[] }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="filed">
      <h2 id="filed">{t.unit.filed}</h2>
      {of.length === 0 ? (
        <p>{t.common.none}</p>
      ) : (
        <ul class="lines">
          {of.map((o) => (
            <li key={o.id} class="spread">
              <a href={pathOf(o)}>
                <Title of={o} />
              </a>
              <span>
                <Status of={o.status} /> {o.submittedAtMs !== null && <Time at={o.submittedAtMs} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Measures({ of }: { of: readonly InForce[] }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="measures">
      <h2 id="measures">{t.unit.measures}</h2>
      {of.length === 0 ? (
        <p>{t.unit.noMeasures}</p>
      ) : (
        <ul class="lines">
          {of.map(({ measure, changes }) => (
            <li key={measure.id}>
              <Say text={measure.text} /> <span class="muted">{t.unit.kinds[measure.kind]}</span> <Clause of={measure.clause} />
              {changes.map((c) => (
                <p class="meta" key={c.id}>
                  {t.unit.change[c.kind]}
                  {t.common.colon}
                  <Say text={c.scope} />（{c.basis}）
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
