/** How a command ends, for scripts: `0` done. */
export const EXIT = {
  /** A check was carried out and found something wrong. */
  foundWrong: 1,
  /** The command line or a file it names is not right. */
  badInput: 2,
  /** Something outside (database, server, binary) is not there. */
  unavailable: 3,
} as const;

/** An end of a command that the operator can do something about: one line, no stack. */
export class Failure extends Error {
  constructor(
    readonly exitCode: number,
    what: string,
    /** What to do about it. */
    readonly remedy: string,
  ) {
    super(`${what}. ${remedy}`);
    this.name = 'Failure';
  }
}

export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column?: string;
}

/** Something wrong in a file: where, what, and what to do. */
export function badFile({ file, line, column }: Place, what: string, remedy: string): Failure {
  return new Failure(EXIT.badInput, `${file}, line ${line}${column === undefined ? '' : `, column "${column}"`}: ${what}`, remedy);
}
