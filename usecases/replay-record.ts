/**
 * An episode's rows with the state after each, folded once by the rules'
 * own `evolve` and kept: rows are never changed, so what was folded stays true
 * for as long as the ledger extends it. A ledger that does not is read anew.
 */
import { OBSERVED_DAYS_WANTED } from '../domain/air/assess.js';
import type { EpisodeEvent, EventOf } from '../domain/episode/events.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { CHAIN_START, type ChainFault, type ChainHead, checkChain, episodeStream, type LedgerRow } from '../domain/ledger.js';
import { DAY_MS } from '../domain/time.js';
import type { Pool } from '../db/pool.js';
import { readStream } from '../db/ledger/rows.js';
import { type AreaFact, areaFacts, lastRecordedOfArea, streamHead } from '../db/read/replay.js';
import type { Deps } from './deps.js';
import { knownRules } from './rules.js';

export interface ReplayRecord {
  readonly opened: EventOf<'episode-opened'>;
  /** Row `seq` stands at `seq - 1`. */
  readonly rows: readonly LedgerRow[];
  /** The state after each row; one that decided nothing leaves the state before. */
  readonly states: readonly EpisodeState[];
  readonly chainFaults: readonly ChainFault[];
  /** What its area recorded before and meanwhile, and for some time after. */
  readonly area: readonly AreaFact[];
}

interface Kept {
  readonly record: ReplayRecord;
  readonly head: ChainHead;
  /** Until when what the area records is looked at, plan time, and whether that time is over. */
  readonly areaUntilMs: number;
  readonly areaIsComplete: boolean;
}

const PAGE_ROWS = 1_000;
/** An episode of thirty days takes some 10 MB. */
const KEPT_EPISODES = 8;
/** What is entered later than this tells no more of the episode's time. */
const ENTERED_WITHIN_MS = OBSERVED_DAYS_WANTED * DAY_MS;

const kept = new WeakMap<Pool, Map<string, Kept>>();

/** Null when there is no such episode. */
export async function replayRecord(deps: Pick<Deps, 'pool'>, episodeId: string): Promise<ReplayRecord | null> {
  const { pool } = deps;
  const ours = kept.get(pool) ?? new Map<string, Kept>();
  kept.set(pool, ours);
  const head = await streamHead(pool, episodeStream(episodeId));
  if (!head) return null;
  const before = ours.get(episodeId) ?? null;
  const next = (before && (await extended(pool, episodeId, before, head))) ?? (await extended(pool, episodeId, null, head));
  if (!next) return null;
  // The one looked at last is forgotten last.
  ours.delete(episodeId);
  ours.set(episodeId, next);
  for (const [oldest] of ours) if (ours.size > KEPT_EPISODES) ours.delete(oldest);
  return next.record;
}

/** What was kept, with the rows that came since; null where the ledger is no continuation of it. */
async function extended(pool: Pool, episodeId: string, before: Kept | null, head: { readonly seq: number; readonly hash: string }): Promise<Kept | null> {
  const known = before?.head ?? CHAIN_START;
  const more = await rowsAfter(pool, episodeId, known.seq);
  if (before && (more[0] ? more[0].prevHash !== known.hash : known.hash !== head.hash)) return null;
  const rows = [...(before?.record.rows ?? []), ...more];
  const opened = rows[0]?.event as EpisodeEvent | undefined;
  if (opened?.type !== 'episode-opened') return null;
  const chain = checkChain(more, known);
  const states = [...(before?.record.states ?? [])];
  for (const row of more) states.push(stateAfter(states.at(-1) ?? null, row));
  const record = { opened, rows, states, chainFaults: [...(before?.record.chainFaults ?? []), ...chain.faults] };
  return { ...(await withArea(pool, record, before)), head: more.length === 0 ? known : chain.head };
}

async function rowsAfter(pool: Pool, episodeId: string, afterSeq: number): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (;;) {
    const page = await readStream(pool, episodeStream(episodeId), rows.at(-1)?.seq ?? afterSeq, PAGE_ROWS);
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}

function stateAfter(state: EpisodeState | null, { kind, rulesVersion, event }: LedgerRow): EpisodeState {
  if (kind === 'decision') return knownRules(rulesVersion).evolve(state, event as EpisodeEvent);
  if (!state) throw new Error(`an episode cannot begin with "${event.type}"`);
  return state;
}

async function withArea(pool: Pool, record: Omit<ReplayRecord, 'area'>, before: Kept | null): Promise<Omit<Kept, 'head'>> {
  const { opened, rows } = record;
  const known = before?.record.area ?? [];
  const areaUntilMs = rows.reduce((latest, row) => Math.max(latest, row.planAtMs), 0) + ENTERED_WITHIN_MS;
  if (before?.areaIsComplete && before.areaUntilMs === areaUntilMs) return { record: { ...record, area: known }, areaUntilMs, areaIsComplete: true };
  const areaIsComplete = (await lastRecordedOfArea(pool, opened.areaId)) > areaUntilMs;
  const range = { afterSeq: known.at(-1)?.seq ?? 0, fromMs: opened.atMs - ENTERED_WITHIN_MS, untilMs: areaUntilMs };
  return { record: { ...record, area: [...known, ...(await areaFacts(pool, opened.areaId, range))] }, areaUntilMs, areaIsComplete };
}
