/** A step decided by phone, on paper or in a meeting, entered by the duty desk with a second person; its owner signs afterwards (R30). */
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Plan } from '../../domain/plan.js';
import { type approvals, type Basis, decideStep, stepDecision } from '../../usecases/approvals.js';
import { hatFor } from '../../usecases/caller.js';
import { peopleWho } from '../../usecases/people.js';
import { actOf, Evidence, peopleFor, personOptions, Witness } from '../parts/envelope.js';
import { Form, Instant, Problem, Select, Words } from '../parts/fields.js';
import { Band } from '../parts/level.js';
import { Layout } from '../parts/layout.js';
import { CHANNELS } from '../texts/channels.js';
import type { FormPage, Params } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { Case, Difference, headline } from './approval-parts.js';

export interface Opened {
  readonly state: EpisodeState;
  readonly plan: Plan;
  readonly rightsAreaId: string;
  readonly request: Awaited<ReturnType<typeof approvals>>['requests'][number];
  readonly basis: Basis;
}

export function approvalPath({ state, request }: Pick<Opened, 'state' | 'request'>): string {
  return `/approvals/${encodeURIComponent(state.id)}/${encodeURIComponent(request.id)}`;
}

/** Whoever enters what others say by phone, where it is somebody's turn. */
export function mayEnter({ account, wears }: Page, { request, rightsAreaId }: Opened): boolean {
  return account !== null && request.waitsFor !== null && request.basisChangedAtMs === null && hatFor(account, 'record-for-another', { areaId: rightsAreaId }, wears) !== null;
}

export function phonePage(opened: (page: Page, params: Params) => Promise<Opened>): FormPage {
  return {
    path: '/approvals/:episode/:request/phone',
    async show(page, params, entered) {
      const it = await opened(page, params);
      const { t } = page;
      const { request, plan, state, rightsAreaId: areaId } = it;
      const { waitsFor } = request;
      const actors = waitsFor === null ? [] : await peopleWho(page.deps, callerOf(page), 'decide-step', { areaId, roles: [waitsFor] });
      const { witnesses } = await peopleFor(page, 'decide-step', { areaId });
      return (
        <Layout title={t.approval.byPhone} drill={state.drill} planDigest={state.planDigest} bare>
          <div class="approval">
            <Problem entered={entered} />
            <Difference plan={plan} problem={entered.problem} />
            <h1>{t.approval.byPhone}</h1>
            <p>{t.approval.byPhoneText}</p>
            <Band level={request.evidence.level ?? request.evidence.fromLevel}>
              <h2>{headline(page, plan, request.evidence)}</h2>
              <Case plan={plan} evidence={request.evidence} basis={it.basis} />
            </Band>
            {mayEnter(page, it) ? (
              <Form entered={entered} files>
                <input type="hidden" name="step" value={request.step ?? 0} />
                <input type="hidden" name="evidenceDigest" value={request.evidenceDigest} />
                <Select entered={entered} name="actor" label={waitsFor === null ? t.form.actor : t.role[waitsFor]} options={personOptions(page, actors)} required />
                <Select entered={entered} name="decision" label={t.approval.decisionMade} options={(['approve', 'return', 'refuse'] as const).map((value) => ({ value, label: t.approval.decision[value] ?? value }))} required />
                <Words entered={entered} name="reason" label={t.approval.words} rows={2} required={false} />
                <Select entered={entered} name="channel" label={t.form.channel} initial="phone" empty={null} options={CHANNELS.filter((c) => c !== 'online').map((value) => ({ value, label: t.channel[value] }))} required />
                <Instant entered={entered} name="occurredAt" label={t.form.occurredAt} initial={page.nowMs} required />
                <Witness entered={entered} people={witnesses} required />
                <Evidence entered={entered} />
                <button class="primary">{t.approval.byPhone}</button>
              </Form>
            ) : (
              <p class="notice">{t.approval.closed}</p>
            )}
          </div>
        </Layout>
      );
    },
    async submit(page, params, fields, caller) {
      const it = await opened(page, params);
      const input = { step: Number(fields.text('step')), decision: fields.text('decision'), reason: fields.orNull('reason'), evidenceDigest: fields.text('evidenceDigest'), ...(await actOf(page, fields)) };
      await decideStep(page.deps, caller, it.state.id, it.request.id, parsed(stepDecision, input));
      return `${approvalPath(it)}/receipt?step=${input.step}`;
    },
  };
}
