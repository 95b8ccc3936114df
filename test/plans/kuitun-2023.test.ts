import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { LevelId, Measure } from '../../domain/plan.js';
import { listPlans, loadPlan, planDigest } from '../../plans/load.js';
import { valueAt } from '../../plans/paths.js';
import { describeShared, sharedPath } from '../support/shared.js';

const plan = loadPlan('kuitun-2023');
const rule = (kind: string) => plan.obligations.find((o) => o.kind === kind)!;
const steps = (action: keyof typeof plan.chains, level: LevelId) => plan.chains[action][level]!.steps.map((s) => `${s.role} ${s.act}`);

/** Every { zh, en } in the plan, with where it stands. */
function texts(value: unknown, path = ''): { path: string; zh: string; en: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('zh' in value && 'en' in value) return [{ path, zh: String(value.zh), en: String(value.en) }];
  return Object.entries(value).flatMap(([key, child]) => texts(child, `${path}.${key}`));
}

describe('Kuitun, plan of 2023, as data', () => {
  test('it is shipped, loads by name and has a stable digest', () => {
    expect(listPlans()).toContain('kuitun-2023');
    expect(planDigest(plan)).toMatch(/^[0-9a-f]{64}$/);
    expect(planDigest(loadPlan('kuitun-2023'))).toBe(planDigest(plan));
  });

  test('3.3.2, 4.1, 4.3.1: levels, what reaches them, the response and the share each one brings', () => {
    const table = plan.levels.map((l) => [
      l.id,
      l.response.id,
      l.reductionSharePercent,
      l.predicates.map(({ spell: s, containing: c }) => `>${s.aqiAbove} ${s.forHours}h${c ? ` with >${c.aqiAbove} ${c.forHours}h` : ''}`),
    ]);
    expect(table).toEqual([
      ['yellow', 'III', 10, ['>200 24h', '>150 48h']],
      ['orange', 'II', 20, ['>200 48h', '>150 72h']],
      ['red', 'I', 30, ['>200 72h with >300 24h']],
    ]);
  });

  test('3.3.4: the director approves yellow; for orange and red he reviews and the commander approves', () => {
    expect(steps('publish', 'yellow')).toEqual(['director approve']);
    expect(steps('publish', 'orange')).toEqual(['director review', 'commander approve']);
    expect(steps('publish', 'red')).toEqual(['director review', 'commander approve']);
  });

  test.each(['raise', 'lower', 'correct'] as const)('3.3.6, R12: %s follows the publication of the level it leads to', (action) => {
    for (const { id } of plan.levels) expect(steps(action, id)).toEqual(steps('publish', id));
  });

  test('3.3.6: a lift needs no approval; a relay and an evaluation need the director', () => {
    for (const { id } of plan.levels) {
      expect(steps('lift', id)).toEqual([]);
      expect(steps('relay', id)).toEqual(['director approve']);
      expect(steps('evaluate', id)).toEqual(['director approve']);
    }
  });

  test('3.3.4, 3.3.6, R33: the zone is told of everything, the prefecture of all but the lift and its changes', () => {
    const filed = Object.entries(plan.notices).filter(([, n]) => n.recipients.includes('prefecture')).map(([action]) => action);
    expect(filed.sort()).toEqual(['correct', 'lower', 'publish', 'raise']);
    for (const notice of Object.values(plan.notices)) expect(notice.recipients).toEqual(expect.arrayContaining(['units', 'zone']));
    expect(rule('prefecture-filing').triggers).not.toContain('lift-issued');
    expect(rule('zone-lift-instruction').triggers).toEqual(['lift-issued', 'lift-postponed', 'lift-rescinded', 'lift-corrected']);
    for (const kind of ['prefecture-filing', 'zone-notice'] as const) expect(rule(kind).triggers.filter((t) => t.startsWith('lift-'))).toEqual([]);
  });

  test.each([
    ['5.1(1), R18', 'daily-report', { dayOffset: 1, hour: 12 }, { dayOffset: 1, hour: 24 }],
    ['5.1(3), R18', 'office-daily-report', { dayOffset: 1, hour: 18 }, { dayOffset: 1, hour: 24 }],
    ['5.1(1), R19', 'summary-report', { minutesAfter: 1440 }, { withinDays: 1 }],
    ['5.1(3), R19', 'office-final-report', { minutesAfter: 2880 }, { withinDays: 2 }],
    ['5.2, R24', 'evaluation', { dayOffset: 10, hour: 24 }, null],
    ['4.2, R22', 'acknowledgement', { minutesAfter: 60 }, null],
    ['3.3.4', 'zone-notice', { minutesAfter: 60 }, null],
    ['3.2', 'consultation-advice', { minutesAfter: 120 }, null],
  ])('%s: target and due time of the %s', (_clause, kind, target, due) => {
    expect(rule(kind)).toMatchObject({ target, due });
  });

  test('chapters 3 and 5, annex 1: every kind of obligation stands once', () => {
    expect(plan.obligations.map((o) => o.kind).sort()).toEqual(
      [
        'acknowledgement', 'bulletin', 'consultation', 'consultation-advice', 'countersignature', 'daily-report', 'evaluation',
        'office-daily-report', 'office-final-report', 'order-check', 'prefecture-filing', 'process-analysis', 'relay-signature',
        'site-publication', 'startup-report', 'summary-report', 'task', 'zone-lift-instruction', 'zone-notice',
      ].sort(),
    );
  });

  test('texts: Chinese is Chinese, English is English, none is empty', () => {
    const all = texts(plan);
    expect(all.length).toBeGreaterThan(400);
    const wrong = all.filter(({ zh, en }) => !/[\u4e00-\u9fff%]/.test(zh) || en.trim() === '' || /[\u4e00-\u9fff]/.test(en));
    expect(wrong).toEqual([]);
  });
});

describe('2.1, annex 1, R20: the reporting units', () => {
  test('25 of them: 19 of the body, one township, five sub-district offices', () => {
    expect(plan.units).toHaveLength(25);
    expect(plan.units.filter((u) => u.listedIn.includes('body'))).toHaveLength(19);
    expect(plan.units.filter((u) => u.clause === '附件1 三.19')).toHaveLength(1);
    expect(plan.units.filter((u) => u.clause === '附件1 三.20')).toHaveLength(5);
    expect(new Set(plan.units.map((u) => u.name.zh)).size).toBe(25);
  });

  test('every item of annex 1 part 3 has its unit, with duties; market regulation has none and says so', () => {
    const items = new Set(plan.units.map((u) => u.clause));
    for (let i = 1; i <= 20; i++) expect(items).toContain(`附件1 三.${i}`);
    expect(plan.units.filter((u) => !u.dutyListed).map((u) => u.name.zh)).toEqual(['市场监督管理局']);
  });

  test('only the discipline inspection owes no daily report; all start and sum up', () => {
    expect(plan.units.filter((u) => !u.reports.daily).map((u) => u.id)).toEqual(['discipline']);
    expect(plan.units.every((u) => u.reports.startup && u.reports.summary)).toBe(true);
  });

  test('every unit has a form of its own duty with typed numbers, and an optional note', () => {
    for (const unit of plan.units) {
      const numbers = unit.form.filter((f) => f.type !== 'text');
      expect([unit.id, numbers.length > 0, numbers.every((f) => f.unit)]).toEqual([unit.id, true, true]);
      expect(unit.form.find((f) => f.id === 'note')).toMatchObject({ type: 'text', required: false });
    }
  });

  test('annex 1 asks an impact section of six offices', () => {
    expect(plan.units.filter((u) => u.impact).map((u) => u.id)).toEqual(['industry', 'health', 'housing', 'transport', 'education', 'power-supply']);
  });
});

/** The numbered items under each heading of 4.3.2-4.3.4: heading, how many, kind. */
const ITEMS: readonly [string, number, LevelId, Measure['kind']][] = [
  ['4.3.2.1', 5, 'yellow', 'health'],
  ['4.3.2.2', 3, 'yellow', 'advisory'],
  ['4.3.2.3', 4, 'yellow', 'mandatory'],
  ['4.3.3.1', 3, 'orange', 'health'],
  ['4.3.3.2', 3, 'orange', 'advisory'],
  ['4.3.3.3', 2, 'orange', 'mandatory'],
  ['4.3.4.1', 3, 'red', 'health'],
  ['4.3.4.2', 2, 'red', 'advisory'],
  ['4.3.4.3', 2, 'red', 'mandatory'],
];

describe('4.3.2-4.3.4: the measures', () => {
  test.each(ITEMS)('%s: each of its %i items is there, at %s, %s, with responsible units', (heading, count, level, kind) => {
    const items = Array.from({ length: count }, (_, i) => `${heading}(${i + 1})`);
    const measures = plan.measures.filter((m) => m.clause.startsWith(`${heading}(`));
    expect([...new Set(measures.map((m) => m.clause))].sort()).toEqual(items);
    for (const m of measures) {
      expect(m).toMatchObject({ level, kind });
      expect(m.units.length).toBeGreaterThan(0);
    }
  });

  test('no measure stands outside those headings', () => {
    expect(plan.measures.filter((m) => !ITEMS.some(([heading]) => m.clause.startsWith(`${heading}(`)))).toEqual([]);
  });

  test('4.3.2.3(4): six separate bans and checks', () => {
    expect(plan.measures.filter((m) => m.clause === '4.3.2.3(4)')).toHaveLength(6);
  });

  test('R23: red outdoor events only advise, so response III\'s stop is not replaced', () => {
    expect(plan.measures.find((m) => m.id === 'r-health-events')!.over).toBeUndefined();
    expect(plan.measures.find((m) => m.id === 'o-mobile-bulk')!.over).toBe('y-mobile-bulk');
  });

  test('4.3.3, 4.3.4: a measure replaces one of a lower level only where it orders the same thing more strictly', () => {
    const replaced = plan.measures.flatMap((m) => m.over ?? []);
    // Small firms keep their rule (4.3.2.3(1)), machines are still inspected (4.3.2.3(2)), schools that stay open stay indoors (4.3.3.1(2)), energy is saved (4.3.2.2(3)).
    for (const kept of ['y-industry-small', 'y-mobile-machines', 'o-health-schools', 'y-advice-energy']) expect(replaced).not.toContain(kept);
    expect(plan.measures.find((m) => m.id === 'o-industry-haulage')!.over).toBeUndefined();
  });

  test('advice for every audience at every level', () => {
    const audiences = new Set(plan.advice.map((a) => a.audience));
    expect(audiences.size).toBe(7);
    expect(plan.advice).toHaveLength(audiences.size * plan.levels.length);
  });
});

describe('8.6: the readings', () => {
  test.each(Array.from({ length: 38 }, (_, i) => `R${i + 1}`))('%s is there, and every value that decides it stands in the plan', (id) => {
    const reading = plan.readings.find((r) => r.id === id)!;
    expect(reading).toBeDefined();
    for (const path of reading.decidedBy) expect([path, valueAt(plan, path)]).not.toEqual([path, undefined]);
  });

  test('every setting is named by a reading', () => {
    const named = plan.readings.flatMap((r) => r.decidedBy).filter((p) => p.startsWith('settings.'));
    const unnamed = Object.keys(plan.settings).filter((key) => !named.some((p) => p === `settings.${key}` || p.startsWith(`settings.${key}.`)));
    expect(unnamed).toEqual([]);
  });
});

describeShared('the plan\'s own words are not copied', () => {
  const LONGEST = 20;

  test(`no ${LONGEST} characters in a row of a measure, duty, advice or reading stand in the text`, () => {
    const letters = (s: string) => s.replace(/[^\p{L}\p{N}]/gu, '');
    const source = letters(readFileSync(sharedPath('plan', 'kuitun-2023.txt'), 'utf8'));
    const own = texts({ measures: plan.measures, duties: plan.units.map((u) => u.duties), advice: plan.advice, readings: plan.readings, obligations: plan.obligations });
    const copied = own.filter(({ zh }) => {
      const ours = letters(zh);
      return Array.from({ length: Math.max(0, ours.length - LONGEST + 1) }, (_, i) => ours.slice(i, i + LONGEST)).some((part) => source.includes(part));
    });
    expect(copied).toEqual([]);
  });

  test('2.1, annex 1: the units of annex 1 are named as there', () => {
    const source = readFileSync(sharedPath('plan', 'kuitun-2023.txt'), 'utf8');
    const named = plan.units.filter((u) => !u.id.match(/road|station/) && u.id !== 'market-regulation');
    for (const unit of named) expect(source).toContain(`${unit.clause.replace('附件1 三.', '')}.${unit.name.zh}：`);
  });
});
