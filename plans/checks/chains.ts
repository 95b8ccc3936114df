import { type Chain, type ChainedAction, LIFTING_ROLES, type Plan, type Role, SIGNING_ROLES } from '../../domain/plan.js';
import type { Report } from '../faults.js';

/** These are put up for approval (3.3.4, 3.3.6); a plan may issue the others at once. */
const NEEDS_APPROVAL: readonly ChainedAction[] = ['publish', 'raise'];

/** Every action has a chain for every level, and each chain can be completed. */
export function checkChains(plan: Plan, report: Report): void {
  for (const [part, role] of Object.entries(plan.settings.liftRoles)) {
    if (isAmong(LIFTING_ROLES, role)) continue;
    report(`settings.liftRoles.${part}`, `a lift that nobody can bring about: "${role}" is none of ${LIFTING_ROLES.join(', ')}`, `无人能办理解除：“${role}”不在 ${LIFTING_ROLES.join('、')} 之列`);
  }
  for (const [action, perLevel] of Object.entries(plan.chains) as [ChainedAction, Plan['chains'][ChainedAction]][]) {
    for (const { id } of plan.levels) {
      if (!perLevel[id]) report(`chains.${action}`, `no chain for level "${id}": a gap between levels`, `缺少级别“${id}”的审批程序：级别之间有缺口`);
    }
    for (const [level, chain] of Object.entries(perLevel)) {
      const path = `chains.${action}.${level}`;
      if (!plan.levels.some((l) => l.id === level)) report(path, `unknown level "${level}"`, `没有级别“${level}”`);
      checkChain(plan, action, chain, path, report);
    }
  }
}

function isAmong(roles: readonly Role[], role: Role): boolean {
  return roles.includes(role);
}

function checkChain(plan: Plan, action: ChainedAction, chain: Chain, path: string, report: Report): void {
  if (chain.steps.length === 0 && NEEDS_APPROVAL.includes(action)) {
    report(`${path}.steps`, 'a chain that nobody can complete: it has no step', '无人能走完的审批程序：没有任何步骤');
  }
  chain.steps.forEach(({ role, act }, i) => {
    const step = `${path}.steps[${i}]`;
    const isLast = i === chain.steps.length - 1;
    if (!isAmong(SIGNING_ROLES, role)) {
      report(`${step}.role`, `a chain that nobody can complete: "${role}" never signs for the city`, `无人能走完的审批程序：“${role}”不能签批`);
    }
    if (!plan.settings.onePersonTwoSteps && chain.steps.findIndex((s) => s.role === role) < i) {
      report(`${step}.role`, `a chain that nobody can complete: "${role}" has an earlier step, and settings.onePersonTwoSteps is false`, `无人能走完的审批程序：“${role}”已有一步，而 settings.onePersonTwoSteps 为 false`);
    }
    if ((act === 'approve') !== isLast) {
      report(`${step}.act`, isLast ? 'the last step must approve' : 'only the last step approves; those before it review', isLast ? '最后一步须为批准' : '只有最后一步是批准，之前各步为审核');
    }
  });
}
