/** An engine without workflows: the pure core against the real ledger, decided in the caller's process. For tests of what lies around it. */
import { areaInputOf } from '../../domain/area.js';
import { toPlanMs } from '../../domain/clock.js';
import type { AreaInput, EpisodeCommand } from '../../domain/episode/commands.js';
import { dayOf } from '../../domain/time.js';
import { CURRENT_RULES, rulesOf } from '../../domain/rules.js';
import { episodeNumber, opensEpisode } from '../../domain/watch.js';
import type { ReceiptClock } from '../../db/clock.js';
import { orderLeft, readInputs } from '../../db/ledger/area.js';
import { appendDecision } from '../../db/ledger/decisions.js';
import { settle } from '../../db/ledger/settle.js';
import { readArea, readEpisodePlan } from '../../db/plans.js';
import type { Pool } from '../../db/pool.js';
import { loadEpisode } from '../../db/projections/episodes.js';
import { activeEpisode, consumedUpTo, decisionsOf, episodeNumbers } from '../../db/read/episodes.js';
import type { Engine } from '../../usecases/engine.js';
import { replayProcesses } from '../../usecases/replay-process.js';
import type { DecisionOutcome } from '../../workflows/messages.js';

export interface DirectEngine extends Engine {
  /** While false nobody gets an answer and no poke arrives. */
  up: boolean;
  /** Carries out what time brings about in an episode. */
  wake(episodeId: string): Promise<void>;
}

export function directEngine(pool: Pool, clock: ReceiptClock): DirectEngine {
  const rules = rulesOf(CURRENT_RULES);
  const engine: DirectEngine = {
    up: true,
    decide: (episodeId, { commandId, command }) => (engine.up ? carryOut(episodeId, commandId, command) : Promise.resolve('outcome-unknown')),
    poke: async (areaId) => {
      if (engine.up) await takeIn(areaId);
    },
    wake: async (episodeId) => {
      await carryOut(episodeId, `wake:${await decisionsOf(pool, episodeId)}`, { type: 'wake' });
    },
    health: () => Promise.resolve({ reachable: engine.up, worker: engine.up }),
    replay: replayProcesses().replay,
  };
  return engine;

  async function carryOut(episodeId: string, commandId: string, command: EpisodeCommand): Promise<DecisionOutcome> {
    for (;;) {
      const knownDecisions = await decisionsOf(pool, episodeId);
      const { state } = (await loadEpisode(pool, episodeId))!;
      const plan = await readEpisodePlan(pool, state.planDigest);
      const nowMs = toPlanMs(state.clock, await clock(pool));
      const decided = rules.decide(plan, state, command, nowMs);
      if (!decided.ok) return decided;
      const { events, moments } = decided.value;
      if (events.length + moments.length === 0) return { ok: true, decisionNo: knownDecisions, seq: 0 };
      const request = { episodeId, commandId, knownDecisions, rulesVersion: CURRENT_RULES, planDigest: state.planDigest, plan, clock };
      const stored = moments.length === 0 ? await appendDecision(pool, { ...request, events }) : await settle(pool, { ...request, events, moments, atMs: nowMs });
      if (stored.status !== 'behind' && stored.status !== 'not-yet' && stored.status !== 'expired') return { ok: true, decisionNo: stored.decisionNo, seq: stored.seq };
    }
  }

  async function takeIn(areaId: string): Promise<void> {
    const left = (await activeEpisode(pool, areaId)) === null ? await orderLeft(pool, areaId) : null;
    if (left) await openEpisode(areaId, areaInputOf(left.event, left.seq)!);
    const rows = await readInputs(pool, areaId, await consumedUpTo(pool, areaId), 1_000);
    for (const row of rows) {
      const input = areaInputOf(row.event, row.seq);
      const active = await activeEpisode(pool, areaId);
      if (input && active) await carryOut(active, `area:${row.seq}`, input);
      else if (input && opensEpisode(input)) await openEpisode(areaId, input);
    }
  }

  async function openEpisode(areaId: string, input: AreaInput): Promise<void> {
    const area = (await readArea(pool, areaId))!;
    const plan = await readEpisodePlan(pool, area.planDigest);
    const nowMs = toPlanMs(area.clock, await clock(pool));
    const year = dayOf(nowMs).slice(0, 4);
    const numbers = await episodeNumbers(pool, areaId, (atMs) => dayOf(atMs).slice(0, 4));
    const drill = area.drillsArea !== null;
    const number = episodeNumber(plan.numberPrefix, year, (numbers[year] ?? 0) + 1, drill);
    const episodeId = `${areaId}-${number}`.toLowerCase();
    const { planDigest } = area;
    const opening = { type: 'open' as const, episodeId, number, areaId, drill, clock: area.clock, planDigest, rulesVersion: CURRENT_RULES, input };
    const events = rules.open(plan, opening, nowMs);
    await appendDecision(pool, { episodeId, commandId: 'open', knownDecisions: 0, rulesVersion: CURRENT_RULES, planDigest, plan, clock, events });
  }
}
