/** All that a page about one obligation needs to know. */
import { measuresInForce } from '../../domain/measures.js';
import { type AffineClock, toPlanMs } from '../../domain/clock.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { ObligationKind, Plan, Unit } from '../../domain/plan.js';
import { endOfDayMs } from '../../domain/time.js';
import { hatFor } from '../../usecases/caller.js';
import { attachments, type Attachment, document } from '../../usecases/documents.js';
import { drafts, reportDraftRef } from '../../usecases/drafts.js';
import { episode } from '../../usecases/episodes.js';
import { notFound } from '../../usecases/failure.js';
import { obligations, type ShownObligation, submissions } from '../../usecases/obligations.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { type ReportContent, reportContentSchema, reportDraft } from '../../usecases/report-form.js';
import type { UseCase } from '../../usecases/rights.js';
import { type People, peopleFor } from '../parts/envelope.js';
import type { Entered } from '../parts/fields.js';
import { Fields } from '../web/fields.js';
import type { Params } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { attachmentsIn } from '../web/uploads.js';

export const FORMS: readonly ObligationKind[] = ['startup-report', 'daily-report', 'summary-report'];

/** Which right it takes to hand in a kind; kinds that a decision fulfils are absent. */
export const RIGHT_OF: Partial<Record<ObligationKind, UseCase>> = {
  acknowledgement: 'acknowledge',
  'startup-report': 'report',
  'daily-report': 'report',
  'summary-report': 'report',
  task: 'give-task-feedback',
  bulletin: 'bulletin',
  'site-publication': 'publication',
  'office-daily-report': 'office-report',
  'office-final-report': 'office-report',
  'zone-notice': 'office-report',
  'prefecture-filing': 'office-report',
  'zone-lift-instruction': 'office-report',
  'consultation-advice': 'technical-report',
  'process-analysis': 'technical-report',
};

type StoredDraft = Awaited<ReturnType<typeof drafts>>['drafts'][number];
export type SubmissionShown = Awaited<ReturnType<typeof submissions>>['submissions'][number];

export interface Duty {
  readonly state: EpisodeState;
  readonly plan: Plan;
  readonly clock: AffineClock;
  readonly obligation: ShownObligation;
  readonly owed: readonly ShownObligation[];
  /** Null where a role owes it. */
  readonly unit: Unit | null;
  readonly submissions: readonly SubmissionShown[];
  /** May the caller hand it in; and may they enter it for the unit. */
  readonly mine: boolean;
  readonly proxy: boolean;
  /** Whom a proxy entry can name; null where it is none. */
  readonly people: People | null;
}

export async function dutyOf(page: Page, params: Params): Promise<Duty> {
  const caller = callerOf(page);
  const { state } = await episode(page.deps, caller, params['episode'] ?? '');
  const [{ plan }, { rightsAreaId, clock }, { obligations: owed }] = await Promise.all([loadedPlan(page.deps, state.planDigest), areaOf(page.deps, state.areaId), obligations(page.deps, caller, state.id)]);
  const obligation = owed.find((o) => o.id === params['obligation']);
  if (!obligation) throw notFound('obligation');
  const { submissions: versions } = await submissions(page.deps, caller, state.id, obligation.id);
  const unit = plan.units.find((u) => u.id === obligation.ownerId) ?? null;
  const useCase = RIGHT_OF[obligation.kind];
  const place = { areaId: rightsAreaId, ...(unit ? { unitId: unit.id } : {}) };
  const mine = useCase !== undefined && hatFor(caller.account, useCase, place, page.wears) !== null;
  const proxy = !mine && unit !== null && useCase !== undefined && hatFor(caller.account, 'record-for-another', { areaId: rightsAreaId }, page.wears) !== null;
  const people = proxy ? await peopleFor(page, useCase, place) : null;
  return { state, plan, clock, obligation, owed, unit, submissions: versions, mine, proxy, people };
}

export function dutyPath({ state, obligation }: Pick<Duty, 'state' | 'obligation'>): string {
  return `/reports/${encodeURIComponent(state.id)}/${encodeURIComponent(obligation.id)}`;
}

/** The measures the report is about: of the day where it is about a day, else of now. */
export function measuresOf({ plan, state, obligation, unit }: Duty, nowMs: number) {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(obligation.ref);
  const liftMs = state.lift?.effectiveAtMs ?? Infinity;
  const firstMs = state.levels[0]?.fromMs ?? nowMs;
  const atMs = Math.max(firstMs, Math.min(isDay ? endOfDayMs(obligation.ref) - 1 : nowMs, liftMs - 1));
  return unit ? measuresInForce(plan, state, atMs, unit.id) : [];
}

export type Content = ReportContent & Record<string, unknown>;

export async function contentOf(page: Page, digest: string | null): Promise<Content | null> {
  if (digest === null) return null;
  const { body } = await document(page.deps, digest);
  return JSON.parse(body.toString('utf8')) as Content;
}

export interface Draft extends StoredDraft {
  /** In plan time. */
  readonly savedAtMs: number;
  /** As it was typed; null where a machine made it. */
  readonly typed: Fields | null;
}

export interface Filled {
  readonly own: Draft | null;
  readonly colleagues: readonly Draft[];
  /** What the form begins as where nothing was typed yet. */
  readonly content: Content | null;
  readonly attachments: readonly Attachment[];
  /** Whose report it was filled in from. */
  readonly from: ShownObligation | null;
}

/** The version to correct; else what the unit filed the time before. Over it lies what the caller typed and has not filed. */
export async function filledFor(page: Page, duty: Duty): Promise<Filled> {
  const { state, obligation, submissions: versions } = duty;
  const newest = versions.at(-1);
  const mine = callerOf(page).account.id;
  const all = (await drafts(page.deps, callerOf(page))).drafts
    .filter((d) => d.kind === 'report' && d.ref === reportDraftRef(state.id, obligation.id))
    // What was being typed before the newest version is past, whoever's it was.
    .filter((d) => newest === undefined || d.updatedAtMs > newest.recordedAtMs)
    .map((d): Draft => ({ ...d, savedAtMs: toPlanMs(duty.clock, d.updatedAtMs), typed: typedIn(d) }));
  const own = all.find((d) => d.accountId === mine) ?? null;
  const colleagues = all.filter((d) => d.accountId !== mine);
  const from = newest || own || !FORMS.includes(obligation.kind) ? null : lastBefore(duty);
  const content = own && !own.typed ? contentIn(own) : newest ? await contentOf(page, newest.documentDigest) : from && (await filedBefore(page, duty, from));
  return { own, colleagues, content, attachments: await attachments(page.deps, content?.attachments ?? []), from: content && from };
}

/** The form as the last try left it, else as the caller's draft has it. */
export async function enteredOf(page: Page, entered: Entered, { own }: Filled): Promise<Entered> {
  if (entered.fields || !own?.typed) return entered;
  return { ...entered, fields: own.typed, attachments: await attachmentsIn(page, own.typed) };
}

function lastBefore({ owed, obligation: { kind, ownerId, opensAtMs } }: Duty): ShownObligation | null {
  return owed.filter((o) => o.kind === kind && o.ownerId === ownerId && o.submittedAtMs !== null && o.opensAtMs < opensAtMs).sort((a, b) => b.opensAtMs - a.opensAtMs)[0] ?? null;
}

/** Its attachments are of its own time. */
async function filedBefore(page: Page, { state }: Duty, before: ShownObligation): Promise<Content | null> {
  const { submissions: versions } = await submissions(page.deps, callerOf(page), state.id, before.id);
  const content = await contentOf(page, versions.at(-1)?.documentDigest ?? null);
  return content && { ...content, attachments: [] };
}

/** Of a draft whatever can be read: a part that cannot is left empty. */
export function contentIn({ content }: StoredDraft): Content {
  const given = typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
  const readable = Object.entries(reportContentSchema.shape).filter(([name, schema]) => schema.safeParse(given[name]).success);
  return reportContentSchema.parse(Object.fromEntries(readable.map(([name]) => [name, given[name]])));
}

function typedIn({ content }: StoredDraft): Fields | null {
  const { form } = (typeof content === 'object' && content !== null ? content : {}) as { form?: unknown };
  const values = reportDraft.shape.form.safeParse(form);
  return values.success && values.data ? new Fields(values.data) : null;
}
