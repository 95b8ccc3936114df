/** Appends to an area's stream and tells whoever reads it. The row is the receipt, with the engine up or down. */
import type { AreaEvent } from '../domain/area.js';
import { CURRENT_RULES } from '../domain/rules.js';
import { type AreaContext as RowContext, appendInput } from '../db/ledger/area.js';
import { type Caller, commandIdOf } from './caller.js';
import type { Deps } from './deps.js';
import type { AreaContext } from './plans.js';

/** Null where `make` found nothing to record. */
export async function appendToArea<E extends AreaEvent>(
  deps: Deps,
  caller: Caller,
  { areaId, digest }: AreaContext,
  make: (row: RowContext) => Promise<E | null>,
): Promise<{ readonly seq: number; readonly event: E } | null> {
  const command = { areaId, commandId: commandIdOf(caller), rulesVersion: CURRENT_RULES, planDigest: digest, clock: deps.clock };
  const outcome = await appendInput(deps.pool, command, make);
  if (outcome.status === 'nothing') return null;
  // What stands under this command's id was made by `make`, now or before.
  const event = outcome.event as E;
  if (!('assessment' in event) || event.assessment !== null) await deps.engine.poke(areaId);
  return { seq: outcome.seq, event };
}
