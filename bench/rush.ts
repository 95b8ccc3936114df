/** Bench (g): a deadline's rush: every unit of many episodes hands in its start-up report within one minute. */
import { setTimeout as pause } from 'node:timers/promises';
import { addDays, dayOf, MINUTE_MS, startOfDayMs, toBeijingIso } from '../domain/time.js';
import { loadPlan } from '../plans/load.js';
import type { City } from '../test/support/city.js';
import { forecastPollution, inTurns, startCities } from './cities.js';
import { quantile, rounded } from './measure/numbers.js';
import { startStand } from './stand.js';

export interface RushResults {
  readonly episodes: number;
  readonly units: number;
  readonly receipts: number;
  /** From the first submission to the last receipt. */
  readonly seconds: number;
  readonly ms: { readonly p50: number; readonly p99: number; readonly max: number };
}

export async function benchRush(episodes: number, say: (line: string) => void): Promise<RushResults> {
  const stand = await startStand();
  try {
    const { cities } = await startCities(stand, episodes);
    const units = loadPlan('kuitun-2023').units.map((u) => u.id);
    await inTurns(cities, publishOrange);
    say(`${episodes} warnings published`);
    const startedAt = performance.now();
    const gapMs = MINUTE_MS / (episodes * units.length);
    const ms = await Promise.all(cities.flatMap((city, c) => units.map((unitId, u) => handIn(city, unitId, startedAt + (u * episodes + c) * gapMs))));
    const results = {
      episodes,
      units: units.length,
      receipts: ms.length,
      seconds: rounded((performance.now() - startedAt) / 1000),
      ms: { p50: rounded(quantile(ms, 0.5)), p99: rounded(quantile(ms, 0.99)), max: rounded(Math.max(...ms)) },
    };
    const { rows } = await stand.pool.query<{ kept: number }>(`select count(*)::int as kept from submissions where kind = 'startup-report'`);
    if (rows[0]?.kept !== results.receipts) throw new Error(`${results.receipts} receipts were given, ${rows[0]?.kept} submissions are on record`);
    say(`${results.receipts} receipts in ${results.seconds} s: p50 ${results.ms.p50} ms, p99 ${results.ms.p99} ms, longest ${results.ms.max} ms`);
    return results;
  } finally {
    await stand.stop();
  }
}

async function publishOrange(city: City): Promise<void> {
  await forecastPollution(city);
  await city.begun();
  await city.consult('publish', 'orange');
  const effectiveAt = toBeijingIso(startOfDayMs(addDays(dayOf(Date.now()), 1)));
  await city.propose({ action: 'publish', level: 'orange', effectiveAt, text: '呈报橙色预警' });
  await city.approve('director');
  await city.approve('commander');
}

/** At its place in the minute; gives the milliseconds to its receipt. */
async function handIn(city: City, unitId: string, atMs: number): Promise<number> {
  await pause(Math.max(0, atMs - performance.now()));
  const startedAt = performance.now();
  await city.unitReport(`startup-report:N1:${unitId}`, unitId);
  return performance.now() - startedAt;
}
