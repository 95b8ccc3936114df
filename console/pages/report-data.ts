/** All that a page about one obligation needs to know. */
import { measuresInForce } from '../../domain/measures.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { ObligationKind, Plan, Unit } from '../../domain/plan.js';
import { endOfDayMs } from '../../domain/time.js';
import { hatFor } from '../../usecases/caller.js';
import { document } from '../../usecases/documents.js';
import { drafts } from '../../usecases/drafts.js';
import { episode } from '../../usecases/episodes.js';
import { notFound } from '../../usecases/failure.js';
import { obligations, type ShownObligation, submissions } from '../../usecases/obligations.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { type ReportContent, reportContentSchema } from '../../usecases/report-form.js';
import type { UseCase } from '../../usecases/rights.js';
import { type People, peopleFor } from '../parts/envelope.js';
import type { Params } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';

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

export type Draft = Awaited<ReturnType<typeof drafts>>['drafts'][number];
export type SubmissionShown = Awaited<ReturnType<typeof submissions>>['submissions'][number];

export interface Duty {
  readonly state: EpisodeState;
  readonly plan: Plan;
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
  const [{ plan }, { rightsAreaId }, { obligations: owed }] = await Promise.all([loadedPlan(page.deps, state.planDigest), areaOf(page.deps, state.areaId), obligations(page.deps, caller, state.id)]);
  const obligation = owed.find((o) => o.id === params['obligation']);
  if (!obligation) throw notFound('obligation');
  const { submissions: versions } = await submissions(page.deps, caller, state.id, obligation.id);
  const unit = plan.units.find((u) => u.id === obligation.ownerId) ?? null;
  const useCase = RIGHT_OF[obligation.kind];
  const place = { areaId: rightsAreaId, ...(unit ? { unitId: unit.id } : {}) };
  const mine = useCase !== undefined && hatFor(caller.account, useCase, place, page.wears) !== null;
  const proxy = !mine && unit !== null && useCase !== undefined && hatFor(caller.account, 'record-for-another', { areaId: rightsAreaId }, page.wears) !== null;
  const people = proxy ? await peopleFor(page, useCase, place) : null;
  return { state, plan, obligation, owed, unit, submissions: versions, mine, proxy, people };
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

export async function contentOf(page: Page, digest: string | null): Promise<(ReportContent & Record<string, unknown>) | null> {
  if (digest === null) return null;
  const { body } = await document(page.deps, digest);
  return JSON.parse(body.toString('utf8')) as ReportContent & Record<string, unknown>;
}

export interface Filled {
  readonly own: Draft | null;
  readonly colleagues: readonly Draft[];
  readonly content: ReportContent | null;
  /** The day whose report it was filled in from. */
  readonly from: string | null;
}

/** The caller's own draft; else the version to correct; else what the unit filed for the day before. */
export async function filledFor(page: Page, duty: Duty): Promise<Filled> {
  const caller = callerOf(page);
  const all = (await drafts(page.deps, caller)).drafts.filter((d) => d.kind === 'report' && d.ref === duty.obligation.id);
  const own = all.find((d) => d.accountId === caller.account.id) ?? null;
  const colleagues = all.filter((d) => d.accountId !== caller.account.id);
  if (own) return { own, colleagues, content: contentIn(own), from: null };
  const newest = duty.submissions.at(-1);
  if (newest) return { own, colleagues, content: parsedContent(await contentOf(page, newest.documentDigest)), from: null };
  const before = duty.owed
    .filter((o) => o.kind === duty.obligation.kind && o.ownerId === duty.obligation.ownerId && o.submittedAtMs !== null && o.opensAtMs < duty.obligation.opensAtMs)
    .sort((a, b) => b.opensAtMs - a.opensAtMs)[0];
  if (!before) return { own, colleagues, content: null, from: null };
  const { submissions: versions } = await submissions(page.deps, caller, duty.state.id, before.id);
  const content = parsedContent(await contentOf(page, versions.at(-1)?.documentDigest ?? null));
  return { own, colleagues, content: content && { ...content, attachments: [] }, from: before.ref };
}

export function contentIn(draft: Draft): ReportContent | null {
  return parsedContent(draft.content);
}

function parsedContent(value: unknown): ReportContent | null {
  if (typeof value !== 'object' || value === null) return null;
  const known = Object.fromEntries(Object.entries(value).filter(([name]) => name in reportContentSchema.shape));
  const result = reportContentSchema.safeParse(known);
  return result.success ? result.data : null;
}
