/** The plan's own structures in words. */
import type { ChainedAction, LevelId, Plan, Role, TimeRule, Trigger, UnitId } from '../../domain/plan.js';
import type { Page } from '../web/page.js';
import type { Texts } from '../texts/index.js';

export function ruleText(t: Texts, rule: TimeRule): string {
  if ('minutesAfter' in rule) return t.plan.minutesAfter(rule.minutesAfter);
  if ('withinDays' in rule) return t.plan.withinDays(rule.withinDays);
  return t.plan.dayAt(rule.dayOffset, rule.hour);
}

/** A hat in words: the role, or the unit it stands for. */
export function hatName({ t, unitName }: Page, { role, unitId }: { readonly role: Role; readonly unitId: UnitId | null }): string {
  return unitId === null ? t.role[role] : `${t.role[role]} · ${unitName(unitId)}`;
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
  raise: ['raised'],
  lower: ['lowered'],
  lift: ['lift-issued', 'lift-postponed', 'lift-rescinded', 'lift-corrected', 'lifted'],
  relay: [],
  correct: ['corrected'],
  evaluate: [],
};
