/**
 * What if: an episode's recorded inputs under another plan or AQI table (5.2,
 * 8.5). Both sides are played by people who act at once, so that what differs
 * is the rules' doing; what really happened stands beside them.
 */
import { setImmediate as letOthersGoOn } from 'node:timers/promises';
import { z } from 'zod';
import type { AqiTable } from '../domain/air/tables.js';
import { compare, type Comparison, type Difference } from '../domain/backtest/compare.js';
import { sayDifference } from '../domain/backtest/compare-words.js';
import { type Course, courseOf } from '../domain/backtest/course.js';
import { type Played, playRecorded } from '../domain/backtest/recorded.js';
import type { Plan } from '../domain/plan.js';
import type { Text } from '../domain/text.js';
import { listPlans as keptPlans, readPlan } from '../db/plans.js';
import { loadAqiTables } from '../plans/aqi-tables.js';
import { listPlans as shippedPlans, loadPlan, planDigest } from '../plans/load.js';
import { recordAccess } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { invalid } from './failure.js';
import { admitReader } from './reading.js';
import { knownRules } from './rules.js';
import { inputsOf } from './what-if-inputs.js';

/** Nobody waits longer than this for their own page while an episode is played. */
const SLICE_MS = 20;

export const whatIfQuery = z.strictObject({
  /** The digest of a kept edition, or the name of a shipped plan; absent: the episode's own. */
  plan: z
    .string()
    .regex(/^[\w-]{1,80}$/, '应为预案摘要或名称')
    .optional(),
  /** One AQI table for the whole time; absent: the plan's, each from its date on. */
  table: z
    .string()
    .regex(/^[\w.-]{1,40}$/, '应为限值表编号')
    .optional(),
});
export type WhatIfQuery = z.output<typeof whatIfQuery>;

export interface PlanChoice {
  /** What `plan` may be. */
  readonly value: string;
  readonly planId: string;
  readonly revision: string;
  readonly title: Text;
}

export interface WhatIfSide {
  readonly plan: Plan;
  readonly digest: string;
  readonly tables: readonly string[];
  readonly course: Course;
}

export interface WhatIf {
  readonly episodeId: string;
  readonly number: string;
  readonly drill: boolean;
  /** Up to here inputs are on record. */
  readonly untilMs: number;
  readonly recorded: Course;
  readonly first: WhatIfSide;
  readonly second: WhatIfSide;
  readonly comparison: Comparison;
  readonly ordersLeftOut: readonly string[];
}

/** Writes nothing but who asked. */
export async function whatIf(deps: Deps, caller: Caller, episodeId: string, query: WhatIfQuery): Promise<WhatIf> {
  const { state, plan: own, digest: ownDigest, tables: ownTables, rightsAreaId, nowMs } = await episodeOf(deps, episodeId);
  await admitReader(deps, caller, { episodeId, rightsAreaId }, 'read-record');
  knownRules(state.rulesVersion);
  const plan = query.plan === undefined ? own : await planNamed(deps, query.plan);
  const tables = tablesNamed(plan, query.table);
  await recordAccess(deps, caller, state.areaId, 'what-if', `${episodeId} ${plan.id}`);
  const { events, inputs, fromSeq, untilMs } = await inputsOf(deps, state, nowMs);
  const first = await inSlices(playRecorded({ plan: own, tables: ownTables, inputs, fromSeq, untilMs }));
  const second = await inSlices(playRecorded({ plan, tables, inputs, fromSeq, untilMs }));
  const courses = { first: courseOf(own, first.records, untilMs), second: courseOf(plan, second.records, untilMs) };
  const ids = (of: readonly AqiTable[]) => of.map((t) => t.id);
  return {
    episodeId,
    number: state.number,
    drill: state.drill,
    untilMs,
    recorded: courseOf(own, [{ number: state.number, events }], untilMs),
    first: { plan: own, digest: ownDigest, tables: ids(ownTables), course: courses.first },
    second: { plan, digest: planDigest(plan), tables: ids(tables), course: courses.second },
    comparison: compare(courses.first, courses.second, untilMs),
    ordersLeftOut: second.ordersLeftOut.map((o) => o.documentNumber ?? o.id),
  };
}

/** Every edition kept here, and the shipped plans that are not. */
export async function planChoices(deps: Pick<Deps, 'pool'>): Promise<PlanChoice[]> {
  const kept = (await keptPlans(deps.pool)).map(({ digest, planId, revision, title }) => ({ value: digest, planId, revision, title }));
  const shipped = shippedPlans().map((name) => ({ name, plan: loadPlan(name) }));
  const others = shipped.filter(({ plan }) => !kept.some((k) => k.value === planDigest(plan)));
  return [...kept, ...others.map(({ name, plan }) => ({ value: name, planId: plan.id, revision: plan.revision, title: plan.title }))];
}

/** Ids of the AQI tables that a plan names. */
export function tableChoices(plan: Plan): string[] {
  return loadAqiTables(plan.settings.aqiTables).map((t) => t.id);
}

export function differenceWords({ first, second }: Pick<WhatIf, 'first' | 'second'>, of: Difference): Text {
  return sayDifference(of, { first: first.plan, second: second.plan });
}

async function planNamed(deps: Deps, named: string): Promise<Plan> {
  if ((await keptPlans(deps.pool)).some((p) => p.digest === named)) return readPlan(deps.pool, named);
  if (shippedPlans().includes(named)) return loadPlan(named);
  throw invalid('plan', '没有这份预案');
}

function tablesNamed({ settings }: Plan, only: string | undefined): readonly AqiTable[] {
  const tables = loadAqiTables(settings.aqiTables);
  if (only === undefined) return tables;
  const found = tables.filter((t) => t.id === only);
  if (found.length === 0) throw invalid('table', '没有这份限值表');
  return found;
}

async function inSlices(steps: Generator<void, Played>): Promise<Played> {
  for (let sinceMs = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await letOthersGoOn();
    sinceMs = performance.now();
  }
}
