/**
 * The people of the script, who do at once what the state of the episode asks
 * of them: the technical group consults as the prompt advises, the management
 * group submits, each approver approves. The back-test and the season both ask
 * here what is done next, so that neither knows people the other does not.
 */
import type { Act, Signatory } from '../act.js';
import { digestOf } from '../digest.js';
import type { PersonCommand } from '../episode/commands.js';
import { consultationPeriodOf } from '../episode/consult-every.js';
import { deadlineGroups } from '../episode/deadlines.js';
import { gradedLevelFor, liftableAtMs, loweringOf, remainingLevel } from '../episode/decide/questions.js';
import { chainOf } from '../episode/decide/chains.js';
import type { EpisodePlan } from '../episode/plan.js';
import { type Conclusion, decidedLevel, type EpisodeState, isActive, type Prompt, type Request } from '../episode/state.js';
import { floorAhead } from '../order.js';
import { higherLevel, type LevelId, rankOf, type Role } from '../plan.js';
import { MINUTE_MS } from '../time.js';

/** What is done next at an episode, and by whom; null when nothing waits for anyone. */
export function nextAct(plan: EpisodePlan, state: EpisodeState, nowMs: number): PersonCommand | null {
  const request = state.requests[0];
  if (request) return request.basisChangedAtMs === null ? approve(plan, request, nowMs) : consultAgain(plan, state, request, nowMs);
  if (state.phase === 'evaluating') return evaluate(state, nowMs);
  if (!isActive(state)) return null;
  if (state.prompt) return answer(plan, state, state.prompt, nowMs);
  return submit(plan, state, nowMs) ?? consultToday(plan, state, nowMs);
}

/** The scripted holder of a role; a plan may ask a role twice in one matter, then `others` are there besides. */
function personOf(role: Role, others = 0): Signatory {
  const holder = others === 0 ? role : `${role}-${others + 1}`;
  return { accountId: `script:${holder}`, name: `演示·${holder}`, role, unitId: null, delegation: null };
}

function by(role: Role, nowMs: number, others = 0): { readonly act: Act } {
  const person = personOf(role, others);
  return { act: { occurredAtMs: nowMs, channel: 'online', actor: person, recordedBy: person, witness: null, entry: 'direct', evidence: [] } };
}

function consult(plan: EpisodePlan, nowMs: number, advice: Conclusion['advice'], level: LevelId | null): PersonCommand {
  const chair = advice === 'lift' ? plan.settings.liftRoles.proposes : 'technical';
  const noClearImprovement = advice === 'raise' ? true : null;
  return { type: 'record-consultation', conclusion: { advice, level, noClearImprovement, text: '会商同意规则评级结果', dissent: [] }, ...by(chair, nowMs) };
}

/**
 * What the technical group concludes on a prompt. Where the basic condition
 * cannot be told from the data it judges as if it were passed, and where no
 * level can be told either, it takes the lowest.
 */
function answer(plan: EpisodePlan, state: EpisodeState, prompt: Prompt, nowMs: number): PersonCommand {
  switch (prompt.reason) {
    case 'start':
    case 'basic-condition-unknown':
      return consult(plan, nowMs, 'publish', prompt.level ?? plan.levels[0]?.id ?? null);
    case 'raise':
    case 'second-process':
      return consult(plan, nowMs, 'raise', prompt.level);
    case 'lower':
      return consult(plan, nowMs, 'lower', prompt.level);
    case 'lift':
      return consult(plan, nowMs, 'lift', null);
    case 'lift-no-longer-held':
      // The consultation that follows closes the question; until then the prompt stands.
      return state.lift ? { type: 'rescind-lift', reason: '预测不再满足解除条件', ...by(plan.settings.liftRoles.issues, nowMs) } : consult(plan, nowMs, 'keep', null);
    case 'floor-removed':
    case 'hours-missing':
      return consult(plan, nowMs, 'keep', null);
  }
}

/** The management group submits what was concluded on the assessment that still stands. */
function submit(plan: EpisodePlan, state: EpisodeState, nowMs: number): PersonCommand | null {
  const { consultation, assessment } = state;
  if (!consultation || consultation.assessmentId !== assessment?.id) return null;
  const { advice, level } = consultation.conclusion;
  const current = rankOf(plan, decidedLevel(state));
  const propose = (action: 'publish' | 'raise' | 'lower' | 'lift', role: Role): PersonCommand => ({
    type: 'submit-proposal',
    action,
    level,
    effectiveAtMs: null,
    expectedEndMs: null,
    text: '按会商结论呈报',
    ...by(role, nowMs),
  });
  switch (advice) {
    case 'publish':
      return state.phase === 'consulting' ? propose(advice, 'management') : null;
    case 'raise':
      return state.phase === 'responding' && rankOf(plan, level) > current ? propose(advice, 'management') : null;
    case 'lower':
      return state.phase === 'responding' && rankOf(plan, level) < current ? propose(advice, 'management') : null;
    case 'lift':
      return state.phase === 'responding' && !state.lift && liftableAtMs(plan, assessment, nowMs) !== null ? propose(advice, plan.settings.liftRoles.issues) : null;
    case 'keep':
    case 'stand-down':
    case 'not-applicable':
      return null;
  }
}

function approve(plan: EpisodePlan, request: Request, nowMs: number): PersonCommand | null {
  const step = request.decisions.length;
  const next = chainOf(plan, request.evidence).steps[step];
  if (!next) return null;
  // Nobody takes two steps of one chain, nor one of a request of their own (R14).
  const others = [request.submittedBy, ...request.decisions.map((d) => d.by)].filter((taker) => taker.role === next.role).length;
  return { type: 'decide-step', requestId: request.id, step, decision: 'approve', reason: null, evidenceDigest: request.evidenceDigest, ...by(next.role, nowMs, others) };
}

/** R29: the request is renewed on what the assessment says now, or taken back when it says nothing of the kind any more. */
function consultAgain(plan: EpisodePlan, state: EpisodeState, request: Request, nowMs: number): PersonCommand {
  const { action } = request.evidence;
  // A consultation on this very air that renewed nothing: there is nothing to ask for.
  if (state.consultation && state.consultation.assessmentId === state.assessment?.id && state.consultation.atMs >= (request.basisChangedAtMs ?? Infinity))
    return withdrawal(request, nowMs);
  const graded = gradedLevelFor(plan, action, state);
  const current = rankOf(plan, decidedLevel(state));
  const remains = action === 'lower' && loweringOf(state) ? higherLevel(plan, remainingLevel(plan, graded), floorAhead(plan, state.orders)) : null;
  if (action === 'lift' && graded === null) return consult(plan, nowMs, 'lift', null);
  if (action === 'publish' && graded !== null) return consult(plan, nowMs, action, graded);
  if (action === 'raise' && rankOf(plan, graded) > current) return consult(plan, nowMs, action, graded);
  if (action === 'lower' && remains !== null && rankOf(plan, remains) < current) return consult(plan, nowMs, action, remains);
  return withdrawal(request, nowMs);
}

function withdrawal({ id }: Request, nowMs: number): PersonCommand {
  return { type: 'withdraw-request', requestId: id, reason: '依据已变化', ...by('management', nowMs) };
}

function evaluate(state: EpisodeState, nowMs: number): PersonCommand {
  const summary = '措施落实情况及效果评估';
  return { type: 'submit-evaluation', documentDigest: digestOf({ episode: state.id, summary }), summary, missing: [], ...by('management', nowMs) };
}

/** R36: the consultation of the day, or period, held when the last reminder of it has come. */
function consultToday(plan: EpisodePlan, state: EpisodeState, nowMs: number): PersonCommand | null {
  const { consultEvery } = plan.settings;
  if (consultEvery === 'never') return null;
  const today = consultationPeriodOf(consultEvery, nowMs);
  if (state.discharged[`consultation:${today}`] !== undefined) return null;
  const owed = deadlineGroups(plan, state, nowMs).find((g) => g.rule.kind === 'consultation' && g.ref === today);
  if (!owed || owed.opensAtMs > nowMs || owed.targetAtMs === null) return null;
  const lastReminderMs = owed.targetAtMs - Math.min(...owed.rule.remindMinutesBefore, 60) * MINUTE_MS;
  return nowMs >= lastReminderMs ? consult(plan, nowMs, 'keep', null) : null;
}
