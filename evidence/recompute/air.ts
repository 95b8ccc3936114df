/**
 * Every grading anew (3.3.1, 3.3.2, 3.3.6): the observed hours and the forecast
 * on record when a row of the area was written, graded by the plan it names,
 * must give the assessment it carries; and a row without one must have said
 * nothing new.
 */
import { assess, OBSERVED_DAYS_WANTED } from '../../domain/air/assess.js';
import type { Assessment } from '../../domain/air/assessment.js';
import { concentrationsOf, type HourValues, type TimeSpan } from '../../domain/air/concentrations.js';
import type { DayValues } from '../../domain/air/days.js';
import type { ForecastDay, ForecastValues, Observed } from '../../domain/air/joined.js';
import { saysSomethingNew } from '../../domain/air/news.js';
import type { AreaEvent, ForecastDocument, ObservationsDocument } from '../../domain/area.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { DAY_MS, dayOf } from '../../domain/time.js';
import { difference, type Tell } from '../fault.js';
import type { EpisodeRecord } from '../format.js';
import { PATHS } from '../format.js';
import type { Frame } from '../walk.js';

interface Forecast {
  readonly id: string;
  readonly digest: string;
  readonly issuedAtMs: number;
  readonly values: ForecastValues | null;
}

/** What is known of the air after some rows of the area. */
class Known {
  forecast: Forecast | null = null;
  newest: Assessment | null = null;
  readonly dust = new Map<string, readonly TimeSpan[]>();
  private readonly hourly = new Map<string, Map<number, HourValues>>();
  private readonly daily = new Map<number, DayValues>();

  observe({ kind, rows }: ObservationsDocument): void {
    for (const { station, atMs, values } of rows) {
      if (kind === 'daily') this.daily.set(atMs, { ...values, date: dayOf(atMs) });
      else this.hoursOf(station).set(atMs, { ...values, atMs });
    }
  }

  /** By the hour where hours are recorded, else by the day. */
  observed(sinceMs: number): Observed | null {
    const stations = [...this.hourly]
      .map(([station, hours]) => [station, concentrationsOf(since(hours, sinceMs))] as const)
      .filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== null);
    if (stations.length > 0) return { kind: 'hourly', stations: Object.fromEntries(stations) };
    const days = since(this.daily, sinceMs);
    return days.length > 0 ? { kind: 'daily', days } : null;
  }

  private hoursOf(station: string): Map<number, HourValues> {
    const hours = this.hourly.get(station) ?? new Map<number, HourValues>();
    this.hourly.set(station, hours);
    return hours;
  }
}

function since<V>(values: ReadonlyMap<number, V>, sinceMs: number): V[] {
  const found: V[] = [];
  for (const [atMs, value] of values) if (atMs >= sinceMs) found.push(value);
  return found;
}

/** A row that is graded: what it carries, and what it should. */
export interface Regraded {
  readonly row: LedgerRow;
  readonly recorded: Assessment | null;
  /** Null where what it was graded by is not in the bundle. */
  readonly anew: Assessment | null;
  readonly promptOn: 'low' | 'middle' | 'high';
  /** Whether it may go without an assessment: an observation that says nothing new. */
  readonly isNews: boolean;
}

export function gradingsAnew(frame: Frame, tell: Tell): void {
  for (const { row, recorded, anew, promptOn, isNews } of regraded(frame, tell)) {
    const what = faultIn(recorded, anew, promptOn, isNews);
    if (what !== null) tell(areaRowName(row), what);
  }
}

function faultIn(recorded: Assessment | null, anew: Assessment | null, promptOn: Regraded['promptOn'], isNews: boolean): string | null {
  if (anew === null) return 'the plan, or the AQI tables, that it was graded by are not in the bundle';
  if (recorded === null) return isNews ? 'it said something new and carries no assessment: nobody was told' : null;
  const [was, level] = [recorded.grades[promptOn].level, anew.grades[promptOn].level];
  if (level !== was) return `graded ${was ?? 'none'}; the hours and the forecast on record give ${level ?? 'none'} (3.3.2)`;
  const what = difference(anew, recorded);
  return what === null ? null : `assessment: ${what}`;
}

function areaRowName({ seq, event }: LedgerRow): string {
  return `${PATHS.areaRows} row ${seq} (${event.type})`;
}

/** The rows from the one that opened the episode on; those before it only tell what was known. */
export function* regraded(frame: Frame, tell: Tell): Generator<Regraded> {
  const { record, opened } = frame;
  const known = new Known();
  for (const row of record.areaRows) {
    if (row.kind !== 'input') continue;
    const isChecked = row.seq > opened.areaSeq;
    const event = row.event as AreaEvent;
    const isGraded = takeIn(frame, known, event, (what) => isChecked && tell(areaRowName(row), what));
    if (!isGraded || !('assessment' in event)) continue;
    if (isChecked) yield regrade(record, known, row, event.assessment);
    known.newest = event.assessment ?? known.newest;
  }
}

/** Adds what a row tells to what is known; false where the row is not graded. */
function takeIn(frame: Frame, known: Known, event: AreaEvent, tell: (what: string) => void): boolean {
  switch (event.type) {
    case 'forecast-recorded': {
      const { forecastId: id, digest, issuedAtMs, late, assessment } = event;
      const isLate = known.forecast !== null && known.forecast.issuedAtMs > issuedAtMs;
      if (isLate !== late) tell(`it should be marked ${isLate ? 'late' : 'current'}, is marked ${late ? 'late' : 'current'}`);
      if (late && assessment) tell('an older forecast than the current one carries an assessment');
      const document = documentOf<ForecastDocument>(frame, digest);
      if (!document) tell(`its values (${digest}) are not in the bundle`);
      if (late || !document) return false;
      known.forecast = { id, digest, issuedAtMs, values: valuesOf(document) };
      return true;
    }
    case 'observations-recorded': {
      const document = documentOf<ObservationsDocument>(frame, event.digest);
      if (document) known.observe(document);
      else tell(`its values (${event.digest}) are not in the bundle`);
      return document !== null;
    }
    case 'dust-flagged':
      // Set anew, so that it stands last: flags are read in the order of their rows.
      known.dust.delete(event.flagId);
      known.dust.set(event.flagId, event.spans);
      return true;
    case 'order-received':
    case 'order-transmission-added':
    case 'order-checked':
      return false;
  }
}

function regrade({ plans, aqiTables }: EpisodeRecord, known: Known, row: LedgerRow, recorded: Assessment | null): Regraded {
  const plan = plans.get(row.planDigest);
  const tables = plan && aqiTables.get(plan.settings.aqiTables);
  if (!plan || !tables) return { row, recorded, anew: null, promptOn: 'high', isNews: false };
  const { forecast, newest } = known;
  const input = {
    id: `A${row.seq}`,
    forecastId: forecast?.id ?? null,
    forecastDigest: forecast?.digest ?? null,
    forecastIssuedAtMs: forecast?.issuedAtMs ?? null,
    observed: known.observed(row.planAtMs - OBSERVED_DAYS_WANTED * DAY_MS),
    forecast: forecast?.values ?? null,
    dustSpans: [...known.dust.values()].flat(),
  };
  const anew = assess(plan, tables, input, row.planAtMs);
  const isNews = row.event.type !== 'observations-recorded' || saysSomethingNew(plan, newest, anew);
  return { row, recorded, anew, promptOn: plan.settings.promptOn, isNews };
}

function documentOf<D>({ documents }: Frame, digest: string): D | null {
  const body = documents.get(digest);
  return body ? (JSON.parse(Buffer.from(body).toString('utf8')) as D) : null;
}

function valuesOf({ kind, values }: ForecastDocument): ForecastValues | null {
  if (kind === 'daily') return { kind, days: values as readonly ForecastDay[] };
  const hours = concentrationsOf(values as readonly HourValues[]);
  return hours && { kind, hours };
}
