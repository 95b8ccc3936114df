/** `replay`: archived engine histories carried out again by the code at hand, from the database or from evidence bundles. */
import { readFileSync, statSync } from 'node:fs';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Config } from '../../config/env.js';
import { archivesOf } from '../../db/read/archives.js';
import { archivedHistoryIn } from '../../evidence/history.js';
import { Unreadable } from '../../evidence/unreadable.js';
import type { HistoryToReplay, HistoryVerdict } from '../../usecases/engine.js';
import { historyToReplay } from '../../usecases/replay-history.js';
import { cachedBundle } from '../../workers/bundle.js';
import { replayHistory } from '../../workers/replay.js';
import { EXIT, Failure } from '../failure.js';
import type { Progress } from '../output.js';
import { withDatabase } from './ledger.js';

export interface Replayed extends HistoryVerdict {
  readonly number: string;
}

/** A bundle by its file; an episode of the configured area by its id or number; every archived one where nothing is named. */
export async function replay(config: Config, what: string | undefined, progress: Progress): Promise<Replayed[]> {
  if (what !== undefined && isFile(what)) {
    const { number, ...history } = inBundle(what);
    const carryOut = await replayer(config);
    return [{ number, ...(await carryOut(history)) }];
  }
  return withDatabase(config, async (pool) => {
    const archives = (await archivesOf(pool, config.area)).filter((a) => what === undefined || a.episodeId === what || a.number === what);
    if (archives.length === 0) throw new Failure(EXIT.badInput, what === undefined ? `area "${config.area}" has no archived history` : `"${what}" is no archived episode of area "${config.area}" and no file`, 'Name a closed episode by its id or number, or give the path of its evidence bundle');
    const carryOut = await replayer(config);
    const verdicts: Replayed[] = [];
    for (const [i, archive] of archives.entries()) {
      verdicts.push({ number: archive.number, ...(await carryOut(await historyToReplay(pool, archive))) });
      progress((i + 1) / archives.length);
    }
    return verdicts;
  });
}

/** Once there is something to replay: an engine that was made ready and given no work would keep the process alive. */
async function replayer({ binaries }: Config): Promise<(history: HistoryToReplay) => Promise<HistoryVerdict>> {
  const bundle = await cachedBundle(binaries.cacheDir);
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  return (history) => replayHistory(history, bundle);
}

export function replayText(verdicts: readonly Replayed[]): string {
  return verdicts.flatMap(linesOf).join('\n');
}

function linesOf({ number, deterministic, runs, events, batches, decisions, parting }: Replayed): string[] {
  const counts = `${runs} run${runs === 1 ? '' : 's'}, ${events} events, ${batches} batches, ${decisions} decisions`;
  if (deterministic || !parting) return [`DETERMINISTIC  ${number}: ${counts}`];
  const { run, eventId, eventType, what, detail } = parting;
  const place = eventId === null ? `run ${run}` : `run ${run}, event ${eventId} (${eventType ?? 'unknown'})`;
  return [`PARTS  ${number}: ${counts}`, `  ${place}: ${what.en} / ${what.zh}`, ...(detail === '' ? [] : [`  ${detail}`])];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function inBundle(file: string): HistoryToReplay & { readonly number: string } {
  try {
    return archivedHistoryIn(readFileSync(file));
  } catch (error) {
    if (error instanceof Unreadable) throw new Failure(EXIT.badInput, `${file}: ${error.message}`, 'Give an evidence bundle of a closed episode');
    throw error;
  }
}
