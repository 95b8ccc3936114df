/** Who may be named in an area, as the actor of a proxy entry, the second person at the phone, or a delegate. */
import { accountsInUse } from '../db/accounts/principals.js';
import type { Role, UnitId } from '../domain/plan.js';
import { type Caller, hatFor, type Place } from './caller.js';
import type { Deps } from './deps.js';
import { requireReader } from './reading.js';
import type { UseCase } from './rights.js';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly unitId: UnitId | null;
}

/** Others than the caller whose hat gives the right there, with that hat; machines are nobody. */
export async function peopleWho(deps: Deps, caller: Caller, useCase: UseCase, place: Place): Promise<Person[]> {
  requireReader(caller, place.areaId);
  const all = await accountsInUse(deps.pool, await deps.clock(deps.pool));
  return all.flatMap((account) => {
    const hat = account.id === caller.account.id ? null : hatFor(account, useCase, place);
    return hat && hat.role !== 'integration' ? [{ id: account.id, name: account.name, role: hat.role, unitId: hat.unitId }] : [];
  });
}
