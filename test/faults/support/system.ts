/**
 * The embedded system for fault tests: PostgreSQL with fsync on, Temporal's
 * server on its file, worker and API as processes of their own; each can be
 * killed (-9) and comes back on its port with its data.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { childEnvironment, readConfig } from '../../../config/env.js';
import { databaseClock } from '../../../db/clock.js';
import { APP_ROLE, migrate } from '../../../db/migrate.js';
import { addDrillArea, savePlan, setAreaPlan } from '../../../db/plans.js';
import { createPool, type Pool, withUser } from '../../../db/pool.js';
import type { AffineClock } from '../../../domain/clock.js';
import type { Plan } from '../../../domain/plan.js';
import { HOUR_MS } from '../../../domain/time.js';
import type { Daemon } from '../../../embedded/daemon.js';
import { freePort } from '../../../embedded/ports.js';
import { type PostgresServer, startPostgres } from '../../../embedded/postgres.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../../../embedded/search-attributes.js';
import { startOwnProcess } from '../../../embedded/supervise.js';
import { startTemporalDevServer, type TemporalServer } from '../../../embedded/temporal.js';
import { watchWorkflowId } from '../../../workflows/messages.js';
import { signalWatch } from '../../../activities/engine.js';
import { seedDemo } from '../../../usecases/demo.js';

export type Part = 'postgres' | 'temporal' | 'worker' | 'api';

const NAMESPACE = 'qingkong';
export const TASK_QUEUE = 'qingkong';
/** An episode of four plan days then takes six minutes. */
const SLOWEST_RATE = 1000;
const silent = (): void => undefined;

export interface SystemOptions {
  readonly plan: Plan;
  /** Where PostgreSQL keeps its data, where that is not the system's own folder. */
  readonly postgresDir?: string;
  /** What the worker connects to in place of PostgreSQL's own address: a fault in between. */
  readonly workerDatabasePort?: (postgresPort: number) => Promise<number>;
}

export class System {
  readonly home = mkdtempSync(join(tmpdir(), 'qingkong-faults-'));
  /** Processes ended by kill -9 so far, in the midst of something. */
  kills = 0;
  /** Rejects when a process ends that nobody killed. */
  readonly crashed: Promise<never>;
  private fail!: (error: Error) => void;
  tokens: ReadonlyMap<string, string> = new Map();
  pool!: Pool;
  ownerUrl = '';
  private readonly running = new Map<Part, Daemon>();
  private connection: Connection | null = null;
  private databaseUrl = '';
  private workerDatabaseUrl = '';
  private apiPort = 0;
  private drills = 0;

  private constructor(private readonly options: SystemOptions) {
    this.crashed = new Promise<never>((_, reject) => (this.fail = reject));
    this.crashed.catch(() => undefined);
    // PostgreSQL may run as another user, who has to get in.
    chmodSync(this.home, 0o755);
    for (const folder of ['run', 'logs']) mkdirSync(join(this.home, folder), { recursive: true });
  }

  static async start(options: SystemOptions): Promise<System> {
    const system = new System(options);
    system.apiPort = await freePort();
    await Promise.all([system.restart('postgres'), system.restart('temporal')]);
    await system.prepare();
    await system.restart('worker', 'api');
    return system;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  isRunning(part: Part): boolean {
    return this.running.has(part);
  }

  /** Ends them all at once as a power cut would; each counts as a kill. */
  async kill(...parts: readonly Part[]): Promise<void> {
    const ended = parts.map((part) => {
      const daemon = this.running.get(part);
      if (!daemon) throw new Error(`${part} is not there to be killed`);
      this.running.delete(part);
      process.kill(daemon.pid, 'SIGKILL');
      this.kills++;
      return daemon.exited;
    });
    await Promise.all(ended);
  }

  /** Starts what does not run; the API answers and Temporal serves when it resolves, a worker has only begun. */
  async restart(...parts: readonly Part[]): Promise<void> {
    const start = async (part: Part): Promise<void> => {
      if (!parts.includes(part) || this.running.has(part)) return;
      const daemon = await this.begin(part);
      this.running.set(part, daemon);
      void daemon.exited.then(({ code, signal }) => {
        if (this.running.get(part) !== daemon) return;
        this.running.delete(part);
        this.fail(new Error(`${part} ended by itself (${signal ?? `exit ${code}`})\n${this.logTail(60)}`));
      });
    };
    await Promise.all([start('postgres'), start('temporal')]);
    await Promise.all([start('worker'), start('api')]);
  }

  /** Everything works: what a load balancer would ask. */
  async untilReady(withinMs = 60_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const answer = await fetch(`${this.baseUrl}/readyz`).catch(() => null);
      if (answer?.ok) return;
      if (performance.now() > deadline) throw new Error(`not ready: ${answer ? await answer.text() : 'no answer'}\n${this.logTail()}`);
      await pause(50);
    }
  }

  /** Plan time at most so fast that half a day of it has room for six restarts on this machine as it is now. */
  async bearableRate(fastest: number): Promise<number> {
    const beganMs = performance.now();
    await this.kill('worker', 'api');
    await this.restart('worker', 'api');
    await this.untilWorking();
    // Nothing was under way.
    this.kills = 0;
    return Math.max(SLOWEST_RATE, Math.min(fastest, (12 * HOUR_MS) / 6 / (performance.now() - beganMs)));
  }

  /** A worker takes tasks: a watch of an area without an episode answers a query. */
  async untilWorking(withinMs = 60_000): Promise<void> {
    const { areaId } = await this.addArea(Date.now(), 1);
    const client = await this.client();
    await signalWatch(client, TASK_QUEUE, areaId);
    const handle = client.workflow.getHandle(watchWorkflowId(areaId));
    for (const deadline = performance.now() + withinMs; ; await pause(20)) {
      const { events } = await handle.fetchHistory();
      if (events?.some((e) => e.workflowTaskCompletedEventAttributes)) break;
      if (performance.now() > deadline) throw new Error(`no worker takes a task\n${this.logTail()}`);
    }
    await handle.terminate('it has shown that a worker works');
  }

  /** An area with a clock of its own, on which plan time runs `rate` times as fast from `planOriginMs` on. */
  async addArea(planOriginMs: number, rate: number): Promise<{ readonly areaId: string; readonly clock: AffineClock }> {
    const areaId = `${this.options.plan.areaId}-f${++this.drills}`;
    const clock = { realOriginMs: Date.now(), planOriginMs, rate };
    await addDrillArea(this.pool, { areaId, drillsArea: this.options.plan.areaId, clock });
    return { areaId, clock };
  }

  /** A client of the Temporal server that runs now. */
  async client(): Promise<Client> {
    this.connection ??= await Connection.connect({ address: (this.running.get('temporal') as TemporalServer).address });
    return new Client({ connection: this.connection, namespace: NAMESPACE });
  }

  logTail(lines = 15): string {
    return ['worker', 'api', 'temporal', 'postgres']
      .map((name) => {
        try {
          return `--- ${name}\n${readFileSync(join(this.home, 'logs', `${name}.log`), 'utf8').split('\n').slice(-lines).join('\n')}`;
        } catch {
          return `--- ${name}: no log`;
        }
      })
      .join('\n');
  }

  async close(): Promise<void> {
    await this.connection?.close();
    await this.pool.end();
    const ending = [...this.running.values()];
    this.running.clear();
    await Promise.all(ending.map((daemon) => daemon.stop()));
    rmSync(this.home, { recursive: true, force: true });
  }

  private async begin(part: Part): Promise<Daemon> {
    const { binaries } = readConfig();
    const logFile = join(this.home, 'logs', `${part}.log`);
    switch (part) {
      case 'postgres': {
        const dataDir = this.options.postgresDir ?? join(this.home, 'postgres');
        const port = this.postgresPort === 0 ? {} : { port: this.postgresPort };
        const server = await startPostgres({ dataDir, cacheDir: binaries.cacheDir, log: silent, logFile, ...port });
        await this.takeAddress(server);
        return server;
      }
      case 'temporal': {
        const ports = this.temporalPorts === null ? {} : { ports: this.temporalPorts };
        const dataDir = join(this.home, 'temporal');
        const server = await startTemporalDevServer({ dataDir, binaries, log: silent, logFile, namespace: NAMESPACE, retentionDays: 7, searchAttributes: QINGKONG_SEARCH_ATTRIBUTES, ...ports });
        this.temporalPorts = server.ports;
        return server;
      }
      case 'worker':
        return this.own('worker', 'workers/main.ts', this.workerDatabaseUrl);
      case 'api': {
        const api = await this.own('api', 'api/main.ts', this.databaseUrl);
        await this.untilAlive();
        return api;
      }
    }
  }

  private postgresPort = 0;
  private temporalPorts: TemporalServer['ports'] | null = null;

  private async takeAddress(server: PostgresServer): Promise<void> {
    if (this.postgresPort !== 0) return;
    this.postgresPort = server.port;
    this.ownerUrl = server.url;
    this.databaseUrl = withUser(server.url, APP_ROLE, server.appPassword);
    const between = new URL(this.databaseUrl);
    between.port = String((await this.options.workerDatabasePort?.(server.port)) ?? server.port);
    this.workerDatabaseUrl = between.toString();
    await migrate(server.url, silent, { appPassword: server.appPassword });
    this.pool = createPool(this.databaseUrl, { max: 6 });
  }

  private async prepare(): Promise<void> {
    const { plan } = this.options;
    await setAreaPlan(this.pool, plan.areaId, await savePlan(this.pool, plan, Date.now()));
    const accounts = await seedDemo({ pool: this.pool, clock: databaseClock }, plan);
    this.tokens = new Map(accounts.map(({ login, token }) => [login, token]));
  }

  /** What our own programs run with. */
  environment(databaseUrl = this.workerDatabaseUrl): NodeJS.ProcessEnv {
    return childEnvironment({
      DATABASE_URL: databaseUrl,
      DATABASE_PASSWORD: '',
      TEMPORAL_ADDRESS: `127.0.0.1:${this.temporalPorts!.port}`,
      TEMPORAL_NAMESPACE: NAMESPACE,
      DATA_DIR: this.home,
      PORT: String(this.apiPort),
      BIND: '127.0.0.1',
      LOG_LEVEL: 'warn',
    });
  }

  private own(name: 'worker' | 'api', entry: string, databaseUrl: string): Promise<Daemon> {
    return startOwnProcess({ name, entry, env: this.environment(databaseUrl), stopWithinMs: 5_000 }, this.home);
  }

  private async untilAlive(): Promise<void> {
    for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(50)) {
      if ((await fetch(`${this.baseUrl}/healthz`).catch(() => null))?.ok) return;
    }
    throw new Error(`the API does not answer\n${this.logTail()}`);
  }
}
