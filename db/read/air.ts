/** The air as an assessment wants it: the newest values of each hour or day, the newest forecast, the flagged spans. */
import type { Assessment } from '../../domain/air/assessment.js';
import type { TimeSpan } from '../../domain/air/concentrations.js';
import type { Db } from '../pool.js';

export interface ObservedRow {
  readonly station: string;
  readonly atMs: number;
  readonly values: object;
}

/** Of each station and time what was recorded last. */
export async function observedSince(db: Db, areaId: string, kind: 'hourly' | 'daily', sinceMs: number): Promise<ObservedRow[]> {
  const { rows } = await db.query<ObservedRow>(
    `select distinct on (station, at_ms) station, at_ms as "atMs", values from observations
     where area_id = $1 and kind = $2 and at_ms >= $3 order by station, at_ms, seq desc`,
    [areaId, kind, sinceMs],
  );
  return rows;
}

export interface ForecastRow {
  readonly id: string;
  readonly seq: number;
  readonly digest: string;
  readonly issuedAtMs: number;
  readonly source: string;
  readonly late: boolean;
  readonly recordedAtMs: number;
}

const FORECAST = 'id, seq, digest, issued_at_ms as "issuedAtMs", source, late, recorded_at_ms as "recordedAtMs"';

/** The current one; of two issued at one time the one recorded last. */
export async function newestForecast(db: Db, areaId: string): Promise<ForecastRow | null> {
  const { rows } = await db.query<ForecastRow>(`select ${FORECAST} from forecasts where area_id = $1 and not late order by issued_at_ms desc, seq desc limit 1`, [areaId]);
  return rows[0] ?? null;
}

export async function sameForecast(db: Db, areaId: string, digest: string, issuedAtMs: number): Promise<ForecastRow | null> {
  const { rows } = await db.query<ForecastRow>(`select ${FORECAST} from forecasts where area_id = $1 and digest = $2 and issued_at_ms = $3 order by seq desc limit 1`, [areaId, digest, issuedAtMs]);
  return rows[0] ?? null;
}

/** Newest issue first. */
export async function listForecasts(db: Db, areaId: string, limit: number): Promise<ForecastRow[]> {
  const { rows } = await db.query<ForecastRow>(`select ${FORECAST} from forecasts where area_id = $1 order by issued_at_ms desc, seq desc limit $2`, [areaId, limit]);
  return rows;
}

/** Issued within a span, oldest first. */
export async function forecastsIssued(db: Db, areaId: string, fromMs: number, toMs: number): Promise<ForecastRow[]> {
  const { rows } = await db.query<ForecastRow>(`select ${FORECAST} from forecasts where area_id = $1 and issued_at_ms between $2 and $3 order by issued_at_ms, seq`, [areaId, fromMs, toMs]);
  return rows;
}

export interface DustFlag {
  readonly id: string;
  readonly spans: readonly TimeSpan[];
  readonly reason: string;
}

export async function dustFlags(db: Db, areaId: string): Promise<DustFlag[]> {
  const { rows } = await db.query<DustFlag>('select id, spans, reason from dust_flags where area_id = $1 order by seq', [areaId]);
  return rows;
}

/** The last one that said something new. */
export async function newestAssessment(db: Db, areaId: string): Promise<Assessment | null> {
  const { rows } = await db.query<{ content: Assessment }>('select content from assessments where area_id = $1 order by seq desc limit 1', [areaId]);
  return rows[0]?.content ?? null;
}

/** One of an area's, as it was recorded. */
export async function assessmentById(db: Db, areaId: string, assessmentId: string): Promise<Assessment | null> {
  const { rows } = await db.query<{ content: Assessment }>('select content from assessments where area_id = $1 and id = $2', [areaId, assessmentId]);
  return rows[0]?.content ?? null;
}

/** Start of the newest hour or day observed; null when nothing ever was. */
export async function lastObserved(db: Db, areaId: string): Promise<number | null> {
  // By kind, so that the index's end answers: a maximum over both reads every row of years.
  const { rows } = await db.query<{ atMs: number | null }>(
    `select max(newest) as "atMs" from unnest(array['hourly', 'daily']) as kinds(kind), lateral (select max(at_ms) as newest from observations where area_id = $1 and kind = kinds.kind) as one`,
    [areaId],
  );
  return rows[0]?.atMs ?? null;
}
