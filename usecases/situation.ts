/** How things stand in an area now: level, phase, what comes next, who is late. */
import { type Assessment } from '../domain/air/assessment.js';
import { chainOf } from '../domain/episode/decide/chains.js';
import { type EpisodeState, spanAt } from '../domain/episode/state.js';
import { floorOf } from '../domain/order.js';
import type { Role } from '../domain/plan.js';
import type { Text } from '../domain/text.js';
import { ensureObligations } from '../db/ledger/submissions.js';
import { lastObserved, listForecasts, newestAssessment } from '../db/read/air.js';
import { openEpisodesOf } from '../db/read/episode-pages.js';
import { obligationsOf } from '../db/read/obligations.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { type EpisodeContext, episodeOf } from './episode.js';
import { counted } from './evaluation.js';
import { namedPeople, shown, type ShownObligation } from './obligations.js';
import { areaOf, planNowMs } from './plans.js';
import { admitReader } from './reading.js';

export interface NextAction {
  readonly role: Role;
  readonly what: 'consult' | 'submit-proposal' | 'decide' | 'evaluate';
  readonly ref: string | null;
  readonly sinceMs: number;
  readonly clause: string;
}

/** An open episode as a page shows it whole: read once, for all that is on it. */
export interface OpenEpisode {
  readonly now: ReturnType<typeof episodeSituation>;
  readonly state: EpisodeState;
  readonly owed: readonly ShownObligation[];
}

export async function situation(deps: Deps, caller: Caller, areaId: string) {
  const { open, ...area } = await wholeSituation(deps, caller, areaId);
  return { ...area, episodes: open.map(({ now }) => now) };
}

/** The same with each episode's state and everything owed in it. */
export async function wholeSituation(deps: Deps, caller: Caller, areaId: string) {
  const area = await areaOf(deps, areaId);
  await admitReader(deps, caller, area);
  const open: OpenEpisode[] = [];
  for (const { id } of await openEpisodesOf(deps.pool, areaId)) {
    await ensureObligations(deps.pool, id, deps.clock);
    const episode = await episodeOf(deps, id);
    const owed = await namedPeople(deps, (await obligationsOf(deps.pool, id)).map((o) => shown(episode, o)));
    open.push({ now: episodeSituation(episode, owed), state: episode.state, owed });
  }
  const nowMs = await planNowMs(deps, area.clock);
  const [assessment, [forecast], lastObservedAtMs] = await Promise.all([newestAssessment(deps.pool, areaId), listForecasts(deps.pool, areaId, 1), lastObserved(deps.pool, areaId)]);
  return {
    areaId,
    drill: area.drill,
    city: area.plan.city,
    plan: { id: area.plan.id, revision: area.plan.revision, title: area.plan.title, digest: area.digest },
    nowMs,
    air: { assessment: assessment && gradedOf(assessment), lastObservedAtMs, forecastIssuedAtMs: forecast?.issuedAtMs ?? null },
    open,
  };
}

export type Situation = Awaited<ReturnType<typeof situation>>;

function episodeSituation(episode: EpisodeContext, owed: readonly ShownObligation[]) {
  const { state, plan, episodePlan, nowMs, episodeId } = episode;
  const open = owed.filter((o) => o.submittedAtMs === null);
  const span = state.phase === 'responding' ? spanAt(state, nowMs) : null;
  const nameOf = (level: string | null): Text | null => plan.levels.find((l) => l.id === level)?.name ?? null;
  return {
    episodeId,
    number: state.number,
    phase: state.phase,
    openedAtMs: state.openedAtMs,
    level: span?.level ?? null,
    levelName: nameOf(span?.level ?? null),
    responseLevel: span?.responseLevel ?? null,
    inForceFromMs: span?.fromMs ?? null,
    expectedEndMs: state.expectedEndMs,
    announced: state.levels.filter((s) => s.fromMs > nowMs).map(({ level, responseLevel, fromMs }) => ({ level, responseLevel, fromMs })),
    lift: state.lift,
    liftedParts: state.liftedParts ?? [],
    floor: floorOf(episodePlan, state.orders),
    primaryPollutants: state.primaryPollutants,
    nextActions: nextActions(episode),
    nextDeadlines: nextDeadlines(open),
    overdue: open.filter((o) => o.status === 'overdue').map((o) => ({ id: o.id, title: o.title, ownerId: o.ownerId, ownerName: o.ownerName, dueAtMs: o.dueAtMs, clause: o.clause })),
    counts: counted(owed),
  };
}

/** Whose turn it is, by the state alone. */
export function nextActions({ state, episodePlan }: Pick<EpisodeContext, 'state' | 'episodePlan'>): NextAction[] {
  const consulting = episodePlan.obligations.find((o) => o.kind === 'consultation')?.owner;
  const role = consulting && 'role' in consulting ? consulting.role : 'technical';
  const { liftRoles } = episodePlan.settings;
  const prompted: NextAction[] = state.prompt ? [{ role: state.prompt.reason === 'lift' ? liftRoles.proposes : role, what: 'consult', ref: state.prompt.reason, sinceMs: state.prompt.sinceMs, clause: state.prompt.clause }] : [];
  const requests = state.requests.flatMap((r): NextAction[] => {
    const step = chainOf(episodePlan, r.evidence).steps[r.decisions.length];
    if (r.basisChangedAtMs !== null) return [{ role, what: 'consult', ref: r.id, sinceMs: r.basisChangedAtMs, clause: '3.2' }];
    return step ? [{ role: step.role, what: 'decide', ref: r.id, sinceMs: r.stepOpenedAtMs, clause: r.evidence.clause }] : [];
  });
  return [...prompted, ...requests, ...proposalWanted(state, liftRoles.issues), ...evaluationWanted(state)];
}

/** A conclusion that calls for a change and is not yet submitted. */
function proposalWanted({ consultation, requests, prompt, levels, lift, notices }: EpisodeState, liftIssuer: Role): NextAction[] {
  if (!consultation || prompt || requests.some((r) => ['publish', 'raise', 'lower', 'lift'].includes(r.evidence.action))) return [];
  const { advice, level } = consultation.conclusion;
  const current = levels.at(-1)?.level ?? null;
  const isLifted = lift !== null || notices.some((n) => n.part && n.action === 'lift' && n.issuedAtMs >= consultation.atMs);
  const isDone = advice === 'lift' ? isLifted : level === null || level === current;
  return isDone ? [] : [{ role: advice === 'lift' ? liftIssuer : 'management', what: 'submit-proposal', ref: consultation.id, sinceMs: consultation.atMs, clause: '3.3.3' }];
}

function evaluationWanted(state: EpisodeState): NextAction[] {
  if (state.phase !== 'evaluating' || state.requests.some((r) => r.evidence.action === 'evaluate')) return [];
  return [{ role: 'management', what: 'evaluate', ref: null, sinceMs: state.asOfMs, clause: '5.2' }];
}

/** One line per group: what is due next, and how many still owe it. */
function nextDeadlines(open: readonly ReturnType<typeof shown>[]) {
  const groups = new Map<string, { groupId: string; title: Text; clause: string; targetAtMs: number | null; dueAtMs: number | null; open: string[] }>();
  for (const { groupId, title, clause, targetAtMs, dueAtMs, ownerId } of open) {
    const group = groups.get(groupId) ?? { groupId, title, clause, targetAtMs, dueAtMs, open: [] };
    group.open.push(ownerId);
    groups.set(groupId, group);
  }
  return [...groups.values()].sort((a, b) => (a.targetAtMs ?? a.dueAtMs ?? Infinity) - (b.targetAtMs ?? b.dueAtMs ?? Infinity)).slice(0, 12);
}

function gradedOf(a: Assessment) {
  const { id, atMs, grades, processes, primaryPollutants, raise, lift, currentAqi, basis } = a;
  const levels = { low: grades.low.level, middle: grades.middle.level, high: grades.high.level };
  return { id, atMs, levels, processes, primaryPollutants, raise, lift, currentAqi, basis };
}
