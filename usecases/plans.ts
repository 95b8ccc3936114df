/** Areas and episodes as the use cases want them: with their plan, its tables and their own time. */
import type { AqiTable } from '../domain/air/tables.js';
import { type AffineClock, toPlanMs } from '../domain/clock.js';
import { type EpisodePlan, episodePlanOf } from '../domain/episode/plan.js';
import type { Plan } from '../domain/plan.js';
import { readArea, readPlan } from '../db/plans.js';
import { loadAqiTables } from '../plans/aqi-tables.js';
import type { Deps, Reads } from './deps.js';
import { notFound } from './failure.js';

export interface LoadedPlan {
  readonly digest: string;
  readonly plan: Plan;
  readonly episodePlan: EpisodePlan;
  readonly tables: readonly AqiTable[];
}

export interface AreaContext extends LoadedPlan {
  readonly areaId: string;
  /** Where rights count: a drill's are those of the area it drills (8.3). */
  readonly rightsAreaId: string;
  readonly drill: boolean;
  readonly clock: AffineClock;
}

// A plan never changes under its digest.
const loaded = new Map<string, LoadedPlan>();

export async function loadedPlan({ pool }: Pick<Reads, 'pool'>, digest: string): Promise<LoadedPlan> {
  const known = loaded.get(digest);
  if (known) return known;
  const plan = await readPlan(pool, digest);
  const entry = { digest, plan, episodePlan: episodePlanOf(plan), tables: loadAqiTables(plan.settings.aqiTables) };
  loaded.set(digest, entry);
  return entry;
}

/** An area with the plan now in force there. Throws `not-found`. */
export async function areaOf(deps: Pick<Reads, 'pool'>, areaId: string): Promise<AreaContext> {
  const area = await readArea(deps.pool, areaId);
  if (!area) throw notFound('area');
  const { drillsArea, clock } = area;
  return { ...(await loadedPlan(deps, area.planDigest)), areaId, rightsAreaId: drillsArea ?? areaId, drill: drillsArea !== null, clock };
}

export async function planNowMs(deps: Deps, clock: AffineClock): Promise<number> {
  return toPlanMs(clock, await deps.clock(deps.pool));
}
