/**
 * The versions of the rules' code. An episode keeps the version it began under;
 * a change that decides differently adds a version and keeps the old one here.
 */
import { decide, open } from './episode/decide.js';
import { evolve } from './episode/evolve.js';
import { settledEvent } from './episode/settle.js';
import { nextWakeUp } from './episode/wake.js';

export interface Rules {
  readonly open: typeof open;
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
  readonly settledEvent: typeof settledEvent;
  readonly nextWakeUp: typeof nextWakeUp;
}

export const CURRENT_RULES = '1';

const VERSIONS: Readonly<Record<string, Rules>> = { '1': { open, decide, evolve, settledEvent, nextWakeUp } };

/** The rules of a version; an unknown one is a deployment older than its data, and throws. */
export function rulesOf(version: string): Rules {
  const rules = VERSIONS[version];
  if (!rules) throw new Error(`this build does not know rules version "${version}"; it knows ${Object.keys(VERSIONS).join(', ')}`);
  return rules;
}
