/** What an approver sees: the case, what follows, what changed. */
import type { Assessment, PredicateResult } from '../../domain/air/assessment.js';
import type { EpisodeState, Evidence, Request } from '../../domain/episode/state.js';
import { type Plan, rankOf } from '../../domain/plan.js';
import type { PageProblem } from '../web/problem.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { levelName, responseName, ruleText, TRIGGERS } from '../parts/plan-words.js';
import type { Page } from '../web/page.js';
import { hourText, instantText } from '../web/time.js';

export function headline(page: Page, plan: Plan, { action, level, fromLevel, correction }: Evidence): string {
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
      return say.lift({ from });
    case 'relay':
      return say.relay({ to });
    case 'correct':
      return correction === 'recall' ? say.recall() : say.correct();
    case 'evaluate':
      return say.evaluate();
  }
}

/** When, what, on what: the lines above the picture. */
export function Case({ plan, state, evidence }: { plan: Plan; state: EpisodeState; evidence: Evidence }) {
  const page = usePage();
  const { t, lang } = page;
  const { effectiveAtMs, expectedEndMs, primaryPollutants, clause, level, action } = evidence;
  const isTimed = action === 'publish' || action === 'raise' || action === 'lower' || action === 'lift';
  const assessment = state.assessment?.id === evidence.assessmentId ? state.assessment : null;
  const consultation = state.consultation?.id === evidence.consultationId ? state.consultation : null;
  return (
    <>
      {isTimed && (
        <p>
          {t.approval.effective(
            effectiveAtMs === null ? t.approval.immediately : hourText(effectiveAtMs, lang),
            expectedEndMs === null || action === 'lift' ? null : hourText(expectedEndMs, lang),
            action === 'lift' ? '' : primaryPollutants.join(t.common.comma),
          )}
        </p>
      )}
      <p>{t.approval.basis(t.common.clause(clause), assessment && level !== null ? predicateWords(page, plan, assessment, level) : action === 'relay' ? t.approval.orderRests : (page.tell(plan.clauses[clause.replace(/\(.*$/, '')] ?? { zh: '', en: '' })))}</p>
      {consultation && (
        <p>
          {t.approval.consulted}
          {t.common.colon}
          {t.approval.advice[consultation.conclusion.advice]}
          {consultation.conclusion.level !== null && levelName(page, plan, consultation.conclusion.level)}
          {consultation.conclusion.dissent.map((d, i) => (
            <span key={i} class="muted">
              {lang === 'zh' ? '；' : '; '}
              {t.approval.dissent(d.by, d.opinion)}
            </span>
          ))}
        </p>
      )}
      {evidence.missing.length > 0 && <p class="overdue">{t.approval.missing(evidence.missing.length)}</p>}
    </>
  );
}

/** The predicate that holds at the level, and how far the next level is. */
function predicateWords(page: Page, plan: Plan, assessment: Assessment, level: string): string {
  const { t } = page;
  const { predicates } = assessment.grades[plan.settings.promptOn];
  const holds = predicates.filter((p) => p.level === level && p.holds).sort((a, b) => longest(b) - longest(a))[0];
  const above = plan.levels.find((l) => rankOf(plan, l.id) === rankOf(plan, level) + 1);
  const misses = predicates.filter((p) => p.level === above?.id && !p.holds);
  const near = misses.map((p) => p.nearestMiss?.missingHours ?? null).filter((h) => h !== null);
  const told = holds && t.approval.holds({ text: textOf(page, plan, holds), hours: longest(holds) });
  const missed = above && misses.length > 0 ? (near.length > 0 ? t.approval.miss({ level: page.tell(above.name), hours: Math.min(...near) }) : t.approval.missFar(page.tell(above.name))) : null;
  return [told, missed].filter((part) => part).join(page.lang === 'zh' ? '；' : '; ');
}

function longest(p: PredicateResult): number {
  return Math.max(0, ...p.windows.map((w) => w.hours));
}

export function textOf(page: Page, plan: Plan, { predicateId }: Pick<PredicateResult, 'predicateId'>): string {
  const found = plan.levels.flatMap((l) => l.predicates).find((p) => p.id === predicateId);
  return found ? page.tell(found.text) : predicateId;
}

/** What happens next, if it is approved and if it is not. */
export function Consequences({ plan, state, request, nextRole }: { plan: Plan; state: EpisodeState; request: Pick<Request, 'evidence' | 'submittedBy' | 'openedAtMs'>; nextRole: string | null }) {
  const page = usePage();
  const { t } = page;
  const { action, level, fromLevel, text } = request.evidence;
  const notice = action === 'relay' || action === 'evaluate' ? null : plan.notices[action];
  const units = notice?.recipients.includes('units') ? plan.units.length : 0;
  const starting = level === null || (action !== 'publish' && action !== 'raise') ? [] : plan.measures.filter((m) => rankOf(plan, m.level) <= rankOf(plan, level) && rankOf(plan, m.level) > rankOf(plan, fromLevel));
  const others = (notice?.recipients ?? []).flatMap((r) => t.approval.others[r] ?? []);
  const owed = plan.obligations.filter((o) => o.triggers.some((trigger) => TRIGGERS[action].includes(trigger)));
  const first = owed.find((o) => o.kind === 'daily-report');
  const current = state.levels.at(-1)?.level ?? null;
  const semicolon = page.lang === 'zh' ? '；' : '; ';
  return (
    <div class="after">
      <p>
        {t.approval.after}
        {t.common.colon}
        {[
          ...(nextRole === null ? [] : [t.approval.nextStep(nextRole)]),
          ...(units > 0 ? [t.approval.afterLine({ units, measures: starting.length })] : []),
          ...others,
          ...(first?.target ? [`${page.tell(first.title)}${ruleText(t, first.target)}`] : []),
          ...(action === 'evaluate' ? [t.approval.closes] : []),
        ].join(semicolon)}
      </p>
      {action !== 'evaluate' && <p>{t.approval.until(current === null ? null : levelName(page, plan, current))}</p>}
      <details>
        <summary>{t.common.details}</summary>
        <h3>{t.approval.said}</h3>
        <p>
          {request.submittedBy.name}（{t.role[request.submittedBy.role]}）<Time at={request.openedAtMs} />
        </p>
        <p class="said">{text}</p>
        {owed.length > 0 && <h3>{t.plan.deadlines}</h3>}
        <ul>
          {owed.map((o) => (
            <li key={o.kind}>
              <Say text={o.title} />
              {t.common.colon}
              {[o.target && `${ruleText(t, o.target)}（${t.common.target}）`, o.due && `${ruleText(t, o.due)}（${t.common.due}）`].filter((part) => part).join(t.common.comma)} <Clause of={o.clause} />
            </li>
          ))}
        </ul>
        {starting.length > 0 && <h3>{t.plan.measures}</h3>}
        <ul>
          {starting.map((m) => (
            <li key={m.id}>
              <Say text={m.text} /> <Clause of={m.clause} />
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
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
