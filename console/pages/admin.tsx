/** Accounts with their hats, delegations, and a person's own credentials. */
import express, { type Router } from 'express';
import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/plan.js';
import {
  accounts,
  changePassword,
  closeAccount,
  createAccount,
  createToken,
  grantHat,
  newAccount,
  newHat,
  newToken,
  ownCredentials,
  passwordChange,
  passwordReset,
  resetPassword,
  revokeOwnSession,
  revokeOwnToken,
  takeHat,
} from '../../usecases/accounts.js';
import type { Caller } from '../../usecases/caller.js';
import { delegate, delegations, endDelegation, newDelegation } from '../../usecases/delegations.js';
import type { Deps } from '../../usecases/deps.js';
import { invalid } from '../../usecases/failure.js';
import { peopleWho } from '../../usecases/people.js';
import { areaOf } from '../../usecases/plans.js';
import { hatName } from '../parts/plan-words.js';
import { type Entered, Form, Input, Instant, type Option, Problem, Select } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import { Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { type FormPage, formPage } from '../web/form.js';
import { callerOf, type Page, pageOf, send } from '../web/page.js';
import { parsed } from '../web/parsed.js';
import { DoForm } from './admin-parts.js';
import { browserName } from '../web/browser.js';
import { delegationOf, Delegations } from './delegations.js';
import { resumeSignIn } from './sign-in.js';

const ROLES: readonly Role[] = ['technical', 'management', 'director', 'commander', 'unit', 'prefecture', 'zone', 'auditor', 'administrator', 'integration'];

export function adminPages(router: Router, deps: Deps, sessions: Sessions): void {
  formPage(router, deps, sessions, keeping);
  // The secret is in this answer alone, so that this one does not lead on.
  router.post('/admin/tokens', express.urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    const fields = Fields.of(request.body);
    if (!page.account) return resumeSignIn(page, fields);
    const { secret, label } = await createToken(deps, callerOf(page), parsed(newToken, { label: fields.text('label'), days: fields.number('days') }));
    send(
      page,
      201,
      <Layout title={page.t.admin.tokens}>
        <h1>{page.t.admin.newToken}</h1>
        <p class="done" role="status">
          {page.t.admin.tokenOnce} <code>{secret}</code>
        </p>
        <p>
          {label} · <a href="/admin">{page.t.common.back}</a>
        </p>
      </Layout>,
    );
  });
}

const keeping: FormPage = {
  path: '/admin',
  async show(page, _params, entered) {
    const { t, deps, account } = page;
    const caller = callerOf(page);
    const own = await ownCredentials(deps, caller);
    const isAdministrator = account?.hats.some((hat) => hat.role === 'administrator') ?? false;
    const all = isAdministrator ? (await accounts(deps, caller)).accounts : null;
    const given = (await delegations(deps, caller)).delegations;
    const people = page.area ? await peopleWho(deps, caller, 'read', { areaId: page.area.drillsArea ?? page.area.areaId }) : [];
    const areas = page.areas.filter((a) => !a.drill).map((a) => ({ value: a.areaId, label: page.areaName(a) }));
    const units = page.area ? (await areaOf(deps, page.area.areaId)).plan.units.map((u) => ({ value: u.id, label: page.tell(u.shortName) })) : [];
    return (
      <Layout title={t.admin.title}>
        <h1>{t.admin.title}</h1>
        <Problem entered={entered} />
        <div class="columns even">
          <section class="card" aria-labelledby="own">
            <h2 id="own">{t.admin.own}</h2>
            <p>
              {account?.name}（{account?.login}）
            </p>
            <ul class="lines">
              {account?.hats.map((hat) => (
                <li key={hat.id}>
                  {hatName(page, hat)} {hat.delegation && t.common.delegated(hat.delegation.by)}
                </li>
              ))}
            </ul>
            <h3>{t.admin.sessions}</h3>
            <ul class="lines">
              {own.sessions.map((s) => (
                <li key={s.id} class="spread">
                  <span class="said">
                    <Time at={s.createdAtMs} /> · {browserName(s.userAgent) ?? t.common.unknown}
                  </span>
                  <DoForm what="session" id={s.id} label={t.admin.revoke} />
                </li>
              ))}
            </ul>
            <h3>{t.admin.tokens}</h3>
            <ul class="lines">
              {own.tokens.map((k) => (
                <li key={k.id} class="spread">
                  <span>
                    {k.label} · {t.admin.expires} <Time at={k.expiresAtMs} />
                  </span>
                  <DoForm what="token" id={k.id} label={t.admin.revoke} />
                </li>
              ))}
            </ul>
          </section>
          <div>
            <details class="card">
              <summary>{t.admin.newToken}</summary>
              <form method="post" action="/admin/tokens" class="stack">
                <Input entered={blank(entered)} name="label" label={t.admin.label} required />
                <Input entered={blank(entered)} name="days" label={t.admin.days} initial={90} numeric required />
                <button>{t.admin.newToken}</button>
              </form>
            </details>
            <details class="card" open={entered.fields?.text('_do') === 'password'}>
              <summary>{t.admin.password}</summary>
              <Form entered={entered} action="/admin">
                <input type="hidden" name="_do" value="password" />
                <Input entered={entered} name="current" type="password" label={t.admin.current} autocomplete="current-password" required />
                <Input entered={entered} name="next" type="password" label={t.admin.next} autocomplete="new-password" required />
                <button>{t.admin.password}</button>
              </Form>
            </details>
            <Delegations given={given} people={people} hats={hatOptions(page, all)} areas={areas} entered={of(entered, 'delegate')} />
          </div>
        </div>
        {all && <Accounts all={all} entered={entered} units={units} areas={areas} />}
      </Layout>
    );
  },
  async submit(page, _params, fields, caller) {
    await done(page, fields, caller);
    return '/admin';
  },
};

/** Forms on one page: only the one that was sent shows what was typed. */
function of(entered: Entered, what: string): Entered {
  return entered.fields?.text('_do') === what ? entered : blank(entered);
}

function blank(entered: Entered): Entered {
  return { ...entered, fields: null, problem: null };
}

type AccountRow = Awaited<ReturnType<typeof accounts>>['accounts'][number];

function hatOptions(page: Page, all: readonly AccountRow[] | null) {
  const own = (page.account?.hats ?? []).filter((hat) => hat.delegation === null).map((hat) => ({ value: hat.id, label: hatName(page, hat) }));
  if (!all) return own;
  return all.flatMap((a) => a.hats.filter((hat) => hat.revokedAtMs === null).map((hat) => ({ value: hat.id, label: `${a.name} · ${hatName(page, hat)}` })));
}

function Accounts({ all, entered, units, areas }: { all: readonly AccountRow[]; entered: Entered; units: readonly Option[]; areas: readonly Option[] }) {
  const page = usePage();
  const { t } = page;
  const roles = ROLES.map((value) => ({ value, label: t.role[value] }));
  const accountsOf = all.map((a) => ({ value: a.id, label: `${a.name}（${a.login}）` }));
  const at = (what: string) => of(entered, what);
  return (
    <section class="card" aria-labelledby="accounts">
      <h2 id="accounts">{t.admin.accounts}</h2>
      <div class="columns even">
        <details open={entered.fields?.text('_do') === 'account'}>
          <summary>{t.admin.newAccount}</summary>
          <Form entered={{ ...at('account'), key: randomUUID() }} action="/admin">
            <input type="hidden" name="_do" value="account" />
            <Input entered={at('account')} name="login" label={t.admin.login} required />
            <Input entered={at('account')} name="name" label={t.admin.name} required />
            <Input entered={at('account')} name="password" type="password" label={t.admin.next} autocomplete="new-password" required />
            <button>{t.admin.newAccount}</button>
          </Form>
        </details>
        <details open={entered.fields?.text('_do') === 'grant'}>
          <summary>{t.admin.grant}</summary>
          <Form entered={{ ...at('grant'), key: randomUUID() }} action="/admin">
            <input type="hidden" name="_do" value="grant" />
            <Select entered={at('grant')} name="accountId" label={t.admin.account} options={accountsOf} required />
            <Select entered={at('grant')} name="role" label={t.admin.role} options={roles} required />
            <Select entered={at('grant')} name="unitId" label={t.admin.unit} options={units} empty={t.common.none} required={false} />
            <Select entered={at('grant')} name="hatArea" label={t.prefs.area} options={areas} empty={t.admin.everyArea} required={false} />
            <Instant entered={at('grant')} name="hatFrom" label={t.admin.from} required={false} />
            <Instant entered={at('grant')} name="hatUntil" label={t.admin.until} required={false} />
            <button>{t.admin.grant}</button>
          </Form>
        </details>
        <details open={entered.fields?.text('_do') === 'reset'}>
          <summary>{t.admin.reset}</summary>
          <Form entered={{ ...at('reset'), key: randomUUID() }} action="/admin">
            <input type="hidden" name="_do" value="reset" />
            <Select entered={at('reset')} name="resetId" label={t.admin.account} options={accountsOf} required />
            <Input entered={at('reset')} name="resetPassword" type="password" label={t.admin.next} autocomplete="new-password" required />
            <button>{t.admin.reset}</button>
          </Form>
        </details>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="accounts">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.admin.login}</th>
              <th scope="col">{t.admin.name}</th>
              <th scope="col">{t.admin.role}</th>
              <th scope="col">{t.common.status}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((a) => (
              <tr key={a.id}>
                <th scope="row">{a.login}</th>
                <td>{a.name}</td>
                <td>
                  {a.hats.map((hat) => (
                    <div key={hat.id}>
                      {hatName(page, hat)}
                      {hat.revokedAtMs !== null && `（${t.admin.ended}）`}
                      <HatScope of={hat} areas={areas} />
                    </div>
                  ))}
                </td>
                <td>
                  {a.disabledAtMs === null ? (
                    <details>
                      <summary aria-label={`${t.admin.change} ${a.name}`}>{t.admin.change}</summary>
                      <p class="row">
                        {a.hats
                          .filter((hat) => hat.revokedAtMs === null)
                          .map((hat) => (
                            <DoForm key={hat.id} what="take" id={hat.id} label={`${t.admin.take} ${hatName(page, hat)}`} />
                          ))}
                      </p>
                      <details>
                        <summary>{t.admin.disable}</summary>
                        <p>{t.admin.disableText(a.name)}</p>
                        <DoForm what="disable" id={a.id} label={t.admin.disableIt} />
                      </details>
                    </details>
                  ) : (
                    t.admin.disabled
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Where and how long a hat is good, where that is not everywhere and for good. */
function HatScope({ of: { areaId, fromMs, untilMs }, areas }: { of: AccountRow['hats'][number]; areas: readonly Option[] }) {
  const { t, nowMs } = usePage();
  if (areaId === null && untilMs === null && fromMs <= nowMs) return null;
  return (
    <span class="meta">
      {' '}
      {areaId !== null && (areas.find((a) => a.value === areaId)?.label ?? areaId)} {fromMs > nowMs && <Time at={fromMs} />} {untilMs !== null && (
        <>
          {t.common.to} <Time at={untilMs} />
        </>
      )}
    </span>
  );
}

async function done(page: Page, fields: Fields, caller: Caller): Promise<unknown> {
  const { deps, sessions, request } = page;
  const id = fields.text('id');
  switch (fields.text('_do')) {
    case 'session':
      return revokeOwnSession(deps, caller, id);
    case 'token':
      return revokeOwnToken(deps, caller, id);
    case 'password':
      return changePassword(deps, caller, parsed(passwordChange, { current: fields.exact('current'), next: fields.exact('next') }), { sessionSecret: sessions.secretOf(request), address: request.ip ?? '' });
    case 'delegate':
      return delegate(deps, caller, parsed(newDelegation, delegationOf(fields)));
    case 'delegation':
      return endDelegation(deps, caller, id);
    case 'account':
      return createAccount(deps, caller, parsed(newAccount, { login: fields.text('login'), name: fields.text('name'), password: fields.exact('password') }));
    case 'grant':
      return grantHat(deps, caller, fields.text('accountId'), parsed(newHat, { role: fields.text('role'), unitId: fields.orNull('unitId'), areaId: fields.orNull('hatArea'), from: fields.instant('hatFrom'), until: fields.instant('hatUntil') ?? null }));
    case 'take':
      return takeHat(deps, caller, id);
    case 'disable':
      return closeAccount(deps, caller, id);
    case 'reset':
      return resetPassword(deps, caller, fields.text('resetId'), parsed(passwordReset, { next: fields.exact('resetPassword') }));
    default:
      throw invalid('_do', '没有这一项办理');
  }
}
