/** What the rules say of the air: each predicate with its windows, or what is wanting. */
import type { Assessment, PredicateResult } from '../../domain/air/assessment.js';
import type { Plan } from '../../domain/plan.js';
import { Chip } from '../parts/level.js';
import { Clause, Hour, Phrase, usePage } from '../parts/say.js';
import { textOf } from './approval-parts.js';

const READINGS = ['low', 'middle', 'high'] as const;

export function Grading({ plan, assessment }: { plan: Plan; assessment: Assessment }) {
  const { t } = usePage();
  const shown = assessment.grades[plan.settings.promptOn];
  return (
    <>
      <p class="row">
        {READINGS.map((reading) => (
          <span key={reading}>
            {t.forecasts.readings[reading]} <Chip plan={plan} level={assessment.grades[reading].level} />
          </span>
        ))}
      </p>
      {shown.basicCondition !== 'not-needed' && <p class="meta">{t.forecasts.basic[shown.basicCondition]}</p>}
      {assessment.observed?.missing && (
        <p class="notice">
          <Phrase of={(since = '') => t.forecasts.hoursMissing(since, plan.settings.validHours)}>
            <Hour at={assessment.observed.missing.sinceMs} />
          </Phrase>
        </p>
      )}
      <ul class="lines">
        {shown.predicates.map((p) => (
          <Predicate key={p.predicateId} plan={plan} predicate={p} />
        ))}
      </ul>
    </>
  );
}

function Predicate({ plan, predicate }: { plan: Plan; predicate: PredicateResult }) {
  const page = usePage();
  const { t } = page;
  const { holds, windows, nearestMiss } = predicate;
  const told = (w: { fromMs: number; toMs: number; hours: number; peakAqi: number }) => (
    <Phrase of={(from = '', to = '') => t.forecasts.window({ from, to, hours: w.hours, peak: w.peakAqi })}>
      <Hour at={w.fromMs} />
      <Hour at={w.toMs} />
    </Phrase>
  );
  return (
    <li>
      <strong class={holds ? 'ok' : 'no'}>
        <span aria-hidden="true">{holds ? '✓' : '✗'}</span> {holds ? t.forecasts.holds : t.forecasts.fails}
      </strong>{' '}
      <Chip plan={plan} level={predicate.level} /> {textOf(page, plan, predicate)} <Clause of={predicate.clause} />
      {windows.map((w) => (
        <div class="meta" key={w.fromMs}>
          {told(w)}
        </div>
      ))}
      {nearestMiss && (
        <div class="meta">
          {t.forecasts.miss(nearestMiss.missingHours)}
          {t.common.colon}
          {told(nearestMiss.window)}
        </div>
      )}
    </li>
  );
}
