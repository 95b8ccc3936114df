/** Random lives of an episode as a record: what the rules decided, row by row, for the checks that need no documents. */
import { CURRENT_RULES } from '../../../domain/rules.js';
import type { AreaInput, EpisodeCommand } from '../../../domain/episode/commands.js';
import { type EpisodePlan, episodePlanOf } from '../../../domain/episode/plan.js';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { areaStream, episodeStream, GENESIS_HASH, type LedgerRow, type RowKind } from '../../../domain/ledger.js';
import type { Plan } from '../../../domain/plan.js';
import type { EpisodeRecord } from '../../../evidence/format.js';
import { act, MINUTE, opened, type Story, T0, WAKE } from '../../support/episode.js';
import { commandOf, type Throw } from '../../support/random-episode.js';

export interface Life {
  readonly plan: Plan;
  readonly opening: (at: number) => AreaInput;
  readonly throws: readonly Throw[];
  /** An engine that wakes at no time by itself: what is due is dealt with when something else comes. */
  readonly isLate: boolean;
}

class Rows {
  readonly rows: LedgerRow[] = [];
  private decisions = 0;

  constructor(private readonly stream: string) {}

  add(commandId: string, kind: RowKind, atMs: number, events: readonly LedgerRow['event'][]): void {
    for (const [i, event] of events.entries())
      this.rows.push({ stream: this.stream, seq: this.rows.length + 1, eventId: `${commandId}#${i}`, commandId, kind, decisionNo: kind === 'decision' ? ++this.decisions : null, recordedAtMs: atMs, planAtMs: atMs, rulesVersion: CURRENT_RULES, planDigest: 'p', event, prevHash: GENESIS_HASH, hash: GENESIS_HASH });
  }
}

export function recordOf({ plan, opening, throws, isLate }: Life): EpisodeRecord {
  const episode = new Rows(episodeStream('e1'));
  const area = new Rows(areaStream(plan.areaId));
  const episodePlan: EpisodePlan = episodePlanOf(plan);
  const input = opening(T0);
  area.add('input:1', 'input', T0, [areaEvent(input, T0)]);
  let story = opened(input, T0, episodePlan);
  episode.add('open', 'decision', T0, story.events);

  function carryOut(commandId: string, command: EpisodeCommand, at: number): void {
    const { story: after } = story.decided(command, at);
    episode.add(commandId, 'decision', at, after.events.slice(story.events.length));
    story = after;
  }

  let at = T0;
  for (const [i, thrown] of throws.entries()) {
    at += thrown.afterMinutes * MINUTE;
    if (!isLate) for (let next = due(story); next !== null && next <= at; next = due(story)) carryOut(`wake:${story.events.length}`, WAKE, Math.max(next, story.state.asOfMs));
    const command = commandOf(story, thrown, at);
    if (!command) continue;
    if (!('areaSeq' in command)) carryOut(command.type === 'wake' ? `wake:${story.events.length}` : `person-${i}`, command, at);
    else {
      const areaSeq = area.rows.length + 1;
      area.add(`input:${areaSeq}`, 'input', at, [areaEvent(command, at)]);
      carryOut(`area:${areaSeq}`, { ...command, areaSeq }, at);
    }
  }
  return { episodeRows: episode.rows, areaRows: area.rows, areaFromSeq: 1, plans: new Map([['p', plan]]), aqiTables: new Map(), documents: [] };
}

const due = (story: Story) => nextWakeUp(story.plan, story.state);

function areaEvent(input: AreaInput, atMs: number): LedgerRow['event'] {
  const event = (() => {
    switch (input.type) {
      case 'note-assessment':
        return { type: 'forecast-recorded', clause: '3.1', by: act('technical', atMs).actor, assessment: input.assessment };
      case 'receive-order':
        return { type: 'order-received', clause: '3.3.3', order: input.order, act: act('management', atMs) };
      case 'add-transmission':
        return { type: 'order-transmission-added', clause: '3.3.3', order: input.order, act: act('management', atMs) };
      case 'check-order':
        return { type: 'order-checked', clause: '3.3.3', orderId: input.orderId, confirmed: input.confirmed, ...(input.reason !== undefined && { reason: input.reason }), act: input.act };
    }
  })();
  return Object.assign(event, { atMs });
}
