/** What people decide in an episode: each is one command of `domain/`, checked and sent. */
import { z } from 'zod';
import type { Caller } from './caller.js';
import { decide, type Decided } from './decide.js';
import type { Deps } from './deps.js';
import type { EpisodeContext } from './episode.js';
import { invalid } from './failure.js';
import { envelope, id, instant, text, words } from './schemas.js';

const level = id;
const reason = z.string().trim().max(2000);

export const newConsultation = z.strictObject({
  advice: z.enum(['publish', 'raise', 'lower', 'lift', 'keep', 'stand-down', 'not-applicable']),
  level: level.nullable().default(null),
  /** R11: no clear improvement in the next 24 h; needed for a raise. */
  noClearImprovement: z.boolean().nullable().default(null),
  text: words(4000),
  dissent: z.array(z.strictObject({ by: words(80), opinion: words(2000) })).max(20).default([]),
  ...envelope,
});
export const newProposal = z.strictObject({
  action: z.enum(['publish', 'raise', 'lower']),
  level,
  effectiveAt: instant.nullable().default(null),
  expectedEndAt: instant.nullable().default(null),
  text: words(4000),
  ...envelope,
});
export const newLift = z.strictObject({
  effectiveAt: instant.nullable().default(null),
  /** R21: the part of the area it is for; without it the whole is lifted. */
  part: words(200).optional(),
  text: words(4000),
  ...envelope,
});
export const liftPostponement = z.strictObject({ to: instant, reason, ...envelope });
export const withReason = z.strictObject({ reason, ...envelope });
export const responseAdjustment = z.strictObject({ responseLevel: level, reason, ...envelope });
/** 4.2: the warning's own level, on the management group's submission as any raise or lowering. */
export const levelAdjustment = newProposal.extend({ action: z.enum(['raise', 'lower']) });
export const adjustment = z.union([responseAdjustment, levelAdjustment]);
export const measureChange = z
  .strictObject({
    kind: z.enum(['add', 'suspend', 'exempt', 'restore']),
    measureId: id,
    scope: text,
    from: instant.optional(),
    to: instant.nullable().default(null),
    basis: z.string().trim().max(1000),
    ...envelope,
  });
export const noticeCorrection = z.strictObject({ noticeId: id, kind: z.enum(['correction', 'recall']), text: z.string().trim().max(4000), ...envelope });
export const newTask = z.strictObject({ ownerId: id, basis: text, content: text, targetAt: instant.nullable().default(null), dueAt: instant.nullable().default(null), ...envelope });
export const actOnly = z.strictObject({ ...envelope });

/** R13. */
const liftIssuer = ({ plan }: EpisodeContext) => [plan.settings.liftRoles.issues];

export function recordConsultation(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newConsultation>): Promise<Decided> {
  const { advice, level: to, noClearImprovement, text: said, dissent } = input;
  return decide(deps, caller, episodeId, {
    ...(advice === 'lift' ? { useCase: 'consult-on-lift', roles: ({ plan }) => [plan.settings.liftRoles.proposes] } : { useCase: 'record-consultation' }),
    envelope: input,
    command: () => ({ type: 'record-consultation', conclusion: { advice, level: to, noClearImprovement, text: said, dissent } }),
  });
}

export function submitProposal(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newProposal>): Promise<Decided> {
  const { action, level: to, effectiveAt, expectedEndAt, text: said } = input;
  return decide(deps, caller, episodeId, {
    useCase: 'submit-proposal',
    envelope: input,
    command: () => ({ type: 'submit-proposal', action, level: to, effectiveAtMs: effectiveAt, expectedEndMs: expectedEndAt, text: said }),
  });
}

export function submitLift(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newLift>): Promise<Decided> {
  const { effectiveAt, part, text: said } = input;
  return decide(deps, caller, episodeId, {
    useCase: 'submit-lift',
    roles: liftIssuer,
    envelope: input,
    command: () => ({ type: 'submit-proposal', action: 'lift', level: null, effectiveAtMs: effectiveAt, expectedEndMs: null, text: said, ...(part !== undefined && { part: { zh: part, en: part } }) }),
  });
}

export function postponeLift(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof liftPostponement>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'change-lift', roles: liftIssuer, envelope: input, command: () => ({ type: 'postpone-lift', toMs: input.to, reason: input.reason }) });
}

export function rescindLift(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof withReason>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'change-lift', roles: liftIssuer, envelope: input, command: () => ({ type: 'rescind-lift', reason: input.reason }) });
}

export function withdrawRequest(deps: Deps, caller: Caller, episodeId: string, requestId: string, input: z.output<typeof withReason>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'withdraw-request', envelope: input, command: () => ({ type: 'withdraw-request', requestId, reason: input.reason }) });
}

/** Of the response alone, by whoever leads; of the warning's level, submitted for approval. */
export function adjust(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof adjustment>): Promise<Decided> {
  return 'action' in input ? submitProposal(deps, caller, episodeId, input) : adjustResponse(deps, caller, episodeId, input);
}

export function adjustResponse(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof responseAdjustment>): Promise<Decided> {
  return decide(deps, caller, episodeId, {
    useCase: 'adjust-response',
    envelope: input,
    command: () => ({ type: 'adjust-response', responseLevel: input.responseLevel, reason: input.reason }),
  });
}

export function adjustMeasures(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof measureChange>): Promise<Decided> {
  const { kind, measureId, scope, from, to, basis } = input;
  return decide(deps, caller, episodeId, {
    useCase: 'adjust-measures',
    envelope: input,
    command: ({ plan, nowMs }) => {
      if (!plan.measures.some((m) => m.id === measureId)) throw invalid('measureId', '预案没有该措施');
      return { type: 'adjust-measures', change: { kind, measureId, scope, fromMs: from ?? nowMs, toMs: to, basis } };
    },
  });
}

export function proposeCorrection(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof noticeCorrection>): Promise<Decided> {
  const { noticeId, kind, text: said } = input;
  return decide(deps, caller, episodeId, { useCase: 'propose-correction', envelope: input, command: () => ({ type: 'propose-correction', noticeId, kind, text: said }) });
}

export function assignTask(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newTask>): Promise<Decided> {
  const { ownerId, basis, content, targetAt, dueAt } = input;
  return decide(deps, caller, episodeId, {
    useCase: 'assign-task',
    envelope: input,
    command: () => ({ type: 'assign-task', ownerId, basis, content, targetAtMs: targetAt, dueAtMs: dueAt }),
  });
}

export function closeTask(deps: Deps, caller: Caller, episodeId: string, taskId: string, input: z.output<typeof actOnly>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'assign-task', envelope: input, command: () => ({ type: 'close-task', taskId }) });
}

export function declareNotApplicable(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof withReason>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'declare-not-applicable', envelope: input, command: () => ({ type: 'declare-not-applicable', reason: input.reason }) });
}

export function withdrawEpisode(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof withReason>): Promise<Decided> {
  return decide(deps, caller, episodeId, { useCase: 'withdraw-episode', envelope: input, command: () => ({ type: 'withdraw-episode', reason: input.reason }) });
}
