/** From a request to an act: whose it is, who entered it, when it happened, what proves it (R30). */
import type { Act, Signatory } from '../domain/act.js';
import { MINUTE_MS } from '../domain/time.js';
import { accountById } from '../db/accounts/principals.js';
import { type Caller, forbidden, hatFor, type Place, signatoryOf } from './caller.js';
import type { Reads } from './deps.js';
import { readableAmong } from './documents.js';
import { fail, invalid } from './failure.js';
import type { UseCase } from './rights.js';
import type { Envelope } from './schemas.js';

/** Clocks of those who write instants differ a little from ours. */
const CLOCK_TOLERANCE_MS = MINUTE_MS;

/**
 * The act of a request, once it is clear that its actor, and whoever entered
 * it, may do this here. Throws `forbidden`, or `invalid` with the path.
 */
export async function actOf(deps: Reads, caller: Caller, useCase: UseCase, place: Place, envelope: Envelope, nowPlanMs: number): Promise<Act> {
  const { actor, recordedBy } = await peopleOf(deps, caller, useCase, place, envelope);
  const isProxy = envelope.actor !== undefined;
  const entry = envelope.lateEntry ? 'late' : isProxy ? 'proxy' : 'direct';
  const occurredAtMs = occurredAt(envelope, entry === 'direct' && envelope.channel === 'online', nowPlanMs);
  const witness = envelope.witness === undefined ? null : await witnessOf(deps, envelope.witness, place);
  await requireDocuments(deps, caller, envelope.evidence.map((e) => e.digest), 'evidence');
  return { occurredAtMs, channel: envelope.channel, actor, recordedBy, witness, entry, evidence: envelope.evidence };
}

/** The caller's signature for something that is nobody else's act. */
export function signedBy(caller: Caller, useCase: UseCase, place: Place): Signatory {
  const hat = hatFor(caller.account, useCase, place, caller.wears);
  if (!hat) throw forbidden(useCase);
  return signatoryOf(caller.account, hat);
}

async function peopleOf(deps: Reads, caller: Caller, useCase: UseCase, place: Place, { actor: given }: Envelope): Promise<{ actor: Signatory; recordedBy: Signatory }> {
  if (given === undefined) {
    const own = signedBy(caller, useCase, place);
    return { actor: own, recordedBy: own };
  }
  // A colleague with the same right may enter it, and so may the duty desk.
  const recorder = hatFor(caller.account, useCase, place, caller.wears) ?? hatFor(caller.account, 'record-for-another', { areaId: place.areaId }, caller.wears);
  if (!recorder) throw forbidden('record-for-another');
  const recordedBy = signatoryOf(caller.account, recorder);
  if (!('accountId' in given)) {
    if (place.unitId !== given.unitId) throw invalid('actor.unitId', '不是该报送事项的单位');
    return { actor: { accountId: 'unregistered', name: given.name, role: 'unit', unitId: given.unitId, delegation: null }, recordedBy };
  }
  if (given.accountId === caller.account.id) throw invalid('actor.accountId', '代录的行为人应为另一人');
  const account = await accountById(deps.pool, given.accountId, await deps.clock(deps.pool));
  const hat = account && hatFor(account, useCase, place, given.role ?? null);
  if (!hat) throw invalid('actor.accountId', '行为人没有办理此事项的身份');
  return { actor: signatoryOf(account, hat), recordedBy };
}

async function witnessOf(deps: Reads, accountId: string, { areaId }: Place): Promise<Signatory> {
  const account = await accountById(deps.pool, accountId, await deps.clock(deps.pool));
  const hat = account && hatFor(account, 'read', { areaId });
  if (!hat) throw invalid('witness', '没有该在用账号');
  return signatoryOf(account, hat);
}

function occurredAt({ occurredAt: givenMs }: Envelope, happensNow: boolean, nowPlanMs: number): number {
  if (givenMs === undefined) return nowPlanMs;
  if (givenMs > nowPlanMs + CLOCK_TOLERANCE_MS) throw invalid('occurredAt', '发生时间不得晚于当前时间');
  if (happensNow && givenMs < nowPlanMs - CLOCK_TOLERANCE_MS) throw invalid('occurredAt', '早先发生的行为应注明方式、代录或补录');
  return Math.min(givenMs, nowPlanMs);
}

/** Refuses digests under which there is nothing that the caller may read: naming a document opens it to others. */
export async function requireDocuments(deps: Reads, { account }: Caller, digests: readonly string[], path: string): Promise<void> {
  if (digests.length === 0) return;
  const known = await readableAmong(deps, account, digests);
  const faults = digests.flatMap((digest, i) => (known.has(digest) ? [] : [{ path: `${path}.${i}`, message: '没有该文件' }]));
  if (faults.length > 0) throw fail({ kind: 'invalid', faults });
}
