import type { Text } from '../domain/text.js';

/**
 * Something outside the program keeps it from running: what it is, and what
 * the operator can do about it. Shown as one line, never as a stack.
 */
export class SetupProblem extends Error {
  constructor(
    readonly what: Text,
    readonly remedy: Text,
    options?: ErrorOptions,
  ) {
    super(`${what.zh}：${remedy.zh}。 ${what.en}: ${remedy.en}.`, options);
    this.name = 'SetupProblem';
  }
}

/** The code of a Node system error (`ENOSPC`, `EACCES`, ...), if it is one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
