/**
 * The course of an area's episodes under a plan: the levels, their times, who
 * was asked, what was owed. Made of episodes' events, whoever decided them.
 */
import { chainOf } from '../episode/decide/chains.js';
import { obligations } from '../episode/deadlines.js';
import type { EpisodeEvent } from '../episode/events.js';
import { type EpisodePlan, episodePlanOf } from '../episode/plan.js';
import type { EpisodeState } from '../episode/state.js';
import { type ChainedAction, higherLevel, type LevelId, type ObligationKind, type Plan, type Role } from '../plan.js';
import { CURRENT_RULES, rulesOf } from '../rules.js';
import { HOUR_MS } from '../time.js';
import type { EpisodeRecord } from './play.js';
import { levelSpans } from './report.js';

export interface Span {
  readonly level: LevelId;
  readonly fromMs: number;
  /** Null: it still stood when the inputs ended. */
  readonly toMs: number | null;
}

/** Somebody was asked for something: to consult, or to take a step of a request's chain. */
export interface Asked {
  readonly atMs: number;
  readonly role: Role;
  readonly act: 'consult' | 'review' | 'approve';
  readonly action: ChainedAction | null;
  readonly level: LevelId | null;
}

/** Obligations of one kind. */
export interface Owed {
  readonly kind: ObligationKind;
  readonly count: number;
  /** By owner: a unit's id or a role. */
  readonly owners: Readonly<Record<string, number>>;
}

export interface CourseEpisode {
  readonly number: string;
  readonly openedAtMs: number;
  /** Null: never published. */
  readonly publishedAtMs: number | null;
  readonly spans: readonly Span[];
  readonly peak: LevelId | null;
  readonly liftedAtMs: number | null;
  /** Null: not closed when the inputs, and what followed of them, ended. */
  readonly ending: string | null;
  readonly asked: readonly Asked[];
  readonly owed: readonly Owed[];
}

export interface Course {
  /** The plan's, lowest first. */
  readonly levels: readonly LevelId[];
  readonly episodes: readonly CourseEpisode[];
  readonly totals: Totals;
}

export interface Totals {
  readonly warnings: number;
  /** Opened and never published. */
  readonly unpublished: number;
  readonly warningHours: number;
  readonly hoursAtLevel: Readonly<Record<LevelId, number>>;
  /** How often each role was asked. */
  readonly asked: Readonly<Partial<Record<Role, number>>>;
  readonly owed: Readonly<Partial<Record<ObligationKind, number>>>;
}

/** `endMs` closes, for the days, what stood when the inputs ended. */
export function courseOf(plan: Plan, records: readonly EpisodeRecord[], endMs: number): Course {
  const episodePlan = episodePlanOf(plan);
  const episodes = records.map((record) => courseEpisode(episodePlan, record, endMs));
  return { levels: plan.levels.map((l) => l.id), episodes, totals: totalsOf(plan, episodes, endMs) };
}

function courseEpisode(plan: EpisodePlan, { number, events }: EpisodeRecord, endMs: number): CourseEpisode {
  const [opened] = events;
  const rules = rulesOf(opened?.type === 'episode-opened' ? opened.rulesVersion : CURRENT_RULES);
  const state = events.reduce<EpisodeState | null>((s, event) => rules.evolve(s, event), null);
  if (!state) throw new Error('an episode without events');
  const spans = levelSpans(state);
  return {
    number,
    openedAtMs: state.openedAtMs,
    publishedAtMs: state.notices[0]?.issuedAtMs ?? null,
    spans,
    peak: spans.reduce<LevelId | null>((highest, s) => higherLevel(plan, highest, s.level), null),
    liftedAtMs: state.lift?.effectiveAtMs ?? null,
    ending: state.phase === 'closed' ? state.ending : null,
    asked: askedIn(plan, events),
    owed: owedIn(plan, state, state.phase === 'closed' ? state.closedAtMs : Math.max(state.asOfMs, endMs)),
  };
}

function askedIn(plan: EpisodePlan, events: readonly EpisodeEvent[]): Asked[] {
  const asked: Asked[] = [];
  const requests = new Map<string, Parameters<typeof chainOf>[1]>();
  const step = (requestId: string, number: number, atMs: number) => {
    const evidence = requests.get(requestId);
    const next = evidence && chainOf(plan, evidence).steps[number];
    if (evidence && next) asked.push({ atMs, role: next.role, act: next.act, action: evidence.action, level: evidence.level });
  };
  for (const event of events) {
    if (event.type === 'consultation-prompted') asked.push({ atMs: event.atMs, role: 'technical', act: 'consult', action: null, level: event.prompt.level });
    if (event.type === 'request-opened' || event.type === 'request-renewed') requests.set(event.requestId, event.evidence);
    if (event.type === 'request-opened') step(event.requestId, 0, event.atMs);
    if (event.type === 'approval-decided' && event.decision === 'approve' && !event.last) step(event.requestId, event.step + 1, event.atMs);
  }
  return asked;
}

function owedIn(plan: EpisodePlan, state: EpisodeState, untilMs: number): Owed[] {
  const byKind = new Map<ObligationKind, Record<string, number>>();
  for (const { kind, ownerId } of obligations(plan, state, untilMs)) {
    const owners = byKind.get(kind) ?? {};
    owners[ownerId] = (owners[ownerId] ?? 0) + 1;
    byKind.set(kind, owners);
  }
  return [...byKind].map(([kind, owners]) => ({ kind, count: Object.values(owners).reduce((a, b) => a + b, 0), owners }));
}

function totalsOf(plan: Plan, episodes: readonly CourseEpisode[], endMs: number): Totals {
  const asked: Partial<Record<Role, number>> = {};
  const owed: Partial<Record<ObligationKind, number>> = {};
  for (const { role } of episodes.flatMap((e) => e.asked)) asked[role] = (asked[role] ?? 0) + 1;
  for (const { kind, count } of episodes.flatMap((e) => e.owed)) owed[kind] = (owed[kind] ?? 0) + count;
  const spans = episodes.flatMap((e) => e.spans);
  const published = episodes.filter((e) => e.publishedAtMs !== null).length;
  return {
    warnings: published,
    unpublished: episodes.length - published,
    warningHours: hoursOf(spans, endMs),
    hoursAtLevel: Object.fromEntries(plan.levels.map(({ id }) => [id, hoursOf(spans.filter((s) => s.level === id), endMs)])),
    asked,
    owed,
  };
}

/** Hours of spans in all; what still stood counts to the end. */
export function hoursOf(spans: readonly Span[], endMs: number): number {
  return Math.round(spans.reduce((sum, s) => sum + Math.max(0, (s.toMs ?? endMs) - s.fromMs), 0) / HOUR_MS);
}
