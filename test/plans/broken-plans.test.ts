import { afterAll, describe, expect, test } from '@jest/globals';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Plan } from '../../domain/plan.js';
import { checkPlan } from '../../plans/check.js';
import { PlanRefused } from '../../plans/faults.js';
import { checkPlanFile, loadPlan } from '../../plans/load.js';

type Loose<T> = T extends readonly (infer I)[] ? Loose<I>[] : T extends object ? { -readonly [K in keyof T]: Loose<T[K]> } : T;
type Draft = Loose<Plan>;

const KUITUN = fileURLToPath(new URL('../../plans/kuitun-2023.yaml', import.meta.url));
const good = JSON.stringify(parse(readFileSync(KUITUN, 'utf8')));

/** The faults of Kuitun's plan after a change. */
function faultsOf(change: (plan: Draft) => void) {
  const draft = JSON.parse(good) as Draft;
  change(draft);
  const result = checkPlan(draft);
  return 'faults' in result ? result.faults : [];
}

const without = <T>(list: T[], drop: (item: T) => boolean) => list.splice(0, list.length, ...list.filter((item) => !drop(item)));

const CASES: readonly [string, (p: Draft) => void, string, RegExp][] = [
  // units, levels, clauses, measures that do not exist
  ['an unknown unit', (p) => p.measures[0]!.units.push('navy'), 'measures[0].units[9]', /unknown unit "navy"/],
  ['an unknown level of a measure', (p) => { p.measures[0]!.level = 'violet'; }, 'measures[0].level', /unknown level "violet"/],
  ['an unknown level of advice', (p) => { p.advice[2]!.level = 'violet'; }, 'advice[2].level', /unknown level/],
  ['an unknown level in a setting', (p) => p.settings.tellCommanderWhenLoweredFrom.push('blue'), 'settings.tellCommanderWhenLoweredFrom[2]', /unknown level "blue"/],
  ['an unknown level in a chain', (p) => { p.chains.publish['blue'] = p.chains.publish['red']!; }, 'chains.publish.blue', /unknown level "blue"/],
  ['an unknown clause', (p) => { p.units[0]!.clause = '9.9(1)'; }, 'units[0].clause', /unknown clause "9.9\(1\)"/],
  ['an unknown measure made stricter', (p) => { p.measures[1]!.over = 'no-such'; }, 'measures[1].over', /unknown measure/],
  ['a measure over one of its own level', (p) => { p.measures[1]!.over = 'y-health-vulnerable'; }, 'measures[1].over', /not a measure of a lower level/],
  ['a reading decided by nothing', (p) => { p.readings[0]!.decidedBy[0] = 'settings.nothing'; }, 'readings[0].decidedBy[0]', /leads nowhere/],
  ['a role that does not exist', (p) => { p.chains.publish['red']!.steps[0]!.role = 'mayor' as never; }, 'chains.publish.red.steps[0].role', /director/],
  ['a trigger that does not exist', (p) => { p.obligations[0]!.triggers[0] = 'never' as never; }, 'obligations[0].triggers[0]', /open-day/],
  // chains that nobody can complete
  ['a publication without approval', (p) => { p.chains.publish['orange']!.steps = []; }, 'chains.publish.orange.steps', /nobody can complete/],
  ['a raise without approval', (p) => { p.chains.raise['red']!.steps = []; }, 'chains.raise.red.steps', /nobody can complete/],
  ['a machine feed that signs', (p) => { p.chains.publish['red']!.steps[1]!.role = 'integration'; }, 'chains.publish.red.steps[1].role', /nobody can complete.*integration/],
  ['an auditor who signs', (p) => { p.chains.evaluate['red']!.steps[0]!.role = 'auditor'; }, 'chains.evaluate.red.steps[0].role', /nobody can complete.*auditor/],
  ['a member of the office who signs', (p) => { p.chains.lift['red']!.steps = [{ role: 'management', act: 'approve' }]; }, 'chains.lift.red.steps[0].role', /nobody can complete.*management/],
  ['a technical group that reviews', (p) => { p.chains.raise['yellow']!.steps = [{ role: 'technical', act: 'review' }, { role: 'director', act: 'approve' }]; }, 'chains.raise.yellow.steps[0].role', /nobody can complete.*technical/],
  ['a lift that a unit proposes', (p) => { p.settings.liftRoles.proposes = 'unit'; }, 'settings.liftRoles.proposes', /nobody can bring about.*unit/],
  ['a lift that the zone issues', (p) => { p.settings.liftRoles.issues = 'zone'; }, 'settings.liftRoles.issues', /nobody can bring about.*zone/],
  ['consultations at hours that do not divide the day', (p) => { p.settings.consultEvery = { everyHours: 7 as never }; }, 'settings.consultEvery', /Invalid input/],
  ['one role twice', (p) => { p.chains.publish['red']!.steps[1]!.role = 'director'; }, 'chains.publish.red.steps[1].role', /nobody can complete.*onePersonTwoSteps/],
  ['a last step that only reviews', (p) => { p.chains.publish['red']!.steps[1]!.act = 'review'; }, 'chains.publish.red.steps[1].act', /last step must approve/],
  // levels
  ['a level without measures', (p) => without(p.measures, (m) => m.level === 'red'), 'levels[2]', /"red" has no measures/],
  ['a level that nothing reaches', (p) => { p.levels[1]!.predicates = []; }, 'levels[1].predicates', /gap between levels/],
  ['a level without its chain', (p) => { delete p.chains.lower['orange']; }, 'chains.lower', /"orange".*gap between levels/],
  ['a level reached past the one below', (p) => { p.levels[1]!.predicates[1]!.spell = { aqiAbove: 120, forHours: 240 }; }, 'levels[1].predicates[1]', /gap between levels.*"orange".*"yellow"/],
  ['a level easier than the one below', (p) => { p.levels[2]!.predicates[0]!.spell.forHours = 24; delete p.levels[2]!.predicates[0]!.containing; }, 'levels[2].predicates[0]', /out of order.*"red-200-300".*"orange-200"/],
  ['levels in the wrong order', (p) => p.levels.reverse(), 'levels[1].predicates[0]', /out of order/],
  ['two levels alike', (p) => { p.levels[1]!.predicates.forEach((q, i) => { q.spell = p.levels[0]!.predicates[i]!.spell; }); }, 'levels[1].predicates', /no harder to reach/],
  ['a smaller cut at a higher level', (p) => { p.levels[2]!.reductionSharePercent = 5; }, 'levels[2].reductionSharePercent', /less than the 20 %/],
  ['a contained spell longer than its run', (p) => { p.levels[2]!.predicates[0]!.containing!.forHours = 96; }, 'levels[2].predicates[0].containing', /longer/],
  ['a lift line above the start line', (p) => { p.settings.lift.aqiBelow = 160; }, 'settings.lift.aqiBelow', /lies above 150/],
  // obligations
  ['a target after the due time', (p) => { p.obligations.find((o) => o.kind === 'daily-report')!.target = { dayOffset: 2, hour: 1 }; }, 'obligations[7].target', /after the due time/],
  ['elapsed counting shorter than the target', (p) => { p.settings.counting = 'elapsed'; p.obligations[11]!.target = { minutesAfter: 1441 }; }, 'obligations[11].target', /after the due time/],
  ['an obligation with no time', (p) => { p.obligations[0]!.target = null; }, 'obligations[0]', /nobody would ever be late/],
  ['a reminder before the trigger', (p) => { p.obligations[2]!.remindMinutesBefore = [60]; }, 'obligations[2].remindMinutesBefore[0]', /no later than the trigger/],
  ['reminders out of order', (p) => { p.obligations[0]!.remindMinutesBefore = [30, 120]; }, 'obligations[0].remindMinutesBefore[1]', /earliest reminder first/],
  ['an obligation twice', (p) => { p.obligations.push(p.obligations[0]!); }, 'obligations[19].kind', /twice/],
  ['an obligation that nobody owes', (p) => p.units.forEach((u) => { u.reports.summary = false; }), 'obligations[11].owner.units', /nobody owes it/],
  // shape and the rest
  ['an unknown key', (p) => { (p.settings as Record<string, unknown>)['turbo'] = true; }, 'settings.turbo', /Unrecognized key/],
  ['a missing setting', (p) => { delete (p.settings as Partial<Draft['settings']>).validHours; }, 'settings.validHours', /expected/],
  ['a text without its English', (p) => { p.measures[3]!.text.en = ' '; }, 'measures[3].text.en', /Too small/],
  ['a spell under 24 h', (p) => { p.levels[0]!.predicates[0]!.spell.forHours = 12; }, 'levels[0].predicates[0].spell.forHours', /24/],
  ['a day that does not exist', (p) => { p.effectiveFrom = '2023-02-30'; }, 'effectiveFrom', /date/],
  ['an edition that ends before it starts', (p) => { p.effectiveUntil = '2022-12-31'; }, 'effectiveUntil', /does not come after/],
  ['a unit twice', (p) => { p.units[1]!.id = 'propaganda'; }, 'units[1].id', /already taken/],
  ['duties that the flag denies', (p) => { p.units[0]!.dutyListed = false; }, 'units[0].dutyListed', /duties are listed/],
  ['an escalation that goes back', (p) => { p.escalations[1]!.afterMinutes = 30; }, 'escalations[1].afterMinutes', /does not come after/],
];

describe('a plan with a fault is refused with the path and the reason', () => {
  test('without a change it has none', () => {
    expect(faultsOf(() => undefined)).toEqual([]);
  });

  test.each(CASES)('%s', (_name, change, path, reason) => {
    const expected = { path, reason: expect.stringMatching(reason), reasonZh: expect.stringMatching(/[\u4e00-\u9fff]/) };
    expect(faultsOf(change)).toEqual(expect.arrayContaining([expected]));
  });

  test('all faults are listed, not only the first', () => {
    const paths = faultsOf((p) => {
      p.measures[0]!.units = ['navy', 'army'];
      p.chains.publish['red']!.steps = [];
      without(p.measures, (m) => m.level === 'orange');
    }).map((f) => f.path);
    expect(paths).toEqual(expect.arrayContaining(['measures[0].units[0]', 'measures[0].units[1]', 'chains.publish.red.steps', 'levels[1]']));
  });
});

describe('plan files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingkong-plans-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const kuitun = readFileSync(KUITUN, 'utf8');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a YAML error gives its line and column', () => {
    const result = checkPlanFile(file('syntax.txt', 'id: a\nlevels: [1, 2\nunits: 3\n'));
    expect(result.ok).toBe(false);
    expect(result.faults[0]).toMatchObject({ path: '', line: 3, column: 1, reason: expect.stringContaining('YAML') });
  });

  test('a key written twice, an unknown anchor and an endless one are refused', () => {
    expect(checkPlanFile(file('twice.txt', 'id: a\nid: b\n')).faults[0]).toMatchObject({ line: 2, column: 1 });
    expect(checkPlanFile(file('anchor.txt', 'id: *nowhere\n')).ok).toBe(false);
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)].join('\n');
    expect(checkPlanFile(file('bomb.txt', bomb)).faults[0]!.reason).toMatch(/alias/);
  });

  test('a fault of the sense gives the line where it stands', () => {
    const text = kuitun.replace('units: [urban-management]', 'units: [navy]');
    const result = checkPlanFile(file('unit.txt', text));
    const line = text.split('\n').findIndex((l) => l.includes('[navy]')) + 1;
    expect(result.faults).toEqual([expect.objectContaining({ line, reason: 'unknown unit "navy"' })]);
  });

  test('AQI tables that do not exist are a fault', () => {
    expect(checkPlanFile(file('tables.txt', kuitun.replace('aqiTables: hj633', 'aqiTables: hj999'))).faults).toEqual([expect.objectContaining({ path: 'settings.aqiTables' })]);
  });

  test('two editions of one area with overlapping effective dates are refused; one after the other is not', () => {
    copyFileSync(KUITUN, join(folder, 'kuitun-2023.yaml'));
    const edition = (from: string) => file('kuitun-2026.yaml', kuitun.replace('id: kuitun-2023', 'id: kuitun-2026').replace("effectiveFrom: '2023-01-01'", `effectiveFrom: '${from}'`));
    expect(checkPlanFile(edition('2023-01-01')).faults).toEqual([
      expect.objectContaining({ path: 'effectiveFrom', line: 11, reason: expect.stringMatching(/overlapping effective dates: kuitun-2023/) }),
    ]);
    expect(checkPlanFile(edition('2026-10-01')).ok).toBe(true);
    writeFileSync(join(folder, 'kuitun-2023.yaml'), kuitun.replace('effectiveUntil: null', "effectiveUntil: '2026-12-01'"));
    expect(checkPlanFile(edition('2026-10-01')).ok).toBe(false);
    expect(checkPlanFile(edition('2026-12-01')).ok).toBe(true);
  });

  test('loadPlan throws all faults in one message; a missing file names the shipped plans', () => {
    const path = file('two.txt', kuitun.replace('units: [urban-management]', 'units: [navy]').replace('level: red\n    kind: advisory', 'level: violet\n    kind: advisory'));
    expect(() => loadPlan(path)).toThrow(PlanRefused);
    expect(() => loadPlan(path)).toThrow(/unknown level "violet"[\s\S]*unknown unit "navy"|unknown unit "navy"[\s\S]*unknown level "violet"/);
    expect(() => loadPlan('atlantis')).toThrow(/kuitun-2023/);
  });
});
