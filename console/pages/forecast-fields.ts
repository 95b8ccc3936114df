/** A forecast as typed, pasted or uploaded, in the shape the use case takes. */
import { parse } from 'csv-parse/sync';
import { addDays } from '../../domain/time.js';
import { invalid } from '../../usecases/failure.js';
import type { Fields } from '../web/fields.js';

export const DAYS = 7;

interface Typed {
  readonly date: string;
  readonly aqiLow: unknown;
  readonly aqiHigh: unknown;
  readonly primary: string;
  readonly dust: boolean;
}

/** Upload before paste before the rows; days without numbers are left out. */
export function forecastOf(fields: Fields): Record<string, unknown> {
  const [upload] = fields.upload('csv');
  const pasted = fields.optional('pasted');
  const days = upload ? fromCsv(Buffer.from(upload.body).toString('utf8')) : pasted === undefined ? fromRows(fields) : fromLines(pasted);
  return {
    issuedAt: fields.instant('issuedAt'),
    source: fields.text('source'),
    days: days.map(({ date, aqiLow, aqiHigh, primary, dust }) => ({ date, aqiLow, aqiHigh, ...(primary === '' ? {} : { primary: primary.split(/[\s,，、;；+]+/).filter((p) => p !== '') }), ...(dust ? { dust } : {}) })),
  };
}

function fromRows(fields: Fields): Typed[] {
  return Array.from({ length: DAYS }, (_, i) => `days.${i}`).flatMap((name) =>
    fields.optional(`${name}.aqiLow`) === undefined && fields.optional(`${name}.aqiHigh`) === undefined
      ? []
      : [{ date: fields.text(`${name}.date`), aqiLow: fields.number(`${name}.aqiLow`), aqiHigh: fields.number(`${name}.aqiHigh`), primary: fields.text(`${name}.primary`), dust: fields.isTicked(`${name}.dust`) }],
  );
}

/** `2026-01-06 150 200 PM2.5`, columns by blanks, commas or tabs. */
function fromLines(text: string): Typed[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [date = '', low = '', high = '', primary = '', dust = ''] = line.split(/[\s,，]+/);
      return { date: isoDay(date), aqiLow: numberOf(low), aqiHigh: numberOf(high), primary, dust: isYes(dust) };
    });
}

function fromCsv(text: string): Typed[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: (header: string[]) => header.map((h) => h.trim().toLowerCase()), bom: true, trim: true, skip_empty_lines: true });
  } catch {
    throw invalid('csv', '不是可用的 CSV 文件');
  }
  return rows.map((row) => ({ date: isoDay(row['date'] ?? ''), aqiLow: numberOf(row['aqilow'] ?? ''), aqiHigh: numberOf(row['aqihigh'] ?? ''), primary: row['primary'] ?? '', dust: isYes(row['dust'] ?? '') }));
}

function isYes(value: string): boolean {
  return /^(1|true|yes|是|沙尘)$/i.test(value);
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

export function daysFrom(first: string): string[] {
  return Array.from({ length: DAYS }, (_, i) => addDays(first, i));
}
