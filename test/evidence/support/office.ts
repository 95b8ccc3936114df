/** The demonstration's people at work on the real engine: every act goes through its use case, time is the test server's. */
import { archiverOf } from '../../../workers/archive.js';
import { passingSigner } from '../../../evidence/signature.js';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { signalWatch } from '../../../activities/engine.js';
import { accountById } from '../../../db/accounts/principals.js';
import { readEpisodePlan } from '../../../db/plans.js';
import { loadEpisode } from '../../../db/projections/episodes.js';
import { activeEpisode } from '../../../db/read/episodes.js';
import { requestsOf } from '../../../db/read/requests.js';
import { CURRENT_RULES, rulesOf } from '../../../domain/rules.js';
import { addDays, dayOf, DAY_MS, HOUR_MS, toBeijingIso } from '../../../domain/time.js';
import { loadPlan } from '../../../plans/load.js';
import type { Caller } from '../../../usecases/caller.js';
import { seedDemo } from '../../../usecases/demo.js';
import type { Deps } from '../../../usecases/deps.js';
import { temporalEngine } from '../../../usecases/temporal-engine.js';
import { decideStep, stepDecision } from '../../../usecases/approvals.js';
import { newForecast, recordForecast } from '../../../usecases/forecasts.js';
import { type TestEngine, testEngine } from '../../support/engine.js';

export const AREA = 'kuitun';
export const iso = toBeijingIso;

type UseCase<S extends z.ZodType, R> = (deps: Deps, caller: Caller, id: string, input: z.output<S>) => Promise<R>;

export class Office {
  private constructor(
    readonly engine: TestEngine,
    readonly deps: Deps,
  ) {}

  static async open(): Promise<Office> {
    const plan = loadPlan('kuitun-2023');
    const engine = await testEngine(plan);
    const { env, db, clock, taskQueue } = engine;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const pokeWatch = (areaId: string) => signalWatch(env.client, taskQueue, areaId);
    const deps: Deps = { pool: db.pool, clock, log, signer: passingSigner(), engine: temporalEngine({ client: env.client, taskQueue, pool: db.pool, pokeWatch, log }) };
    await seedDemo(deps, plan);
    return new Office(engine, deps);
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  now(): Promise<number> {
    return this.engine.env.currentTimeMs();
  }

  /** Carries out a use case as somebody, with the input as the API would take it. */
  async does<S extends z.ZodType, R>(login: string, useCase: UseCase<S, R>, schema: S, id: string, input: z.input<S>): Promise<R> {
    return useCase(this.deps, await this.caller(login), id, schema.parse(input));
  }

  async caller(login: string): Promise<Caller> {
    const account = await accountById(this.deps.pool, `demo-${login}`, await this.now());
    if (!account) throw new Error(`nobody is called ${login}`);
    return { account, wears: null, key: randomUUID() };
  }

  /** Days of equal ends from tomorrow on; 230 for three days is orange. */
  async forecasts(aqi: readonly number[], more: { readonly primary?: readonly ('PM2.5' | 'PM10')[]; readonly firstDay?: string; readonly pm25?: number } = {}): Promise<void> {
    const nowMs = await this.now();
    const firstDay = more.firstDay ?? addDays(dayOf(nowMs), 1);
    const days = aqi.map((value, i) => ({ date: addDays(firstDay, i), aqiLow: value, aqiHigh: value, pm25: more.pm25 ?? value, primary: [...(more.primary ?? ['PM2.5'] as const)] }));
    await this.does('technical', recordForecast, newForecast, AREA, { issuedAt: iso(nowMs), source: '测试预报', days });
  }

  /** The episode that is open, once it has begun. */
  async episode(): Promise<string> {
    return this.until('an episode', () => activeEpisode(this.deps.pool, AREA));
  }

  async state(episodeId: string) {
    return (await loadEpisode(this.deps.pool, episodeId))!.state;
  }

  /** Approves the open step of the newest request. */
  async approves(login: string, episodeId: string, more: Partial<z.input<typeof stepDecision>> = {}): Promise<void> {
    const open = (await this.state(episodeId)).requests.at(-1);
    const shown = (await requestsOf(this.deps.pool, episodeId)).find((r) => r.id === open?.id);
    if (!open || !shown) throw new Error(`no open request in ${episodeId}`);
    const input = stepDecision.parse({ step: open.decisions.length, decision: 'approve', evidenceDigest: open.evidenceDigest, ...more });
    await decideStep(this.deps, await this.caller(login), episodeId, open.id, input);
  }

  /** Lets time pass and waits until the episode has done what it brings about. */
  async passes(ms: number, episodeId: string | null = null): Promise<void> {
    await this.engine.env.sleep(ms);
    if (episodeId !== null) await this.until('the episode to be up to date', async () => ((await this.isDue(episodeId)) ? null : true));
  }

  async untilPlanTime(atMs: number, episodeId: string): Promise<void> {
    await this.passes(Math.max(0, atMs - (await this.now())) + 1_000, episodeId);
  }

  /** Until the engine's history of the closed episode is kept. */
  async archived(episodeId: string): Promise<void> {
    const keepHistories = archiverOf({ ...this.deps, client: this.engine.env.client });
    await this.until('the archive', async () => {
      await keepHistories();
      const { rows } = await this.deps.pool.query('select 1 from archives where episode_id = $1', [episodeId]);
      return rows.length > 0 ? true : null;
    });
  }

  async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await pause(25);
    }
  }

  anyMeasure() {
    return Promise.resolve(loadPlan('kuitun-2023').measures[0]!);
  }

  private async isDue(episodeId: string): Promise<boolean> {
    const state = await this.state(episodeId);
    const dueAtMs = rulesOf(CURRENT_RULES).nextWakeUp(await readEpisodePlan(this.deps.pool, state.planDigest), state);
    return dueAtMs !== null && dueAtMs <= (await this.now());
  }
}

export { DAY_MS, HOUR_MS };
