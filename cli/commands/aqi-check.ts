import { checkDays, checkRows, type ReportedRow, type RowsCheck } from '../../domain/air/rows.js';
import type { DailyConcentrations, HourlyConcentrations } from '../../domain/air/aqi.js';
import { POLLUTANTS } from '../../domain/air/pollutants.js';
import { startOfDayMs, toBeijingIso } from '../../domain/time.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { kindOfFile } from '../data/columns.js';
import { readRows, type Row } from '../data/table.js';
import { badFile } from '../failure.js';
import { columns as sideBySide, type Progress } from '../output.js';

export interface AqiCheckReport {
  readonly file: string;
  readonly rows: number;
  /** Rows with all six pollutants and a reported AQI; only these are compared. */
  readonly completeRows: number;
  readonly matches: number;
  readonly mismatches: readonly {
    readonly line: number;
    readonly place: string;
    readonly at: string;
    readonly reported: { readonly aqi: number; readonly primary: readonly string[] | null };
    readonly computed: { readonly aqi: number | null; readonly primary: readonly string[] };
  }[];
}

const SHOWN = 10;

/** `aqi check FILE`: recomputes AQI and primary pollutants of a file that reports them. */
export async function aqiCheck(file: string, progress?: Progress): Promise<AqiCheckReport> {
  const { kind, columns } = await kindOfFile(file);
  if (!columns.includes('aqi')) throw badFile({ file, line: 1, column: 'aqi' }, 'the file reports no AQI, there is nothing to compare with', 'Give a file with a column "aqi" (and "primary", where it is reported)');
  // A file of one instant names the pollutant of its 24 h values, not of the hour: only its AQI can be compared.
  const withPrimary = columns.includes('primary') && !columns.includes('pm25_24h');
  const tables = loadAqiTables();
  if (kind === 'hourly') {
    const rows: ReportedRow[] = [];
    for await (const row of readRows(file, progress)) rows.push(reported(row, row.instant('time'), hourOf(row), withPrimary));
    return report(file, checkRows(rows, tables));
  }
  const rows: ReportedRow<DailyConcentrations>[] = [];
  for await (const row of readRows(file, progress)) rows.push(reported(row, startOfDayMs(row.day('date')), dayOfRow(row), withPrimary));
  return report(file, checkDays(rows, tables));
}

function reported<Values>(row: Row, atMs: number, values: Values, withPrimary: boolean): ReportedRow<Values> {
  const place = [row.text('city'), row.text('station')].filter((name) => name !== '').join(' ');
  return { line: row.line, atMs, place, values, aqi: row.number('aqi'), primary: withPrimary ? primaryOf(row) : null };
}

function primaryOf(row: Row): string[] {
  const names = row.text('primary').split('+').filter((name) => name !== '');
  const unknown = names.find((name) => !(POLLUTANTS as readonly string[]).includes(name));
  if (unknown !== undefined) throw row.bad('primary', `"${unknown}" is no pollutant`, `Name them as ${POLLUTANTS.join(', ')}, several joined by +`);
  return names;
}

function hourOf(row: Row): HourlyConcentrations {
  const value = (column: string) => row.number(column);
  return { pm25: value('pm25'), pm10: value('pm10'), so2: value('so2'), no2: value('no2'), co: value('co'), o3: value('o3'), so2_24h: value('so2_24h') };
}

function dayOfRow(row: Row): DailyConcentrations {
  const value = (column: string) => row.number(column);
  return { pm25: value('pm25'), pm10: value('pm10'), so2: value('so2'), no2: value('no2'), co: value('co'), o3_8h: value('o3_8h') };
}

function report(file: string, check: RowsCheck): AqiCheckReport {
  return { file, ...check, mismatches: check.mismatches.map(({ line, place, atMs, ...values }) => ({ line, place, at: toBeijingIso(atMs), ...values })) };
}

/** The report for a terminal, with the first mismatches. */
export function aqiCheckText({ file, rows, completeRows, matches, mismatches }: AqiCheckReport): string {
  const head = `${file}: ${rows} rows, ${completeRows} complete, ${matches} match, ${mismatches.length} differ`;
  if (mismatches.length === 0) return head;
  const said = ({ aqi, primary }: { readonly aqi: number | null; readonly primary: readonly string[] | null }) => `${aqi ?? '-'} ${primary?.join('+') ?? ''}`.trim();
  const shown = mismatches.slice(0, SHOWN).map((m) => [`line ${m.line}`, m.place, m.at, said(m.reported), said(m.computed)]);
  const more = mismatches.length > SHOWN ? `\n… and ${mismatches.length - SHOWN} more` : '';
  return `${head}\n${sideBySide([['where', 'place', 'time', 'reported', 'computed'], ...shown])}${more}`;
}
