/** Past forecasts beside what was observed afterwards, and the sand-dust flags. */
import { aqiAt, type ForecastDay, observedPart } from '../domain/air/joined.js';
import type { ForecastDocument } from '../domain/area.js';
import { DAY_MS, endOfDayMs, HOUR_MS } from '../domain/time.js';
import { readDocument } from '../db/documents.js';
import { dustFlags, type ForecastRow, forecastsIssued, listForecasts } from '../db/read/air.js';
import { airOfArea } from './assessment.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { type AreaContext, areaOf, planNowMs } from './plans.js';
import { admitReader } from './reading.js';

export interface PastForecast extends ForecastRow {
  readonly days: readonly (ForecastDay & { /** AQI of the natural day; null while it is not over or nothing is known. */ readonly observed: number | null })[];
}

const SHOWN = 12;

export interface AirRecord {
  /** Highest 24 h mean observed; null where nothing is known. */
  readonly peakAqi: number | null;
  /** Forecast days that are over and known, and those whose observed AQI lay within the forecast range. */
  readonly forecast: { readonly days: number; readonly hits: number };
}

/** How the air was in a span, and how well its forecasts did (3.1). */
export async function airRecord(deps: Deps, areaId: string, fromMs: number, toMs: number): Promise<AirRecord> {
  const area = await areaOf(deps, areaId);
  const aqi = await observedAqi(deps, area);
  const hours = Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / HOUR_MS)) }, (_, i) => aqi(fromMs + i * HOUR_MS)).filter((value) => value !== null);
  // The forecast that opened the episode was issued before it.
  const issued = await withObserved(deps, aqi, await forecastsIssued(deps.pool, areaId, fromMs - DAY_MS, toMs));
  const days = issued.flatMap((f) => f.days).filter((d) => d.observed !== null);
  return { peakAqi: hours.length === 0 ? null : Math.max(...hours), forecast: { days: days.length, hits: days.filter(isHit).length } };
}

export function isHit({ observed, aqiLow, aqiHigh }: PastForecast['days'][number]): boolean {
  return observed !== null && observed >= aqiLow && observed <= aqiHigh;
}

export async function forecastHistory(deps: Deps, caller: Caller, areaId: string) {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  return { forecasts: await withObserved(deps, await observedAqi(deps, area), await listForecasts(deps.pool, areaId, SHOWN)), dustFlags: await dustFlags(deps.pool, areaId) };
}

type ObservedAqi = (atMs: number) => number | null;

/** The 24 h mean that ended at an instant, as far as it was observed. */
async function observedAqi(deps: Deps, area: AreaContext): Promise<ObservedAqi> {
  const nowMs = await planNowMs(deps, area.clock);
  const air = await airOfArea(deps.pool, area, {}, nowMs);
  const { series, observedUntilMs } = observedPart({ ...air, forecast: null }, area.tables, area.plan.settings, nowMs);
  return (atMs) => (observedUntilMs !== null && atMs <= observedUntilMs ? aqiAt(series, atMs) : null);
}

async function withObserved(deps: Deps, aqi: ObservedAqi, rows: readonly ForecastRow[]): Promise<PastForecast[]> {
  const forecasts: PastForecast[] = [];
  for (const row of rows) {
    const stored = await readDocument(deps.pool, row.digest);
    const document = stored && (JSON.parse(stored.body.toString('utf8')) as ForecastDocument);
    const days = document?.kind === 'daily' ? (document.values as readonly ForecastDay[]) : [];
    forecasts.push({ ...row, days: days.map((d) => ({ ...d, observed: aqi(endOfDayMs(d.date)) })) });
  }
  return forecasts;
}
