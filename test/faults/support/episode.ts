/** An episode as the engine has it, beside what the ledger holds of it. */
import { expect } from '@jest/globals';
import type { Client } from '@temporalio/client';
import type { Pool } from '../../../db/pool.js';
import { loadEpisode } from '../../../db/projections/episodes.js';
import { episodeWorkflowId, stateQuery } from '../../../workflows/messages.js';
import { setTimeout as pause } from 'node:timers/promises';

/** The only episode of an area, as soon as the ledger has it. */
export async function episodeOfArea(pool: Pool, areaId: string, withinMs = 60_000): Promise<string> {
  for (const deadline = performance.now() + withinMs; ; await pause(50)) {
    const found = await pool.query<{ id: string }>('select id from episodes where area_id = $1', [areaId]).catch(() => null);
    if (found?.rows[0]) return found.rows[0].id;
    if (performance.now() > deadline) throw new Error(`no episode in ${areaId} within ${withinMs / 1000} s`);
  }
}

/** Nothing lost and no ghost: soon the running workflow knows what the ledger holds, and nothing else. A query that meets no worker takes ten seconds to say so. */
export async function expectSameState(client: Client, pool: Pool, episodeId: string, withinMs = 60_000): Promise<void> {
  const handle = client.workflow.getHandle(episodeWorkflowId(episodeId));
  for (const deadline = performance.now() + withinMs; ; await pause(200)) {
    const inLedger = (await loadEpisode(pool, episodeId))!.state;
    const inEngine = await handle.query(stateQuery).catch((error: unknown) => ({ unanswered: String(error) }));
    if (JSON.stringify(sorted(inEngine)) === JSON.stringify(sorted(inLedger))) return;
    if (performance.now() > deadline) return expect(sorted(inEngine)).toEqual(sorted(inLedger));
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
}

/** Timers of an episode's present run that neither fired nor were cancelled. */
export async function openTimers(client: Client, episodeId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(episodeWorkflowId(episodeId)).fetchHistory();
  let open = 0;
  for (const event of events ?? []) {
    if (event.timerStartedEventAttributes) open++;
    if (event.timerFiredEventAttributes || event.timerCanceledEventAttributes) open--;
  }
  return open;
}
