/** Forecasts (3.1): each is an immutable version, graded at once with what was observed. */
import { z } from 'zod';
import type { ForecastDocument } from '../domain/area.js';
import { POLLUTANTS } from '../domain/air/pollutants.js';
import { canonicalJson } from '../domain/digest.js';
import { addDays, dayOf, HOUR_MS, isWholeHour, MINUTE_MS } from '../domain/time.js';
import { saveDocument } from '../db/documents.js';
import { newestForecast, sameForecast } from '../db/read/air.js';
import { appendToArea } from './area-stream.js';
import { signedBy } from './acts.js';
import { assessArea } from './assessment.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { invalid } from './failure.js';
import { areaOf, planNowMs } from './plans.js';
import { day, instant, words } from './schemas.js';

const aqi = z.int().min(0).max(500);
const concentration = z.number().min(0).max(100_000).nullable().optional();
const primary = z.array(z.enum(POLLUTANTS)).max(6);

const dailyForecast = z.strictObject({
  issuedAt: instant,
  source: words(120),
  days: z
    .array(
      z
        .strictObject({ date: day, aqiLow: aqi, aqiHigh: aqi, pm25: concentration, primary: primary.optional(), dust: z.boolean().optional() })
        .refine((d) => d.aqiLow <= d.aqiHigh, { path: ['aqiHigh'], error: '上限不得低于下限' }),
    )
    .min(1)
    .max(16)
    .superRefine((days, context) =>
      days.forEach((d, i) => {
        const before = days[i - 1];
        if (before && d.date !== addDays(before.date, 1)) context.addIssue({ code: 'custom', path: [i, 'date'], message: '日期应逐日相接' });
      }),
    ),
});
const hourlyForecast = z.strictObject({
  issuedAt: instant,
  source: words(120),
  hours: z
    .array(z.strictObject({ at: instant, pm25: concentration, pm10: concentration, so2: concentration, no2: concentration, co: concentration, o3: concentration }))
    .min(1)
    .max(16 * 24)
    .superRefine((hours, context) =>
      hours.forEach((h, i) => {
        const before = hours[i - 1];
        if (!isWholeHour(h.at)) context.addIssue({ code: 'custom', path: [i, 'at'], message: '应为整点' });
        if (before && h.at !== before.at + HOUR_MS) context.addIssue({ code: 'custom', path: [i, 'at'], message: '时次应逐时相接' });
      }),
    ),
});
export const newForecast = z.union([dailyForecast, hourlyForecast]);
export type NewForecast = z.output<typeof newForecast>;

/** Clocks of those who issue forecasts differ a little from ours. */
const ISSUED_AHEAD_MS = 10 * MINUTE_MS;

/** The same forecast again is the one on record. An older one than the newest is kept as a late version. */
export function recordForecast(deps: Deps, caller: Caller, areaId: string, input: NewForecast) {
  return recorded(deps, caller, 'record-forecast', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const by = signedBy(caller, 'record-forecast', { areaId: area.rightsAreaId });
    checkTimes(input, await planNowMs(deps, area.clock));
    const document = forecastDocument(input);
    const digest = await saveDocument(deps.pool, {
      kind: 'forecast',
      mediaType: 'application/json',
      title: `${input.source} ${dayOf(input.issuedAt)}`,
      body: canonicalJson(document),
      createdAtMs: await deps.clock(deps.pool),
    });
    const { issuedAt: issuedAtMs, source } = input;
    const forecastId = idOf('F', commandIdOf(caller));
    const row = await appendToArea(deps, caller, area, async ({ tx, seq, planAtMs }) => {
      const newest = await newestForecast(tx, areaId);
      const same = await sameForecast(tx, areaId, digest, issuedAtMs);
      if (same && (same.late || same.id === newest?.id)) return null;
      const late = newest !== null && newest.issuedAtMs > issuedAtMs;
      const assessment = late ? null : await assessArea(tx, area, { forecast: { id: forecastId, digest, issuedAtMs, document } }, { seq, planAtMs });
      return { type: 'forecast-recorded', atMs: planAtMs, clause: '3.1', forecastId, digest, issuedAtMs, source, late, by, assessment };
    });
    if (row) return { forecastId: row.event.forecastId, digest, seq: row.seq, late: row.event.late, assessment: row.event.assessment };
    const same = await sameForecast(deps.pool, areaId, digest, issuedAtMs);
    return { forecastId: same?.id ?? forecastId, digest, seq: same?.seq ?? 0, late: same?.late ?? false, assessment: null };
  });
}

function checkTimes(input: NewForecast, nowMs: number): void {
  if (input.issuedAt > nowMs + ISSUED_AHEAD_MS) throw invalid('issuedAt', '发布时间不得晚于当前时间');
  if ('days' in input && (input.days[0]?.date ?? '') < addDays(dayOf(input.issuedAt), -1)) throw invalid('days.0.date', '预报不得早于发布日的前一日');
  if ('hours' in input && (input.hours[0]?.at ?? 0) < input.issuedAt - 24 * HOUR_MS) throw invalid('hours.0.at', '预报不得早于发布时间前 24 小时');
}

/** As it is kept under its digest. */
export function forecastDocument(input: NewForecast): ForecastDocument {
  if ('days' in input) return { kind: 'daily', values: input.days };
  return { kind: 'hourly', values: input.hours.map(({ at: atMs, ...values }) => ({ atMs, ...values })) };
}
