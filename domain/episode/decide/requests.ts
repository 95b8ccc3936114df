/** Requests (请示): opened, and taken back when overtaken. What an approved one brings about is `approval.ts`. */
import type { Act } from '../../act.js';
import { digestOf } from '../../digest.js';
import { type EpisodeState, type Evidence, levelRequest } from '../state.js';
import type { Draft } from './draft.js';

export function openRequest(draft: Draft, evidence: Evidence, act: Act): void {
  const requestId = draft.nextId('R', 'request');
  draft.add({ type: 'request-opened', clause: evidence.clause, requestId, evidence, evidenceDigest: digestOf(evidence), act });
}

/** Evidence of a request that is not about the air. */
export function plainEvidence(
  state: EpisodeState,
  of: Pick<Evidence, 'action' | 'clause' | 'subject' | 'text'> & Partial<Evidence>,
): Evidence {
  const level = state.levels.at(-1)?.level ?? null;
  return {
    level,
    fromLevel: level,
    effectiveAtMs: null,
    expectedEndMs: null,
    primaryPollutants: state.primaryPollutants,
    assessmentId: state.assessment?.id ?? null,
    gradedLevel: null,
    consultationId: state.consultation?.id ?? null,
    correction: null,
    missing: [],
    ...of,
  };
}

/** Takes back the open request for a level: what it asked for has been overtaken. */
export function withdrawLevelRequest(draft: Draft, reason: string): void {
  const request = levelRequest(draft.state);
  if (request) draft.add({ type: 'request-withdrawn', clause: '3.3.6', requestId: request.id, reason, act: null });
}
