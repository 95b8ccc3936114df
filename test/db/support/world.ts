/** A database with Kuitun's plan in force, a clock that the test moves, and one episode driven by the core itself. */
import type { Act, Signatory } from '../../../domain/act.js';
import { IDENTITY_CLOCK, type AffineClock, toPlanMs } from '../../../domain/clock.js';
import { ok } from '../../../domain/refusal.js';
import type { EpisodeCommand } from '../../../domain/episode/commands.js';
import type { EpisodeEvent } from '../../../domain/episode/events.js';
import { type EpisodePlan, episodePlanOf } from '../../../domain/episode/plan.js';
import type { EpisodeState } from '../../../domain/episode/state.js';
import type { SuperiorOrder } from '../../../domain/order.js';
import type { Plan, Role } from '../../../domain/plan.js';
import { CURRENT_RULES, rulesOf } from '../../../domain/rules.js';
import { decideSubmission, type Submission } from '../../../domain/submission.js';
import { HOUR_MS, startOfDayMs } from '../../../domain/time.js';
import { appendDecision, type AppendOutcome } from '../../../db/ledger/decisions.js';
import { settle, type SettleOutcome } from '../../../db/ledger/settle.js';
import { appendSubmission, type SubmissionOutcome } from '../../../db/ledger/submissions.js';
import { savePlan, setAreaPlan } from '../../../db/plans.js';
import { loadPlan } from '../../../plans/load.js';
import { type MigratedDatabase, migratedDatabase } from '../../support/db.js';

export const RULES = rulesOf(CURRENT_RULES);
/** 10:00 on a winter day. */
export const START_MS = startOfDayMs('2024-01-05') + 10 * HOUR_MS;

export const person = (role: Role, unitId: string | null = null, accountId = `${role}${unitId ? `-${unitId}` : ''}`): Signatory => ({
  accountId,
  name: `演示·${accountId}`,
  role,
  unitId,
  delegation: null,
});

export function act(actor: Signatory, occurredAtMs: number, extra: Partial<Act> = {}): Act {
  return { occurredAtMs, channel: 'online', actor, recordedBy: actor, witness: null, entry: 'direct', evidence: [], ...extra };
}

export interface World {
  readonly database: MigratedDatabase;
  readonly plan: Plan;
  readonly episodePlan: EpisodePlan;
  readonly planDigest: string;
  /** Real time as the tests set it. */
  nowMs: number;
  readonly clock: () => Promise<number>;
}

export async function world(): Promise<World> {
  const database = await migratedDatabase();
  const plan = loadPlan('kuitun-2023');
  const planDigest = await savePlan(database.pool, plan, START_MS);
  await setAreaPlan(database.pool, plan.areaId, planDigest);
  const made: World = { database, plan, episodePlan: episodePlanOf(plan), planDigest, nowMs: START_MS, clock: () => Promise.resolve(made.nowMs) };
  return made;
}

/** An episode as the workflow would run it, against the real ledger: it knows its state and its last decision. */
export class Episode {
  state: EpisodeState | null = null;
  decisions = 0;
  private commands = 0;

  constructor(
    readonly world: World,
    readonly id: string,
    readonly affine: AffineClock = IDENTITY_CLOCK,
    readonly areaId = world.plan.areaId,
  ) {}

  get planNowMs(): number {
    return toPlanMs(this.affine, this.world.nowMs);
  }

  opening(): readonly EpisodeEvent[] {
    const { planDigest, episodePlan } = this.world;
    const order = startOrder('O1', this.planNowMs);
    return RULES.open(
      episodePlan,
      {
        type: 'open',
        episodeId: this.id,
        number: `KT-2024-${this.id}`,
        areaId: this.areaId,
        drill: false,
        clock: this.affine,
        planDigest,
        rulesVersion: CURRENT_RULES,
        input: { type: 'receive-order', areaSeq: 1, order },
      },
      this.planNowMs,
    );
  }

  async open(): Promise<void> {
    await this.append(this.opening());
  }

  /** Appends events as decided, taking over the state only if they were recorded. */
  async append(events: readonly EpisodeEvent[], commandId = this.nextCommand(), knownDecisions = this.decisions): Promise<AppendOutcome> {
    const outcome = await appendDecision(this.world.database.pool, { ...this.basis(commandId, knownDecisions), events });
    if (outcome.status === 'expired') throw new Error('what has no time of validity cannot be past it');
    if (outcome.status === 'appended') this.take(events, outcome.decisionNo);
    return outcome;
  }

  async settle(atMs: number, moments: Parameters<typeof settle>[1]['moments'], events: readonly EpisodeEvent[] = [], commandId = this.nextCommand()): Promise<SettleOutcome> {
    const outcome = await settle(this.world.database.pool, { ...this.basis(commandId, this.decisions), atMs, moments, events });
    if (outcome.status === 'settled') this.take(outcome.rows.map((r) => r.event), outcome.decisionNo);
    return outcome;
  }

  /** Decides a command now and records what it brings about. */
  async do(command: EpisodeCommand): Promise<void> {
    const decided = RULES.decide(this.world.episodePlan, this.state!, command, this.planNowMs);
    if (!decided.ok) throw new Error(`${command.type}: ${decided.refusal.code} ${decided.refusal.text.en}`);
    const { events, moments } = decided.value;
    if (moments.length > 0) await this.settle(this.planNowMs, moments, events);
    else if (events.length > 0) await this.append(events);
  }

  /** Lets time pass to a real instant, waking for everything that is due on the way. */
  async until(realMs: number): Promise<void> {
    for (;;) {
      const nextMs = RULES.nextWakeUp(this.world.episodePlan, this.state!);
      if (nextMs === null || nextMs > realMs) break;
      this.world.nowMs = Math.max(this.world.nowMs, nextMs);
      await this.do({ type: 'wake' });
    }
    this.world.nowMs = realMs;
  }

  submit(submission: Partial<Submission> & Pick<Submission, 'obligationId' | 'act'>, commandId = this.nextCommand()): Promise<SubmissionOutcome> {
    const whole: Submission = { documentDigest: null, nil: true, reviewedBy: null, correctionReason: null, ...submission };
    return appendSubmission(this.world.database.pool, {
      episodeId: this.id,
      commandId,
      obligationId: whole.obligationId,
      clock: this.world.clock,
      decide: ({ state, filed, nowMs }) => {
        const decided = decideSubmission(this.world.episodePlan, state, filed, whole, nowMs);
        return Promise.resolve(decided.ok ? ok({ event: decided.value, document: null }) : decided);
      },
    });
  }

  nextCommand(): string {
    return `${this.id}-c${++this.commands}`;
  }

  private basis(commandId: string, knownDecisions: number) {
    const { episodePlan: plan, planDigest, clock } = this.world;
    return { episodeId: this.id, commandId, knownDecisions, rulesVersion: CURRENT_RULES, planDigest, plan, clock };
  }

  private take(events: readonly EpisodeEvent[], decisionNo: number): void {
    this.state = events.reduce<EpisodeState | null>((s, e) => RULES.evolve(s, e), this.state);
    this.decisions = decisionNo;
  }
}

/** The region orders orange for the city, in force two hours later (3.3.3, 4.4). */
export function startOrder(id: string, receivedAtMs: number, change: Partial<SuperiorOrder> = {}): SuperiorOrder {
  return {
    id,
    issuer: 'prefecture',
    kind: 'start',
    level: 'orange',
    namesCity: true,
    scope: { zh: '奎屯市', en: 'Kuitun' },
    basedOn: null,
    ends: [],
    documentNumber: null,
    issuedAtMs: receivedAtMs,
    receivedAtMs,
    announcedAtMs: null,
    effectiveAtMs: receivedAtMs + 2 * HOUR_MS,
    primaryPollutants: ['PM2.5'],
    transmissions: [],
    ...change,
  };
}
