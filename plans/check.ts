/** What a plan must satisfy beyond its shape. All faults are listed, not only the first. */
import { z } from 'zod';
import type { Plan } from '../domain/plan.js';
import { checkChains } from './checks/chains.js';
import { checkLevels } from './checks/levels.js';
import { checkObligations } from './checks/obligations.js';
import { checkReferences } from './checks/references.js';
import type { PlanFault, Report } from './faults.js';
import { pathText } from './paths.js';
import { planSchema } from './schema.js';

/** A plan from the content of its file, or what is wrong with it: first its shape, then its sense. */
export function checkPlan(content: unknown): { readonly plan: Plan } | { readonly faults: readonly PlanFault[] } {
  const shape = planSchema.safeParse(content, { error: z.locales.en().localeError });
  if (!shape.success) return { faults: shapeFaults(content, shape.error.issues) };
  const faults: PlanFault[] = [];
  const report: Report = (path, reason, reasonZh) => faults.push({ path, reason, reasonZh });
  checkLevels(shape.data, report);
  checkChains(shape.data, report);
  checkObligations(shape.data, report);
  checkReferences(shape.data, report);
  return faults.length > 0 ? { faults } : { plan: shape.data };
}

/** Two editions of one area's plan must not be in force on the same day. `null` until: up to the next edition's first day. */
export function checkEditions(plan: Plan, others: readonly Plan[], report: Report): void {
  for (const other of others) {
    if (other.areaId !== plan.areaId || (other.id === plan.id && other.revision === plan.revision)) continue;
    const [earlier, later] = other.effectiveFrom < plan.effectiveFrom ? [other, plan] : [plan, other];
    const overlaps = earlier.effectiveFrom === later.effectiveFrom || (earlier.effectiveUntil !== null && earlier.effectiveUntil > later.effectiveFrom);
    if (!overlaps) continue;
    report('effectiveFrom', `overlapping effective dates: ${other.id} ${other.revision} of the same area is in force from ${other.effectiveFrom} until ${other.effectiveUntil ?? 'replaced'}`, `生效日期重叠：同一地区的 ${other.id} ${other.revision} 自 ${other.effectiveFrom} 起施行，至 ${other.effectiveUntil ?? '被替代'}`);
  }
}

function shapeFaults(content: unknown, issues: readonly z.core.$ZodIssue[]): PlanFault[] {
  const inChinese = planSchema.safeParse(content, { error: z.locales.zhCN().localeError }).error?.issues ?? [];
  return issues.map((issue, i) => {
    // An unknown key is where it stands, not where its parent does.
    const extra = issue.code === 'unrecognized_keys' && issue.keys.length === 1 ? issue.keys : [];
    return { path: pathText([...issue.path, ...extra]), reason: issue.message, reasonZh: inChinese[i]?.message ?? issue.message };
  });
}
