/**
 * The people of a city at their desks, over the real use cases: everything the
 * recorder and the bench have an episode do goes through here. Accounts are
 * whole in memory; only who acts for somebody else needs one in the database.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { loadEpisode } from '../../db/projections/episodes.js';
import { activeEpisode } from '../../db/read/episodes.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Role } from '../../domain/plan.js';
import { toBeijingIso } from '../../domain/time.js';
import type { z } from 'zod';
import { decideStep, stepDecision } from '../../usecases/approvals.js';
import type { Caller } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import * as decisions from '../../usecases/decisions.js';
import { newEvaluation, submitEvaluation } from '../../usecases/evaluation.js';
import { newForecast, recordForecast } from '../../usecases/forecasts.js';
import { issueBulletin, newBulletin, newReport, report } from '../../usecases/submissions.js';

export interface ForecastDay {
  readonly date: string;
  readonly aqi: number;
  readonly dust?: boolean;
}


/** Somebody with one hat everywhere; each request has a key of its own. */
export function somebody(role: Role, unitId: string | null = null): Caller {
  const id = unitId === null ? `demo-${role}` : `demo-unit-${unitId}`;
  return { account: { id, login: id, name: `演示·${unitId ?? role}`, hats: [{ id: `${id}-hat`, role, unitId, areaIds: null, delegation: null }] }, wears: null, key: randomUUID() };
}

export class City {
  /** Of the area's latest episode; set once it has begun. */
  episodeId = '';

  constructor(
    readonly deps: Deps,
    readonly areaId: string,
    /** How often it looks whether what it waits for is there. */
    private readonly lookEveryMs = 3,
  ) {}

  /** Days from the first on; PM2.5 is what makes the AQI. */
  forecast(issuedAtMs: number, days: readonly ForecastDay[]) {
    const input = newForecast.parse({
      issuedAt: toBeijingIso(issuedAtMs),
      source: '演示预报',
      days: days.map(({ date, aqi, dust }) => ({ date, aqiLow: aqi, aqiHigh: aqi, pm25: pm25Of(aqi), primary: ['PM2.5'], ...(dust === undefined ? {} : { dust }) })),
    });
    return recordForecast(this.deps, somebody('technical'), this.areaId, input);
  }

  consult(advice: string, level: string | null, noClearImprovement: boolean | null = null) {
    return decisions.recordConsultation(this.deps, somebody('technical'), this.episodeId, decisions.newConsultation.parse({ advice, level, noClearImprovement, text: '会商一致' }));
  }

  propose(input: z.input<typeof decisions.newProposal>) {
    return decisions.submitProposal(this.deps, somebody('management'), this.episodeId, decisions.newProposal.parse(input));
  }

  lift(effectiveAtMs: number | null) {
    const input = decisions.newLift.parse({ effectiveAt: effectiveAtMs === null ? null : toBeijingIso(effectiveAtMs), text: '空气质量持续改善' });
    return decisions.submitLift(this.deps, somebody('management'), this.episodeId, input);
  }

  /** The next step of the only open request. */
  async approve(role: Role, more: Partial<z.input<typeof stepDecision>> = {}) {
    const request = (await this.state()).requests.at(-1);
    if (!request) throw new Error('no request waits for approval');
    const input = stepDecision.parse({ step: request.decisions.length, decision: 'approve', evidenceDigest: request.evidenceDigest, ...more });
    return decideStep(this.deps, somebody(role), this.episodeId, request.id, input);
  }

  evaluate() {
    return submitEvaluation(this.deps, somebody('management'), this.episodeId, newEvaluation.parse({ summary: '措施落实，污染过程平稳度过' }));
  }

  /** A unit's report, as one with nothing to tell. */
  unitReport(obligationId: string, unitId: string) {
    return report(this.deps, somebody('unit', unitId), this.episodeId, newReport.parse({ obligationId, nil: true, note: '本日无新情况' }));
  }

  paper(obligationId: string, role: 'management' | 'technical' = 'management') {
    return report(this.deps, somebody(role), this.episodeId, newReport.parse({ obligationId, text: '报告正文' }));
  }

  /** The office to its members (5.1(2)). */
  bulletin(day: string) {
    return issueBulletin(this.deps, somebody('management'), this.episodeId, newBulletin.parse({ day, text: '今日应急响应情况' }));
  }

  async state(): Promise<EpisodeState> {
    const stored = await loadEpisode(this.deps.pool, this.episodeId);
    if (!stored) throw new Error(`the ledger has no episode ${this.episodeId}`);
    return stored.state;
  }

  /** Until the area's episode has begun. */
  async begun(withinMs = 30_000): Promise<void> {
    this.episodeId = (await soon(() => activeEpisode(this.deps.pool, this.areaId), 'an episode', withinMs, this.lookEveryMs)) ?? '';
  }

  /** Until the ledger's state is as wanted. */
  async until(isThere: (state: EpisodeState) => boolean, what: string, withinMs = 30_000): Promise<EpisodeState> {
    return soon(async () => {
      const state = await this.state();
      return isThere(state) ? state : null;
    }, what, withinMs, this.lookEveryMs);
  }
}

async function soon<T>(look: () => Promise<T | null>, what: string, withinMs: number, everyMs: number): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`no ${what} within ${withinMs} ms`);
    await pause(everyMs);
  }
}

/** A concentration, µg/m³, that goes with an AQI of the table's upper half. */
function pm25Of(aqi: number): number {
  return aqi > 300 ? aqi - 50 : aqi > 200 ? 150 + (aqi - 200) : Math.round(aqi * 0.72);
}
