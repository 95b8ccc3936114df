/**
 * Bench (c): a year of a city on the time-skipping server: a forecast every
 * day, an episode every month with all its reports; then one response of
 * hundreds of days, which continues as new and loses nothing.
 */
import { obligationsOf } from '../db/read/obligations.js';
import { DAY_MS } from '../domain/time.js';
import { loadPlan } from '../plans/load.js';
import { handInAll, liftAndClose, publish } from '../test/replay/episodes.js';
import { Stage } from '../test/replay/stage.js';
import { testEngine } from '../test/support/engine.js';
import { episodeWorkflowId } from '../workflows/messages.js';
import { rounded } from './measure/numbers.js';

const EPISODE_EVERY_DAYS = 30;
const RESPONSE_DAYS = 3;

export interface SeasonResults {
  readonly days: number;
  readonly episodes: number;
  readonly seconds: number;
  readonly long: { readonly days: number; readonly runs: number; readonly receipts: number; readonly seconds: number };
}

export async function benchSeason(days: number, longDays: number, say: (line: string) => void): Promise<SeasonResults> {
  const season = await onStage(async (stage) => {
    let episodes = 0;
    for (let day = 0; day < days; ) {
      const startedMs = await stage.nowMs();
      if (day % EPISODE_EVERY_DAYS === 0) {
        await publish(stage, 'orange');
        for (let i = 0; i < RESPONSE_DAYS; i++) {
          await stage.pass(DAY_MS);
          await handInAll(stage);
        }
        await liftAndClose(stage);
        await stage.history();
        episodes++;
      } else {
        await stage.forecast([]);
        await stage.pass(DAY_MS);
      }
      const passed = Math.max(1, Math.round(((await stage.nowMs()) - startedMs) / DAY_MS));
      day = Math.min(day + passed, (Math.floor(day / EPISODE_EVERY_DAYS) + 1) * EPISODE_EVERY_DAYS);
    }
    return { days, episodes };
  });
  say(`${days} days, ${season.episodes} episodes: ${season.seconds} s`);
  const long = await onStage((stage) => longResponse(stage, longDays));
  say(`one response of ${longDays} days: ${long.runs} runs, ${long.receipts} receipts, ${long.seconds} s`);
  return { ...season, long };
}

/** Polluted for hundreds of days; what is handed in is found again in the ledger's read model at the end, whole. */
async function longResponse(stage: Stage, days: number) {
  await publish(stage, 'orange');
  const { deps, city } = stage;
  const first = (await deps.engine.decide(city.episodeId, repeated(await stage.nowMs())));
  for (let day = 0; day < days; day++) {
    await stage.forecast([230, 230, 230, 230, 230, 230, 230]);
    await stage.pass(DAY_MS);
    await handInAll(stage);
  }
  const again = await deps.engine.decide(city.episodeId, repeated(await stage.nowMs()));
  if (JSON.stringify(first) !== JSON.stringify(again)) throw new Error('the same command had another outcome after continuing as new');
  const owed = (await obligationsOf(deps.pool, city.episodeId)).filter((o) => o.kind === 'daily-report');
  const receipts = owed.filter((o) => o.submittedAtMs !== null).length;
  const units = loadPlan('kuitun-2023').units.filter((u) => u.reports.daily).length;
  if (receipts < (days - 2) * units) throw new Error(`only ${receipts} receipts of ${days} days`);
  const runs = await stage.runs(episodeWorkflowId(city.episodeId));
  await liftAndClose(stage);
  return { days, runs, receipts };
}

/** One command, under one key for ever. */
function repeated(nowMs: number) {
  const person = { accountId: 'demo-technical', name: '演示', role: 'technical', unitId: null, delegation: null } as const;
  const act = { occurredAtMs: nowMs, channel: 'online', actor: person, recordedBy: person, witness: null, entry: 'direct', evidence: [] } as const;
  const conclusion = { advice: 'keep', level: null, noClearImprovement: null, text: '维持', dissent: [] } as const;
  return { commandId: 'the-same-for-ever', command: { type: 'record-consultation', conclusion, act } as const, expiresAtMs: nowMs + DAY_MS };
}

async function onStage<T extends object>(play: (stage: Stage) => Promise<T>): Promise<T & { readonly seconds: number }> {
  const engine = await testEngine(loadPlan('kuitun-2023'));
  try {
    const startedAt = performance.now();
    const played = await play(new Stage({ env: engine.env, pool: engine.db.pool, clock: engine.clock, taskQueue: engine.taskQueue }));
    return { ...played, seconds: rounded((performance.now() - startedAt) / 1000) };
  } finally {
    await engine.close();
  }
}
