/** Grades an area's air on what is on record. */
import { type AssessmentInput, OBSERVED_DAYS_WANTED } from '../domain/air/assess.js';
import type { Assessment } from '../domain/air/assessment.js';
import { forecastValuesOf } from '../domain/air/known.js';
import { concentrationsOf, type HourValues, type TimeSpan } from '../domain/air/concentrations.js';
import type { DayValues } from '../domain/air/days.js';
import type { Observed } from '../domain/air/joined.js';
import type { ForecastDocument } from '../domain/area.js';
import { currentRules } from '../domain/rules.js';
import { DAY_MS, dayOf } from '../domain/time.js';
import { readDocument } from '../db/documents.js';
import type { Db } from '../db/pool.js';
import { dustFlags, newestForecast, observedSince, type ObservedRow } from '../db/read/air.js';
import type { AreaContext } from './plans.js';

/** What a new row brings that the read model does not hold yet. */
export interface Fresh {
  readonly forecast?: { readonly id: string; readonly digest: string; readonly issuedAtMs: number; readonly document: ForecastDocument };
  readonly observed?: { readonly kind: 'hourly' | 'daily'; readonly rows: readonly ObservedRow[] };
  /** Replaces the flag of this id. */
  readonly dust?: { readonly id: string; readonly spans: readonly TimeSpan[] };
}

/** The assessment that a row of the area's stream carries; under the stream's lock. */
export async function assessArea(tx: Db, area: AreaContext, fresh: Fresh, row: { readonly seq: number; readonly planAtMs: number }): Promise<Assessment> {
  return currentRules().assess(area.plan, area.tables, { id: `A${row.seq}`, ...(await airOfArea(tx, area, fresh, row.planAtMs)) }, row.planAtMs);
}

/** What is known of an area's air at an instant, and what is newly brought. */
export async function airOfArea(tx: Db, { areaId }: AreaContext, fresh: Fresh, planAtMs: number): Promise<Omit<AssessmentInput, 'id'>> {
  const current = fresh.forecast ?? (await currentForecast(tx, areaId));
  const flags = (await dustFlags(tx, areaId)).filter((flag) => flag.id !== fresh.dust?.id);
  return {
    forecastId: current?.id ?? null,
    forecastDigest: current?.digest ?? null,
    forecastIssuedAtMs: current?.issuedAtMs ?? null,
    observed: await observed(tx, areaId, planAtMs - OBSERVED_DAYS_WANTED * DAY_MS, fresh.observed),
    forecast: current ? forecastValuesOf(current.document) : null,
    dustSpans: [...flags.flatMap((flag) => flag.spans), ...(fresh.dust?.spans ?? [])],
  };
}

async function currentForecast(tx: Db, areaId: string): Promise<Fresh['forecast'] | null> {
  const row = await newestForecast(tx, areaId);
  const stored = row && (await readDocument(tx, row.digest));
  return row && stored ? { ...row, document: JSON.parse(stored.body.toString('utf8')) as ForecastDocument } : null;
}

/** By the hour where hours are recorded, else by the day. */
async function observed(tx: Db, areaId: string, sinceMs: number, fresh: Fresh['observed']): Promise<Observed | null> {
  const of = async (kind: 'hourly' | 'daily') => [...(await observedSince(tx, areaId, kind, sinceMs)), ...(fresh?.kind === kind ? fresh.rows.filter((r) => r.atMs >= sinceMs) : [])];
  const hourly = await of('hourly');
  if (hourly.length > 0) return { kind: 'hourly', stations: stationsOf(hourly) };
  const daily = await of('daily');
  return daily.length > 0 ? { kind: 'daily', days: daysOf(daily) } : null;
}

/** Of two rows of one hour the later in the list counts, and that is the newer. */
function stationsOf(rows: readonly ObservedRow[]): Extract<Observed, { kind: 'hourly' }>['stations'] {
  const byStation = new Map<string, HourValues[]>();
  for (const { station, atMs, values } of rows) {
    const hours = byStation.get(station) ?? [];
    hours.push({ ...values, atMs });
    byStation.set(station, hours);
  }
  return Object.fromEntries([...byStation].flatMap(([station, hours]) => [[station, concentrationsOf(hours)] as const].filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== null)));
}

/** Days are the city's. */
function daysOf(rows: readonly ObservedRow[]): DayValues[] {
  const byDay = new Map(rows.map(({ atMs, values }) => [dayOf(atMs), { ...values, date: dayOf(atMs) }]));
  return [...byDay.values()];
}
