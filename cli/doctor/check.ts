import type { Text } from '../../domain/text.js';
import { SetupProblem } from '../../embedded/problem.js';
import { ConfigProblem } from '../../config/problem.js';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found, in one sentence. */
  readonly found: Text;
  /** What to do, where it is not ok. */
  readonly remedy?: Text;
}

export const ok = (name: string, zh: string, en: string): Check => ({ name, status: 'ok', found: { zh, en } });
export const warn = (name: string, found: Text, remedy: Text): Check => ({ name, status: 'warn', found, remedy });
export const fail = (name: string, found: Text, remedy: Text): Check => ({ name, status: 'fail', found, remedy });

/** A check that itself breaks off is a failed one, with the remedy where its error brings one. */
export async function checking(name: string, work: () => Promise<Check[]> | Check[]): Promise<Check[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SetupProblem || error instanceof ConfigProblem) return [fail(name, error.what, error.remedy)];
    const message = error instanceof Error ? error.message : String(error);
    return [fail(name, { zh: `检查未能完成（${message}）`, en: `the check broke off (${message})` }, { zh: '请查看日志', en: 'see the logs' })];
  }
}
