/** The office's reports draft themselves from what the units filed, and name who is missing (5.1(2), 5.1(3)). */
import type { Plan } from '../../domain/plan.js';
import { addDays, endOfDayMs } from '../../domain/time.js';
import { counted } from '../../usecases/evaluation.js';
import { type ShownObligation, submissions } from '../../usecases/obligations.js';
import type { ReportContent } from '../../usecases/report-form.js';
import { levelName } from '../parts/plan-words.js';
import { callerOf, type Page } from '../web/page.js';
import { dayText, hourText, spanText } from '../web/time.js';
import { contentOf, type Duty } from './report-data.js';

/** Empty for what no unit's report has a part in. */
export async function drafted(page: Page, duty: Duty): Promise<string> {
  const { obligation, owed } = duty;
  const daily = (day: string) => owed.filter((o) => o.kind === 'daily-report' && o.ref === day);
  switch (obligation.kind) {
    case 'office-daily-report':
      return lines([levelLine(page, duty, obligation.ref), ...(await reported(page, duty, daily(obligation.ref)))]);
    case 'bulletin': {
      // Today's reports are due tomorrow: what there is to tell is yesterday's, on the first day the start-up.
      const before = daily(addDays(obligation.ref, -1));
      return lines([levelLine(page, duty, obligation.ref), whoFiled(page, duty.plan, before.length > 0 ? before : owed.filter((o) => o.kind === 'startup-report'))]);
    }
    case 'office-final-report':
      return lines([courseLine(page, duty), ...whole(page, duty), ...(await reported(page, duty, owed.filter((o) => o.kind === 'summary-report')))]);
    default:
      return '';
  }
}

function lines(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** What held on a day. */
function levelLine(page: Page, { plan, state }: Duty, day: string): string {
  const { t, lang, nowMs } = page;
  const atMs = Math.min(endOfDayMs(day) - 1, nowMs);
  const span = state.levels.filter((s) => s.fromMs <= atMs).at(-1);
  if (!span) return '';
  return t.office.draftLevel({ day: dayText(day, nowMs, lang), level: levelName(page, plan, span.level), since: hourText(span.fromMs, lang), pollutants: state.primaryPollutants.join(t.common.comma) });
}

function courseLine(page: Page, { plan, state }: Duty): string {
  const { t, lang } = page;
  const [first] = state.levels;
  if (!first || !state.lift) return '';
  const { effectiveAtMs } = state.lift;
  const levels = state.levels.map((s) => `${hourText(s.fromMs, lang)} ${levelName(page, plan, s.level)}`).join(t.common.comma);
  return t.office.draftCourse({ levels, end: hourText(effectiveAtMs, lang), span: spanText(effectiveAtMs - first.fromMs, lang) });
}

/** The whole episode's daily reports, in numbers. */
function whole({ t }: Page, { owed }: Duty): string[] {
  const { owed: all, onTime, late, missing } = counted(owed.filter((o) => o.kind === 'daily-report'));
  return all === 0 ? [] : [t.office.draftDaily({ owed: all, onTime, late, missing })];
}

/** In the plan's own order of units. */
function rank({ units }: Plan, { ownerId }: ShownObligation): number {
  return units.findIndex((u) => u.id === ownerId);
}

function whoFiled(page: Page, plan: Plan, of: readonly ShownObligation[]): string {
  const [first] = of;
  if (!first) return '';
  const missing = of.filter((o) => o.submittedAtMs === null).sort((a, b) => rank(plan, a) - rank(plan, b)).map((o) => page.tell(o.ownerName));
  return `${page.tell(first.title)}${page.t.common.colon}${page.t.office.draft({ filed: of.length - missing.length, owed: of.length, missing: missing.join(page.t.common.comma) })}`;
}

/** Who filed, then each unit's own words and numbers. */
async function reported(page: Page, { plan, state }: Duty, of: readonly ShownObligation[]): Promise<string[]> {
  const { submissions: all } = await submissions(page.deps, callerOf(page), state.id, null);
  const told: string[] = [];
  for (const o of [...of].sort((a, b) => rank(plan, a) - rank(plan, b))) {
    const newest = all.filter((s) => s.obligationId === o.id).at(-1);
    const content = newest && (await contentOf(page, newest.documentDigest));
    const unit = plan.units.find((u) => u.id === o.ownerId);
    if (!content || !unit) continue;
    const numbers = [...unit.form, ...(unit.impact?.fields ?? [])].flatMap((f) => {
      const value = content.values[f.id] ?? content.impact?.[f.id];
      return value === undefined || f.id === 'note' ? [] : [`${page.tell(f.label)} ${value}${f.unit ? page.tell(f.unit) : ''}`];
    });
    const said = [...numbers, ...shortfalls(page, plan.measures, content), ...(content.note === undefined ? [] : [content.note])];
    told.push(`${page.tell(unit.shortName)}${page.t.common.colon}${said.length === 0 ? page.t.report.allDone : said.join(page.t.common.semicolon)}`);
  }
  return [whoFiled(page, plan, of), ...told];
}

/** Measures not, or only partly, carried out, with the reason given. */
function shortfalls({ t, tell }: Page, known: Duty['plan']['measures'], { measures }: ReportContent): string[] {
  return measures
    .filter((m) => m.done !== 'done')
    .map((m) => `${tell(known.find((k) => k.id === m.measureId)?.text ?? { zh: m.measureId, en: m.measureId })}（${t.report.done[m.done] ?? m.done}${m.note === undefined ? '' : `${t.common.colon}${m.note}`}）`);
}
