/** What lies around a step: the way there and on, what should have been there, what nobody could know. */
import type { ReplayStep } from '../../usecases/replay.js';
import type { LaterFact } from '../../usecases/replay-later.js';
import type { Owed } from '../../usecases/replay-expected.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { refWords, rowWords } from './replay-words.js';
import { nameOf } from './timeline-words.js';

const STEPS_BEFORE = 8;
const STEPS_AFTER = 12;
const GROUPS_SHOWN = 12;
const OWNERS_SHOWN = 4;

export function stepPath(episodeId: string, seq: number): string {
  return `/episodes/${encodeURIComponent(episodeId)}/replay?at=${seq}`;
}

/** Real links; the script fetches the same pages. `rel` and `data-go` say which is which. */
export function Way({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  const { row, way, episodeId } = step;
  const links: readonly (readonly [go: string, sign: string, label: string, seq: number | null])[] = [
    ['first', '|◀', t.replay.first, row.seq > 1 ? 1 : null],
    ['decision-before', '◀◀', t.replay.decisionBefore, way.decisionBefore],
    ['previous', '◀', t.replay.previous, row.seq > 1 ? row.seq - 1 : null],
    ['next', '▶', t.replay.next, row.seq < way.last ? row.seq + 1 : null],
    ['decision-after', '▶▶', t.replay.decisionAfter, way.decisionAfter],
    ['last', '▶|', t.replay.last, row.seq < way.last ? way.last : null],
  ];
  return (
    <nav class="way" aria-label={t.replay.title}>
      {links.map(([go, sign, label, seq]) =>
        seq === null ? (
          <span key={go} class="button off">
            <span aria-hidden="true">{sign}</span> {label}
          </span>
        ) : (
          <a key={go} class="button" data-go={go} href={stepPath(episodeId, seq)}>
            <span aria-hidden="true">{sign}</span> {label}
          </a>
        ),
      )}
      <form method="get" class="row">
        <label for="at">{t.replay.goTo}</label>
        <input id="at" name="at" type="number" min="1" max={way.last} value={row.seq} class="number" />
        <button>{t.replay.go}</button>
      </form>
    </nav>
  );
}

export function Steps({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  const { record, row, way } = step;
  const from = Math.max(1, row.seq - STEPS_BEFORE);
  const to = Math.min(way.last, row.seq + STEPS_AFTER);
  return (
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">{t.replay.steps}</h2>
      {from > 1 && <p class="muted">{t.replay.earlier(from - 1)}</p>}
      <ol class="steps">
        {record.rows.slice(from - 1, to).map((r) => (
          <StepLine key={r.seq} step={step} row={r} />
        ))}
      </ol>
      {to < way.last && <p class="muted">{t.replay.after(way.last - to)}</p>}
    </section>
  );
}

function StepLine({ step, row }: { step: ReplayStep; row: LedgerRow }) {
  const page = usePage();
  const { what, detail } = rowWords(page, step.loaded.plan, row, step.record.rows);
  const isLater = row.seq > step.row.seq;
  const isHere = row.seq === step.row.seq;
  const [line = ''] = detail.split('\n');
  return (
    <li class={isLater ? 'unknown' : undefined} aria-current={isHere ? 'step' : undefined}>
      <a href={stepPath(step.episodeId, row.seq)}>
        {row.seq} <Time at={row.planAtMs} /> <span class="what">{what}</span>
      </a>{' '}
      <span class="meta">{line}</span>
      {isLater && <span class="label"> {page.t.replay.unknownThen}</span>}
    </li>
  );
}

export function Expected({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  const { owed } = step;
  const shown = owed.slice(0, GROUPS_SHOWN);
  return (
    <section class="card" aria-labelledby="expected">
      <h2 id="expected">{t.replay.expected}</h2>
      <p class="hint">{t.replay.expectedHint}</p>
      {owed.length + step.asked.length === 0 ? (
        <p>{t.replay.allThere}</p>
      ) : (
        <ul class="hollow">
          {step.asked.map((action) => (
            <li key={`${action.what}${action.ref ?? ''}`} class={action.isLate ? 'missed' : undefined}>
              <span class="what">
                {t.role[action.role]}
                {t.common.colon}
                {t.desk.what[action.what]}
              </span>{' '}
              <Clause of={action.clause} />
              {action.isLate && <div class="overdue">{t.replay.late}</div>}
            </li>
          ))}
          {shown.map((group) => (
            <OwedLine key={group.groupId} step={step} group={group} />
          ))}
        </ul>
      )}
      {owed.length > shown.length && <p class="muted">{t.replay.more(owed.length - shown.length)}</p>}
    </section>
  );
}

function OwedLine({ step, group }: { step: ReplayStep; group: Owed }) {
  const page = usePage();
  const { t } = page;
  const { owners, missed, title, ref, clause, dueAtMs, targetAtMs } = group;
  const limitMs = dueAtMs ?? targetAtMs;
  const names = owners.slice(0, OWNERS_SHOWN).map((id) => nameOf(page, step.loaded.plan, id));
  const cameLater = step.record.rows.slice(step.row.seq).find(({ kind, event }) => kind === 'submission' && (event as SubmissionEvent).obligationId.startsWith(`${group.groupId}:`));
  const isOver = step.state.phase === 'closed' || step.record.states.at(-1)?.phase === 'closed';
  return (
    <li class={missed === 'due' ? 'missed' : undefined}>
      <span class="what">
        <Say text={title} />
        {refWords(ref)}
      </span>{' '}
      {limitMs !== null && <Time at={limitMs} limit />} <Clause of={clause} />
      <div class={missed === 'due' ? 'overdue' : 'meta'}>{missed === 'due' ? t.replay.missedDue : missed === 'target' ? t.replay.missedTarget : t.replay.waiting}</div>
      <div class="meta">
        {names.join(page.lang === 'zh' ? '、' : ', ')}
        {owners.length > names.length && ` ${t.replay.more(owners.length - names.length)}`}
      </div>
      {cameLater ? <div class="unknown">{t.replay.cameLater({ seq: cameLater.seq })}</div> : isOver && missed === 'due' && <div class="unknown">{t.replay.neverCame}</div>}
    </li>
  );
}

export function Later({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="later">
      <h2 id="later">{t.replay.later}</h2>
      <p class="hint">{t.replay.laterHint}</p>
      {step.later.length === 0 ? (
        <p>{t.replay.nothingLater}</p>
      ) : (
        <ul class="lines">
          {step.later.slice(0, GROUPS_SHOWN).map((fact, i) => (
            <li key={i} class="unknown">
              <LaterLine step={step} fact={fact} /> · {t.replay.about} <Time at={fact.occurredAtMs} /> · {t.replay.recorded} <Time at={fact.recordedAtMs} />
              <span class="label"> {t.replay.unknownThen}</span>
            </li>
          ))}
        </ul>
      )}
      {step.later.length > GROUPS_SHOWN && <p class="muted">{t.replay.more(step.later.length - GROUPS_SHOWN)}</p>}
    </section>
  );
}

function LaterLine({ step, fact }: { step: ReplayStep; fact: LaterFact }) {
  const page = usePage();
  const { t } = page;
  switch (fact.what) {
    case 'row': {
      const row = step.record.rows[fact.seq - 1];
      return <a href={stepPath(step.episodeId, fact.seq)}>{row ? rowWords(page, step.loaded.plan, row, step.record.rows).what : fact.type}</a>;
    }
    case 'forecast':
      return (
        <>
          {t.replay.laterWhat.forecast} {t.replay.forecastText({ source: fact.source, id: fact.forecastId })}
        </>
      );
    case 'order':
      return <>{t.replay.laterWhat.order}</>;
    case 'dust':
      return <>{t.replay.laterWhat.dust}</>;
    case 'observations':
      return (
        <>
          {t.replay.laterWhat.observations} {t.replay.entries(fact.entries)}
        </>
      );
  }
}
