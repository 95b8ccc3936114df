/**
 * What the workflows ask of the outside world: shapes only, so that workflow
 * code can know them without the code behind them.
 */
import type { AffineClock } from '../domain/clock.js';
import type { EpisodeCommand } from '../domain/episode/commands.js';
import type { Moment } from '../domain/episode/deadlines.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import type { Facts } from '../domain/episode/settle.js';
import type { AreaRow, EpisodeInput } from '../workflows/messages.js';

export interface DecisionRow {
  readonly decisionNo: number;
  readonly seq: number;
  readonly commandId: string;
  readonly event: EpisodeEvent;
}

/** What a decision was worked out from. */
export interface Worked {
  readonly command: EpisodeCommand;
  /** Plan time. */
  readonly nowMs: number;
}

export interface AppendRequest {
  readonly episodeId: string;
  readonly commandId: string;
  /** Decisions the workflow knows of; more in the ledger means it must catch up first. */
  readonly knownDecisions: number;
  readonly events: readonly EpisodeEvent[];
  readonly rulesVersion: string;
  readonly planDigest: string;
  readonly clock: AffineClock;
  /** Real time by the ledger's clock after which nothing is stored; null: for good. */
  readonly expiresAtMs: number | null;
  /** Given back with the result; null for what no person asked. */
  readonly worked: Worked | null;
}

export interface SettleRequest extends AppendRequest {
  readonly moments: readonly Moment[];
  /** Plan time the settlement speaks of. */
  readonly atMs: number;
}

/**
 * `appended`: stored just now, exactly as asked. `already`: this command was
 * decided before; `behind`: the ledger is ahead, nothing was stored. Both give
 * the rows that were not known. `not-yet`: the ledger's clock is before the
 * instant; `expired`: it is past the command's time of validity.
 */
export type Stored =
  | { readonly status: 'appended'; readonly decisionNo: number; readonly seq: number; readonly digest: string; readonly facts?: Facts; readonly worked?: Worked | null }
  | { readonly status: 'already' | 'behind'; readonly decisionNo: number; readonly seq: number; readonly rows: readonly DecisionRow[] }
  | { readonly status: 'not-yet'; readonly waitMs: number }
  | { readonly status: 'expired' };

/** What an episode's workflow does not know yet. */
export interface News {
  /** Decisions in the ledger whose workflow task the server never stored. */
  readonly decisions: readonly DecisionRow[];
  readonly inputs: readonly AreaRow[];
}

export interface AreaReading {
  /** The area's active episode in the ledger, if any. */
  readonly activeEpisodeId: string | null;
  /** Whether the asked-for episode has begun in the ledger at all. */
  readonly currentHasBegun: boolean;
  /** Last row taken in by any episode of the area. */
  readonly consumedUpTo: number;
  readonly rows: readonly AreaRow[];
  readonly hasMore: boolean;
  /** With none active: the row of an order that the episode before has left to the next. Readings of older builds lack it. */
  readonly left?: AreaRow | null;
}

export interface AreaPlan {
  readonly numberPrefix: string;
  readonly planDigest: string;
  readonly rulesVersion: string;
  readonly clock: AffineClock;
  readonly drill: boolean;
  /** By year: the highest number given to an episode of the area so far. */
  readonly numbered: Readonly<Record<string, number>>;
}

/** Short steps against our own database, run as local activities. */
export interface LedgerActivities {
  appendDecisions(request: AppendRequest): Promise<Stored>;
  settleDeadlines(request: SettleRequest): Promise<Stored>;
  readNews(request: { episodeId: string; areaId: string; knownDecisions: number; afterSeq: number }): Promise<News>;
  readArea(request: { areaId: string; afterSeq: number; current: string | null }): Promise<AreaReading>;
  planOfArea(request: { areaId: string; nowMs: number }): Promise<AreaPlan>;
}

/** Short steps that talk to the Temporal server, run as local activities. */
export interface EngineActivities {
  /** The plan is read by its digest, so that it weighs on no history but the episode's. */
  startEpisode(input: Omit<EpisodeInput, 'plan'>): Promise<void>;
  pokeEpisode(request: { episodeId: string }): Promise<void>;
  pokeEpisodesHoldingOrder(request: { areaId: string; orderId: string }): Promise<void>;
  pokeWatch(request: { areaId: string }): Promise<void>;
  startDisseminations(request: { episodeId: string; noticeIds: readonly string[] }): Promise<void>;
  /** Asked for by episodes of the first shell alone: nobody carries it out any more, `workers/archive.ts` looks by itself. */
  startArchive(request: { episodeId: string }): Promise<void>;
}

export interface DisseminationActivities {
  /** Delivers a notice over one channel to every recipient not yet reached over it; returns whom it could not reach. */
  deliverNotice(request: { episodeId: string; noticeId: string; channel: string }): Promise<{ readonly unreached: readonly string[] }>;
}

export type Activities = LedgerActivities & EngineActivities & DisseminationActivities;
