/**
 * The versions of the rules' code. An episode keeps the version it began under,
 * an area's row names the one it was graded by; a change that decides
 * differently adds a version here and its behaviours to `versions.ts`.
 */
import { assess, assessAtFirst } from './air/assess.js';
import { saysSomethingNew } from './air/news.js';
import { decide, open } from './episode/decide.js';
import { evolve } from './episode/evolve.js';
import { settledEvent } from './episode/settle.js';
import { nextWakeUp } from './episode/wake.js';
import { decideSubmission } from './submission.js';
import { isToBeTold } from './watch.js';

export interface Rules {
  readonly open: typeof open;
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
  readonly settledEvent: typeof settledEvent;
  readonly nextWakeUp: typeof nextWakeUp;
  readonly decideSubmission: typeof decideSubmission;
  readonly assess: typeof assess;
  readonly isToBeTold: typeof isToBeTold;
  readonly saysSomethingNew: typeof saysSomethingNew;
}

export const CURRENT_RULES = '3';

const PRESENT: Rules = { open, decide, evolve, settledEvent, nextWakeUp, decideSubmission, assess, isToBeTold, saysSomethingNew };
const FIRST: Rules = { ...PRESENT, assess: assessAtFirst };

const VERSIONS: Readonly<Record<string, Rules>> = { '1': FIRST, '2': PRESENT, '3': PRESENT };

/** What an area's rows are graded by when they are recorded, and new episodes begin under. */
export function currentRules(): Rules {
  return rulesOf(CURRENT_RULES);
}

export function knowsRules(version: string): boolean {
  return Object.hasOwn(VERSIONS, version);
}

/** The rules of a version; an unknown one is a deployment older than its data, and throws. */
export function rulesOf(version: string): Rules {
  const rules = VERSIONS[version];
  if (!rules) throw new Error(`this build does not know rules version "${version}"; it knows ${Object.keys(VERSIONS).join(', ')}`);
  return rules;
}
