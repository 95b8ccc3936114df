/** Statistics that can be made again: every table with the queries it was made by. Drills apart, never with the real. */
import { z } from 'zod';
import type { Plan } from '../domain/plan.js';
import type { Text } from '../domain/text.js';
import { type Day, DAY_MS, dayOf, startOfDayMs } from '../domain/time.js';
import { ensureObligations } from '../db/ledger/submissions.js';
import { listAreas } from '../db/plans.js';
import { dustFlags } from '../db/read/air.js';
import { openEpisodesOf } from '../db/read/episode-pages.js';
import { approvalTimes, issuedForecasts, leadTimes, observedValues, onTime, type Scope } from '../db/read/statistics.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { invalid } from './failure.js';
import { ACTION_NAMES, nameIn, ROLE_NAMES } from './names.js';
import { type AreaContext, areaOf, planNowMs } from './plans.js';
import { admitReader } from './reading.js';
import { day, id } from './schemas.js';
import { DAYS_AHEAD, forecastRows } from './statistics-forecasts.js';
import { type Cell, type StatisticsTable, type TableId, tableOf } from './statistics-tables.js';

const LONGEST_DAYS = 1_100;

export const statisticsQuery = z.strictObject({
  /** Natural days, the last one included; without them the year so far. */
  from: day.optional(),
  to: day.optional(),
  by: z.enum(['whole', 'month', 'year']).default('whole'),
  /** `only`: drills and nothing else. */
  drills: z.enum(['none', 'only']).default('none'),
  /** Of the reports: one unit's (or role's), one kind's. */
  owner: id.optional(),
  kind: id.optional(),
});
export type StatisticsQuery = z.output<typeof statisticsQuery>;

export interface Statistics {
  readonly areaId: string;
  readonly city: Text;
  readonly from: Day;
  readonly to: Day;
  readonly by: Scope['by'];
  readonly drills: StatisticsQuery['drills'];
  readonly owner: string | null;
  readonly kind: string | null;
  /** Real time. */
  readonly madeAtMs: number;
  readonly tables: readonly StatisticsTable[];
}

/** Of a real area; `drills: only` counts what was drilled of it. */
export async function statistics(deps: Deps, caller: Caller, areaId: string, query: StatisticsQuery, only: TableId | null = null): Promise<Statistics> {
  const asked = await areaOf(deps, areaId);
  await admitReader(deps, caller, asked);
  const area = asked.drill ? await areaOf(deps, asked.rightsAreaId) : asked;
  const nowMs = await planNowMs(deps, area.clock);
  const madeAtMs = await deps.clock(deps.pool);
  const scope = scopeOf(area, query, nowMs);
  for (const { areaId: ours, drillsArea } of await listAreas(deps.pool)) {
    if ((drillsArea ?? ours) !== area.areaId) continue;
    for (const episode of await openEpisodesOf(deps.pool, ours)) await ensureObligations(deps.pool, episode.id, deps.clock);
  }
  const { owner = null, kind = null } = query;
  const cellOf = namesBy(area.plan);
  const makers: Readonly<Record<TableId, () => Promise<StatisticsTable>>> = {
    'on-time': async () => {
      const { query: made, rows } = await onTime(deps.pool, scope, madeAtMs, owner, kind);
      return tableOf('on-time', [made], rows, cellOf);
    },
    approvals: async () => {
      const { query: made, rows } = await approvalTimes(deps.pool, scope);
      return tableOf('approvals', [made], rows, cellOf);
    },
    'lead-times': async () => {
      const { query: made, rows } = await leadTimes(deps.pool, scope);
      return tableOf('lead-times', [made], rows, cellOf);
    },
    forecasts: () => forecastTable(deps, area, scope, nowMs, cellOf),
  };
  const tables: StatisticsTable[] = [];
  for (const table of Object.keys(makers) as TableId[]) if (only === null || only === table) tables.push(await makers[table]());
  return { areaId: area.areaId, city: area.plan.city, from: scope.from, to: scope.to, by: scope.by, drills: query.drills, owner, kind, madeAtMs, tables };
}

function scopeOf({ areaId }: AreaContext, { from, to, by, drills }: StatisticsQuery, nowMs: number): Scope {
  const last = to ?? dayOf(nowMs);
  const first = from ?? `${last.slice(0, 4)}-01-01`;
  if (first > last) throw invalid('to', '结束日应不早于开始日');
  if (startOfDayMs(last) - startOfDayMs(first) > LONGEST_DAYS * DAY_MS) throw invalid('from', `时段不超过${LONGEST_DAYS}天`);
  return { areaId, drills: drills === 'only', from: first, to: last, by };
}

async function forecastTable(deps: Deps, { plan, tables }: AreaContext, scope: Scope, nowMs: number, cellOf: (column: string, value: Cell) => Cell): Promise<StatisticsTable> {
  const issued = await issuedForecasts(deps.pool, scope, DAYS_AHEAD);
  const observed = await observedValues(deps.pool, scope);
  const areas = await Promise.all(
    [...new Set(issued.rows.map((f) => f.areaId))].map(async (areaId) => ({
      forecasts: issued.rows.filter((f) => f.areaId === areaId),
      observed: observed.rows.filter((o) => o.areaId === areaId),
      dustSpans: (await dustFlags(deps.pool, areaId)).flatMap((f) => f.spans),
    })),
  );
  const { from, to, by } = scope;
  const periodOf = (of: Day) => (by === 'month' ? of.slice(0, 7) : by === 'year' ? of.slice(0, 4) : `${from}/${to}`);
  return tableOf('forecasts', [issued.query, observed.query], forecastRows({ plan, tables, from, to, nowMs, periodOf }, areas), cellOf);
}

/** Ids as the plan calls them; one that it does not know stays as it is. */
function namesBy(plan: Plan): (column: string, value: Cell) => Cell {
  return (column, value) => {
    if (typeof value !== 'string') return value;
    switch (column) {
      case 'owner':
        return plan.units.find((u) => u.id === value)?.shortName ?? nameIn(ROLE_NAMES, value) ?? value;
      case 'role':
        return nameIn(ROLE_NAMES, value) ?? value;
      case 'kind':
        return plan.obligations.find((o) => o.kind === value)?.title ?? value;
      case 'action':
        return nameIn(ACTION_NAMES, value) ?? value;
      case 'level':
        return plan.levels.find((l) => l.id === value)?.name ?? value;
      default:
        return value;
    }
  };
}
