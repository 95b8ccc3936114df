/**
 * One pollution episode, from its first forecast to its evaluation: a thin
 * durable shell around the rules of `domain/`. Handlers only put things into
 * the inbox; one loop decides; one timer wakes it.
 */
import { allHandlersFinished, ApplicationFailure, condition, continueAsNew, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { toRealMs } from '../domain/clock.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import { decidedLevel, isActive } from '../domain/episode/state.js';
import { toBeijingIso } from '../domain/time.js';
import { Alarm } from './alarm.js';
import { EXPIRED, Journal } from './journal.js';
import { BEFORE_ANY_DECISION, type Decision, type DecisionOutcome, decideUpdate, type EpisodeInput, INPUTS_AT_ONCE, pokeSignal, SEARCH_ATTRIBUTES, stateQuery } from './messages.js';
import { engine, untilDone } from './retry.js';

interface Waiting {
  readonly decision: Decision;
  outcome: DecisionOutcome | null;
}

/** What the engine's pages say of it. */
interface Shown {
  readonly phase: string;
  readonly level: string;
  readonly active: boolean;
}

export async function episode(input: EpisodeInput): Promise<void> {
  const { episode: of, plan, from, shell = 1 } = input;
  const { clock, areaId, episodeId } = of;
  const inbox: Waiting[] = [];
  const notices: string[] = [];
  const alarm = new Alarm();
  let poked = true;
  let pokes = 0;
  const toldAtStart = 'input' in from && shell >= 2;
  let shown: Shown = { ...(toldAtStart ? BEFORE_ANY_DECISION : { phase: '', level: 'none' }), active: true };

  const journal = new Journal(input, noteWork, () => pokes, isSpokenTo);

  setHandler(pokeSignal, () => {
    poked = true;
    pokes++;
  });
  setHandler(stateQuery, () => journal.state);
  setHandler(decideUpdate, receive, { validator: refuseEarly });

  if ('input' in from) await journal.open(from.input);

  while (journal.opened().phase !== 'closed') {
    if (poked) await takeInNews();
    else if (inbox.length > 0) await answer();
    else await wakeIfDue();
    await doWork();
    if (workflowInfo().continueAsNewSuggested && inbox.length === 0) await renew();
    await rest();
  }
  await answerTheLast();
  if (shell < 2) await untilDone(() => engine.startArchive({ episodeId }), () => pokes);
  while (!allHandlersFinished()) {
    await condition(() => inbox.length > 0 || allHandlersFinished());
    await answerTheLast();
  }

  /** A decision waits here for its turn and its outcome. */
  async function receive(decision: Decision): Promise<DecisionOutcome> {
    const waiting: Waiting = { decision, outcome: null };
    inbox.push(waiting);
    await condition(() => waiting.outcome !== null);
    return waiting.outcome!;
  }

  /** What is refused on the state as it stands leaves no trace in the history; the API records the refusal. */
  function refuseEarly(decision: Decision): void {
    if (!journal.state || journal.isOnRecord(decision.commandId)) return;
    const decided = journal.rules.decide(plan, journal.state, decision.command, journal.timeOf(decision));
    if (!decided.ok) throw ApplicationFailure.nonRetryable(decided.refusal.text.en, 'Refusal', decided.refusal, journal.knownDecisions);
  }

  async function takeInNews(): Promise<void> {
    poked = false;
    const { inputs } = await journal.catchUp();
    for (const { seq, input: taken } of inputs) {
      if (taken) await journal.carryOut(`area:${seq}`, taken);
      journal.readUpTo = seq;
    }
    if (inputs.length === INPUTS_AT_ONCE) poked = true;
  }

  /** A decision may be asked again, or come too late, for as long as the run is open. */
  async function answerTheLast(): Promise<void> {
    while (inbox.length > 0) await answer();
    await doWork();
  }

  async function answer(): Promise<void> {
    const waiting = inbox.shift();
    if (waiting) waiting.outcome = await outcomeOf(waiting.decision);
  }

  async function outcomeOf(decision: Decision): Promise<DecisionOutcome> {
    const { commandId, command, askedAtMs, expiresAtMs } = decision;
    // Asked by an older build: no time of its own, its validity judged here rather than by the ledger.
    if (askedAtMs === undefined && Date.now() > expiresAtMs) return (await journal.onRecord(commandId)) ?? { ok: false, refusal: EXPIRED };
    return journal.carryOut(commandId, command, decision);
  }

  async function wakeIfDue(): Promise<void> {
    const dueAtMs = journal.rules.nextWakeUp(plan, journal.opened());
    if (dueAtMs !== null && dueAtMs <= journal.planNowMs()) await journal.wake();
  }

  function isSpokenTo(): boolean {
    return poked || inbox.length > 0;
  }

  /** Until a message comes or the one timer rings. */
  async function rest(): Promise<void> {
    const state = journal.opened();
    const dueAtMs = journal.rules.nextWakeUp(plan, state);
    if (state.phase === 'closed') return shell < 2 ? alarm.stop() : undefined;
    alarm.set(dueAtMs === null ? null : toRealMs(clock, dueAtMs), dueAtMs === null ? '' : `下一时点 ${toBeijingIso(dueAtMs)}`);
    await condition(() => isSpokenTo() || alarm.rang);
  }

  function noteWork(event: EpisodeEvent): void {
    if ('notice' in event) notices.push(event.notice.id);
  }

  /** What stored decisions call for outside: notices on their way, the pages of the engine told. */
  async function doWork(): Promise<void> {
    const state = journal.opened();
    const noticeIds = notices.splice(0);
    if (noticeIds.length > 0) await untilDone(() => engine.startDisseminations({ episodeId, noticeIds }), () => pokes);
    const now: Shown = { phase: state.phase, level: decidedLevel(state) ?? 'none', active: isActive(state) };
    if (shown.phase === now.phase && shown.level === now.level) return;
    const wasActive = shown.active;
    shown = now;
    upsertSearchAttributes({ [SEARCH_ATTRIBUTES.phase]: [now.phase], [SEARCH_ATTRIBUTES.level]: [now.level] });
    if (wasActive && !shown.active) await untilDone(() => engine.pokeWatch({ areaId }), () => pokes);
  }

  async function renew(): Promise<void> {
    alarm.stop();
    await condition(allHandlersFinished);
    if (inbox.length > 0) return;
    await continueAsNew<typeof episode>({ ...input, from: { state: journal.opened(), knownDecisions: journal.knownDecisions } });
  }
}
