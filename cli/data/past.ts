/** Past data of one place from a file, hourly by station or daily. */
import { concentrationsOf, type HourValues } from '../../domain/air/concentrations.js';
import type { DayValues } from '../../domain/air/days.js';
import type { Past } from '../../domain/backtest/past.js';
import { badFile, EXIT, Failure } from '../failure.js';
import type { Progress } from '../output.js';
import { placeNamed } from './places.js';
import { kindOfFile } from './columns.js';
import { readRows, type Row } from './table.js';

export interface PastFile {
  /** Rows of the place. */
  readonly rows: number;
  /** The city of the rows; null where the file names none. */
  readonly city: string | null;
  readonly past: Past;
}

/** Reads a place's data; where the file holds several, `city` says which (its name, part of it, or its Latin name). */
export async function readPast(file: string, city: string | null, progress?: Progress): Promise<PastFile> {
  const { kind, columns } = await kindOfFile(file);
  const byCity = new Map<string, Row[]>();
  for await (const row of readRows(file, progress)) {
    const name = row.text('city');
    const rows = byCity.get(name);
    if (rows) rows.push(row);
    else byCity.set(name, [row]);
  }
  const name = columns.includes('city') ? chosen(file, [...byCity.keys()], city) : (byCity.keys().next().value ?? '');
  const rows = byCity.get(name) ?? [];
  if (rows.length === 0) throw badFile({ file, line: 2 }, 'there is no row', 'Give at least one row under the header');
  const past: Past = kind === 'daily' ? { kind, days: daysOf(rows) } : { kind, stations: stationsOf(rows) };
  return { rows: rows.length, city: name === '' ? null : name, past };
}

function chosen(file: string, names: readonly string[], wanted: string | null): string {
  const shown = names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');
  if (wanted === null) {
    const [only] = names;
    if (only !== undefined && names.length === 1) return only;
    throw new Failure(EXIT.badInput, `${file} holds ${names.length} places`, `Choose one with --city: ${shown}`);
  }
  const found = placeNamed(names, wanted);
  if (found === null) throw new Failure(EXIT.badInput, `${file} holds no single place "${wanted}"`, `It holds ${shown}`);
  return found;
}

function daysOf(rows: readonly Row[]): DayValues[] {
  const byDate = new Map<string, DayValues>();
  for (const row of rows) {
    const date = row.day('date');
    if (byDate.has(date)) throw row.bad('date', `${date} is there twice`, 'Keep one row a day and place');
    const aqi = row.number('aqi');
    if (aqi !== null && (aqi > 500 || !Number.isInteger(aqi))) throw row.bad('aqi', `${aqi} is no AQI`, 'It is a whole number from 0 to 500');
    const [pm25, pm10, so2, no2, co, o3_8h] = ['pm25', 'pm10', 'so2', 'no2', 'co', 'o3_8h'].map((c) => row.number(c)) as [number | null, ...(number | null)[]];
    byDate.set(date, { date, aqi, pm25, pm10: pm10 ?? null, so2: so2 ?? null, no2: no2 ?? null, co: co ?? null, o3_8h: o3_8h ?? null });
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

function stationsOf(rows: readonly Row[]): Extract<Past, { kind: 'hourly' }>['stations'] {
  const byStation = new Map<string, { readonly hours: HourValues[]; readonly seen: Set<number> }>();
  for (const row of rows) {
    const name = row.text('station') || row.text('city') || 'city';
    const station = byStation.get(name) ?? { hours: [], seen: new Set<number>() };
    byStation.set(name, station);
    const atMs = row.instant('time');
    if (station.seen.has(atMs)) throw row.bad('time', `${row.text('time')} is there twice for ${name}`, 'Keep one row an hour and station');
    station.seen.add(atMs);
    const value = (column: string) => row.number(column);
    station.hours.push({ atMs, pm25: value('pm25'), pm10: value('pm10'), so2: value('so2'), no2: value('no2'), co: value('co'), o3: value('o3') });
  }
  return Object.fromEntries(
    [...byStation].flatMap(([name, { hours }]) => {
      const concentrations = concentrationsOf(hours);
      return concentrations ? [[name, concentrations] as const] : [];
    }),
  );
}
