/**
 * Counts over the read models, each with the very query that made it: whoever
 * doubts a figure runs the text with its parameters and gets it again.
 */
import type { Day } from '../../domain/time.js';
import type { Db } from '../pool.js';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface Figures<R> {
  readonly query: Query;
  readonly rows: readonly R[];
}

/** What is counted. Drills are never counted with the real: one or the other (8.3). */
export interface Scope {
  readonly areaId: string;
  readonly drills: boolean;
  /** First and last natural day. */
  readonly from: Day;
  readonly to: Day;
  readonly by: 'whole' | 'month' | 'year';
}

const PERIOD = `case $5 when 'month' then to_char(day, 'YYYY-MM') when 'year' then to_char(day, 'YYYY') else $3 || '/' || $4 end`;
const dayOf = (ms: string) => `(to_timestamp(${ms} / 1000.0) at time zone 'Asia/Shanghai')::date`;
const IN_SCOPE = `coalesce(a.drills_area, a.area_id) = $1 and e.drill = $2`;
const IN_PERIOD = `day between $3::date and $4::date`;
const parametersOf = ({ areaId, drills, from, to, by }: Scope) => [areaId, drills, from, to, by];
const minutes = (name: string) => `round((${name} / 60000.0)::numeric, 1)::float8`;
const hours = (name: string) => `round((${name} / 3600000.0)::numeric, 2)::float8`;

async function figures<R extends object>(db: Db, sql: string, parameters: readonly unknown[]): Promise<Figures<R>> {
  const { rows } = await db.query<R>(sql, [...parameters]);
  return { query: { sql, parameters }, rows };
}

export interface OnTimeRow {
  readonly period: string;
  /** A unit's id or a role. */
  readonly owner: string;
  readonly kind: string;
  readonly owed: number;
  /** By the plan's due time: handed in by it, after it, not at all though it has passed. */
  readonly inTime: number;
  readonly late: number;
  readonly missing: number;
  readonly onTimePercent: number | null;
  /** By the office's own target. */
  readonly targetMet: number;
  readonly targetMissed: number;
  readonly targetPercent: number | null;
  /** Not handed in, and no limit of it has passed. */
  readonly open: number;
}

/** The day a report is about counts, else the day it fell due to be begun. What lapsed is not counted; a closed episode owes no more. */
const ON_TIME = `with owed as (
  select o.*, case when o.ref ~ '^\\d{4}-\\d\\d-\\d\\d$' then o.ref::date else ${dayOf('o.opens_at_ms')} end as day,
    o.due_real_ms < $6 and o.due_at_ms < coalesce(e.closed_at_ms, 9e15) as due_passed,
    o.target_real_ms < $6 and o.target_at_ms < coalesce(e.closed_at_ms, 9e15) as target_passed
  from obligations o join episodes e on e.id = o.episode_id join areas a using (area_id)
  where ${IN_SCOPE} and o.lapsed_at_ms is null and ($7::text is null or o.owner_id = $7) and ($8::text is null or o.kind = $8)
), counted as (
  select ${PERIOD} as period, owner_id, kind, count(*) as owed,
    count(*) filter (where submitted_at_ms <= due_at_ms) as in_time,
    count(*) filter (where submitted_at_ms > due_at_ms) as late,
    count(*) filter (where submitted_at_ms is null and due_passed) as missing,
    count(*) filter (where submitted_at_ms <= target_at_ms) as target_met,
    count(*) filter (where submitted_at_ms > target_at_ms or submitted_at_ms is null and target_passed) as target_missed,
    count(*) filter (where submitted_at_ms is null and due_passed is not true and target_passed is not true) as open
  from owed where ${IN_PERIOD} group by 1, 2, 3
)
select period, owner_id as owner, kind, owed, in_time as "inTime", late, missing,
  round(100.0 * in_time / nullif(in_time + late + missing, 0), 1)::float8 as "onTimePercent",
  target_met as "targetMet", target_missed as "targetMissed",
  round(100.0 * target_met / nullif(target_met + target_missed, 0), 1)::float8 as "targetPercent", open
from counted order by period, kind collate "C", owner_id collate "C"`;

/** `nowMs`, real time, says what has passed. */
export function onTime(db: Db, scope: Scope, nowMs: number, owner: string | null, kind: string | null): Promise<Figures<OnTimeRow>> {
  return figures(db, ON_TIME, [...parametersOf(scope), nowMs, owner, kind]);
}

export interface ApprovalRow {
  readonly period: string;
  readonly action: string;
  readonly role: string;
  readonly steps: number;
  readonly medianMinutes: number;
  readonly shortestMinutes: number;
  readonly longestMinutes: number;
}

const APPROVALS = `with steps as (
  select r.action, d.value -> 'by' ->> 'role' as role, ${dayOf(`(d.value ->> 'atMs')::bigint`)} as day,
    (d.value ->> 'atMs')::bigint - lag((d.value ->> 'atMs')::bigint, 1, r.opened_at_ms) over (partition by r.episode_id, r.id order by d.place) as took_ms
  from requests r join episodes e on e.id = r.episode_id join areas a using (area_id),
    jsonb_array_elements(r.decisions) with ordinality as d (value, place)
  where ${IN_SCOPE} and d.value ->> 'decision' in ('approve', 'return', 'refuse')
)
select ${PERIOD} as period, action, role, count(*) as steps,
  ${minutes('percentile_cont(0.5) within group (order by took_ms)')} as "medianMinutes", ${minutes('min(took_ms)')} as "shortestMinutes", ${minutes('max(took_ms)')} as "longestMinutes"
from steps where ${IN_PERIOD} group by 1, 2, 3 order by period, action collate "C", role collate "C"`;

/** A step's time runs from the request's opening, or from the step before. */
export function approvalTimes(db: Db, scope: Scope): Promise<Figures<ApprovalRow>> {
  return figures(db, APPROVALS, parametersOf(scope));
}

export interface LeadTimeRow {
  readonly period: string;
  readonly episode: string;
  readonly notice: string;
  readonly action: string;
  readonly level: string | null;
  /** Of the forecast that the approved request rested on; null for an order, or where only observations were graded. */
  readonly forecastIssuedAtMs: number | null;
  readonly publishedAtMs: number;
  readonly effectiveAtMs: number;
  readonly forecastToPublicationHours: number | null;
  /** Negative where an order took effect before it was announced here. */
  readonly publicationToEffectHours: number;
}

const LEAD_TIMES = `with notified as (
  select e.number, n.id, n.seq, n.action, n.facts ->> 'level' as level, n.issued_at_ms, (n.facts ->> 'effectiveAtMs')::bigint as effective_at_ms,
    (s.content -> 'basis' ->> 'forecastIssuedAtMs')::bigint as forecast_at_ms, ${dayOf('n.issued_at_ms')} as day
  from notices n join episodes e on e.id = n.episode_id join areas a using (area_id)
    join ledger l on l.stream = 'episode/' || e.id and l.seq = n.seq
    left join requests r on r.episode_id = e.id and r.id = l.event ->> 'requestId'
    left join assessments s on s.area_id = e.area_id and s.id = r.evidence ->> 'assessmentId'
  where ${IN_SCOPE} and n.action in ('publish', 'raise', 'lower', 'lift') and n.facts -> 'part' is null
)
select ${PERIOD} as period, number as episode, id as notice, action, level, forecast_at_ms as "forecastIssuedAtMs", issued_at_ms as "publishedAtMs", effective_at_ms as "effectiveAtMs",
  ${hours('(issued_at_ms - forecast_at_ms)')} as "forecastToPublicationHours", ${hours('(effective_at_ms - issued_at_ms)')} as "publicationToEffectHours"
from notified where ${IN_PERIOD} order by period, issued_at_ms, number, seq`;

export function leadTimes(db: Db, scope: Scope): Promise<Figures<LeadTimeRow>> {
  return figures(db, LEAD_TIMES, parametersOf(scope));
}

export interface IssuedForecast {
  readonly areaId: string;
  readonly issuedAtMs: number;
  readonly kind: 'daily' | 'hourly';
  readonly values: readonly unknown[];
}

const FORECASTS = `select f.area_id as "areaId", f.issued_at_ms as "issuedAtMs", d.content ->> 'kind' as kind, d.content -> 'values' as values
from forecasts f join areas a using (area_id), lateral (select convert_from(body, 'UTF8')::jsonb as content from documents where digest = f.digest) d
where coalesce(a.drills_area, a.area_id) = $1 and (a.drills_area is not null) = $2 and not f.late
  and ${dayOf('f.issued_at_ms')} between $3::date - $5::int and $4::date - 1
order by f.area_id, f.issued_at_ms, f.seq`;

/** Those that could speak of a day of the period: issued before its last day and at most so many days before its first. */
export function issuedForecasts(db: Db, { areaId, drills, from, to }: Scope, daysAhead: number): Promise<Figures<IssuedForecast>> {
  return figures(db, FORECASTS, [areaId, drills, from, to, daysAhead]);
}

export interface ObservedValue {
  readonly areaId: string;
  readonly kind: 'hourly' | 'daily';
  readonly station: string;
  readonly atMs: number;
  readonly values: object;
}

const OBSERVED = `select distinct on (o.area_id, o.kind, o.station, o.at_ms) o.area_id as "areaId", o.kind, o.station, o.at_ms as "atMs", o.values
from observations o join areas a using (area_id)
where coalesce(a.drills_area, a.area_id) = $1 and (a.drills_area is not null) = $2 and ${dayOf('o.at_ms')} between $3::date - 1 and $4::date
order by o.area_id, o.kind, o.station, o.at_ms, o.seq desc`;

/** Of each hour or day what was recorded last; from the day before the period, into which its first means reach. */
export function observedValues(db: Db, { areaId, drills, from, to }: Scope): Promise<Figures<ObservedValue>> {
  return figures(db, OBSERVED, [areaId, drills, from, to]);
}
