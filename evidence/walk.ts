/**
 * Goes through an episode's rows as they were recorded: decisions by command,
 * and what was handed in or noted in between, each with the state that stood
 * before it. The state follows what is recorded, right or wrong, so that one
 * fault is told once.
 */
import { type AreaEvent, areaInputOf } from '../domain/area.js';
import type { AreaInput } from '../domain/episode/commands.js';
import type { EpisodeEvent, EventOf } from '../domain/episode/events.js';
import { type EpisodePlan, episodePlanOf } from '../domain/episode/plan.js';
import type { EpisodeState } from '../domain/episode/state.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { Plan } from '../domain/plan.js';
import { type Rules, rulesOf } from '../domain/rules.js';
import type { Filed, SubmissionEvent } from '../domain/submission.js';
import type { EpisodeRecord } from './format.js';
import { Unreadable } from './unreadable.js';

/** What an episode is decided under. */
export interface Frame {
  readonly record: EpisodeRecord;
  readonly opened: EventOf<'episode-opened'>;
  readonly wholePlan: Plan;
  readonly plan: EpisodePlan;
  readonly rules: Rules;
  readonly areaRows: ReadonlyMap<number, LedgerRow>;
  /** Bodies by digest. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

/** The rows of one command's decisions. */
export interface Batch {
  readonly commandId: string;
  readonly rows: readonly LedgerRow[];
  readonly events: readonly EpisodeEvent[];
}

export interface Standing {
  readonly state: EpisodeState | null;
  /** What was handed in so far, by obligation. */
  readonly filed: ReadonlyMap<string, Filed>;
}

export interface Visitor {
  batch?(batch: Batch, before: Standing): void;
  submission?(row: LedgerRow, event: SubmissionEvent, before: Standing): void;
  audit?(row: LedgerRow, before: Standing): void;
  end?(after: Standing): void;
}

/** Throws `Unreadable` where the record has no beginning, no plan or rules this build does not know. */
export function frameOf(record: EpisodeRecord): Frame {
  const opened = record.episodeRows.find((r) => r.kind === 'decision')?.event as EpisodeEvent | undefined;
  if (opened?.type !== 'episode-opened') throw new Unreadable('the episode has no beginning');
  const wholePlan = record.plans.get(opened.planDigest);
  if (!wholePlan) throw new Unreadable(`the plan ${opened.planDigest} that the episode began under is not there`);
  const areaRows = new Map(record.areaRows.map((r) => [r.seq, r]));
  return { record, opened, wholePlan, plan: episodePlanOf(wholePlan), rules: knownRules(opened.rulesVersion), areaRows, documents: new Map(record.documents.map((d) => [d.digest, d.body])) };
}

/** The rules of a version; one that this build does not know makes the record unreadable to it. */
export function knownRules(version: string): Rules {
  try {
    return rulesOf(version);
  } catch (error) {
    throw new Unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** What the episode could take in of a row of its area; null where the row is none of its business or not there. */
export function areaInput({ areaRows }: Frame, seq: number): AreaInput | null {
  const row = areaRows.get(seq);
  return row?.kind === 'input' ? areaInputOf(row.event as AreaEvent, seq) : null;
}

export function walk({ record, rules }: Frame, visitors: readonly Visitor[]): void {
  let state: EpisodeState | null = null;
  const filed = new Map<string, Filed>();
  for (const rows of byCommand(record.episodeRows)) {
    const standing = { state, filed };
    const [row] = rows;
    if (row === undefined) continue;
    switch (row.kind) {
      case 'decision': {
        const batch = { commandId: row.commandId, rows, events: rows.map((r) => r.event as EpisodeEvent) };
        for (const visitor of visitors) visitor.batch?.(batch, standing);
        state = batch.events.reduce<EpisodeState | null>((s, event) => rules.evolve(s, event), state);
        break;
      }
      case 'submission': {
        const event = row.event as SubmissionEvent;
        for (const visitor of visitors) visitor.submission?.(row, event, standing);
        filed.set(event.obligationId, { version: event.version, submittedAtMs: filed.get(event.obligationId)?.submittedAtMs ?? event.countsAtMs });
        break;
      }
      case 'audit':
      case 'input':
        for (const visitor of visitors) visitor.audit?.(row, standing);
        break;
    }
  }
  for (const visitor of visitors) visitor.end?.({ state, filed });
}

/** Decisions of one command together, everything else by itself, in the order of the rows. */
function byCommand(rows: readonly LedgerRow[]): LedgerRow[][] {
  const groups: LedgerRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (last && row.kind === 'decision' && first?.kind === 'decision' && first.commandId === row.commandId) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** The row of the area's stream that a command carried in; null for every other command. */
export function areaSeqOf(commandId: string): number | null {
  const found = /^area:(\d{1,15})$/.exec(commandId);
  return found ? Number(found[1]) : null;
}

/** What to do with events of some types; the others are passed over. */
export type Handlers<R> = { readonly [T in EpisodeEvent['type']]?: (event: EventOf<T>) => R };

export function handle<R>(event: EpisodeEvent, handlers: Handlers<R>): R | undefined {
  if (!Object.hasOwn(handlers, event.type)) return undefined;
  return (handlers[event.type] as ((e: EpisodeEvent) => R) | undefined)?.(event);
}
