/** What units and the office hand in (报送, 签收, 报备; 4.2, 5.1): each discharges one obligation. */
import { z } from 'zod';
import type { Act, Signatory } from '../domain/act.js';
import type { ObligationKind, Plan, Unit } from '../domain/plan.js';
import { draftById } from '../db/accounts/drafts.js';
import { accountById } from '../db/accounts/principals.js';
import { actOf, requireDocuments, signedBy } from './acts.js';
import { recorded } from './audit.js';
import { type Caller, forbidden, hatFor, signatoryOf } from './caller.js';
import type { Deps, Reads } from './deps.js';
import { reportDraftRef } from './drafts.js';
import { episodeOf } from './episode.js';
import { fail, invalid, notFound } from './failure.js';
import { checkReport, reportContent, type ReportContent, reportContentSchema, reportDraft } from './report-form.js';
import { mayDo, type UseCase } from './rights.js';
import { envelope, id, IN_CHINESE, instant, words } from './schemas.js';
import { stoodThere } from './site-publication.js';
import { handIn, type Handed, type Owed, type Receipt } from './submit.js';

const correctionReason = words(1000).nullable().default(null);

export const newAcknowledgement = z.strictObject({ noticeId: id, unitId: id.optional(), ...envelope });
export const newReport = z.strictObject({
  obligationId: id,
  ...reportContent,
  /** Of the office's and the technical group's papers. */
  text: words(50_000).optional(),
  documentNumber: words(120).optional(),
  /** A colleague's draft, which the caller has reviewed and now hands in as it is. */
  draftId: id.optional(),
  correctionReason,
  ...envelope,
});
type NewReport = z.output<typeof newReport>;
export const newBulletin = z.strictObject({ day: z.iso.date(), text: words(20_000), attachments: reportContent.attachments, correctionReason, ...envelope });
/** Where and since when it stands on the city's site (3.3.5). */
export const newPublication = z.strictObject({ noticeId: id, url: z.url({ protocol: /^https?$/ }).max(500), publishedAt: instant, attachments: reportContent.attachments, correctionReason, ...envelope });
export const taskFeedback = z.strictObject({ text: words(10_000), attachments: reportContent.attachments, correctionReason, ...envelope });

/** What is reported by text and papers rather than by a unit's form. */
const PAPERS: Partial<Record<ObligationKind, UseCase>> = {
  'office-daily-report': 'office-report',
  'office-final-report': 'office-report',
  'zone-notice': 'office-report',
  'prefecture-filing': 'office-report',
  'zone-lift-instruction': 'office-report',
  'consultation-advice': 'technical-report',
  'process-analysis': 'technical-report',
};
const FORMS: readonly ObligationKind[] = ['startup-report', 'daily-report', 'summary-report'];

export async function acknowledge(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newAcknowledgement>): Promise<Receipt> {
  const unitId = input.unitId ?? (await recorded(deps, caller, 'acknowledge', { episodeId }, () => Promise.resolve(onlyUnit(caller))));
  return handIn(deps, caller, episodeId, 'acknowledge', `acknowledgement:${input.noticeId}:${unitId}`, async ({ place, episode }, reads) => {
    const act = await actOf(reads, caller, 'acknowledge', place, input, episode.nowMs);
    return { act, reviewedBy: null, nil: false, content: null, correctionReason: null };
  });
}

export function report(deps: Deps, caller: Caller, episodeId: string, input: NewReport): Promise<Receipt> {
  const kind = input.obligationId.split(':')[0] as ObligationKind;
  return handIn(deps, caller, episodeId, PAPERS[kind] ?? 'report', input.obligationId, async (owed, reads) => {
    if (FORMS.includes(owed.kind)) return input.draftId === undefined ? formReport(reads, caller, owed, input) : reviewedReport(reads, caller, owed, input, input.draftId);
    const useCase = PAPERS[owed.kind];
    if (!useCase) throw invalid('obligationId', '该事项不以报告办理');
    return paper(reads, caller, owed, useCase, input);
  });
}

export function issueBulletin(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newBulletin>): Promise<Receipt> {
  return handIn(deps, caller, episodeId, 'bulletin', `bulletin:${input.day}:management`, (owed, reads) => written(reads, caller, owed, 'bulletin', input, { text: input.text, attachments: input.attachments }));
}

export function recordPublication(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newPublication>): Promise<Receipt> {
  const { noticeId, url, publishedAt: publishedAtMs, attachments } = input;
  return handIn(deps, caller, episodeId, 'publication', `site-publication:${noticeId}:management`, async (owed, reads) => {
    if (publishedAtMs > owed.episode.nowMs) throw invalid('publishedAt', '公开时间不得晚于当前时间');
    return written(reads, caller, owed, 'publication', input, { url, publishedAtMs, stood: await stoodThere(reads, owed.episode, noticeId), attachments });
  });
}

export async function giveTaskFeedback(deps: Deps, caller: Caller, episodeId: string, taskId: string, input: z.output<typeof taskFeedback>): Promise<Receipt> {
  const task = (await episodeOf(deps, episodeId)).state.tasks.find((t) => t.id === taskId);
  if (!task) throw notFound('task');
  return handIn(deps, caller, episodeId, 'give-task-feedback', `task:${taskId}:${task.ownerId}`, (owed, reads) =>
    written(reads, caller, owed, 'give-task-feedback', input, { text: input.text, attachments: input.attachments }),
  );
}

async function formReport(deps: Reads, caller: Caller, owed: Owed, input: NewReport): Promise<Handed> {
  refuseParts(textParts(input), '单位报告用表单填报');
  const content = reportContentSchema.parse({ nil: input.nil, values: input.values, measures: input.measures, impact: input.impact, note: input.note, attachments: input.attachments });
  await checkContent(deps, caller, owed, content);
  const act = await actOf(deps, caller, 'report', owed.place, input, owed.episode.nowMs);
  return { act, reviewedBy: null, nil: content.nil, content: { unitId: owed.ownerId, ...content }, correctionReason: input.correctionReason };
}

/** One of the unit filled it in as a draft, another has reviewed it: both sign. */
async function reviewedReport(deps: Reads, caller: Caller, owed: Owed, input: NewReport, draftId: string): Promise<Handed> {
  refuseParts([...formParts(input), ...textParts(input)], '审核后按草稿原样报送，不另填内容');
  const draft = await draftById(deps.pool, draftId);
  if (!draft || draft.kind !== 'report' || draft.ref !== reportDraftRef(owed.episode.episodeId, owed.obligationId) || draft.unitId !== owed.ownerId) throw notFound('draft');
  const reviewedBy: Signatory = signedBy(caller, 'report', owed.place);
  if (draft.accountId === caller.account.id) throw invalid('draftId', '填报人与审核人应为两人');
  const filler = await accountById(deps.pool, draft.accountId, await deps.clock(deps.pool));
  const hat = filler && hatFor(filler, 'report', owed.place);
  if (!hat) throw forbidden('report');
  const parsed = reportDraft.safeParse(draft.content, IN_CHINESE);
  if (!parsed.success) throw fail({ kind: 'invalid', faults: parsed.error.issues.map((i) => ({ path: `draft.${i.path.join('.')}`, message: i.message })) });
  const { correctionReason, form: _form, ...content } = parsed.data;
  await checkContent(deps, caller, owed, content);
  const actor = signatoryOf(filler, hat);
  const act: Act = { occurredAtMs: owed.episode.nowMs, channel: 'online', actor, recordedBy: actor, witness: null, entry: 'direct', evidence: [] };
  return { act, reviewedBy, nil: content.nil, content: { unitId: owed.ownerId, ...content, reviewedBy: reviewedBy.accountId }, correctionReason: input.correctionReason ?? correctionReason ?? null };
}

function formParts({ nil, values, measures, impact, note }: NewReport): string[] {
  const given = { nil, values: Object.keys(values).length > 0, measures: measures.length > 0, impact: impact !== undefined, note: note !== undefined };
  return Object.entries(given).flatMap(([part, isGiven]) => (isGiven ? [part] : []));
}

function textParts({ text, documentNumber }: NewReport): string[] {
  return [...(text === undefined ? [] : ['text']), ...(documentNumber === undefined ? [] : ['documentNumber'])];
}

/** Nothing that was given is dropped in silence. */
function refuseParts(parts: readonly string[], message: string): void {
  if (parts.length > 0) throw fail({ kind: 'invalid', faults: parts.map((path) => ({ path, message })) });
}

async function checkContent(deps: Reads, caller: Caller, { episode, ownerId, kind }: Owed, content: ReportContent): Promise<void> {
  checkReport(episode.plan, unitOf(episode.plan, ownerId), kind, content);
  await requireDocuments(deps, caller, content.attachments, 'attachments');
}

function paper(deps: Reads, caller: Caller, owed: Owed, useCase: UseCase, input: NewReport): Promise<Handed> {
  const { text, documentNumber, attachments, draftId } = input;
  if (text === undefined && attachments.length === 0) throw invalid('text', '应有正文或附件');
  refuseParts([...formParts(input), ...(draftId === undefined ? [] : ['draftId'])], '该报告不用单位表单');
  return written(deps, caller, owed, useCase, input, { text: text ?? null, documentNumber: documentNumber ?? null, attachments });
}

async function written(
  deps: Reads,
  caller: Caller,
  owed: Owed,
  useCase: UseCase,
  input: Parameters<typeof actOf>[4] & { readonly correctionReason: string | null },
  content: { readonly attachments: readonly string[]; readonly [part: string]: unknown },
): Promise<Handed> {
  await requireDocuments(deps, caller, content.attachments, 'attachments');
  const act = await actOf(deps, caller, useCase, owed.place, input, owed.episode.nowMs);
  return { act, reviewedBy: null, nil: false, content, correctionReason: input.correctionReason };
}

function unitOf(plan: Plan, unitId: string): Unit {
  const unit = plan.units.find((u) => u.id === unitId);
  if (!unit) throw notFound('unit');
  return unit;
}

function onlyUnit({ account }: Caller): string {
  const units = [...new Set(account.hats.flatMap((h) => h.unitId ?? []))];
  if (units.length === 1 && units[0] !== undefined) return units[0];
  const mayNameOne = units.length > 1 || account.hats.some((h) => mayDo('record-for-another', h.role));
  throw mayNameOne ? invalid('unitId', '请写明单位') : forbidden('acknowledge');
}
