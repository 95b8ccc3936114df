/** What stood at a step: what it was and who did it, what it changed, the state, what it rested on. */
import type { Signatory } from '../../domain/act.js';
import type { ReplayStep } from '../../usecases/replay.js';
import { Chip } from '../parts/level.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { Grading } from './grading.js';
import { AskedLine, Changes } from './replay-change.js';
import { levelWords, rowWords } from './replay-words.js';

/** A person with the hat worn for it. */
function Person({ of }: { of: Signatory }) {
  const { t, unitName } = usePage();
  return (
    <>
      {of.name}（{t.role[of.role]}
      {of.unitId === null ? '' : ` · ${unitName(of.unitId)}`}）{of.delegation && t.common.delegated(of.delegation.by)}
    </>
  );
}

export function Fact({ step }: { step: ReplayStep }) {
  const page = usePage();
  const { t } = page;
  const { row, loaded } = step;
  const { what, detail, act } = rowWords(page, loaded.plan, row, step.record.rows);
  return (
    <section class="card" aria-labelledby="fact">
      <h2 id="fact">
        {t.replay.what}
        {t.common.colon}
        {what}
      </h2>
      {detail !== '' && <p class="said">{detail}</p>}
      {row.seq < step.actEnds && <p class="notice">{t.replay.sameAct(step.actEnds)}</p>}
      <dl class="facts">
        <dt>{t.common.at}</dt>
        <dd>
          <Time at={row.planAtMs} />
        </dd>
        {row.event.clause && (
          <>
            <dt>{t.episodes.why}</dt>
            <dd>
              <Clause of={row.event.clause} />
            </dd>
          </>
        )}
        <dt>{t.replay.who}</dt>
        <dd>
          {act ? <Person of={act.actor} /> : t.replay.bySystem}
          {act && act.channel !== 'online' && ` · ${t.channel[act.channel]}`}
        </dd>
        {act && act.recordedBy.accountId !== act.actor.accountId && (
          <>
            <dt>{t.replay.enteredBy}</dt>
            <dd>
              <Person of={act.recordedBy} />
            </dd>
          </>
        )}
        {act?.witness && (
          <>
            <dt>{t.replay.witness}</dt>
            <dd>
              <Person of={act.witness} />
            </dd>
          </>
        )}
        {act && act.entry !== 'direct' && (
          <>
            <dt>{t.replay.occurredAt}</dt>
            <dd>
              <Time at={act.occurredAtMs} />
            </dd>
          </>
        )}
        {act && act.evidence.length > 0 && (
          <>
            <dt>{t.replay.materials}</dt>
            <dd>
              {act.evidence.map((e) => (
                <div key={e.digest}>
                  <a href={`/api/v1/documents/${e.digest}`}>{e.title}</a>
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>{t.replay.row}</dt>
        <dd>
          {row.stream} {row.seq} · {t.replay.hash} <code>{row.hash.slice(0, 12)}</code>
        </dd>
      </dl>
      <Changes step={step} />
    </section>
  );
}

export function StateThen({ step }: { step: ReplayStep }) {
  const page = usePage();
  const { t } = page;
  const { state, inForce, loaded, row } = step;
  const { plan } = loaded;
  const announced = state.levels.filter((s) => s.fromMs > row.planAtMs);
  return (
    <section class="card" aria-labelledby="then">
      <h2 id="then">{t.replay.state}</h2>
      <dl class="facts">
        <dt>{t.replay.phase}</dt>
        <dd>
          {t.phase[step.phase]}
          {step.phase === 'closed' && state.phase === 'closed' && ` · ${t.episodes.ending[state.ending] ?? state.ending}`}
        </dd>
        <dt>{t.replay.inForce}</dt>
        <dd>
          <Chip plan={plan} level={inForce?.level ?? null} />
          {inForce && inForce.responseLevel !== inForce.level && ` · ${t.replay.change.response} ${levelWords(page, plan, inForce.responseLevel)}`}
        </dd>
        {announced.length > 0 && (
          <>
            <dt>{t.replay.announced}</dt>
            <dd>
              {announced.map((s) => (
                <div key={s.fromMs}>
                  <Chip plan={plan} level={s.level} /> <Time at={s.fromMs} />
                </div>
              ))}
            </dd>
          </>
        )}
        {state.lift && (
          <>
            <dt>{t.replay.change.lift}</dt>
            <dd>
              <Time at={state.lift.effectiveAtMs} />
            </dd>
          </>
        )}
        {state.liftedParts && (
          <>
            <dt>{t.public.liftedPart}</dt>
            <dd>
              {state.liftedParts.map(({ part, effectiveAtMs, noticeId }) => (
                <div key={noticeId}>
                  <Say text={part} /> <Time at={effectiveAtMs} />
                </div>
              ))}
            </dd>
          </>
        )}
        {state.orders.length > 0 && (
          <>
            <dt>{t.replay.orders}</dt>
            <dd>
              {state.orders.map(({ order, status }) => (
                <div key={order.id}>
                  {t.desk.issuers[order.issuer] ?? order.issuer} {t.office.orderKind[order.kind] ?? order.kind} {order.level !== null && levelWords(page, plan, order.level)} {order.documentNumber ?? ''}（{t.replay.orderStatus[status] ?? status}）
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>{t.replay.asked}</dt>
        <dd>
          {step.asked.length === 0
            ? t.replay.nobody
            : step.asked.map((action) => (
                <div key={`${action.what}${action.ref ?? ''}`} class={action.isLate ? 'overdue' : undefined}>
                  <AskedLine of={action} /> <Time at={action.sinceMs} />
                  {action.isLate && ` · ${t.replay.late}`}
                </div>
              ))}
        </dd>
      </dl>
    </section>
  );
}

export function Basis({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  const { basis, loaded } = step;
  if (!basis)
    return (
      <section class="card" aria-labelledby="basis">
        <h2 id="basis">{t.replay.basis}</h2>
        <p>{t.replay.noBasis}</p>
      </section>
    );
  const { assessment, forecast, observations } = basis;
  const { observedUntilMs, aqiTable, dustSpans } = assessment.basis;
  return (
    <section class="card" aria-labelledby="basis">
      <h2 id="basis">{t.replay.basis}</h2>
      <dl class="facts">
        <dt>{t.replay.forecast}</dt>
        <dd>
          {forecast?.event.type === 'forecast-recorded' ? (
            <>
              {t.replay.forecastText({ source: forecast.event.source, id: forecast.event.forecastId })} · {t.replay.issued} <Time at={forecast.event.issuedAtMs} /> · {t.replay.recorded} <Time at={forecast.planAtMs} /> ·{' '}
              <Person of={forecast.event.by} /> · <a href={`/api/v1/documents/${forecast.event.digest}`}>{t.replay.document}</a>
            </>
          ) : (
            t.replay.noForecast
          )}
        </dd>
        <dt>{t.replay.observations}</dt>
        <dd>
          {observedUntilMs === null ? (
            t.replay.noObservations
          ) : (
            <>
              {t.replay.observedUntil} <Time at={observedUntilMs} />
            </>
          )}
          {observations?.event.type === 'observations-recorded' && (
            <>
              {' '}
              · {t.replay.recorded} <Time at={observations.planAtMs} /> · <a href={`/api/v1/documents/${observations.event.digest}`}>{t.replay.document}</a>
            </>
          )}
        </dd>
        <dt>{t.replay.table}</dt>
        <dd>{aqiTable}</dd>
        {dustSpans.length > 0 && (
          <>
            <dt>{t.replay.dust}</dt>
            <dd>
              {dustSpans.map((span) => (
                <div key={span.fromMs}>
                  <Time at={span.fromMs} /> – <Time at={span.toMs} />
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      <h3>{t.replay.evaluation}</h3>
      <Grading plan={loaded.plan} assessment={assessment} />
    </section>
  );
}
