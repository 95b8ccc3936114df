/** Hands something in: right, document, one transaction, receipt. Works with the engine down. */
import type { Act, Signatory } from '../domain/act.js';
import { canonicalJson, sha256Hex } from '../domain/digest.js';
import { type ObligationKind, OFFICE_GROUPS } from '../domain/plan.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { ok, refuse } from '../domain/refusal.js';
import { findObligation } from '../domain/submission.js';
import { appendSubmission, type SubmissionContext } from '../db/ledger/submissions.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, type Place } from './caller.js';
import type { Deps, Reads } from './deps.js';
import { fail, notFound } from './failure.js';
import { type LoadedPlan, loadedPlan } from './plans.js';
import type { UseCase } from './rights.js';
import { knownRules } from './rules.js';

export interface Owed {
  readonly episode: LoadedPlan & { readonly episodeId: string; readonly state: EpisodeState; /** Plan time of receipt. */ readonly nowMs: number };
  readonly obligationId: string;
  readonly kind: ObligationKind;
  /** A unit's id or a role. */
  readonly ownerId: string;
  /** Where the right to it counts. */
  readonly place: Place;
}

export interface Handed {
  readonly act: Act;
  readonly reviewedBy: Signatory | null;
  readonly nil: boolean;
  /** Kept as a document; null where the act itself is all. */
  readonly content: { readonly attachments?: readonly string[]; readonly [part: string]: unknown } | null;
  readonly correctionReason: string | null;
}

export interface Receipt {
  readonly episodeId: string;
  readonly obligationId: string;
  readonly version: number;
  readonly seq: number;
  /** Real time of receipt, and the plan time it counts as. */
  readonly recordedAtMs: number;
  readonly countsAtMs: number;
  readonly late: boolean;
  readonly documentDigest: string | null;
}

/** `prepare` runs within the transaction: what it looks up, it asks by the `Reads` it is given. */
export function handIn(
  deps: Deps,
  caller: Caller,
  episodeId: string,
  useCase: UseCase,
  obligationId: string,
  prepare: (owed: Owed, deps: Reads) => Promise<Handed>,
): Promise<Receipt> {
  return recorded(deps, caller, useCase, { episodeId }, async () => {
    const outcome = await appendSubmission(deps.pool, {
      episodeId,
      commandId: commandIdOf(caller),
      obligationId,
      clock: deps.clock,
      decide: async (context, tx) => {
        const { state, filed, nowMs } = context;
        const reads = { pool: tx, clock: deps.clock };
        const rules = knownRules(state.rulesVersion);
        const owed = owedOf(await loadedPlan(reads, state.planDigest), episodeId, obligationId, context);
        const { act, reviewedBy, nil, content, correctionReason } = await prepare(owed, reads);
        const document = content && documentOf(owed, content);
        const documentDigest = document && sha256Hex(Buffer.from(document.body));
        const decided = rules.decideSubmission(owed.episode.episodePlan, state, filed, { obligationId, documentDigest, nil, act, reviewedBy, correctionReason }, nowMs);
        return decided.ok ? ok({ event: decided.value, document }) : decided;
      },
    });
    switch (outcome.status) {
      case 'no-such-episode':
        throw notFound('episode');
      case 'refused':
        throw fail({ kind: 'refused', refusal: outcome.refusal });
      case 'appended':
      case 'already': {
        const { event, seq, recordedAtMs, state } = outcome;
        const { version, countsAtMs, documentDigest, atMs } = event;
        const { episodePlan } = await loadedPlan(deps, state.planDigest);
        const dueAtMs = findObligation(episodePlan, state, obligationId, atMs)?.group.dueAtMs ?? null;
        return { episodeId, obligationId, version, seq, recordedAtMs, countsAtMs, late: dueAtMs !== null && countsAtMs > dueAtMs, documentDigest };
      }
    }
  });
}

function owedOf(plan: LoadedPlan, episodeId: string, obligationId: string, { state, rightsAreaId, nowMs }: SubmissionContext): Owed {
  const found = findObligation(plan.episodePlan, state, obligationId, nowMs);
  if (!found) throw fail({ kind: 'refused', ...refuse('not-owed', '5.1', '没有该报送义务', 'nothing of this kind is owed', { path: 'obligationId' }) });
  const { group, ownerId } = found;
  const isUnit = plan.plan.units.some((u) => u.id === ownerId);
  // A task's owner is its own, not the rule's (R31).
  const role = OFFICE_GROUPS.find((g) => g === ownerId) ?? ('role' in group.rule.owner ? group.rule.owner.role : 'unit');
  const place: Place = { areaId: rightsAreaId, roles: [isUnit ? 'unit' : role], ...(isUnit ? { unitId: ownerId } : {}) };
  return { episode: { ...plan, episodeId, state, nowMs }, obligationId, kind: group.rule.kind, ownerId, place };
}

function documentOf({ episode, obligationId, kind }: Owed, content: NonNullable<Handed['content']>) {
  return {
    kind,
    mediaType: 'application/json',
    title: `${episode.state.number} ${obligationId}`,
    attachments: content.attachments ?? [],
    body: canonicalJson({ episodeId: episode.episodeId, obligationId, ...content }),
  };
}
