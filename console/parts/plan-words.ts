/** The plan's own structures in words. */
import type { ChainedAction, LevelId, Plan, TimeRule, Trigger } from '../../domain/plan.js';
import type { Page } from '../web/page.js';
import type { Texts } from '../texts/index.js';

export function ruleText(t: Texts, rule: TimeRule): string {
  if ('minutesAfter' in rule) return t.plan.minutesAfter(rule.minutesAfter);
  if ('withinDays' in rule) return t.plan.withinDays(rule.withinDays);
  return t.plan.dayAt(rule.dayOffset, rule.hour);
}

export function levelName(page: Page, plan: Pick<Plan, 'levels'>, level: LevelId | null): string {
  const found = plan.levels.find((l) => l.id === level);
  return found ? page.tell(found.name) : (level ?? page.t.common.noLevel);
}

export function responseName(page: Page, plan: Pick<Plan, 'levels'>, level: LevelId | null): string {
  const found = plan.levels.find((l) => l.id === level);
  return found ? page.tell(found.response.name) : '';
}

/** What an approved action sets off. */
export const TRIGGERS: Readonly<Record<ChainedAction, readonly Trigger[]>> = {
  publish: ['published', 'response-day'],
  raise: ['raised', 'response-day'],
  lower: ['lowered'],
  lift: ['lift-issued', 'lifted'],
  relay: [],
  correct: ['corrected'],
  evaluate: [],
};
