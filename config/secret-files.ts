import { readFileSync } from 'node:fs';
import { ConfigProblem } from './problem.js';

/**
 * The environment with each `NAME_FILE` of the given names read into `NAME`
 * (without its last line break). Throws a ConfigProblem when a file cannot be
 * read or both are given.
 */
export function withFiles(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const read: NodeJS.ProcessEnv = {};
  for (const name of names) {
    const variable = `${name}_FILE`;
    const file = environment[variable];
    if (file === undefined || file === '') continue;
    if (environment[name] !== undefined && environment[name] !== '') {
      throw new ConfigProblem(
        variable,
        { zh: `与 ${name} 同时给出`, en: `is given together with ${name}` },
        { zh: '请只保留其中一个', en: 'keep one of the two' },
      );
    }
    try {
      read[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch {
      throw new ConfigProblem(
        variable,
        { zh: `指向的 ${file} 无法读取`, en: `points at ${file}, which cannot be read` },
        { zh: '请更正路径或文件权限', en: 'correct the path or the permissions of the file' },
      );
    }
  }
  return { ...environment, ...read };
}
