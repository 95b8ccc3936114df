/** What is known of an area's air after some of its recorded rows: for whoever grades the record anew. */
import type { AreaEvent, ForecastDocument, ObservationsDocument } from '../area.js';
import { DAY_MS, dayOf } from '../time.js';
import { type AssessmentInput, OBSERVED_DAYS_WANTED } from './assess.js';
import { concentrationsOf, type HourValues, type TimeSpan } from './concentrations.js';
import type { DayValues } from './days.js';
import { KnownHours } from './known-hours.js';
import type { Air, ForecastDay, ForecastValues, Observed } from './joined.js';

export interface KnownForecast {
  readonly id: string;
  readonly digest: string;
  readonly issuedAtMs: number;
  readonly values: ForecastValues | null;
}

export class KnownAir {
  /** The current one. */
  forecast: KnownForecast | null = null;
  private readonly dust = new Map<string, readonly TimeSpan[]>();
  private readonly hourly = new Map<string, KnownHours>();
  private readonly daily = new Map<number, DayValues>();

  /** What a row of the area tells, with the document that it names; false where nothing is to be graded: an order, a late forecast, a document that is not there. */
  takeIn(event: AreaEvent, document: ForecastDocument | ObservationsDocument | null): boolean {
    switch (event.type) {
      case 'forecast-recorded':
        if (event.late || !document || !('values' in document)) return false;
        this.forecast = { id: event.forecastId, digest: event.digest, issuedAtMs: event.issuedAtMs, values: forecastValuesOf(document) };
        return true;
      case 'observations-recorded':
        if (!document || !('rows' in document)) return false;
        this.observe(document);
        return true;
      case 'dust-flagged':
        this.flag(event.flagId, event.spans);
        return true;
      case 'order-received':
      case 'order-transmission-added':
      case 'order-checked':
        return false;
    }
  }

  /** A later value of an hour or a day stands for the earlier. */
  observe({ kind, rows }: ObservationsDocument): void {
    for (const { station, atMs, values } of rows) {
      if (kind === 'daily') this.daily.set(atMs, { ...values, date: dayOf(atMs) });
      else this.hoursOf(station).set({ ...values, atMs });
    }
  }

  /** A flag of an id replaces the one before; it then stands last, as flags are read in the order of their rows. */
  flag(flagId: string, spans: readonly TimeSpan[]): void {
    this.dust.delete(flagId);
    this.dust.set(flagId, spans);
  }

  /** Stations with hours on record. */
  stations(): string[] {
    return [...this.hourly.keys()];
  }

  /** What an assessment at an instant is given. */
  inputAt(id: string, atMs: number): AssessmentInput {
    const { forecast } = this;
    return { id, forecastId: forecast?.id ?? null, forecastDigest: forecast?.digest ?? null, forecastIssuedAtMs: forecast?.issuedAtMs ?? null, ...this.since(atMs - OBSERVED_DAYS_WANTED * DAY_MS) };
  }

  /** The air without what is older. */
  since(sinceMs: number): Air {
    return { observed: this.observed(sinceMs), forecast: this.forecast?.values ?? null, dustSpans: [...this.dust.values()].flat() };
  }

  /** By the hour where hours are recorded, else by the day. */
  private observed(sinceMs: number): Observed | null {
    const stations = [...this.hourly]
      .map(([station, hours]) => [station, hours.since(sinceMs)] as const)
      .filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== null);
    if (stations.length > 0) return { kind: 'hourly', stations: Object.fromEntries(stations) };
    const days = [...this.daily].flatMap(([atMs, day]) => (atMs >= sinceMs ? [day] : []));
    return days.length > 0 ? { kind: 'daily', days } : null;
  }

  private hoursOf(station: string): KnownHours {
    const hours = this.hourly.get(station) ?? new KnownHours();
    this.hourly.set(station, hours);
    return hours;
  }
}

/** A forecast's document as grading wants it; null where it holds no hour. */
export function forecastValuesOf({ kind, values }: ForecastDocument): ForecastValues | null {
  if (kind === 'daily') return { kind, days: values as readonly ForecastDay[] };
  const hours = concentrationsOf(values as readonly HourValues[]);
  return hours && { kind, hours };
}
