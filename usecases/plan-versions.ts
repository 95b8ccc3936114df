/** Every edition of a plan that was ever loaded here. */
import { listPlans } from '../db/plans.js';
import type { Deps } from './deps.js';

export function planVersions({ pool }: Pick<Deps, 'pool'>) {
  return listPlans(pool);
}
