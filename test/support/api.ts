/** The API over real HTTP and a real database, with the demonstration's people and a clock that tests set. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppOptions, createApp } from '../../api/app.js';
import { savePlan, setAreaPlan } from '../../db/plans.js';
import { activeEpisode } from '../../db/read/episodes.js';
import { addDays, dayOf, DAY_MS, HOUR_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';
import { passingSigner } from '../../evidence/signature.js';
import { loadPlan } from '../../plans/load.js';
import { type DemoAccount, seedDemo } from '../../usecases/demo.js';
import type { Deps } from '../../usecases/deps.js';
import { type DirectEngine, directEngine } from './direct-engine.js';
import { type MigratedDatabase, migratedDatabase } from './db.js';

export const AREA = 'kuitun';
/** Monday, 10:00 Beijing time. */
export const START_MS = startOfDayMs('2026-01-05') + 10 * HOUR_MS;
export const iso = toBeijingIso;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers as a client without types does.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Send {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Person {
  readonly account: DemoAccount;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, send?: Send): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export interface TestApi {
  readonly url: string;
  readonly deps: Deps;
  readonly db: MigratedDatabase;
  readonly engine: DirectEngine;
  /** Sets the clock and has time do its work. */
  at(nowMs: number): Promise<void>;
  now(): number;
  as(login: string): Person;
  /** The cookie of a browser in which somebody has signed in. */
  session(login: string): Promise<string>;
  request(method: string, path: string, init?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  close(): Promise<void>;
}

export async function testApi(startMs = START_MS, options: AppOptions = {}): Promise<TestApi> {
  const db = await migratedDatabase();
  let nowMs = startMs;
  const clock = () => Promise.resolve(nowMs);
  const engine = directEngine(db.pool, clock);
  const problems: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (detail: object) => void problems.push(detail) };
  const deps: Deps = { pool: db.pool, clock, engine, log, signer: passingSigner() };
  const plan = loadPlan('kuitun-2023');
  await setAreaPlan(db.pool, AREA, await savePlan(db.pool, plan, nowMs));
  const accounts = new Map((await seedDemo(deps, plan)).map((a) => [a.login, a]));
  const app = createApp(deps, options);
  const server: Server = createServer(app.express);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function request(method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> {
    const isText = typeof body === 'string' || body instanceof Uint8Array;
    const init: RequestInit = { method, headers: { ...(body === undefined || isText ? {} : { 'Content-Type': 'application/json' }), ...headers }, redirect: 'manual' };
    if (body !== undefined) init.body = isText ? (body as string) : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, init);
    // An event stream goes on for as long as somebody listens.
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return { status: response.status, headers: response.headers, body: {} };
    }
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  return {
    url,
    deps,
    db,
    engine,
    request,
    session: async (login) => {
      const { password } = accounts.get(login)!;
      const answer = await request('POST', '/api/v1/sign-in', { body: { login, password } });
      return (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
    },
    now: () => nowMs,
    at: async (toMs) => {
      nowMs = toMs;
      const active = await activeEpisode(db.pool, AREA);
      const { rows } = await db.pool.query<{ id: string }>(`select id from episodes where phase <> 'closed'`);
      for (const { id } of rows) if (engine.up || id !== active) await engine.wake(id);
    },
    as: (login) => {
      const account = accounts.get(login);
      if (!account) throw new Error(`nobody is called ${login}`);
      const bearer = { Authorization: `Bearer ${account.token}` };
      return {
        account,
        get: (path) => request('GET', `/api/v1${path}`, { headers: bearer }),
        post: (path, body = {}, { key = randomUUID(), headers = {} } = {}) => request('POST', `/api/v1${path}`, { body, headers: { ...bearer, 'Idempotency-Key': key, ...headers } }),
        delete: (path) => request('DELETE', `/api/v1${path}`, { headers: bearer }),
      };
    },
    close: async () => {
      await app.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await db.close();
      if (problems.length > 0) throw new Error(`the API logged errors: ${problems.map((p) => String((p as { err?: Error }).err?.stack ?? JSON.stringify(p))).join('\n')}`);
    },
  };
}

/** A forecast of days of equal ends from tomorrow on; 230 for three days is orange. */
export function forecast(issuedAtMs: number, aqi: readonly number[], firstDay = addDays(dayOf(issuedAtMs), 1)) {
  return { issuedAt: iso(issuedAtMs), source: '测试预报', days: aqi.map((value, i) => ({ date: addDays(firstDay, i), aqiLow: value, aqiHigh: value, pm25: value, primary: ['PM2.5'] })) };
}

/** An orange episode in force: forecast, consultation, submission, two steps of approval. */
export async function publishOrange(api: TestApi): Promise<string> {
  const startMs = api.now();
  await api.as('technical').post(`/areas/${AREA}/forecasts`, forecast(startMs, [230, 230, 230, 80, 70, 60]));
  const episodeId = (await activeEpisode(api.db.pool, AREA))!;
  await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'orange', text: '建议发布橙色预警' });
  await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'orange', effectiveAt: iso(startMs + 2 * HOUR_MS), text: '呈请发布' });
  for (const login of ['director', 'commander']) await approve(api, login, episodeId);
  return episodeId;
}

export async function approve(api: TestApi, login: string, episodeId: string, more: object = {}): Promise<Answer> {
  const { body } = await api.as(login).get(`/episodes/${episodeId}/approvals`);
  const open = body.requests.find((r: { step: number | null }) => r.step !== null) as { id: string; step: number; evidenceDigest: string };
  return api.as(login).post(`/episodes/${episodeId}/approvals/${open.id}/decision`, { step: open.step, decision: 'approve', evidenceDigest: open.evidenceDigest, ...more });
}

export { DAY_MS, HOUR_MS };
