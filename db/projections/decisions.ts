/** What the decisions of one command do to the read models. The rebuild and the append use this one. */
import { toPlanMs } from '../../domain/clock.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { rulesOf } from '../../domain/rules.js';
import type { Tx } from '../pool.js';
import type { StoredEpisode } from './episodes.js';
import { type InboxItem, itemsOfEvent, tellOfMeasure, writeInbox } from './inbox.js';
import { projectNotices } from './notices.js';
import { changedGroups, dischargeGroups, lapseGroups, openedGroups, recordMissing, reopenGroups, writeGroups } from './obligations.js';
import { projectRequests } from './requests.js';

export interface Projected {
  readonly episode: StoredEpisode;
  readonly written: Promise<unknown>;
}

/**
 * Writes everything but the episode's own row, which the caller saves, in one go
 * ("written": once all is answered). `rows`
 * are the decisions of one command; obligations are compared once, at its
 * recording, between the state before and after it: so the outcome does not
 * depend on whether somebody had derived them in between.
 */
export function projectDecisions(tx: Tx, plan: EpisodePlan, before: StoredEpisode | null, rows: readonly LedgerRow[]): Projected {
  const last = rows.at(-1);
  if (!last) throw new Error('a command without a decision projects nothing');
  const written: Promise<unknown>[] = [];
  const inbox: { row: LedgerRow; item: InboxItem }[] = [];
  let state: EpisodeState | null = before?.state ?? null;
  for (const row of rows) {
    const event = row.event as EpisodeEvent;
    state = rulesOf(row.rulesVersion).evolve(state, event);
    written.push(projectRequests(tx, state.id, event), projectNotices(tx, state.id, event, row.seq));
    for (const item of itemsOfEvent(plan, state, event)) inbox.push({ row, item });
    if (event.type === 'measures-adjusted') written.push(tellOfMeasure(tx, state, row, event));
  }
  const after = state!;
  const nowMs = Math.max(toPlanMs(after.clock, last.recordedAtMs), last.planAtMs);
  // In this order: what is settled must be owed before.
  written.push(projectOwed(tx, plan, before, after, nowMs), settleOwed(tx, before?.state ?? null, after, rows), writeInbox(tx, after, inbox));
  const episode = { state: after, updatedSeq: last.seq, obligationsThroughMs: Math.max(nowMs, before?.obligationsThroughMs ?? nowMs) };
  return { episode, written: Promise.all(written) };
}

async function projectOwed(tx: Tx, plan: EpisodePlan, before: StoredEpisode | null, after: EpisodeState, nowMs: number): Promise<void> {
  const untilMs = Math.max(nowMs, before?.obligationsThroughMs ?? nowMs);
  const was = before ? openedGroups(plan, before.state, untilMs) : [];
  const is = openedGroups(plan, after, untilMs);
  const { changed, gone } = changedGroups(was, is);
  const throughMs = before?.obligationsThroughMs ?? -Infinity;
  const opened = was.filter((g) => g.opensAtMs > throughMs);
  const current = new Set([...changed, ...opened].map((g) => g.id));
  const lapsed = gone.filter((g) => g.opensAtMs > throughMs);
  await Promise.all([writeGroups(tx, after, [...is.filter((g) => current.has(g.id)), ...lapsed]), lapseGroups(tx, after.id, gone, nowMs)]);
}

/** Obligations that the command's decisions fulfilled, or left unfulfilled for good. */
async function settleOwed(tx: Tx, before: EpisodeState | null, after: EpisodeState, rows: readonly LedgerRow[]): Promise<void> {
  const events = rows.map((r) => r.event as EpisodeEvent);
  const discharged = Object.entries(after.discharged).filter(([id]) => before?.discharged[id] === undefined);
  const closedTasks = events.flatMap((e) => (e.type === 'task-closed' ? [[`task:${e.taskId}`, e.atMs] as const] : []));
  const takenBack = Object.keys(before?.discharged ?? {}).filter((id) => after.discharged[id] === undefined);
  const missing = events.flatMap((e) => (e.type === 'deadlines-settled' ? e.groups.filter((g) => g.moment === 'close').flatMap((g) => g.open) : []));
  await Promise.all([reopenGroups(tx, after.id, takenBack), dischargeGroups(tx, after.id, [...discharged, ...closedTasks]), recordMissing(tx, after.id, missing)]);
}
