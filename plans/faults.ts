/** What is wrong with a plan file. */
export interface PlanFault {
  /** Where: `levels[1].predicates[0]`; empty where the file as a whole is meant. */
  readonly path: string;
  readonly reason: string;
  readonly reasonZh: string;
  /** 1-based place in the file, where it is known. */
  readonly line?: number;
  readonly column?: number;
}

/** Takes one fault: path, reason, reason in Chinese. */
export type Report = (path: string, reason: string, reasonZh: string) => void;

/** Thrown by `loadPlan`; carries all faults, not only the first. */
export class PlanRefused extends Error {
  constructor(
    readonly file: string,
    readonly faults: readonly PlanFault[],
  ) {
    super([`${file}: the plan is refused (${faults.length} fault${faults.length === 1 ? '' : 's'})`, ...faults.map(faultLine)].join('\n'));
    this.name = 'PlanRefused';
  }
}

/** `line 12, column 5, levels[1].predicates[0]: reason`. */
export function faultLine(fault: PlanFault): string {
  const place = fault.line === undefined ? [] : [`line ${fault.line}, column ${fault.column ?? 1}`];
  return [[...place, ...(fault.path === '' ? [] : [fault.path])].join(', '), fault.reason].filter((part) => part !== '').join(': ');
}
