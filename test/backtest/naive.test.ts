import { expect, test } from '@jest/globals';
import { describeShared, sharedPath } from '../support/shared.js';
import { coreByCommand, daysOf, hoursOf, naiveDaily, naiveHourlyPerfect } from './season.js';

describeShared('the core and a naive second reading of 3.3.1, 3.3.2 and 3.3.6', () => {
  const xinjiang = sharedPath('data', 'xinjiang_cities_daily_2013-2017.csv');
  const dongsi = sharedPath('data', 'beijing_dongsi_hourly_2013-2017.csv');

  for (const city of ['乌鲁木齐', '石河子', '伊犁哈萨克州', '喀什地区', '库尔勒']) {
    for (const skill of ['perfect', 'noisy'] as const) {
      test(`agree on the episodes of ${city} with ${skill} forecasts: start, effect, levels, lift`, async () => {
        const naive = naiveDaily(daysOf(xinjiang, city), { skill, seed: 7 });
        expect(naive.length).toBeGreaterThan(5);
        expect(await coreByCommand(xinjiang, '--city', city, '--skill', skill, '--seed', '7')).toEqual(naive);
      });
    }
  }

  test('agree where the last day is forecast over and over', async () => {
    const naive = naiveDaily(daysOf(xinjiang, '石河子'), { skill: 'persistence', seed: 0 });
    expect(await coreByCommand(xinjiang, '--city', '石河子', '--skill', 'persistence')).toEqual(naive);
  });

  test('agree on the episodes of Dongsi, hour by hour, 2013 to 2017', async () => {
    const naive = naiveHourlyPerfect(hoursOf(dongsi));
    expect(naive.length).toBeGreaterThan(100);
    expect(await coreByCommand(dongsi)).toEqual(naive);
  }, 180_000);
});
