import type { AffineClock } from '../domain/clock.js';
import { digestOf } from '../domain/digest.js';
import { type EpisodePlan, episodePlanOf } from '../domain/episode/plan.js';
import type { Plan } from '../domain/plan.js';
import type { Db } from './pool.js';

/** Keeps a plan under the digest of its canonical JSON and returns that; the same plan again changes nothing. */
export async function savePlan(db: Db, plan: Plan, savedAtMs: number): Promise<string> {
  const digest = digestOf(plan);
  await db.query('insert into plans (digest, plan_id, revision, content, saved_at_ms) values ($1, $2, $3, $4, $5) on conflict do nothing', [
    digest,
    plan.id,
    plan.revision,
    JSON.stringify(plan),
    savedAtMs,
  ]);
  return digest;
}

// A digest names its plan for good, whatever the database: nothing here grows stale.
const known = new Map<string, { readonly plan: Plan; readonly episodePlan: EpisodePlan }>();

async function planByDigest(db: Db, digest: string): Promise<{ readonly plan: Plan; readonly episodePlan: EpisodePlan }> {
  const found = known.get(digest);
  if (found) return found;
  const { rows } = await db.query<{ content: Plan }>('select content from plans where digest = $1', [digest]);
  if (!rows[0]) throw new Error(`no plan ${digest} is kept here`);
  const plan = rows[0].content;
  const entry = { plan, episodePlan: episodePlanOf(plan) };
  known.set(digest, entry);
  return entry;
}

/** A plan that must be there: an episode or an area refers to it. */
export async function readPlan(db: Db, digest: string): Promise<Plan> {
  return (await planByDigest(db, digest)).plan;
}

export async function readEpisodePlan(db: Db, digest: string): Promise<EpisodePlan> {
  return (await planByDigest(db, digest)).episodePlan;
}

export interface PlanVersion {
  readonly digest: string;
  readonly planId: string;
  readonly revision: string;
  readonly title: Plan['title'];
  readonly savedAtMs: number;
}

/** Newest first. */
export async function listPlans(db: Db): Promise<PlanVersion[]> {
  const { rows } = await db.query<PlanVersion>(`select digest, plan_id as "planId", revision, content -> 'title' as title, saved_at_ms as "savedAtMs" from plans order by saved_at_ms desc, digest`);
  return rows;
}

/** Makes a kept plan the one under which new episodes of the area begin. */
export async function setAreaPlan(db: Db, areaId: string, planDigest: string): Promise<void> {
  await db.query('insert into areas (area_id, plan_digest) values ($1, $2) on conflict (area_id) do update set plan_digest = excluded.plan_digest', [areaId, planDigest]);
}

export interface Area {
  readonly areaId: string;
  readonly planDigest: string;
  /** The area that this one is a drill of (8.3); null for a real one. */
  readonly drillsArea: string | null;
  readonly clock: AffineClock;
}

/** An area beside a real one, for one drill under its plan, on a clock of its own. */
export async function addDrillArea(db: Db, drill: { readonly areaId: string; readonly drillsArea: string; readonly clock: AffineClock }): Promise<void> {
  await db.query(
    'insert into areas (area_id, plan_digest, drills_area, clock) select $1, plan_digest, area_id, $3 from areas where area_id = $2 on conflict do nothing',
    [drill.areaId, drill.drillsArea, JSON.stringify(drill.clock)],
  );
}

const AREA = 'select area_id as "areaId", plan_digest as "planDigest", drills_area as "drillsArea", clock from areas';

export async function readArea(db: Db, areaId: string): Promise<Area | null> {
  const { rows } = await db.query<Area>(`${AREA} where area_id = $1`, [areaId]);
  return rows[0] ?? null;
}

export async function listAreas(db: Db): Promise<Area[]> {
  const { rows } = await db.query<Area>(`${AREA} order by area_id`);
  return rows;
}

/** The area whose rights a stream stands under, a drill's being those of the area it drills; null for no stream of ours. */
export async function rightsAreaOf(db: Db, stream: string): Promise<string | null> {
  const slash = stream.indexOf('/');
  const [kind, id] = [stream.slice(0, slash), stream.slice(slash + 1)];
  const { rows } = await db.query<{ areaId: string }>(
    `select coalesce(drills_area, area_id) as "areaId" from areas where area_id = ${kind === 'episode' ? '(select area_id from episodes where id = $1)' : '$1'}`,
    [id],
  );
  return rows[0]?.areaId ?? null;
}

/** Puts an area on a clock of its own: a season plays in the years of its data. */
export async function setAreaClock(db: Db, areaId: string, clock: AffineClock): Promise<void> {
  await db.query('update areas set clock = $2 where area_id = $1', [areaId, JSON.stringify(clock)]);
}
