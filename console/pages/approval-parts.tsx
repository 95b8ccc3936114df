/** What an approver sees: the case, and what changed since it was shown. */
import type { Assessment, PredicateResult } from '../../domain/air/assessment.js';
import type { Conclusion, Evidence } from '../../domain/episode/state.js';
import { type Plan, rankOf } from '../../domain/plan.js';
import type { Basis } from '../../usecases/approvals.js';
import { levelName, responseName } from '../parts/plan-words.js';
import { Hour, Phrase, usePage } from '../parts/say.js';
import type { Page } from '../web/page.js';
import type { PageProblem } from '../web/problem.js';
import { instantText } from '../web/time.js';

export function headline(page: Page, plan: Plan, { action, level, fromLevel, correction, part }: Evidence): string {
  const { headline: say } = page.t.approval;
  const [to, from, response] = [levelName(page, plan, level), levelName(page, plan, fromLevel), responseName(page, plan, level)];
  switch (action) {
    case 'publish':
      return say.publish({ to, response });
    case 'raise':
      return say.raise({ to, from, response });
    case 'lower':
      return say.lower({ to, from, response });
    case 'lift':
      return part ? say.liftPart({ from, part: page.tell(part) }) : say.lift({ from });
    case 'relay':
      return say.relay({ to });
    case 'correct':
      return correction === 'recall' ? say.recall() : say.correct();
    case 'evaluate':
      return say.evaluate();
  }
}

/** When, what, on what: the lines above the picture. */
export function Case({ plan, evidence, basis }: { plan: Plan; evidence: Evidence; basis: Basis }) {
  const page = usePage();
  const { t } = page;
  const { effectiveAtMs, expectedEndMs, primaryPollutants, clause, action } = evidence;
  const isOpenEnded = expectedEndMs === null || action === 'lift';
  const isTimed = action === 'publish' || action === 'raise' || action === 'lower' || action === 'lift';
  return (
    <>
      {isTimed && (
        <p>
          <Phrase of={(from = '', to = '') => t.approval.effective(from, isOpenEnded ? null : to, action === 'lift' ? '' : primaryPollutants.join(t.common.comma))}>
            {effectiveAtMs === null ? t.approval.immediately : <Hour at={effectiveAtMs} />}
            {!isOpenEnded && <Hour at={expectedEndMs} />}
          </Phrase>
        </p>
      )}
      <p>{t.approval.basis(t.common.clause(clause), groundsOf(page, plan, evidence, basis.assessment))}</p>
      {isTimed && basis.conclusion && <Concluded plan={plan} of={basis.conclusion} />}
      {evidence.missing.length > 0 && <p class="overdue">{t.approval.missing(evidence.missing.length)}</p>}
    </>
  );
}

/** Who dissents is named; what they say is a touch away. */
function Concluded({ plan, of: { advice, level, dissent } }: { plan: Plan; of: Conclusion }) {
  const page = usePage();
  const { t } = page;
  const conclusion = (
    <>
      {t.approval.consulted}
      {t.common.colon}
      {t.approval.advice[advice]}
      {level !== null && levelName(page, plan, level)}
    </>
  );
  if (dissent.length === 0) return <p>{conclusion}</p>;
  return (
    <details>
      <summary>
        {conclusion}
        {t.common.semicolon}
        {t.approval.dissenting(dissent.map((d) => d.by).join(t.common.comma))}
      </summary>
      {dissent.map((d, i) => (
        <p key={i} class="said">
          {t.approval.dissent(d.by, d.opinion)}
        </p>
      ))}
    </details>
  );
}

/** On what it rests: the air as it was graded, the condition of a lift, an order, or the clause alone. */
function groundsOf(page: Page, plan: Plan, { action, level, clause }: Evidence, assessment: Assessment | null): string {
  const { t } = page;
  const title = page.tell(plan.clauses[clause.replace(/\(.*$/, '')] ?? { zh: '', en: '' });
  if (action === 'relay') return t.approval.orderRests;
  if (!assessment || action === 'correct' || action === 'evaluate') return title;
  if (action === 'lift') return assessment.lift ? t.office.conditionHolds({ from: instantText(assessment.lift.fromMs, page.nowMs, page.lang), hours: assessment.lift.holdsHours, max: assessment.lift.maxAqi }) : t.office.conditionFails;
  return (level === null ? '' : predicateWords(page, plan, assessment, level)) || title;
}

/** The predicate that holds at the level, and how far the next level is. */
function predicateWords(page: Page, plan: Plan, assessment: Assessment, level: string): string {
  const { t } = page;
  const { predicates } = assessment.grades[plan.settings.promptOn];
  const holds = predicates.filter((p) => p.level === level && p.holds).sort((a, b) => longest(b) - longest(a))[0];
  const rule = holds && predicateOf(plan, holds);
  const above = plan.levels.find((l) => rankOf(plan, l.id) === rankOf(plan, level) + 1);
  const misses = predicates.filter((p) => p.level === above?.id && !p.holds);
  const near = misses.map((p) => p.nearestMiss?.missingHours ?? null).filter((h) => h !== null);
  const told = holds && rule && t.approval.holds({ above: rule.spell.aqiAbove, hours: longest(holds), within: rule.containing ?? null });
  const missed = above && misses.length > 0 ? (near.length > 0 ? t.approval.miss({ level: page.tell(above.name), hours: Math.min(...near) }) : t.approval.missFar(page.tell(above.name))) : null;
  return [told, missed].filter((part) => part).join(t.common.semicolon);
}

function longest(p: PredicateResult): number {
  return Math.max(0, ...p.windows.map((w) => w.hours));
}

function predicateOf(plan: Plan, { predicateId }: Pick<PredicateResult, 'predicateId'>) {
  return plan.levels.flatMap((l) => l.predicates).find((p) => p.id === predicateId);
}

export function textOf(page: Page, plan: Plan, result: Pick<PredicateResult, 'predicateId'>): string {
  const found = predicateOf(plan, result);
  return found ? page.tell(found.text) : result.predicateId;
}

/** The evidence that was on the page, beside what stands now. */
export function Difference({ plan, problem }: { plan: Plan; problem: PageProblem | null }) {
  const page = usePage();
  const { t } = page;
  if (!problem?.difference) return null;
  return (
    <section class="problem" aria-labelledby="difference">
      <h2 id="difference">{t.approval.changed}</h2>
      <p>{t.approval.changedText}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.approval.item}</th>
            <th scope="col">{t.approval.was}</th>
            <th scope="col">{t.approval.is}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(problem.difference).map(([name, { was, is }]) => (
            <tr key={name}>
              <th scope="row">{t.approval.fields[name] ?? name}</th>
              <td>
                <del>{valueText(page, plan, name, was)}</del>
              </td>
              <td>
                <ins>{valueText(page, plan, name, is)}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function valueText(page: Page, plan: Plan, name: string, value: unknown): string {
  if (value === null || value === undefined) return page.t.common.none;
  if (name.endsWith('Ms') && typeof value === 'number') return instantText(value, page.nowMs, page.lang);
  if (/level$/i.test(name) && typeof value === 'string') return levelName(page, plan, value);
  if (Array.isArray(value)) return value.length === 0 ? page.t.common.none : value.map(String).join(page.t.common.comma);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
