import { backtest, type BacktestInput } from '../../domain/backtest/drive.js';
import type { Forecasting } from '../../domain/backtest/forecasts.js';
import { between, daysOfPast, type DustRule, judged, observationTimes, type Past } from '../../domain/backtest/past.js';
import type { EpisodeRecord } from '../../domain/backtest/play.js';
import { forStations } from '../../domain/backtest/recorded.js';
import { reportOf, type SeasonReport } from '../../domain/backtest/report.js';
import type { Plan } from '../../domain/plan.js';
import type { AqiTable } from '../../domain/air/tables.js';
import type { Day } from '../../domain/time.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { loadPlan } from '../../plans/load.js';
import { type PastFile, readPast } from '../data/past.js';
import { EXIT, Failure } from '../failure.js';
import { columns, type Progress, shortTime } from '../output.js';

export interface PastOptions {
  readonly city: string | null;
  /** A plan's name or the path of its file. */
  readonly plan: string;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly forecasting: Forecasting;
  /** Null: as the plan says (R37). */
  readonly aqi: 'reported' | 'computed' | null;
  readonly dust: DustRule;
}

export interface BacktestReport extends SeasonReport {
  readonly plan: string;
  readonly file: string;
  readonly city: string | null;
  /** Hours or days of the data that were played. */
  readonly rows: number;
  readonly from: Day;
  readonly to: Day;
  readonly skill: Forecasting['skill'];
  readonly seed: number;
  /** Days graded as sand-dust (R17). */
  readonly dustDays: readonly Day[];
}

/** What is played, read and prepared: the same for the back-test and for a season. */
export interface Played extends BacktestInput {
  readonly file: string;
  readonly city: string | null;
  readonly rows: number;
  readonly span: { readonly first: Day; readonly last: Day };
  readonly dustDays: readonly Day[];
}

export async function readPlayed(file: string, options: PastOptions): Promise<Played> {
  const plan = loadPlan(options.plan);
  return playedOf(file, await readPast(file, options.city), options, plan, loadAqiTables(plan.settings.aqiTables));
}

/** What was read, prepared for a plan and its AQI tables. */
export function playedOf(file: string, read: PastFile, options: PastOptions, plan: Plan, tables: readonly AqiTable[]): Played {
  const past = prepared(between(read.past, options.from, options.to), tables, options, plan);
  const span = daysOfPast(past);
  if (!span) throw new Failure(EXIT.badInput, `${file} has no data from ${options.from ?? 'its start'} to ${options.to ?? 'its end'}`, 'Give other days with --from and --to');
  return {
    file,
    city: read.city,
    plan: past.kind === 'hourly' ? forStations(plan, Object.keys(past.stations)) : plan,
    tables,
    past,
    forecasting: options.forecasting,
    rows: observationTimes(past).length,
    span,
    dustDays: past.kind === 'daily' ? past.days.filter((d) => d.dust === true).map((d) => d.date) : [],
  };
}

function prepared(past: Past, tables: readonly AqiTable[], { aqi, dust }: PastOptions, { settings }: Plan): Past {
  return past.kind === 'daily' ? { kind: 'daily', days: judged(past.days, tables, aqi ?? settings.dailyFileAqi, dust) } : past;
}

/** `backtest FILE`: the episodes that the plan would have had over past data. */
export async function runBacktest(file: string, options: PastOptions, progress?: Progress): Promise<BacktestReport> {
  const played = await readPlayed(file, options);
  return reportPlayed(played, backtest(played, progress));
}

export function reportPlayed(played: Played, records: readonly EpisodeRecord[]): BacktestReport {
  const { plan, file, city, rows, span, forecasting, dustDays } = played;
  const endMs = observationTimes(played.past).at(-1) ?? 0;
  return { plan: plan.id, file, city, rows, from: span.first, to: span.last, ...forecasting, ...reportOf(plan, records, endMs), dustDays };
}

/** The report for a terminal. */
export function backtestText(report: BacktestReport): string {
  const { episodes, withdrawn, daysAtLevel, merges, dustDays } = report;
  const table = episodes.map((e) => [
    e.id,
    shortTime(e.publishedAt),
    shortTime(e.effectiveAt),
    shortTime(e.liftedAt),
    e.peakLevel,
    e.levels.map((l) => `${l.level} ${shortTime(l.from).slice(5)}`).join(', '),
    e.reasons[0]?.clause ?? '',
  ]);
  const days = Object.entries(daysAtLevel).map(([level, count]) => `${level} ${count}`);
  return [
    `${report.plan} over ${report.file}${report.city === null ? '' : ` (${report.city})`}: ${report.rows} rows, ${report.from} to ${report.to}; forecasts ${report.skill}${report.skill === 'noisy' ? `, seed ${report.seed}` : ''}; Beijing time`,
    '',
    episodes.length === 0 ? 'no episode' : columns([['episode', 'published', 'in force', 'lifted', 'peak', 'levels', 'clause'], ...table]),
    '',
    `days at level: ${days.join(', ')}`,
    `withdrawn before a warning: ${counted(withdrawn.map((w) => w.id))}`,
    `processes of several runs counted as one (3.3.6): ${counted(merges.map((m) => `${m.id}: ${m.parts.length} runs`))}`,
    `sand-dust days (1.4, graded without PM10): ${counted(dustDays)}`,
  ].join('\n');
}

const NAMED = 6;

function counted(names: readonly string[]): string {
  if (names.length === 0) return '0';
  return `${names.length} (${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''})`;
}
