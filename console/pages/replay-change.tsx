/** What a step changed, before and after side by side. */
import type { ReplayStep } from '../../usecases/replay.js';
import type { Change } from '../../usecases/replay-changes.js';
import type { Asked } from '../../usecases/replay-expected.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { levelWords, refWords } from './replay-words.js';
import { nameOf } from './timeline-words.js';

export function Changes({ step }: { step: ReplayStep }) {
  const { t } = usePage();
  return (
    <>
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
    </>
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

/** Whose turn it is, and for what. */
export function AskedLine({ of }: { of: Asked }) {
  const { t } = usePage();
  return (
    <>
      {t.role[of.role]}
      {t.common.colon}
      {t.desk.what[of.what]} <Clause of={of.clause} />
    </>
  );
}
