import type { Level, Plan, Predicate, Spell } from '../../domain/plan.js';
import type { Report } from '../faults.js';

/**
 * Levels must get strictly worse: whatever reaches a level has reached the one
 * below, and not all that reaches the one below reaches it.
 */
export function checkLevels(plan: Plan, report: Report): void {
  plan.levels.forEach((level, i) => {
    const path = `levels[${i}]`;
    const below = plan.levels[i - 1];
    if (level.predicates.length === 0) {
      report(`${path}.predicates`, `level "${level.id}" has no predicate, nothing can reach it: a gap between levels`, `级别“${level.id}”没有启动条件，无法达到：级别之间有缺口`);
    }
    if (!plan.measures.some((m) => m.level === level.id)) {
      report(path, `level "${level.id}" has no measures`, `级别“${level.id}”没有任何措施`);
    }
    level.predicates.forEach((predicate, j) => {
      checkContained(predicate, `${path}.predicates[${j}].containing`, report);
      if (below) checkHarder(predicate, level, below, `${path}.predicates[${j}]`, report);
    });
    if (below) checkAbove(level, below, path, report);
  });
  checkLiftLine(plan, report);
}

function checkContained({ spell, containing }: Predicate, path: string, report: Report): void {
  if (!containing) return;
  if (containing.aqiAbove <= spell.aqiAbove) {
    report(path, `the contained spell (> ${containing.aqiAbove}) is no worse than the one around it (> ${spell.aqiAbove})`, `所含时段（>${containing.aqiAbove}）不比外层（>${spell.aqiAbove}）更重`);
  }
  if (containing.forHours > spell.forHours) {
    report(path, `the contained spell (${containing.forHours} h) is longer than the one around it (${spell.forHours} h)`, `所含时段（${containing.forHours} 小时）比外层（${spell.forHours} 小时）更长`);
  }
}

function checkHarder(predicate: Predicate, level: Level, below: Level, path: string, report: Report): void {
  if (below.predicates.length === 0 || below.predicates.some((lower) => implies(predicate, lower))) return;
  const easierThan = below.predicates.find((lower) => implies(lower, predicate));
  if (easierThan) {
    report(path, `out of order: "${predicate.id}" of "${level.id}" is easier to reach than "${easierThan.id}" of the level below, "${below.id}"`, `次序有误：“${level.id}”的“${predicate.id}”比下一级“${below.id}”的“${easierThan.id}”更容易达到`);
  } else {
    report(path, `a gap between levels: the air can reach "${level.id}" by "${predicate.id}" without reaching "${below.id}" below it`, `级别之间有缺口：可凭“${predicate.id}”达到“${level.id}”而未达到下一级“${below.id}”`);
  }
}

function checkAbove(level: Level, below: Level, path: string, report: Report): void {
  const isEqual = below.predicates.length > 0 && level.predicates.length > 0 && below.predicates.every((lower) => level.predicates.some((p) => implies(lower, p)));
  if (isEqual) {
    report(`${path}.predicates`, `level "${level.id}" is no harder to reach than "${below.id}" below it`, `级别“${level.id}”并不比下一级“${below.id}”更难达到`);
  }
  if (level.reductionSharePercent < below.reductionSharePercent) {
    report(`${path}.reductionSharePercent`, `${level.reductionSharePercent} % is less than the ${below.reductionSharePercent} % of "${below.id}" below it`, `${level.reductionSharePercent}% 低于下一级“${below.id}”的 ${below.reductionSharePercent}%`);
  }
}

/** R8, R10: at no value may a warning be lifted while it could start. */
function checkLiftLine(plan: Plan, report: Report): void {
  const lines = (plan.levels[0]?.predicates ?? []).map((p) => p.spell.aqiAbove);
  const startsAbove = Math.min(...lines);
  if (plan.settings.lift.aqiBelow <= startsAbove) return;
  report('settings.lift.aqiBelow', `${plan.settings.lift.aqiBelow} lies above ${startsAbove}, from which the lowest level starts: a warning could be lifted and start at the same value`, `${plan.settings.lift.aqiBelow} 高于最低级别的启动线 ${startsAbove}：同一数值既可解除又可启动`);
}

/** Whether all air that satisfies `p` satisfies `q`. */
function implies(p: Predicate, q: Predicate): boolean {
  const covered = (wanted: Spell) => [p.spell, ...(p.containing ? [p.containing] : [])].some((spell) => covers(spell, wanted));
  return covered(q.spell) && (!q.containing || covered(q.containing));
}

function covers(spell: Spell, wanted: Spell): boolean {
  return spell.aqiAbove >= wanted.aqiAbove && spell.forHours >= wanted.forHours;
}
