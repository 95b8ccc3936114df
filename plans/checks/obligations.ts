import type { ObligationRule, Plan, Settings, TimeRule, Unit } from '../../domain/plan.js';
import type { Report } from '../faults.js';

const HOURS_A_DAY = 24;

/** Somebody owes each obligation, by a time that makes sense. */
export function checkObligations(plan: Plan, report: Report): void {
  plan.obligations.forEach((rule, i) => {
    const path = `obligations[${i}]`;
    if (plan.obligations.findIndex((other) => other.kind === rule.kind) < i) {
      report(`${path}.kind`, `"${rule.kind}" stands here twice`, `“${rule.kind}”重复`);
    }
    checkOwner(rule, plan.units, path, report);
    checkTimes(rule, plan.settings.counting, path, report);
    checkReminders(rule, path, report);
  });
}

function checkOwner({ owner }: ObligationRule, units: readonly Unit[], path: string, report: Report): void {
  if (!('units' in owner) || owner.units === 'acknowledging') return;
  const flag = ({ starting: 'startup', daily: 'daily', summary: 'summary' } as const)[owner.units];
  if (!units.some((unit) => unit.reports[flag])) {
    report(`${path}.owner.units`, `nobody owes it: no unit has reports.${flag}`, `无人承担：没有单位的 reports.${flag} 为 true`);
  }
}

function checkTimes({ kind, target, due }: ObligationRule, counting: Settings['counting'], path: string, report: Report): void {
  // A task brings its own times.
  if (!target && !due && kind !== 'task') {
    report(path, 'neither a target nor a due time: nobody would ever be late', '既无内部要求也无到期时间：永远不会逾期');
  }
  if (!target || !due) return;
  // Both rules are linear in the trigger's hour of the day: the two ends decide.
  const isAfter = [0, HOURS_A_DAY].some((hour) => hoursFrom(target, hour, counting) > hoursFrom(due, hour, counting));
  if (isAfter) report(`${path}.target`, 'the target can fall after the due time', '内部要求可能晚于到期时间');
}

function checkReminders({ kind, target, due, remindMinutesBefore }: ObligationRule, path: string, report: Report): void {
  const limit = target ?? due;
  if (!limit && kind !== 'task' && remindMinutesBefore.length > 0) {
    report(`${path}.remindMinutesBefore`, 'there is no time before which to remind', '没有可供提前提醒的时间');
  }
  remindMinutesBefore.forEach((minutes, i) => {
    const before = remindMinutesBefore[i - 1];
    if (before !== undefined && minutes >= before) {
      report(`${path}.remindMinutesBefore[${i}]`, `${minutes} does not come after ${before}: write the earliest reminder first`, `${minutes} 应小于前一项 ${before}：先写最早的提醒`);
    }
    if (limit && 'minutesAfter' in limit && minutes >= limit.minutesAfter) {
      report(`${path}.remindMinutesBefore[${i}]`, `${minutes} minutes before is no later than the trigger itself`, `提前 ${minutes} 分钟已不晚于触发时刻`);
    }
  });
}

/** Hours from 00:00 of the trigger's day, for a trigger at `hour` of it. */
function hoursFrom(rule: TimeRule, hour: number, counting: Settings['counting']): number {
  if ('minutesAfter' in rule) return hour + rule.minutesAfter / 60;
  if ('dayOffset' in rule) return rule.dayOffset * HOURS_A_DAY + rule.hour;
  return rule.withinDays * HOURS_A_DAY + (counting === 'elapsed' ? hour : HOURS_A_DAY);
}
