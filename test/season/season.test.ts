import { expect, test } from '@jest/globals';
import { runBacktest } from '../../cli/commands/backtest.js';
import { runSeason, type SeasonOptions, type SeasonReport } from '../../cli/commands/season.js';
import { readConfig } from '../../config/env.js';
import { describeShared, sharedPath } from '../support/shared.js';

const FILE = 'data/xinjiang_cities_daily_2013-2017.csv';
const LIMIT_MS = 600_000;

const options: SeasonOptions = {
  city: '乌鲁木齐',
  plan: 'kuitun-2023',
  from: '2015-10-01',
  to: '2016-04-30',
  forecasting: { skill: 'perfect', seed: 1 },
  aqi: null,
  dust: { kind: 'hint', pm25ToPm10Below: 0.3 },
  people: 'prompt',
};

const season = (file: string, of: SeasonOptions): Promise<SeasonReport> => runSeason(readConfig(), file, of, () => undefined, () => undefined);

/** The back-test's instants are whole hours; of what really runs, people and machines take seconds more. */
const toTheHour = (of: unknown): unknown => JSON.parse(JSON.stringify(of), (_, value: unknown) => (typeof value === 'string' ? value.replace(/(T\d\d):\d\d:\d\d\+08:00$/, '$1:00:00+08:00') : value));

/** What the rules say was owed, against the rows: each in time, late or missing. */
function expectAccounted({ obligations: o }: SeasonReport): void {
  expect(o.owed).toBeGreaterThan(0);
  expect(o.onTime + o.late + o.missing).toBe(o.owed);
}

async function expectBacktest(played: SeasonReport, of: SeasonOptions): Promise<void> {
  const { episodes, withdrawn, daysAtLevel } = await runBacktest(sharedPath(FILE), of);
  expect(toTheHour(played.episodes)).toEqual(episodes);
  expect(toTheHour(played.withdrawn)).toEqual(withdrawn);
  expect(played.daysAtLevel).toEqual(daysAtLevel);
}

describeShared('a season through the real workflows, database and API', () => {
  test(
    'Urumqi, October 2015 to April 2016, prompt people: its episodes are the back-test\'s, and everything owed is in',
    async () => {
      const played = await season(sharedPath(FILE), options);
      expect(played.episodes.length).toBeGreaterThan(3);
      await expectBacktest(played, options);
      expectAccounted(played);
      expect(played.obligations).toMatchObject({ late: 0, missing: 0, missingByKind: {} });
    },
    LIMIT_MS,
  );

  test(
    'Kashgar, April to June 2015 with its sand-dust, prompt people: its episodes are the back-test\'s, and everything owed is in',
    async () => {
      const kashgar: SeasonOptions = { ...options, city: '喀什', from: '2015-04-01', to: '2015-06-30' };
      const played = await season(sharedPath(FILE), kashgar);
      expect(played.dustDays.length).toBeGreaterThan(20);
      expect(played.episodes.length).toBeGreaterThan(5);
      await expectBacktest(played, kashgar);
      expectAccounted(played);
      expect(played.obligations).toMatchObject({ late: 0, missing: 0, missingByKind: {} });
    },
    LIMIT_MS,
  );

  test(
    'Kashgar in April 2015, mixed people: every episode to its end, every obligation in time, late or missing',
    async () => {
      const kashgar: SeasonOptions = { ...options, city: '喀什', from: '2015-04-01', to: '2015-04-30', people: 'mixed', forecasting: { skill: 'perfect', seed: 7 } };
      const played = await season(sharedPath(FILE), kashgar);
      expect(played.dustDays.length).toBeGreaterThan(0);
      expect(played.episodes.length).toBeGreaterThan(0);
      for (const episode of played.episodes) expect(episode.ending ?? episode.liftedAt).toBe(episode.liftedAt === null ? null : 'completed');
      expectAccounted(played);
      expect(played.obligations.late).toBeGreaterThan(0);
      expect(played.obligations.missing).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});
