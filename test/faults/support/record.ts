/** What an episode came to, told so that two runs of one script can be compared: instants and ids apart. */
import { expect } from '@jest/globals';
import { checkLedger } from '../../../db/check.js';
import { databaseClock } from '../../../db/clock.js';
import { ensureObligations } from '../../../db/ledger/submissions.js';
import { readStream } from '../../../db/ledger/rows.js';
import type { Pool } from '../../../db/pool.js';
import { PROJECTIONS, rebuild } from '../../../db/rebuild.js';
import type { EpisodeEvent, EventOf } from '../../../domain/episode/events.js';
import { episodeStream, type LedgerRow } from '../../../domain/ledger.js';

export interface EpisodeRecord {
  /** In order, deadlines apart. */
  readonly decisions: readonly unknown[];
  /** By group: its moments and what was found at each, up to the one that found it complete. */
  readonly deadlines: Readonly<Record<string, readonly unknown[]>>;
  /** By obligation: how it ended. */
  readonly obligations: Readonly<Record<string, unknown>>;
}

export async function episodeRecord(pool: Pool, episodeId: string): Promise<EpisodeRecord> {
  const rows = await streamOf(pool, episodeId);
  const events = rows.filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent);
  return {
    decisions: events.filter((e) => e.type !== 'deadlines-settled').map((e) => essence(e)),
    deadlines: deadlinesOf(events.filter((e): e is EventOf<'deadlines-settled'> => e.type === 'deadlines-settled')),
    obligations: await obligationsOf(pool, episodeId),
  };
}

export async function streamOf(pool: Pool, episodeId: string): Promise<LedgerRow[]> {
  return readStream(pool, episodeStream(episodeId), 0, 100_000);
}

/** Instants that people chose are kept; those at which something happened to happen are not, nor are ids and digests. */
const KEPT = ['effectiveAtMs', 'toMs', 'dueAtMs'];
const APART = /(Ms|Id|Digest|Seq|number|clock|accountId|assessment|grades|subject)$/;

function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => KEPT.includes(key) || !(APART.test(key) || key === 'id'));
  return Object.fromEntries(kept.map(([key, part]) => [key, essence(part)]));
}

function deadlinesOf(settled: readonly EventOf<'deadlines-settled'>[]): Record<string, unknown[]> {
  const found: Record<string, { moment: string; open: readonly string[]; inTime: number; late: number }[]> = {};
  for (const { groupId, moment, open, inTime, late } of settled.flatMap((e) => e.groups)) {
    const moments = (found[groupId] ??= []);
    // A group found complete is not asked about again: at which of its moments that was depends on when somebody looked.
    if (moments.at(-1)?.open.length !== 0) moments.push({ moment: open.length === 0 ? 'complete' : moment, open: [...open].sort(), inTime, late });
  }
  return found;
}

async function obligationsOf(pool: Pool, episodeId: string): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ id: string }>(
    `select id, group_id, target_at_ms is null as "noTarget", due_at_ms, submitted_at_ms is not null as submitted, coalesce(submitted_at_ms > due_at_ms, false) as late,
       submission_version, lapsed_at_ms is not null as lapsed, closed_missing
     from obligations where episode_id = $1 order by id`,
    [episodeId],
  );
  return Object.fromEntries(rows.map(({ id, ...ended }) => [id, ended]));
}

/**
 * Chains and numbers whole, read models equal to a rebuild, no obligation handed
 * in twice, no recipient told twice. The inbox is the one channel there is: its
 * delivery is the row, so that counting rows counts how often somebody was told.
 * A channel to the outside hands over before it records and may do so again
 * after a crash in between (`activities/channels.ts` asks that this be
 * harmless); nothing is shown of such a one here.
 */
export async function expectWhole(pool: Pool): Promise<void> {
  const { rows: episodes } = await pool.query<{ id: string }>('select id from episodes order by id');
  for (const { id } of episodes) await ensureObligations(pool, id, databaseClock);
  expect((await checkLedger(pool)).faults).toEqual([]);
  for (const { id } of episodes) {
    const rows = await streamOf(pool, id);
    expect(twice(rows.flatMap((r) => (r.kind === 'submission' ? [(r.event as unknown as { obligationId: string }).obligationId] : [])))).toEqual([]);
    expect(twice(rows.filter((r) => r.event.type === 'notice-delivered').flatMap(deliveriesOf))).toEqual([]);
  }
  const before = await contents(pool);
  await rebuild(pool, databaseClock);
  expect(await contents(pool)).toEqual(before);
}

function deliveriesOf({ event }: LedgerRow): string[] {
  const { noticeId, channel, recipients } = event as unknown as { noticeId: string; channel: string; recipients: string[] };
  return recipients.map((recipient) => `${noticeId} ${channel} ${recipient}`);
}

function twice(values: readonly string[]): string[] {
  return values.filter((value, i) => values.indexOf(value) !== i);
}

/** How far obligations were derived is a mark of the past derivations, not a fact. */
async function contents(pool: Pool): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const table of PROJECTIONS) {
    const { rows } = await pool.query<{ row: object }>(`select to_jsonb(t) - 'obligations_through_ms' as row from ${table} t order by to_jsonb(t)::text`);
    all[table] = rows.map((r) => r.row);
  }
  return all;
}
