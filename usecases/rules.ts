/** The rules that an episode began under. During a deployment a newer build may have opened it: what it decides by is not known here yet. */
import { knowsRules, type Rules, rulesOf } from '../domain/rules.js';
import { fail } from './failure.js';

/** Throws `newer-rules`. */
export function knownRules(version: string): Rules {
  if (!knowsRules(version)) throw fail({ kind: 'newer-rules', version });
  return rulesOf(version);
}
