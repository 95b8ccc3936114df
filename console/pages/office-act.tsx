/** One act of the office in one episode: a titled form that leads back to the office's desk. */
import type { VNode } from 'preact';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Plan, Role } from '../../domain/plan.js';
import type { Caller } from '../../usecases/caller.js';
import { episode } from '../../usecases/episodes.js';
import { areaOf, loadedPlan } from '../../usecases/plans.js';
import type { UseCase } from '../../usecases/rights.js';
import { actOf, Envelope, peopleFor } from '../parts/envelope.js';
import { type Entered, Form, Problem } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import type { Fields } from '../web/fields.js';
import type { FormPage, Params } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import type { Texts } from '../texts/index.js';

export interface OfficeAct {
  /** Below `/office/{episode}`. */
  readonly path: string;
  readonly useCase: UseCase;
  /** Where the plan names who of those may. */
  readonly roles?: (plan: Plan) => readonly Role[];
  readonly title: (t: Texts) => string;
  readonly body: (it: { page: Page; plan: Plan; state: EpisodeState; entered: Entered; params: Params }) => VNode | Promise<VNode>;
  /** `act`: who acted, when, how and by what proof, for the request. */
  readonly submit: (it: { page: Page; plan: Plan; state: EpisodeState; fields: Fields; caller: Caller; params: Params; act: Record<string, unknown> }) => Promise<unknown>;
}

export function officeAct({ path, useCase, roles, title, body, submit }: OfficeAct): FormPage {
  return {
    path: `/office/:episode/${path}`,
    async show(page, params, entered) {
      const { state } = await episode(page.deps, callerOf(page), params['episode'] ?? '');
      const [{ plan }, { rightsAreaId: areaId }] = await Promise.all([loadedPlan(page.deps, state.planDigest), areaOf(page.deps, state.areaId)]);
      const people = await peopleFor(page, useCase, { areaId, ...(roles && { roles: roles(plan) }) });
      const { t } = page;
      return (
        <Layout title={title(t)} drill={state.drill} planDigest={state.planDigest}>
          <p class="meta">
            <a href={`/office/${encodeURIComponent(state.id)}`}>
              {t.office.title} {state.number}
            </a>
          </p>
          <Problem entered={entered} />
          <h1>{title(t)}</h1>
          <Form entered={entered} files>
            {await body({ page, plan, state, entered, params })}
            <Envelope entered={entered} people={people} />
            <button class="primary">{title(t)}</button>
          </Form>
        </Layout>
      );
    },
    async submit(page, params, fields, caller) {
      const { state } = await episode(page.deps, callerOf(page), params['episode'] ?? '');
      const { plan } = await loadedPlan(page.deps, state.planDigest);
      await submit({ page, plan, state, fields, caller, params, act: await actOf(page, fields) });
      return `/office/${encodeURIComponent(state.id)}`;
    },
  };
}
