/** Hands something in: right, document, one transaction, receipt. Works with the engine down. */
import type { Act, Signatory } from '../domain/act.js';
import { canonicalJson, sha256Hex } from '../domain/digest.js';
import { type ObligationKind, OFFICE_GROUPS } from '../domain/plan.js';
import { refuse } from '../domain/refusal.js';
import { findObligation } from '../domain/submission.js';
import { appendSubmission } from '../db/ledger/submissions.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, type Place } from './caller.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { fail, notFound } from './failure.js';
import type { UseCase } from './rights.js';
import { knownRules } from './rules.js';

export interface Owed {
  readonly episode: EpisodeContext;
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

export function handIn(
  deps: Deps,
  caller: Caller,
  episodeId: string,
  useCase: UseCase,
  obligationId: string,
  prepare: (owed: Owed) => Promise<Handed>,
): Promise<Receipt> {
  return recorded(deps, caller, useCase, { episodeId }, async () => {
    const owed = await owedOf(deps, episodeId, obligationId);
    const { act, reviewedBy, nil, content, correctionReason } = await prepare(owed);
    const document = content && documentOf(owed, content);
    const documentDigest = document && sha256Hex(Buffer.from(document.body));
    const outcome = await appendSubmission(deps.pool, {
      episodeId,
      commandId: commandIdOf(caller),
      obligationId,
      clock: deps.clock,
      document,
      decide: ({ plan, state, filed, nowMs }) => knownRules(state.rulesVersion).decideSubmission(plan, state, filed, { obligationId, documentDigest, nil, act, reviewedBy, correctionReason }, nowMs),
    });
    switch (outcome.status) {
      case 'no-such-episode':
        throw notFound('episode');
      case 'refused':
        throw fail({ kind: 'refused', refusal: outcome.refusal });
      case 'appended':
      case 'already': {
        const { event, seq, recordedAtMs } = outcome;
        const group = findObligation(owed.episode.episodePlan, owed.episode.state, obligationId, event.atMs)?.group;
        const late = typeof group?.dueAtMs === 'number' && event.countsAtMs > group.dueAtMs;
        return { episodeId, obligationId, version: event.version, seq, recordedAtMs, countsAtMs: event.countsAtMs, late, documentDigest };
      }
    }
  });
}

async function owedOf(deps: Deps, episodeId: string, obligationId: string): Promise<Owed> {
  const episode = await episodeOf(deps, episodeId);
  const found = findObligation(episode.episodePlan, episode.state, obligationId, episode.nowMs);
  if (!found) throw fail({ kind: 'refused', ...refuse('not-owed', '5.1', '没有该报送义务', 'nothing of this kind is owed', { path: 'obligationId' }) });
  const { group, ownerId } = found;
  const isUnit = episode.plan.units.some((u) => u.id === ownerId);
  // A task's owner is its own, not the rule's (R31).
  const role = OFFICE_GROUPS.find((g) => g === ownerId) ?? ('role' in group.rule.owner ? group.rule.owner.role : 'unit');
  const place: Place = { areaId: episode.rightsAreaId, roles: [isUnit ? 'unit' : role], ...(isUnit ? { unitId: ownerId } : {}) };
  return { episode, obligationId, kind: group.rule.kind, ownerId, place };
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
