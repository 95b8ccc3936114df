/** Past forecasts beside what was observed afterwards, and the sand-dust flags. */
import { aqiAt, type ForecastDay, observedPart } from '../domain/air/joined.js';
import type { ForecastDocument } from '../domain/area.js';
import { endOfDayMs } from '../domain/time.js';
import { readDocument } from '../db/documents.js';
import { dustFlags, type ForecastRow, listForecasts } from '../db/read/air.js';
import { airOfArea } from './assessment.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { areaOf, planNowMs } from './plans.js';
import { admitReader } from './reading.js';

export interface PastForecast extends ForecastRow {
  readonly days: readonly (ForecastDay & { /** AQI of the natural day; null while it is not over or nothing is known. */ readonly observed: number | null })[];
}

const SHOWN = 12;

export async function forecastHistory(deps: Deps, caller: Caller, areaId: string) {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  const nowMs = await planNowMs(deps, area.clock);
  const air = await airOfArea(deps.pool, area, {}, nowMs);
  const { series, observedUntilMs } = observedPart({ ...air, forecast: null }, area.tables, area.plan.settings, nowMs);
  const observed = (day: string) => (observedUntilMs !== null && endOfDayMs(day) <= observedUntilMs ? aqiAt(series, endOfDayMs(day)) : null);
  const forecasts: PastForecast[] = [];
  for (const row of await listForecasts(deps.pool, areaId, SHOWN)) {
    const stored = await readDocument(deps.pool, row.digest);
    const document = stored && (JSON.parse(stored.body.toString('utf8')) as ForecastDocument);
    const days = document?.kind === 'daily' ? (document.values as readonly ForecastDay[]) : [];
    forecasts.push({ ...row, days: days.map((d) => ({ ...d, observed: observed(d.date) })) });
  }
  return { forecasts, dustFlags: await dustFlags(deps.pool, areaId) };
}
