/** Who did what, when, over which channel, and who wrote it down (R30). */
import type { Role, UnitId } from './plan.js';

export type Channel = 'online' | 'phone' | 'fax' | 'paper' | 'meeting';

/** A person with the hat worn for this act: every signature names the hat (R14). */
export interface Signatory {
  readonly accountId: string;
  readonly name: string;
  readonly role: Role;
  readonly unitId: UnitId | null;
  /** Set when the hat is held by a written delegation: whose hat it is by name, and by account in signatures since that is written down. */
  readonly delegation: { readonly id: string; readonly by: string; readonly byAccountId?: string } | null;
}

/** Accounts whose hand a signature is: a delegate's is the delegator's too (R14). */
export function handsOf({ accountId, delegation }: Signatory): readonly string[] {
  return delegation?.byAccountId === undefined ? [accountId] : [accountId, delegation.byAccountId];
}

/** A document kept unchanged under its SHA-256. */
export interface EvidenceRef {
  readonly digest: string;
  readonly title: string;
}

export interface Act {
  /** When it happened, plan time; the ledger adds when it was recorded. */
  readonly occurredAtMs: number;
  readonly channel: Channel;
  /** Whose act it is. */
  readonly actor: Signatory;
  /** Who entered it; the actor where nobody else did. */
  readonly recordedBy: Signatory;
  /** The second person at the phone (R30). */
  readonly witness: Signatory | null;
  /** `proxy` 代录, `late` 事后补录. */
  readonly entry: 'direct' | 'proxy' | 'late';
  readonly evidence: readonly EvidenceRef[];
}

/** When an act counts as done: a direct one when it is recorded, another at its attested time (R30). */
export function attestedAtMs(act: Act, recordedAtMs: number): number {
  return act.entry === 'direct' ? recordedAtMs : act.occurredAtMs;
}

/** What was only said has to be signed later (补签, R30); paper and fax carry their signature. */
export function isOral(act: Act): boolean {
  return act.channel === 'phone' || act.channel === 'meeting';
}

/** The system itself, for what follows from a rule without a person. */
export const SYSTEM: Signatory = { accountId: 'system', name: '系统', role: 'integration', unitId: null, delegation: null };
