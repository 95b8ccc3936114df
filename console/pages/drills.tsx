/** A drill is begun (演练, 8.3): an area beside the city's, on a clock of its own. Whoever begins it is led into it. */
import type { Router } from 'express';
import type { Deps } from '../../usecases/deps.js';
import { newDrill, startDrill } from '../../usecases/drills.js';
import { Form, Instant, Problem, Select, Words } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import type { Sessions } from '../sessions.js';
import { setPreference } from '../web/cookies.js';
import { type FormPage, formPage } from '../web/form.js';
import { areaIdOf } from '../web/page.js';
import { parsed } from '../web/parsed.js';

/** Plan time per real time. */
const RATES = [60, 1440, 1] as const;

export function drillPages(router: Router, deps: Deps, sessions: Sessions): void {
  formPage(router, deps, sessions, starting);
}

const starting: FormPage = {
  path: '/office/drills/new',
  show(page, _params, entered) {
    const { t } = page;
    return Promise.resolve(
      <Layout title={t.drills.start}>
        <Problem entered={entered} />
        <h1>{t.drills.start}</h1>
        <p>{t.drills.hint}</p>
        <Form entered={entered}>
          <Words entered={entered} name="purpose" label={t.drills.purpose} required />
          <Select entered={entered} name="rate" label={t.drills.rate} initial={String(RATES[0])} empty={null} options={RATES.map((rate) => ({ value: String(rate), label: t.drills.rates[rate] }))} required />
          <Instant entered={entered} name="startsAt" label={t.drills.startsAt} hint={t.drills.startsAtHint} required={false} />
          <button class="primary">{t.drills.start}</button>
        </Form>
      </Layout>,
    );
  },
  async submit(page, _params, fields, caller) {
    const input = parsed(newDrill, { purpose: fields.text('purpose'), rate: fields.number('rate'), startsAt: fields.instant('startsAt') });
    const { areaId } = await startDrill(page.deps, caller, areaIdOf(page), input);
    setPreference(page.response, 'area', areaId);
    return '/';
  },
};
