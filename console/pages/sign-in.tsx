/** Signing in, and coming back to what one was doing: with what had been typed. */
import express, { type Router } from 'express';
import type { Deps } from '../../usecases/deps.js';
import { SESSION_MS, signIn, signOut } from '../../usecases/sign-in.js';
import { Input, Problem, type Entered } from '../parts/fields.js';
import { Layout } from '../parts/layout.js';
import { usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { ownPath, PREFERENCES, setPreference } from '../web/cookies.js';
import { Fields } from '../web/fields.js';
import { type Page, pageOf, send } from '../web/page.js';
import { type PageProblem, pageProblemOf } from '../web/problem.js';

interface Resuming {
  readonly to: string;
  /** What had been typed into a form when the session was found to be over. */
  readonly kept: Readonly<Record<string, readonly string[]>> | null;
}

export function signInPages(router: Router, deps: Deps, sessions: Sessions): void {
  const form = express.urlencoded({ extended: false, limit: '1mb' });
  router.get('/sign-in', async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    const to = ownPath(typeof request.query['to'] === 'string' ? request.query['to'] : undefined);
    if (page.account) return void response.redirect(303, to);
    send(page, 200, <SignIn resuming={{ to, kept: null }} problem={null} fields={null} />);
  });
  router.post('/sign-in', form, async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    const fields = Fields.of(request.body);
    const resuming = { to: ownPath(fields.optional('_to')), kept: keptOf(fields) };
    try {
      const signed = await signIn(deps, { login: fields.text('login').slice(0, 80), password: fields.exact('password').slice(0, 200), address: request.ip ?? '', userAgent: request.get('user-agent') ?? null });
      sessions.open(response, signed.secret, SESSION_MS);
      if (resuming.kept) send({ ...page, account: signed.account }, 200, <Resume resuming={resuming} />);
      else response.redirect(303, resuming.to);
    } catch (error) {
      const problem = pageProblemOf(error);
      if (!problem) throw error;
      send(page, problem.status, <SignIn resuming={resuming} problem={problem} fields={fields} />);
    }
  });
  router.post('/sign-out', async (request, response) => {
    const secret = sessions.secretOf(request);
    if (secret !== null) await signOut(deps, secret);
    sessions.close(response);
    response.redirect(303, '/sign-in');
  });
  router.post('/preferences', form, (request, response) => {
    const fields = Fields.of(request.body);
    for (const name of Object.keys(PREFERENCES) as (keyof typeof PREFERENCES)[]) if (fields.values[name]) setPreference(response, name, fields.text(name).slice(0, 200));
    const to = ownPath(fields.optional('to'));
    // A language asked for by address would win over the one just chosen.
    response.redirect(303, fields.values['lang'] ? to.replace(/([?&])lang=\w*&?/, '$1').replace(/[?&]$/, '') : to);
  });
}

/** The session is over: sign in, and find the form as it was. */
export function resumeSignIn(page: Page, fields: Fields): void {
  const resuming = { to: ownPath(page.request.originalUrl), kept: fields.worthKeeping() };
  send(page, 401, <SignIn resuming={resuming} problem={null} fields={null} />);
}

function keptOf(fields: Fields): Resuming['kept'] {
  const kept = Object.entries(fields.values).flatMap(([name, values]) => (name.startsWith('kept.') ? [[name.slice('kept.'.length), values] as const] : []));
  return kept.length > 0 || fields.isTicked('_resuming') ? Object.fromEntries(kept) : null;
}

function Kept({ of, prefix }: { of: NonNullable<Resuming['kept']>; prefix: string }) {
  return (
    <>
      {Object.entries(of).flatMap(([name, values]) => values.map((value, i) => <input key={`${name}-${i}`} type="hidden" name={`${prefix}${name}`} value={value} />))}
    </>
  );
}

function SignIn({ resuming, problem, fields }: { resuming: Resuming; problem: PageProblem | null; fields: Fields | null }) {
  const { t } = usePage();
  const entered: Entered = { fields, problem, key: '', resumed: false, attachments: [] };
  const { to, kept } = resuming;
  return (
    <Layout title={t.signIn.title}>
      <div class="sign-in">
        <h1>{t.app.full(null)}</h1>
        <Problem entered={entered} />
        {kept ? (
          <p class="notice" role="status">
            {t.signIn.expired}
          </p>
        ) : (
          to !== '/' && <p>{t.signIn.needed}</p>
        )}
        <form method="post" action="/sign-in" class="stack">
          <input type="hidden" name="_to" value={to} />
          {kept && <input type="hidden" name="_resuming" value="1" />}
          {kept && <Kept of={kept} prefix="kept." />}
          <Input entered={entered} name="login" label={t.signIn.login} autocomplete="username" required />
          <Input entered={entered} name="password" label={t.signIn.password} type="password" autocomplete="current-password" required />
          <button class="primary">{t.signIn.enter}</button>
        </form>
        <p>
          <a href="/public">{t.signIn.public}</a>
        </p>
      </div>
    </Layout>
  );
}

function Resume({ resuming: { to, kept } }: { resuming: Resuming }) {
  const { t } = usePage();
  return (
    <Layout title={t.signIn.title}>
      <h1>{t.signIn.title}</h1>
      <p>{t.signIn.resumeText}</p>
      <form method="post" action={to}>
        <input type="hidden" name="_resume" value="1" />
        {kept && <Kept of={kept} prefix="" />}
        <button class="primary">{t.signIn.resume}</button>
      </form>
    </Layout>
  );
}
