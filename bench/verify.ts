/** Bench: how long `verify` takes over the bundles of episodes of ten and of thirty days, with hourly observations and every report: linear, and within seconds. */
import { evidenceOf } from '../evidence/index.js';
import { passingSigner } from '../evidence/signature.js';
import { verifyBundle } from '../evidence/verify.js';
import { testApi } from '../test/support/api.js';
import { median, rounded } from './measure/numbers.js';
import { playDays } from './replay-steps.js';

export interface VerifyResult {
  /** Of the episode and of its area. */
  readonly rows: number;
  readonly kilobytes: number;
  /** To read the record and make the bundle of it. */
  readonly makeMs: number;
  readonly verifyMs: number;
  /** Of the processor: what a busy machine does not change. */
  readonly verifyCpuMs: number;
}

export async function benchVerify(days: readonly number[], rounds: number, say: (line: string) => void): Promise<Readonly<Record<string, VerifyResult>>> {
  const results: Record<string, VerifyResult> = {};
  for (const n of days) {
    const api = await testApi();
    try {
      const result = await measured(api.db.pool, await playDays(api, n), rounds);
      results[`${n} days`] = result;
      say(`${n} days, ${result.rows} rows, ${result.kilobytes} KB: made in ${result.makeMs} ms, verified in ${result.verifyMs} ms (${result.verifyCpuMs} ms of the processor)`);
    } finally {
      await api.close();
    }
  }
  return results;
}

async function measured(pool: Parameters<typeof evidenceOf>[0], episodeId: string, rounds: number): Promise<VerifyResult> {
  const signer = passingSigner();
  const startedAt = performance.now();
  const bytes = await evidenceOf(pool, episodeId, signer);
  const makeMs = performance.now() - startedAt;
  if (!bytes) throw new Error(`no episode ${episodeId}`);
  const [ms, cpuMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const [at, before] = [performance.now(), process.cpuUsage()];
    const { intact, faults } = verifyBundle(bytes, { fingerprints: [signer.fingerprint] });
    const { user, system } = process.cpuUsage(before);
    ms.push(performance.now() - at);
    cpuMs.push((user + system) / 1000);
    if (!intact) throw new Error(`a lawful episode is told of: ${faults[0]?.what}`);
  }
  const { counts } = verifyBundle(bytes);
  return { rows: (counts['episodeRows'] ?? 0) + (counts['areaRows'] ?? 0), kilobytes: Math.round(bytes.length / 1024), makeMs: rounded(makeMs), verifyMs: rounded(median(ms)), verifyCpuMs: rounded(median(cpuMs)) };
}
