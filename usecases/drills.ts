/** Drills (演练, 8.3): an area beside the real one, on a clock of its own; everything else is the same code. */
import { z } from 'zod';
import { addDrillArea } from '../db/plans.js';
import { signedBy } from './acts.js';
import { recordAreaNote, recorded } from './audit.js';
import { type Caller, commandIdOf } from './caller.js';
import type { Deps } from './deps.js';
import { fail } from './failure.js';
import { areaOf, planNowMs } from './plans.js';
import { instant, words } from './schemas.js';

export const newDrill = z.strictObject({
  /** Plan milliseconds per real one. */
  rate: z.number().min(1).max(1440).default(60),
  /** Plan time at which it begins; now by default. */
  startsAt: instant.optional(),
  purpose: words(500),
});

/** Gives the drill's area: forecasts, orders and everything else go there by the usual ways. */
export function startDrill(deps: Deps, caller: Caller, areaId: string, { rate, startsAt, purpose }: z.output<typeof newDrill>) {
  return recorded(deps, caller, 'start-drill', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const by = signedBy(caller, 'start-drill', { areaId: area.rightsAreaId });
    if (area.drill) throw fail({ kind: 'conflict', text: { zh: '演练区域内不能再开演练', en: 'a drill has no drills' } });
    const drillArea = `${areaId}-drill-${commandIdOf(caller).slice(0, 8)}`;
    const realOriginMs = await deps.clock(deps.pool);
    await addDrillArea(deps.pool, { areaId: drillArea, drillsArea: areaId, clock: { realOriginMs, planOriginMs: startsAt ?? (await planNowMs(deps, area.clock)), rate } });
    const { clock } = await areaOf(deps, drillArea);
    await recordAreaNote(deps, caller, areaId, { type: 'drill-started', clause: '8.3', drillAreaId: drillArea, clock, purpose, by });
    return { areaId: drillArea, clock };
  });
}
