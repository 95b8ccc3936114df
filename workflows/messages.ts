/**
 * Every message, id and name shared by the workflows and those who talk to
 * them. No workflow code here: the API imports this file.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AreaInput, EpisodeIdentity, PersonCommand } from '../domain/episode/commands.js';
import type { EpisodePlan } from '../domain/episode/plan.js';
import type { EpisodeState } from '../domain/episode/state.js';
import type { Refusal } from '../domain/refusal.js';

export const watchWorkflowId = (areaId: string): string => `watch/${areaId}`;
export const episodeWorkflowId = (episodeId: string): string => `episode/${episodeId}`;
export const disseminationWorkflowId = (episodeId: string, noticeId: string): string => `notice/${episodeId}/${noticeId}`;

/** Search attributes; the server must know them before the first start. */
export const SEARCH_ATTRIBUTES = { area: 'QkArea', level: 'QkLevel', phase: 'QkPhase', drill: 'QkDrill' } as const;

// ---------------------------------------------------------------- episode

/** What an episode's search attributes say as it starts. */
export const BEFORE_ANY_DECISION = { phase: 'consulting', level: 'none' } as const;

/** A person's command; its Update id is the request's idempotency key. */
export interface Decision {
  readonly commandId: string;
  readonly command: PersonCommand;
  /** Real time by the ledger's clock: it is decided as of then. Requests of older builds lack it. */
  readonly askedAtMs?: number;
  /** Real time, by the ledger's clock, after which it is refused: an Update may outlive its caller's patience. */
  readonly expiresAtMs: number;
}

export type DecisionOutcome =
  /** `decisionNo` and `seq` of the last row the command brought about. */
  | { readonly ok: true; readonly decisionNo: number; readonly seq: number }
  | { readonly ok: false; readonly refusal: Refusal };

export const decideUpdate = defineUpdate<DecisionOutcome, [Decision]>('decide');

/** The area's stream, or the ledger, holds something new: look there. It carries nothing itself. */
export const pokeSignal = defineSignal('poke');

export const stateQuery = defineQuery<EpisodeState | null>('state');

/**
 * What the shell around the rules does by itself. A run keeps what it began
 * with (absent: 1), as it keeps its rules' version; a change in the midst of
 * runs is guarded by `patched()`.
 * 2: the history is kept by the workers' look rather than by a workflow of its
 * own; the search attributes stand from the start; a timer ends with its run.
 */
export const CURRENT_SHELL = 2;

export interface EpisodeInput {
  readonly shell?: number;
  /** The rules version stands in it: a running episode keeps the one it began under. */
  readonly episode: EpisodeIdentity;
  readonly plan: EpisodePlan;
  /** What opens it; or where a run before it left off (continue-as-new, or begun anew on the ledger). */
  readonly from: { readonly input: AreaInput } | { readonly state: EpisodeState; readonly knownDecisions: number };
}

// ---------------------------------------------------------------- watch

export interface WatchInput {
  readonly areaId: string;
  readonly resumed: WatchProgress | null;
}

export interface WatchProgress {
  /** The last row of the area's stream dealt with by the watch itself. */
  readonly afterSeq: number;
  /** The episode the area's rows go to, as far as the watch knows. */
  readonly current: string | null;
  /** How many episodes were numbered in a year. */
  readonly numbered: Readonly<Record<string, number>>;
}

// ---------------------------------------------------------------- dissemination

export interface ChannelRef {
  readonly id: string;
  /** It writes a row of our own database and reaches nobody outside. */
  readonly isWithin: boolean;
}

export interface DisseminationInput {
  readonly episodeId: string;
  readonly noticeId: string;
  readonly channels: readonly ChannelRef[];
}

/** How many of an area's inputs are read in one step; a full page means that there may be more. */
export const INPUTS_AT_ONCE = 100;

/** A row of an area's stream as an episode takes it in. */
export interface AreaRow {
  readonly seq: number;
  readonly input: AreaInput | null;
}
