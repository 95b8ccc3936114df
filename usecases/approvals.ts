/** Approval step by step (3.3.4): the one page an approver signs, the decision, and the signature after a phone call (R14, R29, R30). */
import { z } from 'zod';
import { chainOf } from '../domain/episode/decide/chains.js';
import type { Assessment } from '../domain/air/assessment.js';
import type { Conclusion, EpisodeState, Evidence } from '../domain/episode/state.js';
import type { Refusal } from '../domain/refusal.js';
import { canonicalJson } from '../domain/digest.js';
import { assessmentById } from '../db/read/air.js';
import { conclusionOf, evidenceShown, requestsOf } from '../db/read/requests.js';
import type { Caller } from './caller.js';
import { decide, type Decided } from './decide.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { fail, invalid, UseCaseFailure } from './failure.js';
import { actOnly } from './decisions.js';
import { digest, type Envelope, envelope } from './schemas.js';

export const stepDecision = z.strictObject({
  step: z.int().min(0).max(20),
  decision: z.enum(['approve', 'return', 'refuse']),
  reason: z.string().trim().max(2000).nullable().default(null),
  /** Of the evidence that was on the page. */
  evidenceDigest: digest,
  ...envelope,
});
export const countersignature = actOnly.extend({ step: z.int().min(0).max(20) });

/** Where the evidence changed since it was shown, the refusal tells the difference. */
export async function decideStep(deps: Deps, caller: Caller, episodeId: string, requestId: string, input: z.output<typeof stepDecision>): Promise<Decided> {
  const { step, decision, reason, evidenceDigest } = input;
  if (input.channel === 'online' && input.actor !== undefined) throw invalid('channel', '代录的批示应注明其方式：电话、传真、书面或会议');
  if (input.channel === 'online' && input.lateEntry) throw invalid('channel', '事后补录的批示应注明当时的方式');
  requirePaper(input);
  try {
    return await decide(deps, caller, episodeId, {
      useCase: 'decide-step',
      envelope: input,
      roles: (episode) => rolesOf(episode, caller, requestId, step),
      command: () => ({ type: 'decide-step', requestId, step, decision, reason, evidenceDigest }),
    });
  } catch (error) {
    if (error instanceof UseCaseFailure && error.failure.kind === 'refused') throw fail({ kind: 'refused', refusal: await withDifference(deps, episodeId, requestId, evidenceDigest, error.failure.refusal) });
    throw error;
  }
}

/** By one's own hand: a signature that another gives is none (R30). */
export async function countersign(deps: Deps, caller: Caller, episodeId: string, requestId: string, input: z.output<typeof countersignature>): Promise<Decided> {
  if (input.actor !== undefined) throw invalid('actor', '补签须由作出批示的本人办理，不得代录');
  requirePaper(input);
  return decide(deps, caller, episodeId, { useCase: 'countersign', envelope: input, command: () => ({ type: 'countersign', requestId, step: input.step }) });
}

/** Requests of an episode, newest first: what each shows, its chain, what was decided and whose turn it is. */
export async function approvals(deps: Deps, episodeId: string) {
  const { state, episodePlan } = await episodeOf(deps, episodeId);
  const open = new Map(state.requests.map((r) => [r.id, r]));
  const requests = await requestsOf(deps.pool, episodeId);
  return {
    requests: requests.map((request) => {
      const chain = chainOf(episodePlan, request.evidence);
      const waiting = open.get(request.id);
      return { ...request, clause: chain.clause, chain: chain.steps, step: waiting ? waiting.decisions.length : null, waitsFor: waiting ? (chain.steps[waiting.decisions.length]?.role ?? null) : null };
    }),
  };
}

/** What was signed on paper is seen only on the paper. */
function requirePaper({ channel, evidence }: Envelope): void {
  if ((channel === 'paper' || channel === 'fax') && evidence.length === 0) throw invalid('evidence', '书面或传真的签批应附原件');
}

/** What a request rests on: the grading and the consultation that its evidence names, whatever came after them. */
export interface Basis {
  readonly assessment: Assessment | null;
  readonly conclusion: Conclusion | null;
}

export async function basisOf(deps: Deps, { id, areaId }: EpisodeState, { assessmentId, consultationId }: Evidence): Promise<Basis> {
  const [assessment, conclusion] = await Promise.all([
    assessmentId === null ? null : assessmentById(deps.pool, areaId, assessmentId),
    consultationId === null ? null : conclusionOf(deps.pool, id, consultationId),
  ]);
  return { assessment, conclusion };
}

/** The open step's own role is worn where the caller has it; another hat is the rule's to refuse. */
function rolesOf({ state, episodePlan }: EpisodeContext, { account, wears }: Caller, requestId: string, step: number) {
  const request = state.requests.find((r) => r.id === requestId);
  const role = request && chainOf(episodePlan, request.evidence).steps[step]?.role;
  return role !== undefined && wears === null && account.hats.some((h) => h.role === role) ? [role] : undefined;
}

async function withDifference(deps: Deps, episodeId: string, requestId: string, shownDigest: string, refusal: Refusal): Promise<Refusal> {
  if (refusal.code !== 'evidence-changed' && refusal.code !== 'basis-changed') return refusal;
  const shown = await evidenceShown(deps.pool, episodeId, requestId, shownDigest);
  const { state } = await episodeOf(deps, episodeId);
  const current = state.requests.find((r) => r.id === requestId)?.evidence;
  return shown && current ? { ...refusal, difference: differenceOf(shown, current) } : refusal;
}

function differenceOf(was: Evidence, is: Evidence): NonNullable<Refusal['difference']> {
  const keys = Object.keys(is) as (keyof Evidence)[];
  return Object.fromEntries(keys.filter((k) => canonicalJson(was[k]) !== canonicalJson(is[k])).map((k) => [k, { was: was[k], is: is[k] }]));
}
