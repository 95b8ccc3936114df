/** A forecast as typed, pasted or uploaded, in the shape the use case takes. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { addDays } from '../../domain/time.js';
import { fail, invalid, UseCaseFailure } from '../../usecases/failure.js';
import { newForecast } from '../../usecases/forecasts.js';
import { Fields } from '../web/fields.js';
import { parsed } from '../web/parsed.js';

/** Rows of an empty form, and the most that a file may fill. */
export const DAYS = 7;
export const MOST_DAYS = 16;

interface Typed {
  readonly date: string;
  readonly aqiLow: unknown;
  readonly aqiHigh: unknown;
  readonly primary: string;
  readonly dust: boolean;
  /** Of the file or the pasted text: faults are told by it. */
  readonly line: number;
}

/** Where a forecast came from. */
interface Source {
  readonly field: 'csv' | 'pasted' | null;
  readonly days: readonly Typed[];
}

/** Upload before paste before the rows; days without numbers are left out. */
function sourceOf(fields: Fields): Source {
  const [upload] = fields.upload('csv');
  if (upload) return { field: 'csv', days: fromCsv(Buffer.from(upload.body).toString('utf8')) };
  const pasted = fields.optional('pasted');
  return pasted === undefined ? { field: null, days: fromRows(fields) } : { field: 'pasted', days: fromLines(pasted) };
}

export function forecastOf(fields: Fields): Record<string, unknown> {
  return inputOf(fields, sourceOf(fields).days);
}

function inputOf(fields: Fields, days: readonly Typed[]): Record<string, unknown> {
  return {
    issuedAt: fields.instant('issuedAt'),
    source: fields.text('source'),
    days: days.map(({ date, aqiLow, aqiHigh, primary, dust }) => ({ date, aqiLow, aqiHigh, ...(primary === '' ? {} : { primary: primary.split(/[\s,，、;；+]+/).filter((p) => p !== '') }), ...(dust ? { dust } : {}) })),
  };
}

/** By the use case's own shape; what is wrong in a file or in pasted text names its line. */
export function parsedForecast(fields: Fields) {
  const source = sourceOf(fields);
  try {
    return parsed(newForecast.options[0], inputOf(fields, source.days));
  } catch (error) {
    if (source.field === null || !(error instanceof UseCaseFailure) || error.failure.kind !== 'invalid') throw error;
    const { field, days } = source;
    const faults = error.failure.faults.map((fault) => {
      const [, day, part = ''] = /^days\.(\d+)(?:\.(\w+))?/.exec(fault.path) ?? [];
      return day === undefined ? fault : { path: field, message: `第${days[Number(day)]?.line ?? 0}行${COLUMN_NAMES[part] ?? ''}：${fault.message}` };
    });
    throw fail({ kind: 'invalid', faults });
  }
}

/**
 * What a file or pasted text held, as the address of the form with its rows
 * filled in: looked at with its grading before it is recorded. Null where the
 * rows themselves were sent.
 */
export function previewOf(fields: Fields): string | null {
  const { field, days } = sourceOf(fields);
  if (field === null) return null;
  parsedForecast(fields);
  const rows = days.map(({ date, aqiLow, aqiHigh, primary, dust }) => [date, String(aqiLow), String(aqiHigh), primary, dust ? '1' : '']);
  return `/forecasts?${new URLSearchParams({ issuedAt: fields.text('issuedAt'), source: fields.text('source'), rows: JSON.stringify(rows) }).toString()}`;
}

const previewed = z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()])).max(MOST_DAYS);

/** Back from that address; null where there is no such thing in it. */
export function filledIn(query: Fields): Fields | null {
  const rows = previewed.safeParse(jsonOf(query.text('rows')));
  if (!rows.success || rows.data.length === 0) return null;
  const values = rows.data.flatMap(([date, aqiLow, aqiHigh, primary, dust], i) => Object.entries({ date, aqiLow, aqiHigh, primary, ...(dust === '' ? {} : { dust }) }).map(([part, value]) => [`days.${i}.${part}`, [value]] as const));
  return new Fields({ issuedAt: [query.text('issuedAt')], source: [query.text('source')], ...Object.fromEntries(values) });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fromRows(fields: Fields): Typed[] {
  return Array.from({ length: MOST_DAYS }, (_, i) => `days.${i}`).flatMap((name) =>
    fields.optional(`${name}.aqiLow`) === undefined && fields.optional(`${name}.aqiHigh`) === undefined
      ? []
      : [{ date: fields.text(`${name}.date`), aqiLow: fields.number(`${name}.aqiLow`), aqiHigh: fields.number(`${name}.aqiHigh`), primary: fields.text(`${name}.primary`), dust: fields.isTicked(`${name}.dust`), line: 0 }],
  );
}

/** `2026-01-06 150 200 PM2.5`, columns by blanks, commas or tabs. */
function fromLines(text: string): Typed[] {
  return text
    .split(/\r?\n/)
    .map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== '')
    .map(({ text, line }) => {
      const [date = '', low = '', high = '', primary = '', dust = ''] = text.split(/[\s,，]+/);
      return { date: isoDay(date), aqiLow: numberOf(low), aqiHigh: numberOf(high), primary, dust: isYes(dust), line };
    });
}

/** What a header may be called, in the station's own tables too. */
const HEADERS: Readonly<Record<Exclude<keyof Typed, 'line'>, RegExp>> = {
  date: /^(date|日期)$/,
  aqiLow: /^(aqi)?(low|min|下限|最低|低值)$|^aqi ?下限$/,
  aqiHigh: /^(aqi)?(high|max|上限|最高|高值)$|^aqi ?上限$/,
  primary: /^(primary|首要污染物)$/,
  dust: /^(dust|沙尘)$/,
};
const COLUMN_NAMES: Readonly<Record<string, string>> = { date: '日期', aqiLow: ' AQI 下限', aqiHigh: ' AQI 上限', primary: '首要污染物', dust: '沙尘' };

function fromCsv(text: string): Typed[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, { columns: (header: string[]) => header.map(columnOf), bom: true, trim: true, skip_empty_lines: true, info: true });
  } catch {
    throw invalid('csv', '不是可用的 CSV 文件');
  }
  const [first] = rows;
  const missing = (['date', 'aqiLow', 'aqiHigh'] as const).filter((name) => first !== undefined && !(name in first.record));
  if (missing.length > 0) throw invalid('csv', `第1行没有这些列：${missing.map((name) => COLUMN_NAMES[name]?.trim()).join('、')}`);
  return rows.map(({ record: row, info }) => ({ date: isoDay(row['date'] ?? ''), aqiLow: numberOf(row['aqiLow'] ?? ''), aqiHigh: numberOf(row['aqiHigh'] ?? ''), primary: row['primary'] ?? '', dust: isYes(row['dust'] ?? ''), line: info.lines }));
}

function columnOf(header: string): string {
  const name = header.trim().toLowerCase();
  return Object.entries(HEADERS).find(([, known]) => known.test(name))?.[0] ?? name;
}

function isYes(value: string): boolean {
  return /^(1|true|yes|是|有|沙尘)$/i.test(value);
}

function numberOf(text: string): number | string {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : text;
}

/** `2026/1/6` as people write it. */
function isoDay(text: string): string {
  const [, year, month, day] = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? [];
  return year && month && day ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
}

export function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(first, i));
}
