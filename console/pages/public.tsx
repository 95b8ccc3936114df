/** What everybody may know, without login and without script; it needs the database alone, and never shows a drill. */
import type { Router } from 'express';
import { rankOf, type Plan } from '../../domain/plan.js';
import type { Deps } from '../../usecases/deps.js';
import { type PublicFace, publicFace, type PublicWarning } from '../../usecases/public.js';
import { airChart, sizeOf } from '../charts/air.js';
import { Band, Chip } from '../parts/level.js';
import { Layout } from '../parts/layout.js';
import { LiftedParts } from '../parts/lifted-parts.js';
import { Phrase, Say, Time, usePage } from '../parts/say.js';
import { Strip, StripTable } from '../parts/strip.js';
import type { Sessions } from '../sessions.js';
import { langOf } from '../texts/index.js';
import { pageOf, send } from '../web/page.js';

const CACHED = 'public, max-age=60, stale-if-error=86400';

export function publicPages(router: Router, deps: Deps, sessions: Sessions): void {
  const areaOfQuery = (value: unknown) => (typeof value === 'string' ? value : null);
  router.get('/public', async (request, response) => {
    // The same for everybody: nobody's name is on a page that caches keep.
    const page = { ...(await pageOf(deps, sessions, request, response)), account: null, areas: [], area: null };
    const face = await publicFace(deps, areaOfQuery(request.query['area']));
    response.setHeader('Cache-Control', CACHED);
    send({ ...page, nowMs: face.nowMs }, 200, <PublicPage face={face} />);
  });
  router.get('/public/air.svg', async (request, response) => {
    const { strip, area } = await publicFace(deps, areaOfQuery(request.query['area']));
    response.setHeader('Cache-Control', CACHED);
    response.type('image/svg+xml').send(airChart(strip, area.plan, { lang: langOf(request.query['lang']) ?? 'zh', size: sizeOf(request.query['size']) }));
  });
}

function PublicPage({ face }: { face: PublicFace }) {
  const { t, tell, lang } = usePage();
  const { area, inForce, announced, past, strip, nowMs } = face;
  const shown = inForce ?? announced;
  const nameOf = (w: PublicWarning) => {
    const level = area.plan.levels.find((l) => l.id === w.span.level);
    return level ? tell(level.name) : w.span.level;
  };
  return (
    <Layout title={t.public.title} planDigest={area.digest} drill={false} city={tell(area.plan.city)}>
      <Band level={shown?.span.level ?? null}>
        <h1>{inForce ? t.public.inForce(nameOf(inForce)) : announced ? t.public.announced(nameOf(announced)) : t.public.none}</h1>
        <LiftedParts of={shown?.liftedParts} />
        {shown && <Facts plan={area.plan} warning={shown} />}
      </Band>
      {shown && <Advice plan={area.plan} level={shown.span.level} />}
      <div class="columns two">
        <section class="card" aria-labelledby="air">
          <h2 id="air">{t.public.air}</h2>
          <Strip strip={strip} src={`/public/air.svg?area=${encodeURIComponent(area.areaId)}&lang=${lang}`} />
          <StripTable strip={strip} />
        </section>
        <section class="card" aria-labelledby="past">
          <h2 id="past">{t.public.past}</h2>
          {past.length === 0 ? (
            <p>{t.public.noPast}</p>
          ) : (
            <ul class="lines">
              {past.map((w) => (
                <li key={w.number}>
                  <Chip plan={area.plan} level={peakOf(area.plan, w)} /> · <Time at={w.levels[0]?.fromMs ?? w.issuedAtMs} /> {t.common.to} {w.liftAtMs !== null && <Time at={w.liftAtMs} />}
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
      <p class="meta">
        {t.public.source(tell(area.plan.city))} · {t.public.updated} <Time at={nowMs} />
      </p>
    </Layout>
  );
}

function peakOf(plan: Plan, { levels, span }: PublicWarning): string {
  return levels.reduce((highest, s) => (rankOf(plan, s.level) > rankOf(plan, highest) ? s.level : highest), span.level);
}

function Facts({ plan, warning: { span, expectedEndMs, primaryPollutants, liftAtMs } }: { plan: Plan; warning: PublicWarning }) {
  const { t, nowMs } = usePage();
  const response = plan.levels.find((l) => l.id === span.responseLevel)?.response;
  const until = liftAtMs ?? expectedEndMs;
  return (
    <dl class="facts">
      <dt>{t.public.since}</dt>
      <dd>
        <Time at={span.fromMs} />
      </dd>
      <dt>{t.public.until}</dt>
      <dd>
        {until === null ? (
          t.public.untilOpen
        ) : (
          <Phrase of={liftAtMs === null && until <= nowMs ? t.public.untilPast : (at = '') => at}>
            <Time at={until} />
          </Phrase>
        )}
      </dd>
      {response && (
        <>
          <dt>{t.public.response}</dt>
          <dd>
            <Say text={response.name} />
          </dd>
        </>
      )}
      {primaryPollutants.length > 0 && (
        <>
          <dt>{t.public.pollutant}</dt>
          <dd>{primaryPollutants.join(t.common.comma)}</dd>
        </>
      )}
    </dl>
  );
}

function Advice({ plan, level }: { plan: Plan; level: string }) {
  const { t } = usePage();
  return (
    <section aria-labelledby="advice">
      <h2 id="advice">{t.public.advice}</h2>
      <ul class="advice">
        {plan.advice
          .filter((a) => a.level === level)
          .map((a) => (
            <li key={a.audience}>
              <h3>{t.public.audience[a.audience]}</h3>
              <p>
                <Say text={a.text} />
              </p>
            </li>
          ))}
      </ul>
    </section>
  );
}
