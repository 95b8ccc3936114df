/**
 * The episode's decisions and the ledger that holds them.
 *
 * The ledger is the truth, this follows it:
 * 1. a batch is decided on the state known here and offered to the ledger;
 * 2. the ledger stores it, or answers with the rows that are not known here (a
 *    commit whose workflow task the server never stored);
 * 3. the state evolves only from what is stored, and a refusal stands only on
 *    a state that is the ledger's.
 * On replay the digest of the batch decided anew is compared with the recorded
 * one: a rule that changed under the same version shows at once.
 */
import { condition, sleep, workflowInfo } from '@temporalio/workflow';
import type { DecisionRow, News, Stored } from '../activities/contract.js';
import { toPlanMs } from '../domain/clock.js';
import { digestOf } from '../domain/digest.js';
import type { AreaInput, EpisodeCommand } from '../domain/episode/commands.js';
import type { Moment } from '../domain/episode/deadlines.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { Facts } from '../domain/episode/settle.js';
import type { EpisodeState } from '../domain/episode/state.js';
import type { Refusal } from '../domain/refusal.js';
import { type Rules, rulesOf } from '../domain/rules.js';
import type { Decision, DecisionOutcome, EpisodeInput } from './messages.js';
import { ledger, untilDone } from './retry.js';

type Batch = { readonly events: readonly EpisodeEvent[]; readonly moments: readonly Moment[] };
type Proposal = { readonly ok: true; readonly batch: Batch } | { readonly ok: false; readonly refusal: Refusal };

type Propose = (nowMs: number, worked?: EpisodeCommand) => Proposal;
type Appended = Extract<Stored, { status: 'appended' }>;

/** What a person's decision says of its own time. */
type Asked = Pick<Decision, 'askedAtMs' | 'expiresAtMs'>;

export const EXPIRED: Refusal = { code: 'expired', clause: '8.6', text: { zh: '该操作已过有效时间，未执行', en: 'its time of validity had passed: it was not carried out' } };

export class Journal {
  readonly rules: Rules;
  state: EpisodeState | null;
  knownDecisions: number;
  /** The last of the area's inputs looked at, whether or not it was for this episode. */
  readUpTo = 0;
  private seq = 0;
  /** Plan time of the last decision; before the first of this run its start. */
  private reachedMs: number;
  /** Outcomes of commands whose workflow task was lost: learned from the ledger, whatever the state says of them now. */
  private readonly outcomes = new Map<string, DecisionOutcome>();

  constructor(
    private readonly input: EpisodeInput,
    /** Told of every event once it is stored, in order. */
    private readonly onStored: (event: EpisodeEvent) => void,
    /** How often something has said that there may be news. */
    private readonly pokes: () => number,
    /** Whether a message waits to be looked at. */
    private readonly isSpokenTo: () => boolean,
  ) {
    this.rules = rulesOf(input.episode.rulesVersion);
    this.state = 'state' in input.from ? input.from.state : null;
    this.knownDecisions = 'state' in input.from ? input.from.knownDecisions : 0;
    this.reachedMs = toPlanMs(input.episode.clock, workflowInfo().runStartTime.getTime());
  }

  planNowMs(): number {
    return toPlanMs(this.input.episode.clock, Date.now());
  }

  /**
   * As of when a person's decision is decided: when it was asked, but not before
   * what was decided meanwhile. The workflow task's time will not do: the server
   * keeps an Update's task in memory alone, makes it anew after a crash, and may
   * take for it what was worked out for the lost one; a replay then finds a time
   * that nothing was decided at.
   */
  timeOf({ askedAtMs }: Pick<Decision, 'askedAtMs'>): number {
    return askedAtMs === undefined ? this.planNowMs() : Math.max(toPlanMs(this.input.episode.clock, askedAtMs), this.reachedMs);
  }

  /** The first decisions of the episode. */
  async open(input: AreaInput): Promise<void> {
    const command = { type: 'open', ...this.input.episode, input } as const;
    await this.store('open', null, (nowMs) => ({ ok: true, batch: { events: this.rules.open(this.input.plan, command, nowMs), moments: [] } }));
  }

  /** Decides a command and stores what follows; a command decided before gives its first outcome. */
  async carryOut(commandId: string, command: EpisodeCommand, asked: Asked | null = null): Promise<DecisionOutcome> {
    return this.store(commandId, asked && { ...asked, command }, this.proposing(command));
  }

  /** What time brings about. Where the ledger's clock is behind ours it gives way to a message, and is found due again after it. */
  async wake(): Promise<void> {
    const { shell = 1 } = this.input;
    await this.store(`wake:${this.knownDecisions}`, null, this.proposing({ type: 'wake' }), shell < 2 ? null : this.isSpokenTo);
  }

  /** Takes over decisions that the ledger holds and the history does not; gives the area's rows not yet taken in. */
  async catchUp(): Promise<News> {
    const { episodeId, areaId } = this.input.episode;
    const { knownDecisions } = this;
    const afterSeq = Math.max(this.opened().areaSeq, this.readUpTo);
    const news = await untilDone(() => ledger.readNews({ episodeId, areaId, knownDecisions, afterSeq }), this.pokes);
    this.learn(news.decisions);
    return news;
  }

  /** The outcome of a command that was decided before; null when it never was. */
  async onRecord(commandId: string): Promise<DecisionOutcome | null> {
    await this.catchUp();
    return this.outcomes.get(commandId) ?? null;
  }

  isOnRecord(commandId: string): boolean {
    return this.outcomes.has(commandId);
  }

  opened(): EpisodeState {
    if (!this.state) throw new Error('the episode has not been opened');
    return this.state;
  }

  private proposing(command: EpisodeCommand): Propose {
    return (nowMs, worked = command) => {
      const decided = this.rules.decide(this.input.plan, this.opened(), worked, nowMs);
      return decided.ok ? { ok: true, batch: decided.value } : decided;
    };
  }

  private async store(commandId: string, asked: (Asked & { readonly command: EpisodeCommand }) | null, propose: Propose, giveWay: (() => boolean) | null = null): Promise<DecisionOutcome> {
    // Where the ledger's clock is behind ours the decision keeps its time: a later one would be as far ahead again.
    let heldMs: number | null = null;
    for (;;) {
      const outcome = this.outcomes.get(commandId);
      if (outcome) return outcome;
      const nowMs: number = heldMs ?? (asked ? this.timeOf(asked) : this.planNowMs());
      const proposal = propose(nowMs);
      if (!proposal.ok) {
        if ((await this.catchUp()).decisions.length > 0) continue;
        return proposal;
      }
      const { batch } = proposal;
      if (batch.events.length === 0 && batch.moments.length === 0) return this.reached();
      const stored = await untilDone(() => this.offer(commandId, batch, nowMs, asked), this.pokes);
      switch (stored.status) {
        case 'appended':
          this.follow(this.verified(batch, stored, nowMs, propose), stored.decisionNo, stored.seq);
          return this.reached();
        case 'already':
          this.learn(stored.rows);
          return { ok: true, decisionNo: stored.decisionNo, seq: stored.seq };
        case 'expired':
          return { ok: false, refusal: EXPIRED };
        case 'behind':
          this.learn(stored.rows);
          heldMs = null;
          break;
        case 'not-yet':
          heldMs = nowMs;
          if (giveWay === null) await sleep(Math.max(stored.waitMs, 1), { summary: '等待账本时钟' });
          else if (await condition(giveWay, Math.max(stored.waitMs, 1), { summary: '等待账本时钟' })) return this.reached();
          break;
      }
    }
  }

  private offer(commandId: string, { events, moments }: Batch, nowMs: number, asked: (Asked & { readonly command: EpisodeCommand }) | null): Promise<Stored> {
    const { episodeId, rulesVersion, planDigest, clock } = this.input.episode;
    const request = { episodeId, commandId, knownDecisions: this.knownDecisions, events, rulesVersion, planDigest, clock, expiresAtMs: asked?.expiresAtMs ?? null, worked: asked && { command: asked.command, nowMs } };
    return moments.length === 0 ? ledger.appendDecisions(request) : ledger.settleDeadlines({ ...request, moments, atMs: nowMs });
  }

  /**
   * The events as stored: those decided, and the settlement made of the facts that
   * the ledger found. Where the history holds another asking of the command than
   * the one worked on (see `timeOf`), the recorded one is decided again.
   */
  private verified({ events, moments }: Batch, stored: Appended, nowMs: number, propose: Propose | null): readonly EpisodeEvent[] {
    const all = moments.length === 0 ? events : [...events, this.settled(events, moments, stored.facts ?? {}, nowMs)];
    if (digestOf(all) === stored.digest) return all;
    const { worked } = stored;
    const again = worked && propose ? propose(worked.nowMs, worked.command) : null;
    if (worked && again?.ok) return this.verified(again.batch, stored, worked.nowMs, null);
    throw new Error(`the batch decided here is not the recorded one (decisions ${this.knownDecisions + 1} to ${stored.decisionNo})`);
  }

  private settled(events: readonly EpisodeEvent[], moments: readonly Moment[], facts: Facts, nowMs: number): EpisodeEvent {
    const state = events.reduce<EpisodeState>((s, e) => this.rules.evolve(s, e), this.opened());
    return this.rules.settledEvent(this.input.plan, state, moments, facts, nowMs);
  }

  private learn(rows: readonly DecisionRow[]): void {
    for (const { event, commandId, decisionNo, seq } of rows) {
      this.follow([event], decisionNo, seq);
      this.outcomes.set(commandId, { ok: true, decisionNo, seq });
    }
  }

  private follow(events: readonly EpisodeEvent[], decisionNo: number, seq: number): void {
    for (const event of events) {
      this.state = this.rules.evolve(this.state, event);
      this.reachedMs = Math.max(this.reachedMs, event.atMs);
      this.onStored(event);
    }
    this.knownDecisions = decisionNo;
    this.seq = seq;
  }

  private reached(): DecisionOutcome {
    return { ok: true, decisionNo: this.knownDecisions, seq: this.seq };
  }
}
