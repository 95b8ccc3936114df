/** The air as people see it: 72 hours back, 7 days ahead, hour by hour; and a forecast graded before it is recorded. */
import { aqiAt, joined, observedPart } from '../domain/air/joined.js';
import type { Assessment, Process } from '../domain/air/assessment.js';
import { currentRules } from '../domain/rules.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { newestAssessment } from '../db/read/air.js';
import { airOfArea, assessArea } from './assessment.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { forecastDocument, type NewForecast } from './forecasts.js';
import { type AreaContext, areaOf, planNowMs } from './plans.js';
import { admitReader } from './reading.js';

export interface StripHour {
  /** End of the 24 h window the value belongs to, plan time. */
  readonly atMs: number;
  readonly observed: boolean;
  /** 24 h mean AQI; of a forecast's range the lower and the upper end (R6). Null where it is not known. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface AirStrip {
  readonly nowMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly observedUntilMs: number | null;
  readonly forecastIssuedAtMs: number | null;
  readonly hours: readonly StripHour[];
  /** The processes that made a level, for shading. */
  readonly processes: readonly Process[];
}

const BACK_MS = 72 * HOUR_MS;
const AHEAD_MS = 7 * DAY_MS;

export async function airStrip(deps: Deps, caller: Caller, areaId: string): Promise<AirStrip> {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  return stripOf(deps, area);
}

/** Anybody may see it; who asks is the caller's to check. */
export async function stripOf(deps: Deps, area: AreaContext): Promise<AirStrip> {
  const { plan, tables } = area;
  const nowMs = await planNowMs(deps, area.clock);
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const air = await airOfArea(deps.pool, area, {}, nowMs);
  const part = observedPart(air, tables, plan.settings, nowMs);
  const low = joined(air, part, 'low', tables, plan.settings);
  const high = joined(air, part, 'high', tables, plan.settings);
  const hours = ends(hourMs - BACK_MS, hourMs + AHEAD_MS).map((atMs) => ({
    atMs,
    observed: part.observedUntilMs !== null && atMs <= part.observedUntilMs,
    low: aqiAt(low, atMs),
    high: aqiAt(high, atMs),
  }));
  const assessment = await newestAssessment(deps.pool, area.areaId);
  return { nowMs, fromMs: hourMs - BACK_MS, toMs: hourMs + AHEAD_MS, observedUntilMs: part.observedUntilMs, forecastIssuedAtMs: air.forecastIssuedAtMs, hours, processes: assessment?.processes ?? [] };
}

function ends(fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.round((toMs - fromMs) / HOUR_MS) }, (_, i) => fromMs + (i + 1) * HOUR_MS);
}

/** What the rules would say of a forecast if it were recorded now. Nothing is stored. */
export async function gradeForecast(deps: Deps, caller: Caller, areaId: string, input: NewForecast): Promise<Assessment> {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  const nowMs = await planNowMs(deps, area.clock);
  const forecast = { id: 'not-recorded', digest: '', issuedAtMs: input.issuedAt, document: forecastDocument(input) };
  return assessArea(deps.pool, area, { forecast }, { seq: 0, planAtMs: nowMs });
}

/** What stands on record, graded anew: all its predicates, with what is wanting. */
export async function gradedNow(deps: Deps, caller: Caller, areaId: string): Promise<Assessment> {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  const nowMs = await planNowMs(deps, area.clock);
  return currentRules().assess(area.plan, area.tables, { id: 'now', ...(await airOfArea(deps.pool, area, {}, nowMs)) }, nowMs);
}
