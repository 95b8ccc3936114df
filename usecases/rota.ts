/** Whether there are people now for everything the plan asks of people: each approval step, each unit. */
import type { Account } from '../db/accounts/principals.js';
import type { ChainedAction, Plan, Role } from '../domain/plan.js';
import type { Text } from '../domain/text.js';
import { hatFor } from './caller.js';
import { ACTION_NAMES, ROLE_NAMES } from './names.js';
import type { UseCase } from './rights.js';

/** Who brings a request in; a relay is of an order that somebody took down before. */
const SUBMITTED_BY: Readonly<Partial<Record<ChainedAction, UseCase>>> = {
  publish: 'submit-proposal',
  raise: 'submit-proposal',
  lower: 'submit-proposal',
  lift: 'submit-lift',
  correct: 'propose-correction',
  evaluate: 'submit-evaluation',
};

/** What nobody can do now, each in words. */
export function rotaGaps(plan: Plan, areaId: string, accounts: readonly Account[]): Text[] {
  const may = (useCase: UseCase, role: Role) => accounts.filter((a) => hatFor(a, useCase, { areaId, roles: [role] })).map((a) => a.id);
  const units = plan.units.filter((u) => !accounts.some((a) => hatFor(a, 'report', { areaId, unitId: u.id, roles: ['unit'] })));
  const gaps = units.map(({ shortName }): Text => ({ zh: `${shortName.zh}没有可填报的账号`, en: `${shortName.en} has no account that can report` }));
  for (const [action, byLevel] of Object.entries(plan.chains) as [ChainedAction, Plan['chains'][ChainedAction]][])
    for (const [levelId, { steps }] of Object.entries(byLevel)) {
      const level = plan.levels.find((l) => l.id === levelId)?.name ?? { zh: levelId, en: levelId };
      const name = { zh: `${ACTION_NAMES[action].zh}（${level.zh}）`, en: `${ACTION_NAMES[action].en} (${level.en})` };
      const submits = SUBMITTED_BY[action];
      const submitter = action === 'lift' ? plan.settings.liftRoles.issues : 'management';
      const takers = [...(submits ? [{ role: submitter, people: may(submits, submitter) }] : []), ...steps.map(({ role }) => ({ role, people: may('decide-step', role) }))];
      const empty = takers.findIndex((t) => t.people.length === 0);
      const told = takers[empty];
      const step = empty - (submits ? 1 : 0);
      if (told) gaps.push({ zh: `${name.zh}${step < 0 ? '的呈报' : `第${step + 1}步`}没有可办理的${ROLE_NAMES[told.role].zh}账号`, en: `${name.en}: ${step < 0 ? 'its submission' : `step ${step + 1}`} has no account of the ${told.role}` });
      else if (!plan.settings.onePersonTwoSteps && !haveEachTheirOwn(takers.map((t) => t.people))) gaps.push({ zh: `${name.zh}的各步须由不同的人办理，现有人员不够`, en: `${name.en}: nobody takes two steps, and there are too few people for all of them` });
    }
  return gaps;
}

/** Whether each can be somebody and no two the same. */
function haveEachTheirOwn([first, ...rest]: readonly (readonly string[])[]): boolean {
  return first === undefined || first.some((person) => haveEachTheirOwn(rest.map((people) => people.filter((p) => p !== person))));
}
