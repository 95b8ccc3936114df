/** Written delegations (R14): which hat, to whom, for what and how long. */
import type { delegations } from '../../usecases/delegations.js';
import type { Person } from '../../usecases/people.js';
import { RIGHTS, type UseCase } from '../../usecases/rights.js';
import { officeFirst, personOptions } from '../parts/envelope.js';
import { type Entered, Files, Form, Input, Instant, type Option, Select } from '../parts/fields.js';
import { Time, usePage } from '../parts/say.js';
import type { Fields } from '../web/fields.js';
import { DoForm } from './admin-parts.js';

type Given = Awaited<ReturnType<typeof delegations>>['delegations'][number];

/** What a hat is worn for; reading comes with any of it. */
const DELEGABLE = (Object.keys(RIGHTS) as UseCase[]).filter((useCase) => !['read', 'manage-accounts', 'delegate', 'record-observations'].includes(useCase));

interface DelegationsProps {
  readonly given: readonly Given[];
  readonly people: readonly Person[];
  readonly hats: readonly Option[];
  readonly areas: readonly Option[];
  readonly entered: Entered;
}

export function Delegations({ given, people, hats, areas, entered }: DelegationsProps) {
  const page = usePage();
  const { t, account } = page;
  const nameOf = (id: string) => (id === account?.id ? account.name : (people.find((p) => p.id === id)?.name ?? id));
  const chosen = entered.fields?.all('useCases') ?? [];
  const chosenAreas = entered.fields?.all('areaIds') ?? [];
  const areaName = (id: string) => areas.find((a) => a.value === id)?.label ?? id;
  return (
    <section class="card" aria-labelledby="delegations">
      <h2 id="delegations">{t.admin.delegations}</h2>
      <ul class="lines">
        {given.map((d) => (
          <li key={d.id}>
            <div class="spread">
              <span>
                {t.admin.fromTo({ from: nameOf(d.fromAccountId), to: nameOf(d.toAccountId), hat: t.role[d.role as keyof typeof t.role] ?? d.role })}
                {d.revokedAtMs !== null && `（${t.admin.ended}）`}
              </span>
              {d.revokedAtMs === null && <DoForm what="delegation" id={d.id} label={t.admin.end} />}
            </div>
            <p class="meta">
              {d.useCases === null ? t.admin.wholeHat : d.useCases.map((u) => t.useCase[u as UseCase] ?? u).join(t.common.comma)} · {d.areaIds === null ? t.admin.everyArea : d.areaIds.map(areaName).join(t.common.comma)} · {d.basis}
              {d.documentDigest !== null && (
                <>
                  {' · '}
                  <a href={`/api/v1/documents/${d.documentDigest}`}>
                    {t.admin.document} {d.documentDigest.slice(0, 8)}
                  </a>
                </>
              )}
              {' · '}
              <Time at={d.fromMs} /> {t.common.to} <Time at={d.untilMs} />
            </p>
          </li>
        ))}
      </ul>
      <details open={entered.fields !== null}>
        <summary>{t.admin.newDelegation}</summary>
        <Form entered={entered} action="/admin" files>
          <input type="hidden" name="_do" value="delegate" />
          <Select entered={entered} name="hatId" label={t.admin.hat} options={hats} required />
          <Select entered={entered} name="toAccountId" label={t.admin.toAccount} options={personOptions(page, officeFirst(people))} required />
          <fieldset>
            <legend>{t.admin.scope}</legend>
            <p class="hint">{t.admin.scopeHint}</p>
            <p class="choices">
              {DELEGABLE.map((useCase) => (
                <label key={useCase}>
                  <input type="checkbox" name="useCases" value={useCase} checked={chosen.includes(useCase)} />
                  {t.useCase[useCase]}
                </label>
              ))}
            </p>
          </fieldset>
          {areas.length > 1 && (
            <fieldset>
              <legend>{t.prefs.area}</legend>
              <p class="hint">{t.admin.areasHint}</p>
              <p class="choices">
                {areas.map(({ value, label }) => (
                  <label key={value}>
                    <input type="checkbox" name="areaIds" value={value} checked={chosenAreas.includes(value)} />
                    {label}
                  </label>
                ))}
              </p>
            </fieldset>
          )}
          <Input entered={entered} name="basis" label={t.admin.basis} required />
          <Files entered={entered} name="document" label={t.admin.documentFile} />
          <Instant entered={entered} name="from" label={t.admin.from} required={false} />
          <Instant entered={entered} name="until" label={t.admin.until} required />
          <button>{t.admin.newDelegation}</button>
        </Form>
      </details>
    </section>
  );
}

/** None ticked: all that the hat may do, wherever it is good. */
export function delegationOf(fields: Fields): Record<string, unknown> {
  const [useCases, areaIds] = [fields.all('useCases'), fields.all('areaIds')];
  const from = fields.instant('from');
  const [documentDigest] = fields.digests('document');
  return {
    hatId: fields.text('hatId'),
    toAccountId: fields.text('toAccountId'),
    useCases: useCases.length === 0 ? null : useCases,
    areaIds: areaIds.length === 0 ? null : areaIds,
    basis: fields.text('basis'),
    documentDigest: documentDigest ?? null,
    ...(from === undefined ? {} : { from }),
    until: fields.instant('until'),
  };
}
