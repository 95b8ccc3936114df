/** One thing that is owed: fill it in, have it reviewed, file it, correct it, and see what was filed. */
import { randomUUID } from 'node:crypto';
import express, { type Router } from 'express';
import type { VNode } from 'preact';
import { toPlanMs } from '../../domain/clock.js';
import type { Deps } from '../../usecases/deps.js';
import { attachments } from '../../usecases/documents.js';
import { dropDraft, keepDraft, newDraft, reportDraftRef } from '../../usecases/drafts.js';
import { fail, notFound } from '../../usecases/failure.js';
import { acknowledge, newAcknowledgement, newReport, report } from '../../usecases/submissions.js';
import { actOf, Envelope } from '../parts/envelope.js';
import { type Entered, Form, Problem, Words } from '../parts/fields.js';
import { State, Title } from '../parts/owed.js';
import { Layout } from '../parts/layout.js';
import { Clause, Phrase, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { type FormPage, formPage, plainPage } from '../web/form.js';
import { callerOf, type Page, pageOf, send } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { drafted } from './office-draft.js';
import { Paper, submitPaper } from './paper.js';
import { contentIn, contentOf, type Duty, dutyOf, dutyPath, enteredOf, type Filled, filledFor, FORMS, measuresOf, type SubmissionShown } from './report-data.js';
import { DraftSaved, FileOrSave, NotFiled } from './report-draft.js';
import { Content, faultsByMeasure, reportOf, UnitForm } from './report-form.js';

const PATH = '/reports/:episode/:obligation';

export function reportPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, `${PATH}/receipt`, receipt);
  router.post(`${PATH}/draft`, express.urlencoded({ extended: false, limit: '1mb' }), async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    if (!page.account) return void response.sendStatus(401);
    const duty = await dutyOf(page, request.params);
    const { updatedAtMs } = await saved(page, duty, Fields.of(request.body));
    send(page, 200, <DraftSaved atMs={toPlanMs(duty.clock, updatedAtMs)} />);
  });
  formPage(router, deps, sessions, filing);
}

const filing: FormPage = {
  path: PATH,
  async show(page, params, entered) {
    const duty = await dutyOf(page, params);
    const isFiled = duty.submissions.length > 0;
    const wantsForm = !isFiled || page.request.query['correct'] === '1' || entered.fields !== null;
    const isOpen = duty.obligation.opensAtMs <= page.nowMs && duty.state.phase !== 'closed';
    const mayFile = (duty.mine || duty.proxy) && isOpen;
    const title = page.tell(duty.obligation.title);
    return (
      <Layout title={title} drill={duty.state.drill} planDigest={duty.state.planDigest}>
        <Problem entered={entered} />
        <Head duty={duty} />
        {isFiled && <Versions versions={await shownVersions(page, duty)} />}
        {mayFile && wantsForm ? await fillIn(page, duty, entered) : <Aside duty={duty} isOpen={isOpen} mayCorrect={mayFile && isFiled && duty.obligation.kind !== 'acknowledgement'} />}
      </Layout>
    );
  },
  async submit(page, params, fields, caller) {
    const duty = await dutyOf(page, params);
    const { state, obligation, unit, proxy } = duty;
    if (fields.isTicked('_save')) {
      await saved(page, duty, fields);
      return duty.submissions.length > 0 ? `${dutyPath(duty)}?correct=1` : dutyPath(duty);
    }
    if (!FORMS.includes(obligation.kind) || !unit) {
      if (obligation.kind === 'acknowledgement' && unit) {
        await acknowledge(page.deps, caller, state.id, parsed(newAcknowledgement, { noticeId: obligation.ref, unitId: unit.id, ...(proxy ? await actOf(page, fields, unit.id) : {}) }));
        return fields.text('back') === 'unit' ? `/unit?unit=${encodeURIComponent(unit.id)}` : `${dutyPath(duty)}/receipt`;
      }
      await submitPaper(page, duty, fields, caller);
      await dropped(page, duty);
      return `${dutyPath(duty)}/receipt`;
    }
    const draftId = fields.optional('_review');
    const correctionReason = fields.orNull('correctionReason');
    const content = draftId === undefined ? reportOf(fields, unit) : { measures: [], draftId };
    try {
      await report(page.deps, caller, state.id, parsed(newReport, { obligationId: obligation.id, ...content, correctionReason, ...(proxy ? await actOf(page, fields, unit.id) : {}) }));
    } catch (error) {
      throw faultsByMeasure(error, content.measures);
    }
    await dropped(page, duty);
    return `${dutyPath(duty)}/receipt`;
  },
};

/** The form as it was typed; of a unit's form, too, what a colleague can review. */
async function saved(page: Page, { state, obligation, unit, mine }: Duty, fields: Fields): Promise<{ updatedAtMs: number }> {
  if (!mine) throw fail({ kind: 'forbidden', clause: obligation.clause, text: { zh: '不是本单位的报送事项', en: "this is another's to report" } });
  const correctionReason = fields.optional('correctionReason');
  const report = unit && FORMS.includes(obligation.kind) ? { ...reportOf(fields, unit, true), ...(correctionReason === undefined ? {} : { correctionReason }) } : { attachments: fields.digests('attachments') };
  const content = { ...report, form: fields.worthKeeping() };
  return keepDraft(page.deps, callerOf(page, randomUUID()), parsed(newDraft, { kind: 'report', ref: reportDraftRef(state.id, obligation.id), unitId: unit?.id ?? null, content }));
}

/** The caller's own draft of what is now filed. */
async function dropped(page: Page, duty: Duty): Promise<void> {
  const { own } = await filledFor(page, duty);
  if (own) await dropDraft(page.deps, callerOf(page), own.id);
}

function Head({ duty: { obligation, unit, state } }: { duty: Duty }) {
  const page = usePage();
  const { t } = page;
  return (
    <>
      <p class="meta">
        <a href={`/episodes/${encodeURIComponent(state.id)}`}>{state.number}</a> · {unit ? <Say text={unit.name} /> : page.tell(obligation.ownerName)} · <Clause of={obligation.clause} />
      </p>
      <h1>
        <Title of={obligation} />
      </h1>
      <p>
        <State of={obligation} />
        {obligation.targetAtMs !== null && (
          <>
            {' · '}
            {t.common.target} <Time at={obligation.targetAtMs} limit relative={obligation.submittedAtMs === null ? 'left' : undefined} />
          </>
        )}
        {obligation.dueAtMs !== null && (
          <>
            {' · '}
            {t.common.due} <Time at={obligation.dueAtMs} limit relative={obligation.submittedAtMs === null ? 'left' : undefined} />
          </>
        )}
        {obligation.dueAtMs === null && <span class="muted"> · {t.common.silent}</span>}
      </p>
    </>
  );
}

async function fillIn(page: Page, duty: Duty, entered: Entered): Promise<VNode> {
  const { obligation, unit } = duty;
  const { t } = page;
  if (obligation.kind === 'acknowledgement')
    return (
      <Form entered={entered} files>
        {duty.people && <Envelope entered={entered} people={duty.people} />}
        <button class="primary">{t.unit.acknowledge}</button>
      </Form>
    );
  const filled = await filledFor(page, duty);
  const shown = await enteredOf(page, entered, filled);
  if (!FORMS.includes(obligation.kind) || !unit) return <Paper duty={duty} filled={filled} entered={shown} drafted={await drafted(page, duty)} />;
  const theirs = await Promise.all(filled.colleagues.map(async (draft) => ({ draft, content: contentIn(draft), files: await attachments(page.deps, contentIn(draft).attachments) })));
  return (
    <>
      {theirs.map(({ draft, content, files }) => (
        <section class="card" key={draft.id}>
          <h2>{t.report.reviewTitle}</h2>
          <p>
            {t.report.reviewText(draft.accountName)} <Time at={draft.savedAtMs} />
          </p>
          <Content plan={duty.plan} unit={unit} content={content} attachments={files} />
          <Form entered={{ ...entered, fields: null, problem: null }}>
            <input type="hidden" name="_review" value={draft.id} />
            {duty.submissions.length > 0 && <Words entered={entered} name="correctionReason" label={t.report.correctionReason} rows={2} initial={draft.typed?.text('correctionReason')} required />}
            <button>{t.report.review}</button>
          </Form>
        </section>
      ))}
      <Fill duty={duty} filled={filled} entered={shown} />
    </>
  );
}

function Fill({ duty, filled, entered }: { duty: Duty; filled: Filled; entered: Entered }) {
  const { t, nowMs } = usePage();
  const { unit, obligation, submissions } = duty;
  if (!unit) return null;
  return (
    <>
      <NotFiled savedAtMs={filled.own?.savedAtMs ?? null} />
      {filled.from && !entered.fields && (
        <p class="notice">
          <Phrase of={t.report.prefilled}>
            <Title of={filled.from} />
          </Phrase>
        </p>
      )}
      <Form entered={entered} files>
        <UnitForm entered={entered} unit={unit} measures={measuresOf(duty, nowMs)} content={filled.content} attachments={filled.attachments} asksImpact={obligation.kind === 'summary-report'} />
        {submissions.length > 0 && <Words entered={entered} name="correctionReason" label={t.report.correctionReason} rows={2} required />}
        {duty.people && <Envelope entered={entered} people={duty.people} />}
        <FileOrSave path={dutyPath(duty)} mayDraft={duty.mine} />
      </Form>
    </>
  );
}

function Aside({ duty, isOpen, mayCorrect }: { duty: Duty; isOpen: boolean; mayCorrect: boolean }) {
  const { t, tell } = usePage();
  const isClosed = duty.state.phase === 'closed';
  return (
    <>
      {duty.submissions.length === 0 && <p>{isClosed ? t.report.closed : isOpen ? t.report.othersTurn(tell(duty.obligation.ownerName)) : t.report.notYet}</p>}
      {mayCorrect && (
        <p>
          <a class="button" href={`${dutyPath(duty)}?correct=1`}>
            {t.unit.correct}
          </a>
        </p>
      )}
    </>
  );
}

interface ShownVersion {
  readonly version: SubmissionShown;
  readonly body: VNode | null;
}

/** Newest first. */
async function shownVersions(page: Page, { plan, unit, submissions }: Duty): Promise<ShownVersion[]> {
  const shown: ShownVersion[] = [];
  for (const version of [...submissions].reverse()) {
    const content = await contentOf(page, version.documentDigest);
    shown.push({ version, body: content && <Content plan={plan} unit={unit} content={content} attachments={await attachments(page.deps, content.attachments)} /> });
  }
  return shown;
}

function Versions({ versions }: { versions: readonly ShownVersion[] }) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">{t.report.content}</h2>
      {versions.map(({ version: v, body }, i) => (
        <details key={v.version} open={i === 0}>
          <summary>
            {t.report.version(v.version)} · {v.act.actor.name}
            {v.reviewedBy && ` · ${t.report.reviewer} ${v.reviewedBy.name}`} · <Time at={v.receivedAtMs} />
          </summary>
          {v.correctionReason && (
            <p class="said">
              {t.report.correctionReason}
              {t.common.colon}
              {v.correctionReason}
            </p>
          )}
          {v.act.entry !== 'direct' && (
            <p class="muted">
              {t.form.onBehalf}
              {t.common.colon}
              {v.act.recordedBy.name}（{t.channel[v.act.channel]}）
            </p>
          )}
          {body}
        </details>
      ))}
    </section>
  );
}

async function receipt(page: Page, params: Readonly<Record<string, string>>): Promise<VNode> {
  const duty = await dutyOf(page, params);
  const { obligation, unit, state, submissions } = duty;
  const newest = submissions.at(-1);
  if (!newest) throw notFound('receipt');
  const { t } = page;
  const isLate = obligation.dueAtMs !== null && newest.countsAtMs > obligation.dueAtMs;
  return (
    <Layout title={t.report.receiptTitle} drill={state.drill} planDigest={state.planDigest}>
      <h1>{t.report.receiptTitle}</h1>
      <p class="done" role="status">
        <Say text={obligation.title} /> · {isLate ? t.report.late : t.report.inTime}
      </p>
      <dl class="facts">
        <dt>{t.common.number}</dt>
        <dd>
          {state.number}-{newest.seq}
        </dd>
        <dt>{t.common.unit}</dt>
        <dd>{unit ? <Say text={unit.name} /> : page.tell(obligation.ownerName)}</dd>
        <dt>{t.report.versions}</dt>
        <dd>{t.report.version(newest.version)}</dd>
        <dt>{t.report.by}</dt>
        <dd>{newest.act.actor.name}</dd>
        {newest.reviewedBy && (
          <>
            <dt>{t.report.reviewer}</dt>
            <dd>{newest.reviewedBy.name}</dd>
          </>
        )}
        <dt>{t.report.countsAt}</dt>
        <dd>
          <Time at={newest.countsAtMs} />
        </dd>
        <dt>{t.report.recordedAt}</dt>
        <dd>
          <Time at={newest.receivedAtMs} />
        </dd>
        {newest.documentDigest && (
          <>
            <dt>{t.report.digest}</dt>
            <dd>
              <code>{newest.documentDigest.slice(0, 8)}</code>
            </dd>
          </>
        )}
      </dl>
      <p class="row">
        <a class="button" href={dutyPath(duty)}>
          {t.unit.open}
        </a>
        <a class="button" href={unit ? `/unit?unit=${encodeURIComponent(unit.id)}` : `/office`}>
          {t.common.back}
        </a>
      </p>
    </Layout>
  );
}
