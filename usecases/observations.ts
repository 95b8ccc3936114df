/** Observations (3.1), hourly by station or daily for the city. A correction is a new version of the hour; the old one stays. */
import { z } from 'zod';
import type { ObservationsDocument } from '../domain/area.js';
import { POLLUTANTS } from '../domain/air/pollutants.js';
import { canonicalJson } from '../domain/digest.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { currentRules } from '../domain/rules.js';
import { dayOf, endOfDayMs, HOUR_MS, isWholeHour, startOfDayMs } from '../domain/time.js';
import { saveDocument } from '../db/documents.js';
import { newestAssessment } from '../db/read/air.js';
import type { Tx } from '../db/pool.js';
import { loadEpisode } from '../db/projections/episodes.js';
import { activeEpisode } from '../db/read/episodes.js';
import { signedBy } from './acts.js';
import { appendToArea } from './area-stream.js';
import { assessArea } from './assessment.js';
import { recorded } from './audit.js';
import { type Caller } from './caller.js';
import type { Deps } from './deps.js';
import { fail, invalid } from './failure.js';
import { areaOf, planNowMs } from './plans.js';
import { day, instant, words } from './schemas.js';

const MAX_ROWS = 2_500;
const value = z.number().min(0).max(100_000).nullable().optional();
const concentrations = { pm25: value, pm10: value, so2: value, no2: value, co: value };

const hourly = z.strictObject({
  hours: z
    .array(z.strictObject({ station: words(80), at: instant.refine(isWholeHour, '应为整点'), ...concentrations, o3: value }))
    .min(1)
    .max(MAX_ROWS),
});
const daily = z.strictObject({
  days: z
    .array(
      z.strictObject({
        date: day,
        aqi: z.int().min(0).max(500).nullable().optional(),
        ...concentrations,
        o3_8h: value,
        primary: z.array(z.enum(POLLUTANTS)).max(6).optional(),
        dust: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(400),
});
export const newObservations = z.union([hourly, daily]);
export type NewObservations = z.output<typeof newObservations>;

/** A day's values are the city's own. */
const CITY = 'city';

/** The row carries an assessment only where it says something new; only then is anybody woken. */
export function recordObservations(deps: Deps, caller: Caller, areaId: string, input: NewObservations) {
  return recorded(deps, caller, 'record-observations', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const by = signedBy(caller, 'record-observations', { areaId: area.rightsAreaId });
    checkPast(input, await planNowMs(deps, area.clock));
    checkStations(input, area.plan.settings.stations);
    const document = documentOf(input);
    const digest = await saveDocument(deps.pool, {
      kind: 'observations',
      mediaType: 'application/json',
      title: `${areaId} ${dayOf(document.rows[0]?.atMs ?? 0)}`,
      body: canonicalJson(document),
      createdAtMs: await deps.clock(deps.pool),
    });
    const row = await appendToArea(deps, caller, area, async ({ tx, seq, planAtMs }) => {
      const now = await assessArea(tx, area, { observed: document }, { seq, planAtMs });
      const running = await runningState(tx, areaId);
      const assessment = currentRules().isToBeTold(area.plan, await newestAssessment(tx, areaId), now, running) ? now : null;
      return { type: 'observations-recorded', atMs: planAtMs, clause: '3.1', digest, by, assessment };
    });
    return { digest, rows: document.rows.length, seq: row?.seq ?? 0, assessment: row?.event.assessment ?? null };
  });
}

async function runningState(tx: Tx, areaId: string): Promise<EpisodeState | null> {
  const id = await activeEpisode(tx, areaId);
  return id === null ? null : ((await loadEpisode(tx, id))?.state ?? null);
}

/** Nothing is observed before it has ended. */
function checkPast(input: NewObservations, nowMs: number): void {
  if ('days' in input) {
    const ahead = input.days.findIndex((d) => endOfDayMs(d.date) > nowMs);
    if (ahead >= 0) throw invalid(`days.${ahead}.date`, '该日尚未结束');
    return;
  }
  const ahead = input.hours.findIndex((h) => h.at + HOUR_MS > nowMs);
  if (ahead >= 0) throw invalid(`hours.${ahead}.at`, '该时次尚未结束');
}

/** R25: one hour of a station that is not the city's would put the hourly record, without a value of it, in the place of its days. */
function checkStations(input: NewObservations, listed: readonly string[]): void {
  if (!('hours' in input) || listed.length === 0) return;
  const faults = input.hours.flatMap(({ station }, i) => (listed.includes(station) ? [] : [{ path: `hours.${i}.station`, message: '预案所列站点中没有该站' }]));
  if (faults.length > 0) throw fail({ kind: 'invalid', faults });
}

function documentOf(input: NewObservations): ObservationsDocument {
  if ('hours' in input) return { kind: 'hourly', rows: input.hours.map(({ station, at: atMs, ...values }) => ({ station, atMs, values })) };
  return { kind: 'daily', rows: input.days.map(({ date, ...values }) => ({ station: CITY, atMs: startOfDayMs(date), values })) };
}
