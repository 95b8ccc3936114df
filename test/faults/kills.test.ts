/**
 * kill -9 at every point of an episode, in the midst of what people do: it
 * comes to the same as an episode that nothing happened to.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { toRealMs } from '../../domain/clock.js';
import { accountOf } from './support/account.js';
import { Desk } from './support/desk.js';
import { episodeOfArea, expectSameState, openTimers } from './support/episode.js';
import { isFull } from './support/full.js';
import { type EpisodeRecord, episodeRecord, expectWhole } from './support/record.js';
import { BEGINS_MS, planWithRoom, playEpisode, POINTS } from './support/script.js';
import { Strikes } from './support/strikes.js';
import { System } from './support/system.js';
import { undisturbedRun } from './support/undisturbed.js';

/** A plan day in 40 s; in more where the machine is slow. */
const FASTEST_RATE = 2160;
const ROUNDS = isFull ? 7 : 1;
const LEAST_KILLS = isFull ? 200 : 30;
/** A worker that died while it kept the history is missed after half a minute. */
const ARCHIVED_WITHIN_MS = 120_000;

const plan = planWithRoom();
let system: System;
let undisturbed: EpisodeRecord;
let rate: number;

beforeAll(async () => {
  undisturbed = await undisturbedRun(plan);
  system = await System.start({ plan });
  await system.untilReady();
  rate = await system.bearableRate(FASTEST_RATE);
}, 180_000);

afterAll(async () => {
  await system?.close();
}, 60_000);

describe('killed at every phase', () => {
  test.each(Array.from({ length: ROUNDS }, (_, i) => [i + 1]))(
    'round %i: every obligation and every decision ends as if nothing had happened',
    async (round) => {
      const { areaId, clock } = await system.addArea(BEGINS_MS, rate);
      const strikes = new Strikes(system, round);
      const playing = playEpisode(plan, {
        desk: new Desk(system.baseUrl, system.tokens),
        areaId,
        until: (planMs) => pause(Math.max(0, toRealMs(clock, planMs) - Date.now())),
        episodeId: () => episodeOfArea(system.pool, areaId),
        strike: (point) => strikes.strike(point),
        quiet: async (episodeId) => {
          await strikes.settled();
          const client = await system.client();
          await expectSameState(client, system.pool, episodeId);
          expect(await openTimers(client, episodeId)).toBe(1);
        },
      });
      const answered = await Promise.race([playing, strikes.failed, system.crashed]).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\nstrikes: ${JSON.stringify(strikes.done)}\n${await accountOf(system, areaId)}`, { cause: error });
      });
      await strikes.settled();

      expect(strikes.done.map((s) => s.point)).toEqual([...POINTS]);
      const episodeId = await episodeOfArea(system.pool, areaId);
      expect(await episodeRecord(system.pool, episodeId)).toEqual(undisturbed);
      await untilArchived(episodeId);
      await expectWhole(system.pool);
      process.stdout.write(`round ${round} at ${Math.round(rate)} times real time: ${strikes.done.length} strikes, ${answered.size} answers\n`);
    },
    900_000,
  );

  test(`at least ${LEAST_KILLS} processes were killed in all`, () => {
    process.stdout.write(`${system.kills} processes killed in ${ROUNDS} episode(s); 0 lost, 0 doubled\n`);
    expect(system.kills).toBeGreaterThanOrEqual(LEAST_KILLS);
  });
});

/** The workflow found its end, too, and everybody was told of everything. */
async function untilArchived(episodeId: string): Promise<void> {
  for (const deadline = performance.now() + ARCHIVED_WITHIN_MS; ; await pause(200)) {
    const { rows } = await system.pool.query<{ archived: boolean; undelivered: number }>(
      `select exists (select 1 from archives where episode_id = $1) as archived,
         (select count(*) from notices n cross join jsonb_array_elements_text(n.facts -> 'recipients') as r (recipient)
          where n.episode_id = $1 and not exists (select 1 from deliveries d where d.episode_id = $1 and d.notice_id = n.id and d.recipient = r.recipient)) as undelivered`,
      [episodeId],
    );
    if (rows[0]!.archived && rows[0]!.undelivered === 0) return;
    if (performance.now() > deadline) expect(rows[0]).toEqual({ archived: true, undelivered: 0 });
  }
}
