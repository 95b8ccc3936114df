/**
 * The one page an approver signs (R29): decided by POST only, once, on exactly
 * the evidence that was shown; then a receipt.
 */
import type { Router } from 'express';
import qrcode from 'qrcode-generator';
import type { StepDecision } from '../../domain/episode/state.js';
import { toBeijingIso } from '../../domain/time.js';
import { approvals, basisOf, countersign, countersignature, decideStep, stepDecision } from '../../usecases/approvals.js';
import { airStrip } from '../../usecases/air-strip.js';
import { hatFor } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { episode } from '../../usecases/episodes.js';
import { notFound } from '../../usecases/failure.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import { confirmPassword } from '../../usecases/sign-in.js';
import { type Entered, Form, Input, Problem, Words } from '../parts/fields.js';
import { Band } from '../parts/level.js';
import { Layout } from '../parts/layout.js';
import { Changes } from '../parts/live.js';
import { Clause, Time, usePage } from '../parts/say.js';
import { Strip } from '../parts/strip.js';
import type { Sessions } from '../sessions.js';
import { type FormPage, formPage, type Params, plainPage } from '../web/form.js';
import { callerOf, type Page, pageOf } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { Consequences } from './approval-after.js';
import { Case, Difference, headline } from './approval-parts.js';
import { approvalPath, mayEnter, type Opened, phonePage } from './approval-phone.js';
import { chartPath } from './desk.js';

export function approvalPages(router: Router, deps: Deps, sessions: Sessions): void {
  formPage(router, deps, sessions, deciding);
  formPage(router, deps, sessions, countersigning);
  formPage(router, deps, sessions, phonePage(opened));
  plainPage(router, deps, sessions, '/approvals/:episode/:request/receipt', showReceipt);
  router.get('/approvals/:episode/:request/receipt.svg', async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    const { decision, number } = await decidedStep(page, request.params);
    const code = qrcode(0, 'M');
    code.addData(`${number}|${toBeijingIso(decision.atMs)}|${decision.evidenceDigest ?? ''}`);
    code.make();
    response.setHeader('Cache-Control', 'private, max-age=86400');
    response.type('image/svg+xml').send(code.createSvgTag({ scalable: true, margin: 4 }));
  });
}

async function opened(page: Page, params: Params): Promise<Opened> {
  const { state } = await episode(page.deps, callerOf(page), params['episode'] ?? '');
  const [{ plan }, { rightsAreaId }, { requests }] = await Promise.all([loadedPlan(page.deps, state.planDigest), areaOf(page.deps, state.areaId), approvals(page.deps, state.id)]);
  const request = requests.find((r) => r.id === params['request']);
  if (!request) throw notFound('request');
  return { state, plan, rightsAreaId, request, basis: await basisOf(page.deps, state, request.evidence) };
}

const deciding: FormPage = {
  path: '/approvals/:episode/:request',
  async show(page, params, entered) {
    const it = await opened(page, params);
    const strip = await airStrip(page.deps, callerOf(page), it.state.areaId);
    const src = chartPath(page, it.state.areaId, strip.nowMs, it.state.assessment?.id ?? 'none');
    const { evidence } = it.request;
    const nextStep = it.request.step === null ? undefined : it.request.chain[it.request.step + 1];
    const isAir = ['publish', 'raise', 'lower', 'lift'].includes(evidence.action);
    return (
      <Layout title={page.t.approval.title} drill={it.state.drill} planDigest={it.state.planDigest} bare live>
        <div class="approval">
          <Changes of={standing(it.request)} />
          <Problem entered={entered} />
          <Difference plan={it.plan} problem={entered.problem} />
          <Band level={evidence.level ?? evidence.fromLevel}>
            <h1>{headline(page, it.plan, evidence)}</h1>
            <Role it={it} />
            <Case plan={it.plan} evidence={evidence} basis={it.basis} />
          </Band>
          {isAir && <Strip strip={strip} src={src} size="low" />}
          <Steps it={it} />
          {it.request.waitsFor !== null && <Consequences plan={it.plan} state={it.state} request={it.request} nextRole={nextStep ? page.t.role[nextStep.role] : null} />}
          <Decide it={it} entered={entered} />
        </div>
      </Layout>
    );
  },
  async submit(page, params, fields, caller) {
    const it = await opened(page, params);
    const input = parsed(stepDecision, {
      step: Number(fields.text('step')),
      decision: fields.text('decision'),
      reason: fields.orNull('reason'),
      evidenceDigest: fields.text('evidenceDigest'),
    });
    if (input.decision === 'approve') await confirmPassword(page.deps, caller.account, fields.exact('password').slice(0, 200), page.request.ip ?? '');
    await decideStep(page.deps, caller, it.state.id, it.request.id, input);
    return `${approvalPath(it)}/receipt?step=${input.step}`;
  },
};

/** What an approver would want to know of, had it changed since the page was opened. */
function standing({ evidenceDigest, step, decisions, basisChangedAtMs }: Opened['request']): string {
  return [evidenceDigest.slice(0, 12), step ?? 'closed', decisions.length, basisChangedAtMs ?? ''].join('.');
}

function mayDecide({ account, wears }: Page, { request, rightsAreaId }: Opened): boolean {
  return account !== null && request.waitsFor !== null && hatFor(account, 'decide-step', { areaId: rightsAreaId, roles: [request.waitsFor] }, wears) !== null;
}

function Role({ it }: { it: Opened }) {
  const page = usePage();
  const { t } = page;
  const { waitsFor } = it.request;
  if (waitsFor === null) return <p class="as">{t.approval.closed}</p>;
  return <p class="as">{mayDecide(page, it) ? t.approval.as(t.role[waitsFor]) : t.approval.notYours(t.role[waitsFor])}</p>;
}

/** What the one before said; the rest is under the details. */
function Steps({ it }: { it: Opened }) {
  const { t } = usePage();
  const decisions = it.request.decisions as readonly StepDecision[];
  if (decisions.length === 0) return null;
  return (
    <div class="steps">
      {decisions.map((d, i) => (
        <p key={i}>
          {d.by.name}（{t.role[d.by.role]}）<Time at={d.atMs} />
          {t.common.colon}
          {t.approval.decision[d.decision] ?? t.approval.countersign}
          {d.reason && <span class="said"> {d.reason}</span>}
        </p>
      ))}
    </div>
  );
}

function Decide({ it, entered }: { it: Opened; entered: Entered }) {
  const page = usePage();
  const { t } = page;
  const { request } = it;
  if (!mayDecide(page, it))
    return mayEnter(page, it) ? (
      <p>
        <a class="button" href={`${approvalPath(it)}/phone`}>
          {t.approval.byPhone}
        </a>
      </p>
    ) : null;
  if (request.basisChangedAtMs !== null) return <p class="notice">{t.approval.basisChanged}</p>;
  const asked = entered.fields?.text('decision') ?? (typeof page.request.query['decide'] === 'string' ? page.request.query['decide'] : '');
  const isLast = request.step === request.chain.length - 1;
  const hidden = (
    <>
      <input type="hidden" name="step" value={request.step ?? 0} />
      <input type="hidden" name="evidenceDigest" value={request.evidenceDigest} />
    </>
  );
  if (asked === 'return' || asked === 'refuse')
    return (
      <Form entered={entered} action={approvalPath(it)}>
        {hidden}
        <input type="hidden" name="decision" value={asked} />
        <Words entered={entered} name="reason" label={t.approval.reasonNeeded} rows={3} required />
        <p class="row">
          <button class="danger">{asked === 'return' ? t.approval.confirmReturn : t.approval.confirmRefuse}</button>
          <a class="button" href={approvalPath(it)}>
            {t.common.cancel}
          </a>
        </p>
      </Form>
    );
  return (
    <Form entered={entered} action={approvalPath(it)} class="decide">
      {hidden}
      <a class="button" href={`${approvalPath(it)}?decide=return`}>
        {t.approval.returnIt}
      </a>
      <a class="button" href={`${approvalPath(it)}?decide=refuse`}>
        {t.approval.refuseIt}
      </a>
      <div class="sign">
        <Input entered={entered} name="password" label={t.approval.password} type="password" autocomplete="current-password" required />
        <button class="primary" name="decision" value="approve">
          {isLast ? t.approval.approveIt[request.evidence.action] : t.approval.reviewIt}
        </button>
      </div>
    </Form>
  );
}

interface Decided {
  readonly it: Opened;
  readonly number: string;
  readonly decision: StepDecision & { readonly evidenceDigest?: string };
}

async function decidedStep(page: Page, params: Params): Promise<Decided> {
  const it = await opened(page, params);
  const step = Number(page.request.query['step'] ?? 0);
  const decision = (it.request.decisions as readonly Decided['decision'][]).find((d) => d.step === step && d.decision in page.t.approval.decision);
  if (!decision) throw notFound('decision');
  return { it, decision, number: `${it.state.number}-${it.request.id}-${step + 1}` };
}

async function showReceipt(page: Page, params: Params) {
  const { it, number, decision } = await decidedStep(page, params);
  const { t } = page;
  return (
    <Layout title={t.approval.receipt} drill={it.state.drill} planDigest={it.state.planDigest} bare>
      <h1>{t.approval.receipt}</h1>
      <p class="done" role="status">
        {(decision.by.accountId === page.account?.id ? t.approval.receiptText : t.approval.receiptOther)({ who: decision.by.name, decision: t.approval.decision[decision.decision] ?? '', role: t.role[decision.by.role] })}
      </p>
      <dl class="facts">
        <dt>{t.common.number}</dt>
        <dd>{number}</dd>
        <dt>{t.approval.fields['action']}</dt>
        <dd>{headline(page, it.plan, it.request.evidence)}</dd>
        <dt>{t.common.by}</dt>
        <dd>
          {decision.by.name}（{t.role[decision.by.role]}）{decision.by.delegation && t.common.delegated(decision.by.delegation.by)}
        </dd>
        <dt>{t.common.at}</dt>
        <dd>
          <Time at={decision.atMs} />
        </dd>
        {decision.reason && (
          <>
            <dt>{t.common.reason}</dt>
            <dd class="said">{decision.reason}</dd>
          </>
        )}
        <dt>{t.approval.digest}</dt>
        <dd>
          <code>{(decision.evidenceDigest ?? '').slice(0, 8)}</code>
        </dd>
        <dt>{t.episodes.why}</dt>
        <dd>
          <Clause of={it.request.clause} />
        </dd>
      </dl>
      <p>
        <img class="qr" src={`${approvalPath(it)}/receipt.svg?step=${decision.step}`} alt={t.approval.qr} width="144" height="144" />
      </p>
      <p>
        <a href={`/episodes/${encodeURIComponent(it.state.id)}`}>{t.approval.toEpisode}</a>
      </p>
    </Layout>
  );
}

/** What was agreed by phone is signed afterwards (补签, R30). */
const countersigning: FormPage = {
  path: '/approvals/:episode/:request/countersign/:step',
  async show(page, params, entered) {
    const it = await opened(page, params);
    return (
      <Layout title={page.t.approval.countersign} drill={it.state.drill} planDigest={it.state.planDigest} bare>
        <div class="approval">
          <Problem entered={entered} />
          <h1>{page.t.approval.countersign}</h1>
          <p>{page.t.approval.countersignText}</p>
          <Band level={it.request.evidence.level}>
            <h2>{headline(page, it.plan, it.request.evidence)}</h2>
            <Case plan={it.plan} evidence={it.request.evidence} basis={it.basis} />
          </Band>
          <Steps it={it} />
          <Form entered={entered}>
            <Input entered={entered} name="password" label={page.t.approval.password} type="password" autocomplete="current-password" required />
            <button class="primary">{page.t.approval.countersign}</button>
          </Form>
        </div>
      </Layout>
    );
  },
  async submit(page, params, fields, caller) {
    const it = await opened(page, params);
    const step = Number(params['step']);
    await confirmPassword(page.deps, caller.account, fields.exact('password').slice(0, 200), page.request.ip ?? '');
    await countersign(page.deps, caller, it.state.id, it.request.id, parsed(countersignature, { step }));
    return `${approvalPath(it)}/receipt?step=${step}`;
  },
};
