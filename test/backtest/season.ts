/** Both readings over the same data and the same forecasts: what the core decided and what the naive reading did. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyConcentrations } from '../../domain/air/concentrations.js';
import { POLLUTANT_KEYS, SCALE, scaled } from '../../domain/air/pollutants.js';
import { backtest, timetable } from '../../domain/backtest/drive.js';
import { forecaster, type Forecasting } from '../../domain/backtest/forecasts.js';
import { judged, type Past } from '../../domain/backtest/past.js';
import { reportOf, type SeasonReport } from '../../domain/backtest/report.js';
import { loadAqiTables } from '../../plans/aqi-tables.js';
import { loadPlan } from '../../plans/load.js';
import type { DayValues } from '../../domain/air/days.js';
import { type NaiveEpisode, playNaive, type View } from './naive.js';
import { missingAfterHeavy, type RawDay, type RawHour, startOf, viewOfDays, windowAqi } from './naive-air.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const tables = loadAqiTables();
const kuitun = loadPlan('kuitun-2023');
export const plan = { ...kuitun, settings: { ...kuitun.settings, stations: [] } };

/** An episode as both tell it, Beijing time to the hour: `2016-01-05 00`. */
export interface Told {
  readonly started: string;
  readonly effective: string | null;
  readonly lifted: string | null;
  readonly levels: readonly string[];
}

const told = (ms: number | null) => (ms === null ? null : new Date(ms + 8 * HOUR).toISOString().slice(0, 13).replace('T', ' '));

/** What the core decides, by its report. */
export function core(past: Past, forecasting: Forecasting): Told[] {
  return toldBy(reportOf(plan, backtest({ plan, tables, past, forecasting }), 0));
}

/** The same by the command, as an operator runs it. */
export function coreByCommand(file: string, ...options: string[]): Promise<Told[]> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const args = ['--import', 'tsx', join(root, 'cli', 'qingkong.ts'), 'backtest', file, '--json', ...options];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 1 << 26 }, (error, out, err) =>
      error ? reject(new Error(err)) : resolve(toldBy(JSON.parse(out) as SeasonReport)),
    );
  });
}

function toldBy({ episodes }: SeasonReport): Told[] {
  const short = (iso: string | null) => (iso === null ? null : iso.slice(0, 13).replace('T', ' '));
  return episodes.map((e) => ({
    started: short(e.startedAt) ?? '',
    effective: short(e.effectiveAt),
    lifted: short(e.liftedAt),
    levels: e.levels.map((l) => `${l.level} ${short(l.from)}`),
  }));
}

function toldOf(episodes: readonly NaiveEpisode[]): Told[] {
  return episodes.map((e) => ({
    started: told(e.startedAtMs) ?? '',
    effective: told(e.effectiveAtMs),
    lifted: told(e.liftedAtMs),
    levels: e.levels.map((l) => `${l.level} ${told(l.fromMs)}`),
  }));
}

/** The naive reading of daily data. */
export function naiveDaily(past: Extract<Past, { kind: 'daily' }>, forecasting: Forecasting): Told[] {
  const days = past.days.map(rawDay);
  const forecastAt = forecaster(past, tables, forecasting);
  let forecast: RawDay[] = [];
  const looks = timetable(past).map(({ atMs, what }) => {
    if (what === 'forecast') {
      const issued = forecastAt(atMs);
      if (issued?.kind === 'daily') forecast = issued.days.map((d) => ({ date: d.date, aqi: d.aqiHigh, pm25: d.pm25 ?? null, others: {}, dust: d.dust === true }));
    }
    const observed = days.filter((d) => startOf(d.date) + DAY <= atMs && startOf(d.date) >= atMs - 45 * DAY);
    return { atMs, viewAt: viewOfDays(observed, forecast) };
  });
  return toldOf(playNaive(looks.filter(({ viewAt }) => viewAt.aqi.length > 0)));
}

function rawDay({ date, aqi, pm25, so2, no2, co, o3_8h, dust }: DayValues): RawDay {
  return { date, aqi: aqi!, pm25: pm25 ?? null, others: { so2: so2!, no2: no2!, co: co!, o3: o3_8h! }, dust: dust === true };
}

/** The naive reading of hourly data with perfect forecasts: the data itself, up to the end of what is forecast. */
export function naiveHourlyPerfect(past: Extract<Past, { kind: 'hourly' }>): Told[] {
  const [city] = Object.values(past.stations);
  const { startMs, hours } = city!;
  const raw = Array.from({ length: hours }, (_, h) => rawHour(city!.columns, h));
  const whole = raw.map((_, h) => windowAqi(raw, h));
  let horizonMs = startMs;
  const looks = timetable(past).map(({ atMs, what }) => {
    if (what === 'forecast') horizonMs = Math.floor((atMs + 8 * HOUR) / DAY) * DAY - 8 * HOUR + 8 * DAY;
    const end = Math.min(hours, Math.round((Math.max(horizonMs, atMs) - startMs) / HOUR));
    const first = Math.max(0, Math.round((atMs - startMs) / HOUR) - 45 * 24);
    return { atMs, first, end };
  });
  const views = function* () {
    for (const { atMs, first, end } of looks) {
      const seen = whole.slice(first, end);
      const viewAt: View = { fromMs: startMs + first * HOUR, aqi: seen.map((w) => w.aqi), basic: seen.map((w) => w.basic), daily: false };
      yield { atMs, viewAt, missing: missingAfterHeavy(raw, whole, Math.min(hours, Math.floor((atMs - startMs) / HOUR))) };
    }
  };
  return toldOf(playNaive(views()));
}

function rawHour(columns: Readonly<Record<(typeof POLLUTANT_KEYS)[number], Int32Array>>, h: number): RawHour {
  return Object.fromEntries(POLLUTANT_KEYS.map((key) => [key, columns[key][h]! < 0 ? null : columns[key][h]! / SCALE])) as unknown as RawHour;
}

function csv(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

const number = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text));

/** A city's days, sand-dust by the hint. */
export function daysOf(file: string, city: string): Extract<Past, { kind: 'daily' }> {
  const rows = csv(file).filter((row) => row['city'] === city);
  const days = rows.map((row) => ({
    date: row['date']!,
    aqi: number(row['aqi']),
    pm25: number(row['pm25']),
    pm10: number(row['pm10']),
    so2: number(row['so2']),
    no2: number(row['no2']),
    co: number(row['co']),
    o3_8h: number(row['o3_8h']),
  }));
  return { kind: 'daily', days: judged(days, tables, 'reported', { kind: 'hint', pm25ToPm10Below: 0.3 }) };
}

/** A file of one station, hour after hour. */
export function hoursOf(file: string): Extract<Past, { kind: 'hourly' }> {
  const rows = csv(file);
  const station = emptyConcentrations(Date.parse(rows[0]!['time']!), rows.length);
  rows.forEach((row, h) => {
    for (const key of POLLUTANT_KEYS) station.columns[key][h] = scaled(number(row[key]));
  });
  return { kind: 'hourly', stations: { station } };
}
