/**
 * The whole system: use cases in this process, the worker in its own, the
 * ledger with all its read models. No contestant speaks HTTP: what a message
 * costs behind the door is compared.
 */
import { passingSigner } from '../../evidence/signature.js';
import { setTimeout as pause } from 'node:timers/promises';
import { databaseClock } from '../../db/clock.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import type { Pool } from '../../db/pool.js';
import type { Plan } from '../../domain/plan.js';
import { addDays, DAY_MS, dayOf, toBeijingIso } from '../../domain/time.js';
import type { Deps } from '../../usecases/deps.js';
import { temporalEngine } from '../../usecases/temporal-engine.js';
import { City } from '../../test/support/city.js';
import { signalWatch } from '../../activities/engine.js';
import { disseminationWorkflowId, episodeWorkflowId, watchWorkflowId } from '../../workflows/messages.js';
import type { Stand } from '../stand.js';
import type { Contestant } from './contestant.js';
import { historySizeOf } from './history.js';
import { type Act, at, BEGINS_MS, CALENDAR, LIFT_MS, type Pace, RESPONSE_MS, type Sample, sampleKindOf, timed, until } from './workload.js';

/** Looking is the bench's, not the product's: seldom enough to weigh nothing. */
const LOOK_EVERY_MS = 100;
const LOOK_FOR_ARCHIVE_EVERY_MS = 1_000;

export async function oursContestant(stand: Stand, plan: Plan, pids: readonly number[], taskQueue: string, name: 'ours' | 'whole' = 'ours'): Promise<Contestant> {
  const { pool, owner, client } = stand;
  const log = { info: () => undefined, warn: (detail: object, message: string) => console.error(message, detail), error: (detail: object, message: string) => console.error(message, detail) };
  const engine = temporalEngine({ client, taskQueue, pool, log, pokeWatch: (areaId) => signalWatch(client, taskQueue, areaId) });
  const deps: Deps = { pool, clock: databaseClock, engine, log, signer: passingSigner() };
  const planDigest = await savePlan(pool, plan, Date.now());
  const unitIds = plan.units.filter((u) => u.reports.daily).map((u) => u.id);
  const cities = new Map<string, City>();
  const refs = new Map<string, string>();

  return {
    name,
    pids,
    prepare: async (id, { startedAtMs, dayMs }) => {
      await setAreaPlan(pool, id, planDigest);
      await owner.query('update areas set clock = $2 where area_id = $1', [id, JSON.stringify({ realOriginMs: Math.round(startedAtMs), planOriginMs: BEGINS_MS, rate: DAY_MS / dayMs })]);
      cities.set(id, new City(deps, id, LOOK_EVERY_MS));
    },
    play: async (id, pace) => {
      const city = cities.get(id)!;
      const samples: Sample[] = [];
      for (const { atMs, acts } of CALENDAR) {
        await until(pace, atMs);
        for (const act of acts) {
          const work = await prepared(city, act, unitIds, refs);
          await timed(sampleKindOf(act), samples, work);
          await after(city, act, pace);
        }
      }
      await city.until((s) => s.phase === 'closed', 'close');
      await archived(pool, city.episodeId);
      return samples;
    },
    historyOf: async (id) => {
      const { episodeId } = cities.get(id)!;
      const { rows } = await pool.query<{ id: string }>('select id from notices where episode_id = $1', [episodeId]);
      return historySizeOf(client, [watchWorkflowId(id), episodeWorkflowId(episodeId), ...rows.map((n) => disseminationWorkflowId(episodeId, n.id))]);
    },
  };
}

/** The message, after what the plan wants before it: consultations, and the proposal that a chain of approval starts from. */
async function prepared(city: City, act: Act, unitIds: readonly string[], refs: Map<string, string>): Promise<() => Promise<unknown>> {
  switch (act.kind) {
    case 'forecast':
      return () => city.forecast(at(act.day, act.hour), forecastOf(act.day));
    case 'step': {
      if (act.step === 0) {
        await city.consult('publish', 'orange');
        await city.propose({ action: 'publish', level: 'orange', effectiveAt: toBeijingIso(RESPONSE_MS), text: '呈报橙色预警' });
      }
      return () => city.approve(act.step === 0 ? 'director' : 'commander');
    }
    case 'report': {
      const unitId = unitIds[act.unit]!;
      return () => city.unitReport(`daily-report:${dayOf(at(act.day, 0))}:${unitId}`, unitId);
    }
    case 'lift':
      await city.consult('lift', null);
      return () => city.lift(LIFT_MS);
    case 'summary': {
      const [unitId, ref] = [unitIds[act.unit]!, await liftedRef(city, refs)];
      return () => city.unitReport(`summary-report:${ref}:${unitId}`, unitId);
    }
    case 'office-report': {
      const ref = await liftedRef(city, refs);
      return () => city.paper(`office-final-report:${ref}:management`);
    }
    case 'evaluation':
      await city.until((s) => s.phase === 'evaluating', 'opening of the evaluation');
      return () => city.evaluate();
  }
}

async function after(city: City, act: Act, pace: Pace): Promise<void> {
  if (act.kind === 'forecast' && city.episodeId === '') await city.begun();
  if (act.kind === 'lift') {
    await until(pace, LIFT_MS);
    await city.until((s) => s.phase === 'reporting', 'end of the response');
  }
  if (act.kind === 'evaluation') await city.approve('director');
}

/** What an episode's summaries are named by, looked up once. */
async function liftedRef(city: City, refs: Map<string, string>): Promise<string> {
  const ref = refs.get(city.areaId) ?? (await city.state()).triggers.find((t) => t.trigger === 'lifted')!.ref;
  refs.set(city.areaId, ref);
  return ref;
}

/** Orange until the third day's end, then clear. */
function forecastOf(day: number) {
  const first = dayOf(at(day, 0));
  return Array.from({ length: 7 }, (_, i) => ({ date: addDays(first, i), aqi: day + i >= 2 && day + i <= 3 && day < 4 ? 230 : 70 }));
}

/** The archive is the last thing that an episode has done. */
async function archived(pool: Pool, episodeId: string): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query('select 1 from archives where episode_id = $1', [episodeId]);
    if (rowCount === 1) return;
    await pause(LOOK_FOR_ARCHIVE_EVERY_MS);
  }
}
