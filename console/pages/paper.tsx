/** What is reported by text and papers: the office's and the technical group's reports, bulletins, task feedback, the site. */
import type { VNode } from 'preact';
import type { Caller } from '../../usecases/caller.js';
import { giveTaskFeedback, issueBulletin, newBulletin, newPublication, newReport, recordPublication, report, taskFeedback } from '../../usecases/submissions.js';
import { actOf, Envelope } from '../parts/envelope.js';
import { type Entered, Files, Form, Input, Instant, Words } from '../parts/fields.js';
import { Say, usePage } from '../parts/say.js';
import type { Fields } from '../web/fields.js';
import type { Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { type Duty, dutyPath, type Filled } from './report-data.js';
import { FileOrSave, NotFiled } from './report-draft.js';

/** `drafted`: what the text begins as where nothing was filed yet. */
export function Paper({ duty, filled, entered, drafted }: { duty: Duty; filled: Filled; entered: Entered; drafted: string }): VNode {
  const { t, nowMs } = usePage();
  const { obligation, state, submissions } = duty;
  const { content } = filled;
  const written = (name: string) => (typeof content?.[name] === 'string' ? content[name] : undefined);
  const publishedAtMs = content?.['publishedAtMs'];
  const task = obligation.kind === 'task' ? state.tasks.find((x) => x.id === obligation.ref) : undefined;
  return (
    <>
      {task && (
        <section class="card">
          <h2>{t.unit.tasks}</h2>
          <p class="said">
            <Say text={task.content} />
          </p>
          <p class="muted">
            {t.office.basis}
            {t.common.colon}
            <Say text={task.basis} />
          </p>
        </section>
      )}
      <NotFiled savedAtMs={filled.own?.savedAtMs ?? null} />
      <Form entered={entered} files>
        {obligation.kind === 'site-publication' ? (
          <>
            <Input entered={entered} name="url" type="url" label={t.office.url} initial={written('url')} required />
            <Instant entered={entered} name="publishedAt" label={t.office.publishedAt} initial={typeof publishedAtMs === 'number' ? publishedAtMs : nowMs} required />
          </>
        ) : (
          <Words entered={entered} name="text" label={t.report.text} rows={drafted === '' ? 10 : 18} initial={written('text') ?? drafted} required />
        )}
        {obligation.kind.startsWith('office-') && <Input entered={entered} name="documentNumber" label={t.report.documentNumber} initial={written('documentNumber')} required={false} />}
        <Files entered={entered} name="attachments" label={t.form.attachments} hint={duty.mine && t.report.filesHint} initial={filled.attachments} />
        {submissions.length > 0 && <Words entered={entered} name="correctionReason" label={t.report.correctionReason} rows={2} required />}
        {duty.people && <Envelope entered={entered} people={duty.people} />}
        <FileOrSave path={dutyPath(duty)} mayDraft={duty.mine} />
      </Form>
    </>
  );
}

export async function submitPaper(page: Page, { obligation, state, unit, proxy }: Duty, fields: Fields, caller: Caller): Promise<void> {
  const { deps } = page;
  const shared = { attachments: fields.digests('attachments'), correctionReason: fields.orNull('correctionReason'), ...(proxy && unit ? await actOf(page, fields, unit.id) : {}) };
  const text = fields.optional('text');
  switch (obligation.kind) {
    case 'site-publication':
      await recordPublication(deps, caller, state.id, parsed(newPublication, { noticeId: obligation.ref, url: fields.text('url'), publishedAt: fields.instant('publishedAt'), ...shared }));
      return;
    case 'bulletin':
      await issueBulletin(deps, caller, state.id, parsed(newBulletin, { day: obligation.ref, text, ...shared }));
      return;
    case 'task':
      await giveTaskFeedback(deps, caller, state.id, obligation.ref, parsed(taskFeedback, { text, ...shared }));
      return;
    default: {
      const documentNumber = fields.optional('documentNumber');
      await report(deps, caller, state.id, parsed(newReport, { obligationId: obligation.id, ...(text === undefined ? {} : { text }), ...(documentNumber === undefined ? {} : { documentNumber }), ...shared }));
    }
  }
}
