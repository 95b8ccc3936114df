import type { Text } from '../domain/text.js';

/** A setting is missing or wrong: which variable, what is wrong, what it should be. */
export class ConfigProblem extends Error {
  constructor(
    readonly variable: string,
    readonly what: Text,
    readonly remedy: Text,
  ) {
    super(`${variable} ${what.zh}：${remedy.zh}。 ${variable} ${what.en}: ${remedy.en}.`);
    this.name = 'ConfigProblem';
  }
}
