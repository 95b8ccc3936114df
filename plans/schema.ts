/** The shape of a plan file. What a shape cannot say is in `check.ts`. */
import { z } from 'zod';
import type { Plan } from '../domain/plan.js';
import { startOfDayMs } from '../domain/time.js';

const words = z.string().trim().min(1);
const text = z.strictObject({ zh: words, en: words });
const clause = words;
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/i);
const day = z.iso.date().refine((value) => !Number.isNaN(startOfDayMs(value)));
const count = z.int().nonnegative();
const role = z.enum([
  'technical',
  'management',
  'director',
  'commander',
  'unit',
  'prefecture',
  'zone',
  'auditor',
  'administrator',
  'integration',
]);

// ---------------------------------------------------------------- levels

const aqi = z.int().min(0).max(500);
/** No 24 h mean lasts less than 24 h (R5). */
const spell = z.strictObject({ aqiAbove: aqi, forHours: z.int().min(24) });

const predicate = z.strictObject({ id, clause, text, spell, containing: spell.exactOptional() });

const level = z.strictObject({
  id,
  name: text,
  response: z.strictObject({ id: words, name: text, clause }),
  clause,
  predicates: z.array(predicate),
  reductionSharePercent: z.number().min(0).max(100),
  colour: z.string().regex(/^#[0-9a-f]{6}$/i),
  pattern: z.enum(['diagonal', 'grid', 'solid', 'dots']),
});

// ---------------------------------------------------------------- settings

const settings = z.strictObject({
  containedPeak: z.enum(['inside-run', 'anywhere']),
  basicCondition: z.strictObject({ aqiAbove: aqi, pm25UgM3Above: z.number().positive() }).nullable(),
  dailyAqi: z.enum(['mean-concentrations', 'mean-of-hourly-aqi']),
  windows: z.enum(['running', 'natural-day']),
  promptOn: z.enum(['low', 'middle', 'high']),
  effectiveAt: z.enum(['run-start', 'next-hour']).exactOptional(),
  lift: z.strictObject({ aqiBelow: aqi, holdHours: count, aheadHours: count }),
  lower: z.strictObject({ holdHours: count }),
  raise: z.strictObject({ basis: z.enum(['observed-and-next-hours', 'outlook']), nextHours: count }),
  lowerChain: z.enum(['target-level', 'current-level']),
  tellCommanderWhenLoweredFrom: z.array(id),
  liftRoles: z.strictObject({ proposes: role, issues: role }),
  onePersonTwoSteps: z.boolean(),
  orders: z.strictObject({ bindWithoutApproval: z.boolean(), liftNamingTheCityLifts: z.boolean() }),
  mergeAcrossGaps: z.boolean(),
  dust: z.enum(['without-pm10', 'missing', 'as-measured']),
  counting: z.enum(['calendar-day', 'elapsed']),
  responseMayExceedWarning: z.boolean(),
  measuresAddUp: z.boolean(),
  cityValue: z.enum(['mean-concentrations', 'worst-station']),
  stations: z.array(words).min(1),
  aqiTables: id,
  validHours: z.int().min(1).max(24),
  consultLeadHours: count,
  autoPropose: z.boolean(),
  withdrawWhenOutlookGone: z.boolean(),
  phonePeople: z.union([z.literal(1), z.literal(2)]),
  liftDayOwesReport: z.boolean(),
  consultEvery: z.union([z.enum(['day', 'never']), z.strictObject({ everyHours: z.literal([1, 2, 3, 4, 6, 8, 12, 24]) })]),
  dailyFileAqi: z.enum(['reported', 'computed']),
  forecastHours: z.array(z.int().min(0).max(23)).min(1).exactOptional(),
});

const reading = z.strictObject({
  id: z.string().regex(/^R[1-9]\d*$/),
  clause,
  question: text,
  answer: text,
  decidedBy: z.array(words).min(1),
});

// ---------------------------------------------------------------- approval

const chain = z.strictObject({
  clause,
  steps: z.array(z.strictObject({ role, act: z.enum(['review', 'approve']) })),
});
const chainPerLevel = z.record(id, chain);
const escalation = z.strictObject({ afterMinutes: z.int().positive(), tell: z.array(role).min(1) });

// ---------------------------------------------------------------- obligations

const obligationKind = z.enum([
  'consultation',
  'consultation-advice',
  'zone-notice',
  'prefecture-filing',
  'site-publication',
  'acknowledgement',
  'startup-report',
  'daily-report',
  'bulletin',
  'office-daily-report',
  'zone-lift-instruction',
  'summary-report',
  'office-final-report',
  'process-analysis',
  'evaluation',
  'countersignature',
  'order-check',
  'relay-signature',
  'task',
]);
const trigger = z.enum([
  'published',
  'raised',
  'lowered',
  'lift-issued',
  'lift-postponed',
  'lift-rescinded',
  'lift-corrected',
  'corrected',
  'consulted',
  'open-day',
  'response-day',
  'lifted',
  'approved-by-phone',
  'order-received',
  'task-assigned',
]);
const timeRule = z.union([
  z.strictObject({ minutesAfter: z.int().positive() }),
  z.strictObject({ dayOffset: count, hour: z.int().min(0).max(24) }),
  z.strictObject({ withinDays: z.int().positive() }),
]);
const obligation = z.strictObject({
  kind: obligationKind,
  clause,
  title: text,
  triggers: z.array(trigger).min(1),
  owner: z.union([
    z.strictObject({ units: z.enum(['acknowledging', 'starting', 'daily', 'summary']) }),
    z.strictObject({ role }),
  ]),
  target: timeRule.nullable(),
  due: timeRule.nullable(),
  remindMinutesBefore: z.array(z.int().positive()),
  tellAtTarget: z.array(role),
  tellAtDue: z.array(role),
});

// ---------------------------------------------------------------- units, measures, advice, notices

const formField = z.strictObject({
  id,
  label: text,
  type: z.enum(['integer', 'decimal', 'text']),
  unit: text.exactOptional(),
  required: z.boolean(),
});
const unit = z.strictObject({
  id,
  name: text,
  shortName: text,
  listedIn: z.array(z.enum(['body', 'annex1'])).min(1),
  clause,
  duties: z.array(text),
  dutyListed: z.boolean(),
  reports: z.strictObject({ startup: z.boolean(), daily: z.boolean(), summary: z.boolean() }),
  form: z.array(formField),
  impact: z.strictObject({ clause, fields: z.array(formField).min(1) }).nullable(),
});
const measure = z.strictObject({
  id,
  clause,
  level: id,
  kind: z.enum(['health', 'advisory', 'mandatory']),
  text,
  units: z.array(id).min(1),
  over: id.exactOptional(),
});
const advice = z.strictObject({
  audience: z.enum(['everyone', 'child', 'elderly', 'outdoor-worker', 'driver', 'school', 'firm']),
  level: id,
  clause,
  text,
});
const notice = z.strictObject({
  clause,
  recipients: z.array(z.enum(['units', 'zone', 'prefecture', 'commander', 'director'])).min(1),
});

// ---------------------------------------------------------------- the plan

export const planSchema = z.strictObject({
  id,
  revision: words,
  effectiveFrom: day,
  effectiveUntil: day.nullable(),
  title: text,
  city: text,
  areaId: id,
  numberPrefix: z.string().regex(/^[A-Z0-9]{1,8}$/),
  clauses: z.record(clause, text),
  levels: z.array(level).min(1),
  settings,
  readings: z.array(reading),
  chains: z.strictObject({
    publish: chainPerLevel,
    raise: chainPerLevel,
    lower: chainPerLevel,
    lift: chainPerLevel,
    relay: chainPerLevel,
    correct: chainPerLevel,
    evaluate: chainPerLevel,
  }),
  escalations: z.array(escalation),
  notices: z.strictObject({
    publish: notice,
    raise: notice,
    lower: notice,
    lift: notice,
    postpone: notice,
    rescind: notice,
    correct: notice,
  }),
  obligations: z.array(obligation),
  dueSoon: z.strictObject({ shareLeft: z.number().min(0).max(1), minutesLeft: count }),
  units: z.array(unit).min(1),
  measures: z.array(measure),
  advice: z.array(advice),
});

/** Both ways assignable: the file says all that `Plan` says and nothing else. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
true satisfies Same<z.infer<typeof planSchema>, Writable<Plan>>;
