import type { Plan, Unit, UnitId } from '../plan.js';

/**
 * The part of a plan that decides an episode. A workflow carries this rather
 * than the whole plan, whose texts and forms would weigh on its history; the
 * digest of the whole stands in the episode's first event.
 */
export interface EpisodePlan
  extends Pick<Plan, 'id' | 'revision' | 'areaId' | 'numberPrefix' | 'settings' | 'chains' | 'escalations' | 'notices' | 'obligations' | 'dueSoon'> {
  readonly levels: readonly Pick<Plan['levels'][number], 'id' | 'clause' | 'response'>[];
  readonly units: readonly { readonly id: UnitId; readonly reports: Unit['reports'] }[];
}

export function episodePlanOf(plan: Plan): EpisodePlan {
  const { id, revision, areaId, numberPrefix, settings, chains, escalations, notices, obligations, dueSoon } = plan;
  return {
    id,
    revision,
    areaId,
    numberPrefix,
    settings,
    chains,
    escalations,
    notices,
    obligations,
    dueSoon,
    levels: plan.levels.map(({ id: level, clause, response }) => ({ id: level, clause, response })),
    units: plan.units.map(({ id: unit, reports }) => ({ id: unit, reports })),
  };
}
