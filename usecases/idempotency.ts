/** The same key and body give the same answer, however often and however many at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { answerKey, claimKey, releaseKey } from '../db/accounts/idempotency.js';
import type { Deps } from './deps.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Once = { readonly outcome: 'answer'; readonly answer: Answer; readonly replayed: boolean } | { readonly outcome: 'reused' } | { readonly outcome: 'still-running' };

/** Longer than what is done under a key takes as a rule; what takes longer yet may be taken over. */
const LEASE_MS = 10_000;
/** A repetition right after a crash outlives the lease that the crash left behind. */
const WAIT_MS = LEASE_MS + 1_000;
const LOOK_EVERY_MS = 40;

/**
 * Executes under a key, or waits for and gives the answer of whoever does.
 * `keep` gives what is kept of an answer; null where the same key shall be
 * carried out anew (an outcome not yet known): commands bear their key's id,
 * so that nothing happens twice.
 */
export async function once(
  deps: Pick<Deps, 'pool'>,
  request: { readonly accountId: string; readonly key: string; readonly digest: string },
  execute: () => Promise<Answer>,
  keep: (answer: Answer) => string | null,
): Promise<Once> {
  const { accountId, key, digest } = request;
  const givenUpMs = performance.now() + WAIT_MS;
  for (;;) {
    const claim = await claimKey(deps.pool, accountId, key, digest, LEASE_MS);
    switch (claim.outcome) {
      case 'reused':
        return { outcome: 'reused' };
      case 'answered':
        return { outcome: 'answer', answer: { status: claim.status, body: claim.body }, replayed: true };
      case 'claimed': {
        const answer = await executed(deps, request, claim.lease, execute, keep);
        if (answer) return { outcome: 'answer', answer, replayed: false };
        // Taken over meanwhile: what was done is the same, and one answer stands.
        break;
      }
      case 'running':
        if (performance.now() >= givenUpMs) return { outcome: 'still-running' };
        await pause(LOOK_EVERY_MS);
    }
  }
}

/** Null where the key is no longer ours to answer. */
async function executed(
  deps: Pick<Deps, 'pool'>,
  { accountId, key }: { readonly accountId: string; readonly key: string },
  lease: number,
  execute: () => Promise<Answer>,
  keep: (answer: Answer) => string | null,
): Promise<Answer | null> {
  try {
    const answer = await execute();
    const kept = keep(answer);
    if (kept !== null) return (await answerKey(deps.pool, accountId, key, lease, { status: answer.status, body: kept })) ? answer : null;
    await releaseKey(deps.pool, accountId, key, lease);
    return answer;
  } catch (error) {
    await releaseKey(deps.pool, accountId, key, lease);
    throw error;
  }
}
