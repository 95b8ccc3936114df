/** A city over the real engine, whose time moves when it is told to: what the recorded episodes are played on. */
import { passingSigner } from '../../evidence/signature.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { signalWatch } from '../../activities/engine.js';
import type { ReceiptClock } from '../../db/clock.js';
import { readDocument } from '../../db/documents.js';
import { readArea } from '../../db/plans.js';
import type { Pool } from '../../db/pool.js';
import { toPlanMs, toRealMs } from '../../domain/clock.js';
import { addDays, DAY_MS, dayOf, dayStartMs, HOUR_MS } from '../../domain/time.js';
import { isActive } from '../../domain/episode/state.js';
import type { Deps } from '../../usecases/deps.js';
import { temporalEngine } from '../../usecases/temporal-engine.js';
import { archiverOf } from '../../workers/archive.js';
import { City } from '../support/city.js';

export interface StageParts {
  readonly env: TestWorkflowEnvironment;
  readonly pool: Pool;
  readonly clock: ReceiptClock;
  readonly taskQueue: string;
}

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export class Stage {
  readonly deps: Deps;

  constructor(
    private readonly parts: StageParts,
    readonly city: City = new City(depsOf(parts), 'kuitun'),
  ) {
    this.deps = city.deps;
  }

  /** The same engine for another area. */
  in(areaId: string): Stage {
    return new Stage(this.parts, new City(this.deps, areaId));
  }

  async nowMs(): Promise<number> {
    const { clock } = await this.area();
    return toPlanMs(clock, await this.deps.clock(this.deps.pool));
  }

  /** Lets plan time pass to an instant; what is due on the way happens. */
  async until(planMs: number): Promise<void> {
    const { clock } = await this.area();
    const leftMs = toRealMs(clock, planMs) - (await this.deps.clock(this.deps.pool));
    if (leftMs > 0) await this.parts.env.sleep(leftMs);
  }

  async pass(ms: number): Promise<void> {
    await this.until((await this.nowMs()) + ms);
  }

  /** To an hour of the first day after today that has it ahead. */
  async untilHour(hour: number): Promise<void> {
    const nowMs = await this.nowMs();
    const todayMs = dayStartMs(nowMs) + hour * HOUR_MS;
    await this.until(todayMs > nowMs ? todayMs : todayMs + DAY_MS);
  }

  /** A forecast from today on, one AQI a day; clear from then on. A running episode has taken it in afterwards. */
  async forecast(aqi: readonly number[], dust = false): Promise<void> {
    const nowMs = await this.nowMs();
    const days = Array.from({ length: 8 }, (_, i) => ({ date: addDays(dayOf(nowMs), i), aqi: aqi[i] ?? 60, dust: dust && aqi[i] !== undefined && aqi[i] > 150 }));
    const { seq } = await this.city.forecast(nowMs, days);
    if (this.city.episodeId !== '') await this.city.until((s) => s.areaSeq >= seq || !isActive(s), 'forecast taken in');
  }

  /** The archived history, a JSON list of runs, once the episode has closed and the archive is written. */
  async history(): Promise<string> {
    const { pool } = this.deps;
    await this.city.until((s) => s.phase === 'closed', 'close');
    const keepHistories = archiverOf({ ...this.parts, client: this.parts.env.client, log });
    for (;;) {
      await keepHistories();
      const { rows } = await pool.query<{ digest: string }>('select digest from archives where episode_id = $1', [this.city.episodeId]);
      const stored = rows[0] && (await readDocument(pool, rows[0].digest));
      if (stored) return stored.body.toString('utf8');
      // The run ends a moment after its last decision.
      await pause(20);
    }
  }

  /** How many runs a workflow has had so far. */
  async runs(workflowId: string): Promise<number> {
    const { workflow } = this.parts.env.client;
    let count = 0;
    for (let run: string | null | undefined = (await workflow.getHandle(workflowId).describe()).runId; run; count++) {
      const { events } = await workflow.getHandle(workflowId, run).fetchHistory();
      run = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    }
    return count;
  }

  private async area() {
    const area = await readArea(this.deps.pool, this.city.areaId);
    if (!area) throw new Error(`no area ${this.city.areaId}`);
    return area;
  }
}

function depsOf({ env, pool, clock, taskQueue }: StageParts): Deps {
  const { client } = env;
  return { pool, clock, log, signer: passingSigner(), engine: temporalEngine({ client, taskQueue, pool, log, pokeWatch: (areaId) => signalWatch(client, taskQueue, areaId) }) };
}

