/** `backtest FILE --compare PLAN`: the same season under two plans, or two AQI tables, side by side. */
import { compare } from '../../domain/backtest/compare.js';
import { kindName, levelName, type Plans, sayDifference } from '../../domain/backtest/compare-words.js';
import { type Course, type CourseEpisode, courseOf } from '../../domain/backtest/course.js';
import { backtest } from '../../domain/backtest/drive.js';
import { observationTimes } from '../../domain/backtest/past.js';
import type { AqiTable } from '../../domain/air/tables.js';
import type { ObligationKind } from '../../domain/plan.js';
import { type Day, toBeijingIso } from '../../domain/time.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { loadPlan } from '../../plans/load.js';
import { readPast } from '../data/past.js';
import { EXIT, Failure } from '../failure.js';
import { columns, type Progress } from '../output.js';
import { type PastOptions, type Played, playedOf } from './backtest.js';

export interface CompareOptions {
  /** A plan's name or the path of its file; null: the same plan. */
  readonly plan: string | null;
  /** An AQI table's id; null: by the plan's, each from its date on. */
  readonly table: string | null;
}

interface Sided {
  readonly plan: string;
  readonly tables: readonly string[];
  readonly course: Course;
}

export interface ComparisonReport {
  readonly file: string;
  readonly city: string | null;
  readonly from: Day;
  readonly to: Day;
  readonly first: Sided;
  readonly second: Sided;
  readonly pairs: readonly { readonly first: readonly string[]; readonly second: readonly string[]; readonly differences: readonly string[] }[];
  readonly differences: readonly string[];
  /** Level and obligation kinds as the plans call them. */
  readonly names: { readonly levels: Readonly<Record<string, string>>; readonly kinds: Readonly<Partial<Record<ObligationKind, string>>> };
}

export async function runComparison(file: string, options: PastOptions, { plan, table }: CompareOptions, progress: Progress): Promise<ComparisonReport> {
  const plans: Plans = { first: loadPlan(options.plan), second: loadPlan(plan ?? options.plan) };
  const read = await readPast(file, options.city);
  const first = playedOf(file, read, options, plans.first, loadAqiTables(plans.first.settings.aqiTables));
  const second = playedOf(file, read, options, plans.second, tablesFor(plans.second.settings.aqiTables, table));
  const endMs = observationTimes(first.past).at(-1) ?? 0;
  const courses = {
    first: courseOf(first.plan, backtest(first, (share) => progress(share / 2)), endMs),
    second: courseOf(second.plan, backtest(second, (share) => progress((1 + share) / 2)), endMs),
  };
  const { pairs, differences } = compare(courses.first, courses.second, endMs);
  const words = (of: (typeof differences)[number]) => sayDifference(of, plans).en;
  const numbers = (episodes: readonly CourseEpisode[]) => episodes.map((e) => e.number);
  return {
    file,
    city: first.city,
    from: first.span.first,
    to: first.span.last,
    first: sided(first, courses.first),
    second: sided(second, courses.second),
    pairs: pairs.map((p) => ({ first: numbers(p.first), second: numbers(p.second), differences: p.differences.map(words) })),
    differences: differences.map(words),
    names: namesOf(plans, courses),
  };
}

function tablesFor(id: string, only: string | null): readonly AqiTable[] {
  const tables = loadAqiTables(id);
  if (only === null) return tables;
  const found = tables.filter((t) => t.id === only);
  if (found.length === 0) throw new Failure(EXIT.badInput, `there is no AQI table "${only}"`, `Choose one of ${tables.map((t) => t.id).join(', ')}`);
  return found;
}

function sided({ plan, tables }: Played, course: Course): Sided {
  return { plan: plan.id, tables: tables.map((t) => t.id), course };
}

function namesOf(plans: Plans, courses: Readonly<Record<'first' | 'second', Course>>): ComparisonReport['names'] {
  const of = (pick: (course: Course) => object) => [...new Set([...Object.keys(pick(courses.first)), ...Object.keys(pick(courses.second))])];
  const kinds = of((c) => c.totals.owed) as ObligationKind[];
  return {
    levels: Object.fromEntries(of((c) => c.totals.hoursAtLevel).map((level) => [level, levelName(plans, level).en])),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, kindName(plans, kind).en])),
  };
}

/** The report for a terminal. */
export function compareText(report: ComparisonReport): string {
  const { file, city, from, to, first, second, pairs, differences, names } = report;
  const head = (side: Sided) => `${side.plan} (${side.tables.join(', ')})`;
  const rows = pairs.map((pair) => [cell(first.course, pair.first), cell(second.course, pair.second), pair.differences.join('; ') || 'the same']);
  const totals = (side: Sided) => side.course.totals;
  const counted = (label: string, of: (t: Course['totals']) => number | undefined) => [label, String(of(totals(first)) ?? 0), String(of(totals(second)) ?? 0)];
  const roles = [...new Set([...Object.keys(totals(first).asked), ...Object.keys(totals(second).asked)])] as (keyof Course['totals']['asked'])[];
  return [
    `${file}${city === null ? '' : ` (${city})`}, ${from} to ${to}; people who act at once; Beijing time`,
    '',
    rows.length === 0 ? 'no warning under either' : columns([[head(first), head(second), 'the second differs by'], ...rows]),
    '',
    columns([
      ['', first.plan, second.plan],
      counted('warnings', (t) => t.warnings),
      counted('opened, never published', (t) => t.unpublished),
      counted('warning days', (t) => days(t.warningHours)),
      ...Object.entries(names.levels).map(([level, name]) => counted(`  days of ${name}`, (t) => days(t.hoursAtLevel[level]))),
      ...roles.map((role) => counted(`${role} asked`, (t) => t.asked[role])),
      ...(Object.entries(names.kinds) as [ObligationKind, string][]).map(([kind, name]) => counted(`owed: ${name}`, (t) => t.owed[kind])),
    ]),
    '',
    `in words: ${differences.join('; ') || 'no difference'}`,
  ].join('\n');
}

/** To a hundredth. */
function days(hours = 0): number {
  return Math.round((hours / 24) * 100) / 100;
}

/** `KT-2024-001 orange 12-13 00:00, red 12-14 00:00, lifted 12-20 00:00`. */
function cell(course: Course, numbers: readonly string[]): string {
  const time = (ms: number) => toBeijingIso(ms).slice(5, 16).replace('T', ' ');
  const told = course.episodes.filter((e) => numbers.includes(e.number)).map((e) => `${e.number} ${e.spans.map((s) => `${s.level} ${time(s.fromMs)}`).join(', ')}, ${e.liftedAtMs === null ? 'not lifted' : `lifted ${time(e.liftedAtMs)}`}`);
  return told.join(' / ') || '-';
}
