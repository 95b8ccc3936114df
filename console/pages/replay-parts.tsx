/** What stood at a step: what it was and who did it, what it changed, the state, what it rested on. */
import type { Signatory } from '../../domain/act.js';
import type { ReplayStep } from '../../usecases/replay.js';
import type { Change } from '../../usecases/replay-changes.js';
import type { Asked } from '../../usecases/replay-expected.js';
import { Chip } from '../parts/level.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { Grading } from './grading.js';
import { levelWords, refWords, rowWords } from './replay-words.js';
import { nameOf } from './timeline.js';

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
  const { what, detail, act } = rowWords(page, loaded.plan, row);
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
      <h3>{t.replay.changes}</h3>
      {step.changes.length === 0 ? (
        <p class="muted">{t.replay.noChange}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t.approval.item}</th>
              <th scope="col">{t.replay.was}</th>
              <th scope="col">{t.replay.is}</th>
            </tr>
          </thead>
          <tbody>
            {step.changes.map((change, i) => (
              <ChangeRow key={i} step={step} change={change} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function ChangeRow({ step, change }: { step: ReplayStep; change: Change }) {
  const page = usePage();
  const [was, is] = sides(step, change);
  return (
    <tr>
      <th scope="row">{change.what === 'filed' ? nameOf(page, step.loaded.plan, change.ownerId) : page.t.replay.change[change.what]}</th>
      <td>{was}</td>
      <td>{is}</td>
    </tr>
  );

  function sides({ loaded }: ReplayStep, of: Change) {
    const { t } = page;
    switch (of.what) {
      case 'phase':
        return [of.was === null ? '—' : t.phase[of.was], t.phase[of.is]];
      case 'graded':
      case 'decided':
      case 'warning':
      case 'response':
      case 'floor':
        return [levelWords(page, loaded.plan, of.was), levelWords(page, loaded.plan, of.is)];
      case 'lift':
      case 'expected-end':
        return [of.wasMs === null ? '—' : <Time at={of.wasMs} />, of.isMs === null ? '—' : <Time at={of.isMs} />];
      case 'asked':
        return ['—', <AskedLine key="asked" of={of.action} />];
      case 'answered':
        return [<AskedLine key="answered" of={of.action} />, '—'];
      case 'notice':
        return ['—', `${of.id}${of.supersedes === null ? '' : ` ${t.replay.supersedes(of.supersedes)}`}`];
      case 'filed':
        return [
          of.version === 1 ? t.replay.notFiled : t.report.version(of.version - 1),
          <span key="filed">
            {of.version === 1 ? t.replay.filed : t.report.version(of.version)} · {t.report.countsAt} <Time at={of.countsAtMs} /> · {of.isLate ? t.report.late : t.report.inTime}
          </span>,
        ];
      case 'owed': {
        const limitMs = of.dueAtMs ?? of.targetAtMs;
        return [
          '—',
          <span key="owed">
            <Say text={of.title} />
            {refWords(of.ref)} {t.replay.count(of.count)}
            {limitMs !== null && (
              <>
                {' · '}
                <Time at={limitMs} limit />
              </>
            )}
          </span>,
        ];
      }
    }
  }
}

function AskedLine({ of }: { of: Asked }) {
  const { t } = usePage();
  return (
    <>
      {t.role[of.role]}
      {t.common.colon}
      {t.desk.what[of.what]} <Clause of={of.clause} />
    </>
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
