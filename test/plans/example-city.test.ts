import { describe, expect, test } from '@jest/globals';
import { loadPlan } from '../../plans/load.js';
import { valueAt } from '../../plans/paths.js';

const example = loadPlan('example-city-four-levels');
const kuitun = loadPlan('kuitun-2023');

describe('a second plan is data alone', () => {
  test('four levels with blue; orange at 72 h; red at 96 h above 200 with 48 h above 300', () => {
    expect(example.levels.map((l) => [l.id, l.response.id])).toEqual([['blue', 'IV'], ['yellow', 'III'], ['orange', 'II'], ['red', 'I']]);
    expect(example.levels[2]!.predicates.map((p) => p.spell.forHours)).toEqual([72]);
    expect(example.levels[3]!.predicates[0]).toMatchObject({ spell: { aqiAbove: 200, forHours: 96 }, containing: { aqiAbove: 300, forHours: 48 } });
  });

  test('the headquarters approves a lift', () => {
    for (const { id } of example.levels) {
      expect(example.chains.lift[id]!.steps).toEqual([{ role: 'director', act: 'review' }, { role: 'commander', act: 'approve' }]);
    }
  });

  test('it is marked as an example and differs from Kuitun wherever a setting has another value', () => {
    expect(example.title.en).toMatch(/demonstration/);
    const same = (Object.keys(kuitun.settings) as (keyof typeof kuitun.settings)[]).filter(
      (key) => JSON.stringify(kuitun.settings[key]) === JSON.stringify(example.settings[key]),
    );
    expect(same.sort()).toEqual(['aqiTables', 'containedPeak', 'dailyAqi', 'dailyFileAqi', 'measuresAddUp', 'mergeAcrossGaps', 'onePersonTwoSteps', 'withdrawWhenOutlookGone']);
    for (const path of example.readings.flatMap((r) => r.decidedBy)) expect(valueAt(example, path)).not.toBeUndefined();
  });
});

describe('paths into a plan', () => {
  test.each([
    ['settings.lift.aqiBelow', 150],
    ['levels[yellow].predicates[yellow-150].spell.forHours', 48],
    ['levels[0].id', 'yellow'],
    ['obligations[evaluation].due', null],
    ['units[discipline].reports.daily', false],
    ['settings.nothing', undefined],
    ['levels[violet].id', undefined],
    ['settings.toString', undefined],
    ['', undefined],
  ])('%s', (path, value) => {
    expect(valueAt(kuitun, path)).toBe(value);
  });
});
