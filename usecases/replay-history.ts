/** The archived engine history of an episode: handed out, carried out again on request and every night. */
import type { Signatory } from '../domain/act.js';
import type { EpisodeEvent } from '../domain/episode/events.js';
import { areaStream, episodeStream } from '../domain/ledger.js';
import { CURRENT_RULES } from '../domain/rules.js';
import { type Day, dayOf, HOUR_MS, startOfDayMs } from '../domain/time.js';
import type { Text } from '../domain/text.js';
import { readDocument } from '../db/documents.js';
import { appendAreaAudit } from '../db/ledger/area.js';
import { decisionRowsAfter, rowsOfCommand } from '../db/ledger/rows.js';
import { listAreas } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { type Archive, archiveOf, archivesOf, type AuditRow, auditRows } from '../db/read/archives.js';
import { episodeInArea } from '../db/read/episodes.js';
import { recordAccess, recordAreaEvent } from './audit.js';
import { anySignatory, type Caller } from './caller.js';
import type { Deps } from './deps.js';
import type { HistoryToReplay, HistoryVerdict } from './engine.js';
import { fail, notFound } from './failure.js';
import { areaOf } from './plans.js';
import { admitReader } from './reading.js';

/** A replay somebody asked for, on the area's record. */
export interface HistoryReplayed {
  readonly type: 'history-replayed';
  readonly clause: string;
  readonly episodeId: string;
  /** Of the history that was replayed. */
  readonly digest: string;
  readonly verdict: HistoryVerdict;
  readonly by: Signatory;
}

/** The nightly check of all histories of an area and its drills. */
export interface HistoriesReplayed {
  readonly type: 'histories-replayed';
  readonly clause: string;
  readonly day: Day;
  readonly checked: number;
  readonly parted: readonly { readonly episodeId: string; readonly number: string; readonly what: Text }[];
  readonly code: string;
}

const NIGHTLY_FROM_HOUR = 2;
const SHOWN = 20;

/** The history as it is kept; who took it is on record. */
export async function archivedHistory(deps: Deps, caller: Caller, episodeId: string): Promise<{ readonly name: string; readonly body: Buffer; readonly digest: string }> {
  const archive = await readableArchive(deps, caller, episodeId, 'read-record');
  const body = await keptHistory(deps.pool, archive);
  await recordAccess(deps, caller, archive.areaId, 'history', episodeId);
  return { name: `${archive.number}-history.json`, body, digest: archive.digest };
}

/** Carried out again by today's code, with or without the engine's server; the verdict goes on record. */
export async function replayEngine(deps: Deps, caller: Caller, episodeId: string): Promise<HistoryVerdict> {
  const archive = await readableArchive(deps, caller, episodeId, 'replay-history');
  const verdict = await replayed(deps, archive);
  const event: HistoryReplayed = { type: 'history-replayed', clause: '5.2', episodeId, digest: archive.digest, verdict, by: anySignatory(caller.account) };
  await recordAreaEvent(deps, archive.areaId, { ...event });
  return verdict;
}

/** Replays that were asked for, newest first, and whether there is a history to replay. */
export async function engineReplays(deps: Deps, caller: Caller, episodeId: string): Promise<{ readonly isArchived: boolean; readonly replays: readonly AuditRow<HistoryReplayed>[] }> {
  const episode = await episodeInArea(deps.pool, episodeId);
  if (!episode) throw notFound('episode');
  const { state, rightsAreaId } = episode;
  await admitReader(deps, caller, { episodeId, rightsAreaId }, 'replay-history');
  const replays = await auditRows<HistoryReplayed>(deps.pool, state.areaId, { types: ['history-replayed'], episodeId, limit: SHOWN });
  return { isArchived: (await archiveOf(deps.pool, episodeId)) !== null, replays };
}

/**
 * Once a day from two in the morning on: every archived history of every area,
 * its drills among them. The result stands on the area's record.
 */
export async function replayNightly(deps: Pick<Deps, 'pool' | 'clock' | 'engine'>): Promise<void> {
  const nowMs = await deps.clock(deps.pool);
  const day = dayOf(nowMs);
  if (nowMs < startOfDayMs(day) + NIGHTLY_FROM_HOUR * HOUR_MS) return;
  for (const { areaId, drillsArea } of await listAreas(deps.pool)) if (drillsArea === null) await replayArea(deps, areaId, day);
}

async function replayArea(deps: Pick<Deps, 'pool' | 'clock' | 'engine'>, areaId: string, day: Day): Promise<void> {
  const commandId = `nightly-replay:${day}`;
  if ((await rowsOfCommand(deps.pool, areaStream(areaId), commandId)).length > 0) return;
  const archives = await archivesOf(deps.pool, areaId);
  const parted: HistoriesReplayed['parted'][number][] = [];
  let code = '';
  for (const archive of archives) {
    const { verdict, what } = await triedAgain(deps, archive);
    code = verdict?.code ?? code;
    if (what) parted.push({ episodeId: archive.episodeId, number: archive.number, what });
  }
  if (archives.length === 0) return;
  const event: HistoriesReplayed = { type: 'histories-replayed', clause: '5.2', day, checked: archives.length, parted, code };
  const { digest } = await areaOf(deps, areaId);
  await appendAreaAudit(deps.pool, { areaId, commandId, rulesVersion: CURRENT_RULES, planDigest: digest, clock: deps.clock }, { ...event });
}

/** One that cannot even be tried (its document is missing or unreadable) is told of like one that parts, and holds up no other. */
async function triedAgain(deps: Pick<Deps, 'pool' | 'engine'>, archive: Archive): Promise<{ readonly verdict: HistoryVerdict | null; readonly what: Text | null }> {
  try {
    const verdict = await replayed(deps, archive);
    return { verdict, what: verdict.parting?.what ?? null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { verdict: null, what: { zh: `无法复算：${reason}`, en: `cannot be carried out again: ${reason}` } };
  }
}

async function readableArchive(deps: Deps, caller: Caller, episodeId: string, useCase: 'read-record' | 'replay-history'): Promise<Archive> {
  const episode = await episodeInArea(deps.pool, episodeId);
  if (!episode) throw notFound('episode');
  await admitReader(deps, caller, { episodeId, rightsAreaId: episode.rightsAreaId }, useCase);
  const archive = await archiveOf(deps.pool, episodeId);
  if (!archive) throw fail({ kind: 'conflict', text: { zh: '过程尚未结束，引擎历史还没有归档', en: 'the episode has not ended: its history is not archived yet' } });
  return archive;
}

async function replayed({ pool, engine }: Pick<Deps, 'pool' | 'engine'>, archive: Archive): Promise<HistoryVerdict> {
  return engine.replay(await historyToReplay(pool, archive));
}

/** An archived history with the decisions that the ledger holds of its episode. */
export async function historyToReplay(pool: Pool, archive: Archive): Promise<HistoryToReplay> {
  const rows = await decisionRowsAfter(pool, episodeStream(archive.episodeId), 0);
  return { history: (await keptHistory(pool, archive)).toString('utf8'), decisions: rows.map((row) => row.event as EpisodeEvent) };
}

async function keptHistory(pool: Pool, { digest, episodeId }: Archive): Promise<Buffer> {
  const document = await readDocument(pool, digest);
  if (!document) throw new Error(`the history of ${episodeId} is on record (${digest}) and not kept`);
  return document.body;
}
