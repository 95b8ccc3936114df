/** The world of an episode in tests: times, plans, people, skies, orders. */
import type { Act, Channel, Signatory } from '../../domain/act.js';
import type { Assessment, Grade, Observation } from '../../domain/air/assessment.js';
import type { AreaInput } from '../../domain/episode/commands.js';
import { type EpisodePlan, episodePlanOf } from '../../domain/episode/plan.js';
import type { SuperiorOrder } from '../../domain/order.js';
import type { LevelId, Plan, Role, Settings } from '../../domain/plan.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, startOfDayMs } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';

export const MINUTE = MINUTE_MS;
export const HOUR = HOUR_MS;
export const DAY = DAY_MS;
/** Monday 2026-01-05, 10:00 Beijing time. */
export const T0 = startOfDayMs('2026-01-05') + 10 * HOUR;
/** 00:00 of T0's day. */
export const D0 = startOfDayMs('2026-01-05');

export const KUITUN: Plan = loadPlan('kuitun-2023');
export const EXAMPLE_CITY: Plan = loadPlan('example-city-four-levels');

/** Kuitun's plan with some of its readings changed. */
export function planWith(settings: Partial<Settings> = {}, of: Plan = KUITUN): EpisodePlan {
  return episodePlanOf({ ...of, settings: { ...of.settings, ...settings } });
}

// ---------------------------------------------------------------- people

export function person(role: Role, name: string = role, of: Partial<Signatory> = {}): Signatory {
  return { accountId: `a-${name}`, name, role, unitId: null, delegation: null, ...of };
}

export function unit(unitId: string, name = `${unitId}-filler`): Signatory {
  return person('unit', name, { unitId });
}

export function act(actor: Signatory | Role, at: number, of: Partial<Act> = {}): Act {
  const who = typeof actor === 'string' ? person(actor) : actor;
  return { occurredAtMs: at, channel: 'online', actor: who, recordedBy: who, witness: null, entry: 'direct', evidence: [], ...of };
}

/** Somebody's words on the phone, entered by the duty desk with a second person beside. */
export function byPhone(actor: Signatory | Role, saidAt: number, of: Partial<Act> = {}): Act {
  const channel: Channel = 'phone';
  return act(actor, saidAt, { channel, recordedBy: person('management', 'desk-1'), witness: person('management', 'desk-2'), entry: 'proxy', ...of });
}

// ---------------------------------------------------------------- air

interface Sky {
  readonly processes?: readonly {
    readonly level: LevelId;
    readonly from: number;
    readonly to: number;
    readonly parts?: readonly { readonly level: LevelId; readonly from: number; readonly to: number }[];
  }[];
  readonly raise?: LevelId;
  readonly lower?: readonly { readonly from: LevelId; readonly to: LevelId | null; readonly at: number }[];
  readonly lift?: { readonly from: number; readonly hours: number };
  readonly unknown?: boolean;
  readonly dust?: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly aqi?: number | null;
  /** The newest value that rests on observations; `missingSince` where its mean has been missing (R27). */
  readonly observed?: { readonly until: number; readonly aqi: number } | { readonly until: number; readonly missingSince: number; readonly nearLevel?: boolean };
}

let assessments = 0;

/** An assessment as the rules of the air would make it. */
export function air(at: number, sky: Sky = {}): Assessment {
  const grade: Grade = { level: sky.processes?.[0]?.level ?? null, predicates: [], basicCondition: sky.unknown ? 'unknown' : 'passed', missingHours: 0 };
  const clause = '3.3.2';
  return {
    id: `A${++assessments}`,
    atMs: at,
    basis: { forecastId: 'F', forecastDigest: null, forecastIssuedAtMs: at, observedUntilMs: at, aqiTable: 'HJ633-2012', dustSpans: sky.dust ?? [] },
    grades: { low: grade, middle: grade, high: grade },
    processes: (sky.processes ?? []).map(({ level, from, to, parts }) => ({
      level,
      clause,
      predicateId: level,
      fromMs: from,
      toMs: to,
      peakAqi: 250,
      parts: (parts ?? [{ level, from, to }]).map((p) => ({ level: p.level, clause, fromMs: p.from, toMs: p.to })),
    })),
    primaryPollutants: ['PM2.5'],
    raise: sky.raise ? { level: sky.raise, clause, window: { fromMs: at - 48 * HOUR, toMs: at, hours: 48, peakAqi: 310 } } : null,
    lower: (sky.lower ?? []).map(({ from, to, at: effectiveFromMs }) => ({ from, to, effectiveFromMs })),
    lift: sky.lift ? { fromMs: sky.lift.from, holdsHours: sky.lift.hours, maxAqi: 90, clause: '3.3.6' } : null,
    currentAqi: sky.aqi ?? null,
    observed: observationOf(sky),
  };
}

function observationOf({ observed }: Sky): Observation | null {
  if (!observed) return null;
  if ('aqi' in observed) return { untilMs: observed.until, aqi: observed.aqi, missing: null };
  return { untilMs: observed.until, aqi: null, missing: { sinceMs: observed.missingSince, nearLevel: observed.nearLevel ?? false } };
}

/** One process. */
export function smog(at: number, level: LevelId, from: number, to: number): Assessment {
  return air(at, { processes: [{ level, from, to }] });
}

/** A forecast week below every line from the next whole hour on. */
export function clear(at: number, from = Math.ceil(at / HOUR) * HOUR): Assessment {
  return air(at, { lift: { from, hours: 168 }, lower: ['yellow', 'orange', 'red'].map((level) => ({ from: level, to: null, at: from })), aqi: 80 });
}

/** A row of the area's stream; the story gives it its number. */
export function note(assessment: Assessment): AreaInput {
  return { type: 'note-assessment', areaSeq: 0, assessment };
}

// ---------------------------------------------------------------- orders

export function order(id: string, kind: SuperiorOrder['kind'], of: Partial<SuperiorOrder> & { readonly receivedAtMs: number }): SuperiorOrder {
  return {
    id,
    issuer: 'prefecture',
    kind,
    level: kind === 'lift' ? null : 'orange',
    namesCity: true,
    scope: { zh: '奎屯市', en: 'Kuitun' },
    basedOn: null,
    ends: [],
    documentNumber: null,
    issuedAtMs: null,
    announcedAtMs: null,
    effectiveAtMs: null,
    primaryPollutants: [],
    transmissions: [{ channel: 'phone', atMs: of.receivedAtMs, from: '州指挥部办公室', takenBy: person('management', 'desk-1'), documentDigest: null }],
    ...of,
  };
}

export function receive(received: SuperiorOrder): AreaInput {
  return { type: 'receive-order', areaSeq: 0, order: received };
}

export function transmit(received: SuperiorOrder): AreaInput {
  return { type: 'add-transmission', areaSeq: 0, order: received };
}

export function check(orderId: string, confirmed: boolean, at: number, by: Signatory = person('management', 'desk-2')): AreaInput {
  return { type: 'check-order', areaSeq: 0, orderId, confirmed, ...(confirmed ? {} : { reason: '误录' }), act: act(by, at) };
}
