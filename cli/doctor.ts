import type { Config } from '../config/env.js';
import { runningServices } from '../embedded/stack.js';
import { checking, ok, type Check } from './doctor/check.js';
import { checkMachine } from './doctor/machine.js';
import { checkDatabase, checkTemporal } from './doctor/services.js';

export type { Check } from './doctor/check.js';

/** A check of another part (the plan, the duty rota), run with the rest. */
export interface Probe {
  readonly name: string;
  readonly run: (services: { readonly databaseUrl?: string }) => Promise<Check[]>;
}

/**
 * Everything the system needs, one sentence each and what to do about what is
 * not there. The embedded parts are looked at where they run; while nothing
 * runs, only the machine and the given services are.
 */
export async function doctor(config: Config, probes: readonly Probe[] = []): Promise<Check[]> {
  const running = runningServices(config.dataDir);
  const databaseUrl = config.databaseUrl ?? running?.databaseUrl;
  const address = config.temporal.address ?? running?.temporalAddress;
  const groups = await Promise.all([
    checkMachine(config),
    databaseUrl === undefined ? [notRunning('database', 'PostgreSQL')] : checkDatabase(databaseUrl),
    address === undefined ? [notRunning('temporal', 'Temporal')] : checkTemporal({ ...config.temporal, address }),
    ...probes.map(({ name, run }) => checking(name, () => run(databaseUrl === undefined ? {} : { databaseUrl }))),
  ]);
  return groups.flat();
}

function notRunning(name: string, part: string): Check {
  return ok(name, `内置 ${part} 未在运行，npm start 时启动`, `the embedded ${part} is not running; npm start brings it up`);
}

/** Whether the system can work: no check failed. */
export function isHealthy(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== 'fail');
}
