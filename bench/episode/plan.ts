import type { ObligationKind, Plan } from '../../domain/plan.js';
import { loadPlan } from '../../plans/load.js';
import { UNITS } from './workload.js';

/** What the workload has messages for. */
const OWED: readonly ObligationKind[] = ['daily-report', 'summary-report', 'office-final-report', 'evaluation'];

/** Kuitun's plan, cut to the workload's units and to what they hand in there: an obligation that nobody fulfils is another workload. */
export function workloadPlan(): Plan {
  const plan = loadPlan('kuitun-2023');
  const units = plan.units.filter((u) => u.reports.daily && u.reports.summary).slice(0, UNITS);
  return { ...plan, units, obligations: plan.obligations.filter((o) => OWED.includes(o.kind)) };
}
