import type { Plan } from '../../domain/plan.js';
import type { Report } from '../faults.js';
import { valueAt } from '../paths.js';

/** Every name used is one that the plan defines, once. */
export function checkReferences(plan: Plan, report: Report): void {
  checkUnique(plan, report);
  checkClauses(plan, plan, '', report);
  checkMeasures(plan, report);
  plan.advice.forEach((advice, i) => knownLevel(plan, advice.level, `advice[${i}].level`, report));
  plan.settings.tellCommanderWhenLoweredFrom.forEach((level, i) => knownLevel(plan, level, `settings.tellCommanderWhenLoweredFrom[${i}]`, report));
  plan.escalations.forEach(({ afterMinutes }, i) => {
    const before = plan.escalations[i - 1];
    if (before && afterMinutes <= before.afterMinutes) {
      report(`escalations[${i}].afterMinutes`, `${afterMinutes} does not come after ${before.afterMinutes}`, `${afterMinutes} 应大于前一项 ${before.afterMinutes}`);
    }
  });
  plan.readings.forEach(({ decidedBy }, i) =>
    decidedBy.forEach((path, j) => {
      if (valueAt(plan, path) === undefined) report(`readings[${i}].decidedBy[${j}]`, `"${path}" leads nowhere in this plan`, `“${path}”在本预案中不存在`);
    }),
  );
  if (plan.effectiveUntil !== null && plan.effectiveUntil <= plan.effectiveFrom) {
    report('effectiveUntil', `${plan.effectiveUntil} does not come after effectiveFrom ${plan.effectiveFrom}`, `${plan.effectiveUntil} 应晚于 effectiveFrom ${plan.effectiveFrom}`);
  }
}

function checkMeasures(plan: Plan, report: Report): void {
  const rank = (level: string) => plan.levels.findIndex((l) => l.id === level);
  plan.measures.forEach((measure, i) => {
    const path = `measures[${i}]`;
    knownLevel(plan, measure.level, `${path}.level`, report);
    measure.units.forEach((unit, j) => {
      if (!plan.units.some((u) => u.id === unit)) report(`${path}.units[${j}]`, `unknown unit "${unit}"`, `没有单位“${unit}”`);
    });
    if (measure.over === undefined) return;
    const lower = plan.measures.find((m) => m.id === measure.over);
    if (!lower) report(`${path}.over`, `unknown measure "${measure.over}"`, `没有措施“${measure.over}”`);
    else if (rank(lower.level) >= rank(measure.level)) {
      report(`${path}.over`, `"${lower.id}" is not a measure of a lower level`, `“${lower.id}”不是更低级别的措施`);
    }
  });
}

function knownLevel(plan: Plan, level: string, path: string, report: Report): void {
  if (!plan.levels.some((l) => l.id === level)) report(path, `unknown level "${level}"`, `没有级别“${level}”`);
}

function checkUnique(plan: Plan, report: Report): void {
  const unique = (keys: readonly string[], pathOf: (i: number) => string) =>
    keys.forEach((key, i) => {
      if (keys.indexOf(key) < i) report(pathOf(i), `"${key}" is already taken`, `“${key}”已被占用`);
    });
  const ids = (items: readonly { readonly id: string }[], path: string) => unique(items.map(({ id }) => id), (i) => `${path}[${i}].id`);
  ids(plan.levels, 'levels');
  ids(plan.units, 'units');
  ids(plan.measures, 'measures');
  ids(plan.readings, 'readings');
  unique(plan.levels.map((l) => l.response.id), (i) => `levels[${i}].response.id`);
  const predicates = plan.levels.flatMap((l, i) => l.predicates.map(({ id }, j) => ({ id, path: `levels[${i}].predicates[${j}].id` })));
  unique(predicates.map(({ id }) => id), (i) => predicates[i]!.path);
  plan.units.forEach((unit, i) => {
    ids(unit.form, `units[${i}].form`);
    if (unit.impact) ids(unit.impact.fields, `units[${i}].impact.fields`);
    if (unit.dutyListed !== unit.duties.length > 0) {
      report(`units[${i}].dutyListed`, `says ${unit.dutyListed}, but ${unit.duties.length} duties are listed`, `为 ${unit.dutyListed}，而所列职责为 ${unit.duties.length} 条`);
    }
  });
  unique(plan.advice.map((a) => `${a.audience} ${a.level}`), (i) => `advice[${i}]`);
}

/** Wherever a `clause` stands, it or the clause it is an item of has its title in `clauses`. */
function checkClauses(plan: Plan, value: unknown, path: string, report: Report): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const childPath = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (key === 'clause' && typeof child === 'string') {
      if (!hasTitle(plan, child)) report(childPath, `unknown clause "${child}": neither it nor the clause it is an item of stands under clauses`, `没有条款“${child}”：clauses 中既无此条也无其上级条款`);
    } else if (childPath !== 'clauses') checkClauses(plan, child, childPath, report);
  }
}

/** `3.3.2(2)` is an item of `3.3.2`; `附件1 三.17` one of `附件1 三`. */
function hasTitle({ clauses }: Plan, clause: string): boolean {
  const parent = clause.replace(clause.includes(' ') ? /\.\d+$/ : /\(\d+\)$/, '');
  return Object.hasOwn(clauses, clause) || Object.hasOwn(clauses, parent);
}
