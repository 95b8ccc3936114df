/**
 * Watches one area for years: reads its stream by cursor, opens and numbers
 * episodes, and leaves the rows to the episode that is running. It learns of
 * new rows by a poke; nothing is lost with one, since it reads from where it was.
 */
import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { AreaReading } from '../activities/contract.js';
import type { AreaInput } from '../domain/episode/commands.js';
import { dayOf } from '../domain/time.js';
import { toPlanMs } from '../domain/clock.js';
import { episodeNumber, opensEpisode } from '../domain/watch.js';
import { type AreaRow, pokeSignal, type WatchInput, type WatchProgress } from './messages.js';
import { engine, ledger, untilDone } from './retry.js';

export async function watch({ areaId, resumed }: WatchInput): Promise<void> {
  let progress: WatchProgress = resumed ?? { afterSeq: 0, current: null, numbered: {} };
  let poked = true;
  let pokes = 0;
  setHandler(pokeSignal, () => {
    poked = true;
    pokes++;
  });

  for (;;) {
    await condition(() => poked);
    poked = false;
    await lookAtArea();
    if (workflowInfo().continueAsNewSuggested && !poked) await continueAsNew<typeof watch>({ areaId, resumed: progress });
  }

  async function lookAtArea(): Promise<void> {
    const reading = await untilDone(() => ledger.readArea({ areaId, afterSeq: progress.afterSeq, current: progress.current }), () => pokes);
    const running = runningEpisode(reading);
    if (running !== null) {
      progress = { ...progress, current: running };
      await untilDone(() => engine.pokeEpisode({ episodeId: running }), () => pokes);
      return;
    }
    if (reading.left?.input) return openEpisode(reading.left.input);
    progress = { ...progress, current: null, afterSeq: Math.max(progress.afterSeq, reading.consumedUpTo) };
    for (const row of reading.rows.filter((r) => r.seq > progress.afterSeq)) {
      progress = { ...progress, afterSeq: row.seq };
      if (row.input === null) continue;
      if (opensEpisode(row.input)) return openEpisode(row.input);
      await passOn(row.input);
    }
    // A full page: there may be more.
    if (reading.rows.length > 0 && reading.hasMore) poked = true;
  }

  /** The ledger's active episode; or the one just started that has not written its first row. */
  function runningEpisode(reading: AreaReading): string | null {
    if (reading.activeEpisodeId !== null) return reading.activeEpisodeId;
    return progress.current !== null && !reading.currentHasBegun ? progress.current : null;
  }

  async function openEpisode(input: AreaInput): Promise<void> {
    const area = await untilDone(() => ledger.planOfArea({ areaId, nowMs: Date.now() }), () => pokes);
    const year = dayOf(toPlanMs(area.clock, Date.now())).slice(0, 4);
    const count = Math.max(area.numbered[year] ?? 0, progress.numbered[year] ?? 0) + 1;
    const number = episodeNumber(area.numberPrefix, year, count, area.drill);
    const episodeId = `${areaId}-${number}`.toLowerCase();
    const { planDigest, rulesVersion, clock, drill } = area;
    progress = { ...progress, current: episodeId, numbered: { ...progress.numbered, [year]: count } };
    const episode = { episodeId, number, areaId, drill, clock, planDigest, rulesVersion };
    await untilDone(() => engine.startEpisode({ episode, from: { input } }), () => pokes);
  }

  /** The check, or the paper, of an order that an episode past its response still holds. */
  async function passOn(input: NonNullable<AreaRow['input']>): Promise<void> {
    const orderId = input.type === 'check-order' ? input.orderId : input.type === 'add-transmission' ? input.order.id : null;
    if (orderId !== null) await untilDone(() => engine.pokeEpisodesHoldingOrder({ areaId, orderId }), () => pokes);
  }
}
