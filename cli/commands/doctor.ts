import type { Config } from '../../config/env.js';
import { type Check, doctor, isHealthy } from '../doctor.js';
import { checkNightlyReplay } from '../doctor/nightly.js';
import { checkRota } from '../doctor/rota.js';

export interface DoctorReport {
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

/** `doctor`: everything the system needs. */
export async function runDoctor(config: Config): Promise<DoctorReport> {
  const checks = await doctor(config, [
    { name: 'nightly-replay', run: async ({ databaseUrl }) => (databaseUrl === undefined ? [] : checkNightlyReplay(databaseUrl)) },
    { name: 'rota', run: async ({ databaseUrl }) => (databaseUrl === undefined ? [] : checkRota(databaseUrl)) },
  ]);
  return { healthy: isHealthy(checks), checks };
}

const SIGN = { ok: '✓', warn: '!', fail: '✗' } as const;

export function doctorText({ checks }: DoctorReport): string {
  return checks
    .flatMap(({ name, status, found, remedy }) => [`${SIGN[status]} ${name}: ${found.zh} / ${found.en}`, ...(remedy ? [`    ${remedy.zh} / ${remedy.en}`] : [])])
    .join('\n');
}
