/** The workflow's steps against the ledger: keyed by command, so that a step done twice is done once. */
import { areaInputOf } from '../domain/area.js';
import { toRealMs, type AffineClock } from '../domain/clock.js';
import { dayOf } from '../domain/time.js';
import { CURRENT_RULES } from '../domain/rules.js';
import type { ReceiptClock } from '../db/clock.js';
import { orderLeft, readInputs } from '../db/ledger/area.js';
import { appendDecision, decisionsAfter } from '../db/ledger/decisions.js';
import { settle } from '../db/ledger/settle.js';
import { readArea as readAreaRecord, readEpisodePlan } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { activeEpisode, consumedUpTo, episodeBegan, episodeNumbers } from '../db/read/episodes.js';
import { type AreaRow, INPUTS_AT_ONCE } from '../workflows/messages.js';
import type { AppendRequest, LedgerActivities, Stored } from './contract.js';

/** The least wait for a ledger clock that is behind the engine's. */
const CLOCK_STEP_MS = 5;

export interface LedgerDeps {
  readonly pool: Pool;
  readonly clock: ReceiptClock;
}

export function createLedgerActivities({ pool, clock }: LedgerDeps): LedgerActivities {
  const command = async (request: AppendRequest) => ({ ...request, plan: await readEpisodePlan(pool, request.planDigest), clock });

  return {
    appendDecisions: async (request): Promise<Stored> => {
      const outcome = await appendDecision(pool, await command(request));
      if (outcome.status === 'expired') return outcome;
      const { status, decisionNo, seq, digest, rows } = outcome;
      return status === 'appended' ? { status, decisionNo, seq, digest, worked: request.worked } : { status, decisionNo, seq, rows };
    },

    settleDeadlines: async (request): Promise<Stored> => {
      const outcome = await settle(pool, { ...(await command(request)), atMs: request.atMs, moments: request.moments });
      switch (outcome.status) {
        case 'not-yet':
          return { status: 'not-yet', waitMs: Math.max(CLOCK_STEP_MS, realSpanMs(request.clock, outcome.nowPlanMs, request.atMs)) };
        case 'expired':
          return outcome;
        case 'settled': {
          const { decisionNo, seq, digest, facts } = outcome;
          return { status: 'appended', decisionNo, seq, digest, facts, worked: request.worked };
        }
        case 'already':
        case 'behind': {
          const { status, decisionNo, seq, rows } = outcome;
          return { status, decisionNo, seq, rows };
        }
      }
    },

    readNews: async ({ episodeId, areaId, knownDecisions, afterSeq }) => ({
      decisions: await decisionsAfter(pool, episodeId, knownDecisions),
      inputs: await inputsAfter(pool, areaId, afterSeq),
    }),

    readArea: async ({ areaId, afterSeq, current }) => {
      const activeEpisodeId = await activeEpisode(pool, areaId);
      const currentHasBegun = current !== null && (await episodeBegan(pool, current));
      const consumed = await consumedUpTo(pool, areaId);
      const rows = activeEpisodeId === null ? await inputsAfter(pool, areaId, Math.max(afterSeq, consumed)) : [];
      const left = activeEpisodeId === null ? await orderLeft(pool, areaId) : null;
      return { activeEpisodeId, currentHasBegun, consumedUpTo: consumed, rows, hasMore: rows.length === INPUTS_AT_ONCE, left: left && { seq: left.seq, input: areaInputOf(left.event, left.seq) } };
    },

    planOfArea: async ({ areaId }) => {
      const area = await readAreaRecord(pool, areaId);
      if (!area) throw new Error(`no area "${areaId}" here`);
      const { planDigest, drillsArea, clock: planClock } = area;
      const numbered = await episodeNumbers(pool, areaId, (openedAtMs) => dayOf(openedAtMs).slice(0, 4));
      const { numberPrefix } = await readEpisodePlan(pool, planDigest);
      return { numberPrefix, planDigest, rulesVersion: CURRENT_RULES, clock: planClock, drill: drillsArea !== null, numbered };
    },
  };
}

async function inputsAfter(pool: Pool, areaId: string, afterSeq: number): Promise<AreaRow[]> {
  const rows = await readInputs(pool, areaId, afterSeq, INPUTS_AT_ONCE);
  return rows.map(({ seq, event }) => ({ seq, input: areaInputOf(event, seq) }));
}

function realSpanMs(clock: AffineClock, fromPlanMs: number, toPlanMs: number): number {
  return toRealMs(clock, toPlanMs) - toRealMs(clock, fromPlanMs);
}
