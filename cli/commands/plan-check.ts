import type { PlanFault } from '../../plans/faults.js';
import { faultLine } from '../../plans/faults.js';
import { checkPlanFile, planDigest } from '../../plans/load.js';

export interface PlanCheckReport {
  readonly file: string;
  readonly ok: boolean;
  readonly faults: readonly PlanFault[];
  /** Null when the plan is refused. */
  readonly plan: {
    readonly id: string;
    readonly revision: string;
    readonly digest: string;
    readonly levels: readonly string[];
    readonly units: number;
    readonly measures: number;
    readonly obligations: number;
    readonly readings: number;
  } | null;
}

/** `plan check FILE`: reads a plan file and lists every fault; writes nothing. */
export function planCheck(file: string): Promise<PlanCheckReport> {
  const result = checkPlanFile(file);
  if (!result.ok) return Promise.resolve({ file, ok: false, faults: result.faults, plan: null });
  const { plan } = result;
  return Promise.resolve({
    file,
    ok: true,
    faults: [],
    plan: {
      id: plan.id,
      revision: plan.revision,
      digest: planDigest(plan),
      levels: plan.levels.map((level) => level.id),
      units: plan.units.length,
      measures: plan.measures.length,
      obligations: plan.obligations.length,
      readings: plan.readings.length,
    },
  });
}

/** The report for a terminal, one fault a line. */
export function planCheckText(report: PlanCheckReport): string {
  if (!report.plan) return [`${report.file}: refused`, ...report.faults.map((fault) => `  ${faultLine(fault)}`)].join('\n');
  const { plan } = report;
  return [
    `${report.file}: in order`,
    `  ${plan.id}, revision ${plan.revision}, digest ${plan.digest}`,
    `  levels ${plan.levels.join(' < ')}; ${plan.units} units, ${plan.measures} measures, ${plan.obligations} obligations, ${plan.readings} readings`,
  ].join('\n');
}
