/** Sand-dust (1.4, R17): the technical group flags spans on evidence; the air is then graded anew. */
import { z } from 'zod';
import { dustFlags } from '../db/read/air.js';
import { actOf } from './acts.js';
import { appendToArea } from './area-stream.js';
import { assessArea } from './assessment.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, idOf } from './caller.js';
import type { Deps } from './deps.js';
import { notFound } from './failure.js';
import { areaOf, planNowMs } from './plans.js';
import { envelope, id, instant, words } from './schemas.js';

export const newDustFlag = z.strictObject({
  /** None takes the flag back. */
  spans: z
    .array(z.strictObject({ from: instant, to: instant }).refine((s) => s.to > s.from, { path: ['to'], error: '应晚于开始时间' }))
    .max(50),
  reason: words(1000),
  /** A flag that this one replaces. */
  flagId: id.optional(),
  ...envelope,
});
export type NewDustFlag = z.output<typeof newDustFlag>;

export function flagDust(deps: Deps, caller: Caller, areaId: string, input: NewDustFlag) {
  return recorded(deps, caller, 'flag-dust', { areaId }, async () => {
    const area = await areaOf(deps, areaId);
    const act = await actOf(deps, caller, 'flag-dust', { areaId: area.rightsAreaId }, input, await planNowMs(deps, area.clock));
    if (input.flagId !== undefined && !(await dustFlags(deps.pool, areaId)).some((f) => f.id === input.flagId)) throw notFound('dust flag');
    const flagId = input.flagId ?? idOf('D', commandIdOf(caller));
    const spans = input.spans.map(({ from: fromMs, to: toMs }) => ({ fromMs, toMs }));
    const row = await appendToArea(deps, caller, area, async ({ tx, seq, planAtMs }) => {
      const assessment = await assessArea(tx, area, { dust: { id: flagId, spans } }, { seq, planAtMs });
      return { type: 'dust-flagged', atMs: planAtMs, clause: '1.4', flagId, spans, reason: input.reason, act, assessment };
    });
    return { flagId, seq: row?.seq ?? 0, assessment: row?.event.assessment ?? null };
  });
}
