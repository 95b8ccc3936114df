/**
 * What an area's stream records (`area/{area}`). Values lie in documents; the
 * event names them by digest and carries the assessment they led to.
 */
import type { Act, Signatory } from './act.js';
import type { Assessment } from './air/assessment.js';
import type { TimeSpan } from './air/concentrations.js';
import type { AreaInput } from './episode/commands.js';
import type { SuperiorOrder } from './order.js';
import type { Clause } from './plan.js';

interface Base {
  /** Plan time of recording. */
  readonly atMs: number;
  readonly clause: Clause;
}

interface Assessed extends Base {
  /** Null where it changes nothing that anybody acts on. */
  readonly assessment: Assessment | null;
}

export type AreaEvent =
  | (Assessed & {
      readonly type: 'forecast-recorded';
      readonly forecastId: string;
      /** Of a `ForecastDocument`. */
      readonly digest: string;
      readonly issuedAtMs: number;
      readonly source: string;
      /** Older than the newest forecast: kept, never the current one. */
      readonly late: boolean;
      readonly by: Signatory;
    })
  | (Assessed & {
      readonly type: 'observations-recorded';
      /** Of an `ObservationsDocument`. */
      readonly digest: string;
      readonly by: Signatory;
    })
  | (Assessed & {
      readonly type: 'dust-flagged';
      readonly flagId: string;
      /** A later flag of the same id replaces it; no spans withdraw it. */
      readonly spans: readonly TimeSpan[];
      readonly reason: string;
      readonly act: Act;
    })
  | (Base & { readonly type: 'order-received'; readonly order: SuperiorOrder; readonly act: Act })
  | (Base & { readonly type: 'order-transmission-added'; readonly order: SuperiorOrder; readonly act: Act })
  | (Base & { readonly type: 'order-checked'; readonly orderId: string; readonly confirmed: boolean; readonly reason?: string; readonly act: Act });

/** A forecast as handed in: `days` as `ForecastDay[]`, or hourly concentrations as `HourValues[]`. */
export interface ForecastDocument {
  readonly kind: 'daily' | 'hourly';
  readonly values: readonly unknown[];
}

/**
 * Observations as handed in. Each row's own columns are its station (the city's
 * series is a station too) and the instant it begins at: the start of the hour,
 * or 00:00 of the day.
 */
export interface ObservationsDocument {
  readonly kind: 'hourly' | 'daily';
  readonly rows: readonly { readonly station: string; readonly atMs: number; readonly values: object }[];
}

/** What an episode, or the watch, takes in of a row; null where it concerns neither. */
export function areaInputOf(event: AreaEvent, areaSeq: number): AreaInput | null {
  switch (event.type) {
    case 'forecast-recorded':
    case 'observations-recorded':
    case 'dust-flagged':
      return event.assessment && { type: 'note-assessment', areaSeq, assessment: event.assessment };
    case 'order-received':
      return { type: 'receive-order', areaSeq, order: event.order };
    case 'order-transmission-added':
      return { type: 'add-transmission', areaSeq, order: event.order };
    case 'order-checked':
      return { type: 'check-order', areaSeq, orderId: event.orderId, confirmed: event.confirmed, ...(event.reason === undefined ? {} : { reason: event.reason }), act: event.act };
  }
}
