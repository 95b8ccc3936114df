/** Consultation, submission, lift, adjustments, corrections: each the plan's own act. */
import type { Router } from 'express';
import { type Prompt, standingSpan } from '../../domain/episode/state.js';
import { measuresInForce } from '../../domain/measures.js';
import type { Plan } from '../../domain/plan.js';
import { airStrip } from '../../usecases/air-strip.js';
import {
  adjustMeasures,
  adjustResponse,
  measureChange,
  newConsultation,
  newLift,
  newProposal,
  noticeCorrection,
  proposeCorrection,
  recordConsultation,
  responseAdjustment,
  submitLift,
  submitProposal,
  liftPostponement,
  postponeLift,
  rescindLift,
  withReason,
} from '../../usecases/decisions.js';
import type { Deps } from '../../usecases/deps.js';
import { Input, Instant, Select, Tick, Words } from '../parts/fields.js';
import { levelName } from '../parts/plan-words.js';
import type { Sessions } from '../sessions.js';
import { formPage } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { instantText } from '../web/time.js';
import { Grading } from './grading.js';
import { LiftCondition } from './lift-condition.js';
import { officeAct } from './office-act.js';

const ADVICE = ['publish', 'raise', 'lower', 'lift', 'keep', 'stand-down', 'not-applicable'] as const;

const levelOptions = (page: Page, plan: Plan) => plan.levels.map((l) => ({ value: l.id, label: `${page.tell(l.name)} · ${page.tell(l.response.name)}` }));

const liftIssuer = (plan: Plan) => [plan.settings.liftRoles.issues];

/** The conclusion that a question suggests; whoever consults may come to another. */
const ADVISED: Record<Prompt['reason'], (typeof ADVICE)[number]> = {
  start: 'publish',
  'basic-condition-unknown': 'publish',
  raise: 'raise',
  'second-process': 'raise',
  lower: 'lower',
  lift: 'lift',
  'lift-no-longer-held': 'keep',
  'floor-removed': 'keep',
  'hours-missing': 'keep',
};

const consultation = officeAct({
  path: 'consultation',
  useCase: 'record-consultation',
  title: (t) => t.office.consultation,
  body: ({ page, plan, state, entered }) => {
    const { t } = page;
    const advice = state.prompt ? ADVISED[state.prompt.reason] : 'keep';
    return (
      <>
        {state.assessment && (
          <section class="card">
            <h2>{t.forecasts.grading}</h2>
            <Grading plan={plan} assessment={state.assessment} />
          </section>
        )}
        <Select entered={entered} name="advice" label={t.office.advice} initial={advice} options={ADVICE.map((value) => ({ value, label: t.approval.advice[value] ?? value }))} required />
        <Select entered={entered} name="level" label={t.common.level} initial={state.prompt?.level} options={levelOptions(page, plan)} empty={t.common.noLevel} required={false} />
        <Tick entered={entered} name="noClearImprovement" label={t.office.noImprovement} />
        <Words entered={entered} name="text" label={t.office.minutes} rows={6} required />
        {[0, 1].map((i) => (
          <fieldset key={i}>
            <legend>{t.office.dissent(i + 1)}</legend>
            <Input entered={entered} name={`dissent.${i}.by`} label={t.office.dissentBy} required={false} />
            <Words entered={entered} name={`dissent.${i}.opinion`} label={t.office.dissentText} rows={2} required={false} />
          </fieldset>
        ))}
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) => {
    const advice = fields.text('advice');
    const dissent = [0, 1].map((i) => ({ by: fields.text(`dissent.${i}.by`), opinion: fields.text(`dissent.${i}.opinion`) })).filter((d) => d.by !== '' || d.opinion !== '');
    const input = { advice, level: fields.orNull('level'), noClearImprovement: advice === 'raise' ? fields.isTicked('noClearImprovement') : null, text: fields.text('text'), dissent, ...act };
    return recordConsultation(page.deps, caller, state.id, parsed(newConsultation, input));
  },
});

const proposal = officeAct({
  path: 'proposal',
  useCase: 'submit-proposal',
  title: (t) => t.office.proposal,
  body: ({ page, plan, state, entered }) => {
    const { t } = page;
    const concluded = state.consultation?.conclusion;
    return (
      <>
        {concluded && (
          <section class="card">
            <h2>{t.approval.consulted}</h2>
            <p>
              {t.approval.advice[concluded.advice]} {concluded.level !== null && levelName(page, plan, concluded.level)}
            </p>
            <p class="said">{concluded.text}</p>
          </section>
        )}
        <Select entered={entered} name="action" label={t.approval.fields['action']} initial={concluded?.advice} options={(['publish', 'raise', 'lower'] as const).map((value) => ({ value, label: t.action[value] }))} required />
        <Select entered={entered} name="level" label={t.common.level} initial={concluded?.level} options={levelOptions(page, plan)} required />
        <Instant entered={entered} name="effectiveAt" label={t.office.effectiveAt} required={false} />
        <Instant entered={entered} name="expectedEndAt" label={t.office.expectedEnd} initial={state.assessment?.processes[0]?.toMs ?? null} required={false} />
        <Words entered={entered} name="text" label={t.office.text} rows={6} initial={concluded?.text} required />
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) =>
    submitProposal(
      page.deps,
      caller,
      state.id,
      parsed(newProposal, { action: fields.text('action'), level: fields.text('level'), effectiveAt: fields.instant('effectiveAt') ?? null, expectedEndAt: fields.instant('expectedEndAt') ?? null, text: fields.text('text'), ...act }),
    ),
});

const lift = officeAct({
  path: 'lift',
  useCase: 'submit-lift',
  roles: liftIssuer,
  title: (t) => t.office.lift,
  body: async ({ page, plan, state, entered }) => {
    const { t } = page;
    return (
      <>
        <LiftCondition plan={plan} state={state} strip={await airStrip(page.deps, callerOf(page), state.areaId)} />
        <Input entered={entered} name="part" label={t.office.part} hint={t.office.partHint} required={false} />
        <Instant entered={entered} name="effectiveAt" label={t.office.effectiveAt} required={false} />
        <Words entered={entered} name="text" label={t.office.text} rows={5} required />
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) => {
    const part = fields.orNull('part');
    return submitLift(page.deps, caller, state.id, parsed(newLift, { effectiveAt: fields.instant('effectiveAt') ?? null, ...(part !== null && { part }), text: fields.text('text'), ...act }));
  },
});

const liftChange = officeAct({
  path: 'lift-change',
  useCase: 'change-lift',
  roles: liftIssuer,
  title: (t) => t.office.liftChange,
  body: ({ page: { t }, entered }) => (
    <>
      <Instant entered={entered} name="to" label={t.office.postponeTo} hint={t.office.rescind} required={false} />
      <Words entered={entered} name="reason" label={t.common.reason} rows={3} required />
    </>
  ),
  submit: ({ page, state, fields, caller, act }) => {
    const to = fields.instant('to');
    const reason = fields.text('reason');
    return to === undefined ? rescindLift(page.deps, caller, state.id, parsed(withReason, { reason, ...act })) : postponeLift(page.deps, caller, state.id, parsed(liftPostponement, { to, reason, ...act }));
  },
});

const adjust = officeAct({
  path: 'adjust',
  useCase: 'adjust-response',
  title: (t) => t.office.adjust,
  body: ({ page, plan, state, entered }) => (
    <>
      <Select entered={entered} name="responseLevel" label={page.t.plan.response} initial={standingSpan(state, page.nowMs)?.responseLevel} options={plan.levels.map((l) => ({ value: l.id, label: page.tell(l.response.name) }))} required />
      <Words entered={entered} name="reason" label={page.t.common.reason} rows={3} required />
    </>
  ),
  submit: ({ page, state, fields, caller, act }) => adjustResponse(page.deps, caller, state.id, parsed(responseAdjustment, { responseLevel: fields.text('responseLevel'), reason: fields.text('reason'), ...act })),
});

const measures = officeAct({
  path: 'measures',
  useCase: 'adjust-measures',
  title: (t) => t.office.measures,
  body: ({ page, plan, state, entered }) => {
    const { t } = page;
    const inForce = new Set(measuresInForce(plan, state, page.nowMs).map((m) => m.measure.id));
    const options = plan.measures.map((m) => ({ value: m.id, label: `${inForce.has(m.id) ? '●' : '○'} ${page.tell(m.text)}` }));
    return (
      <>
        <Select entered={entered} name="kind" label={t.office.kind} options={(['add', 'suspend', 'exempt', 'restore'] as const).map((value) => ({ value, label: t.unit.change[value] ?? value }))} required />
        <Select entered={entered} name="measureId" label={t.office.measure} options={options} required />
        <Input entered={entered} name="scope" label={t.office.scope} required />
        <Instant entered={entered} name="to" label={t.office.until} required={false} />
        <Input entered={entered} name="basis" label={t.office.basis} required />
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) => {
    const scope = fields.text('scope');
    return adjustMeasures(page.deps, caller, state.id, parsed(measureChange, { kind: fields.text('kind'), measureId: fields.text('measureId'), scope: { zh: scope, en: scope }, to: fields.instant('to') ?? null, basis: fields.text('basis'), ...act }));
  },
});

const correction = officeAct({
  path: 'correction',
  useCase: 'propose-correction',
  title: (t) => t.office.correction,
  body: ({ page, plan, state, entered }) => {
    const { t } = page;
    const options = state.notices.map((n) => ({ value: n.id, label: `${n.id} ${t.action[n.action]} ${n.level === null ? '' : levelName(page, plan, n.level)} ${n.part ? `${page.tell(n.part)} ` : ''}${instantText(n.issuedAtMs, page.nowMs, page.lang)}` }));
    return (
      <>
        <Select entered={entered} name="noticeId" label={t.office.notice} options={options} required />
        <Select entered={entered} name="kind" label={t.office.kind} options={(['correction', 'recall'] as const).map((value) => ({ value, label: t.office.correctionKind[value] ?? value }))} required />
        <Words entered={entered} name="text" label={t.office.text} rows={5} required />
      </>
    );
  },
  submit: ({ page, state, fields, caller, act }) => proposeCorrection(page.deps, caller, state.id, parsed(noticeCorrection, { noticeId: fields.text('noticeId'), kind: fields.text('kind'), text: fields.text('text'), ...act })),
});

export function actPages(router: Router, deps: Deps, sessions: Sessions): void {
  for (const page of [consultation, proposal, lift, liftChange, adjust, measures, correction]) formPage(router, deps, sessions, page);
}
