/** What makes obligations come into being: recorded triggers, the days an episode is open, the days of the response. */
import type { Trigger } from '../plan.js';
import { DAY_MS, dayOf, dayStartMs, startOfDayMs } from '../time.js';
import { hourPeriods } from './consult-every.js';
import type { EpisodePlan } from './plan.js';
import { type EpisodeState, isActive } from './state.js';

export interface Origin {
  readonly trigger: Trigger;
  readonly ref: string;
  readonly atMs: number;
  /** 00:00 of its day. */
  readonly dayStartMs: number;
  readonly fromMs: number;
  /** For a day: the end of the span it belongs to. */
  readonly endMs: number;
  readonly knownAtMs: number;
  readonly ownerId: string | null;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
  /** R36: a period of some hours, which the consultation alone goes by; a day owes whatever else each open day does. */
  readonly isPeriod?: true;
}

/** All origins from about `sinceMs` to `untilMs`; response days that have only begun are among them. */
export function originsOf(plan: EpisodePlan, state: EpisodeState, sinceMs: number, untilMs: number): Origin[] {
  return [
    ...recordedOrigins(state, sinceMs, untilMs),
    ...openDays(plan, state, sinceMs, untilMs),
    ...openPeriods(plan, state, sinceMs, untilMs),
    ...responseDays(plan, state, sinceMs, untilMs),
  ];
}

function recordedOrigins(state: EpisodeState, sinceMs: number, untilMs: number): Origin[] {
  return state.triggers
    .filter((t) => t.atMs <= untilMs && Math.max(t.atMs, t.knownAtMs, t.targetAtMs ?? 0, t.dueAtMs ?? 0) >= sinceMs)
    .map((t) => ({ ...t, dayStartMs: dayStartMs(t.atMs), fromMs: t.atMs, endMs: Infinity }));
}

/** R36: each natural day on which the episode is open before its lift. */
function openDays(plan: EpisodePlan, state: EpisodeState, sinceMs: number, untilMs: number): Origin[] {
  if (plan.settings.consultEvery === 'never') return [];
  return days('open-day', { fromMs: state.openedAtMs, endMs: openUntilMs(state), knownAtMs: state.openedAtMs }, sinceMs, untilMs);
}

function openUntilMs(state: EpisodeState): number {
  return state.lift?.effectiveAtMs ?? (state.phase === 'closed' ? state.closedAtMs : Infinity);
}

/** R36, where the plan counts in hours: each period is to be consulted on by its end. */
function openPeriods(plan: EpisodePlan, state: EpisodeState, sinceMs: number, untilMs: number): Origin[] {
  const { openedAtMs } = state;
  const endMs = openUntilMs(state);
  return hourPeriods(plan.settings.consultEvery, Math.max(openedAtMs, sinceMs), Math.min(endMs, untilMs + 1)).map((period) => ({
    trigger: 'open-day',
    ref: period.ref,
    dayStartMs: dayStartMs(period.beginMs),
    atMs: Math.min(period.endMs, endMs),
    fromMs: Math.max(period.beginMs, openedAtMs),
    endMs,
    knownAtMs: openedAtMs,
    ownerId: null,
    targetAtMs: period.endMs,
    dueAtMs: null,
    isPeriod: true,
  }));
}

/** R35: each natural day on which the response was in force for any time. */
function responseDays(plan: EpisodePlan, state: EpisodeState, sinceMs: number, untilMs: number): Origin[] {
  const first = state.levels[0];
  if (!first) return [];
  const { fromMs } = first;
  const knownAtMs = state.notices.find((n) => n.id === first.noticeId)?.issuedAtMs ?? fromMs;
  const endMs = state.lift ? state.lift.effectiveAtMs : isActive(state) ? Infinity : fromMs;
  const origins = days('response-day', { fromMs, endMs, knownAtMs }, knownAtMs > sinceMs ? -Infinity : sinceMs, untilMs);
  if (plan.settings.liftDayOwesReport || !state.lift) return origins;
  const liftDayMs = dayStartMs(state.lift.effectiveAtMs);
  return origins.filter((o) => o.dayStartMs !== liftDayMs);
}

interface DaySpan {
  readonly fromMs: number;
  readonly endMs: number;
  readonly knownAtMs: number;
}

/** One origin per day of the span from `sinceMs` to `untilMs`; it stands at the day's 24:00, or at the end of the span if that is earlier. */
function days(trigger: Trigger, { fromMs, endMs, knownAtMs }: DaySpan, sinceMs: number, untilMs: number): Origin[] {
  const origins: Origin[] = [];
  const [firstMs, lastMs] = [Math.max(fromMs, sinceMs), Math.min(endMs, untilMs + 1)];
  // A span that ends at 00:00 leaves that day out (R35). One from a year beyond our calendar (NaN) has no days: a forged record costs no eternity.
  for (let startMs = startOfDayMs(dayOf(firstMs)); firstMs < lastMs && startMs < lastMs; startMs += DAY_MS) {
    origins.push({
      trigger,
      ref: dayOf(startMs),
      dayStartMs: startMs,
      atMs: Math.min(startMs + DAY_MS, endMs),
      fromMs: Math.max(startMs, fromMs),
      endMs,
      knownAtMs,
      ownerId: null,
      targetAtMs: null,
      dueAtMs: null,
    });
  }
  return origins;
}
