/** When there is nothing to show: said plainly, with a way on. */
import type { Request, Response } from 'express';
import type { Deps } from '../../usecases/deps.js';
import type { Text } from '../../domain/text.js';
import { Layout } from '../parts/layout.js';
import { Clause, Say, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { type Page, pageOf, send } from '../web/page.js';
import { pageProblemOf } from '../web/problem.js';

export function missingPage(page: Page): void {
  send(page, 404, <Told title={page.t.errors.notFound} text={page.t.errors.notFoundText} />);
}

/** Answers whether the error was told as a page. */
export async function errorPage(deps: Deps, sessions: Sessions, request: Request, response: Response, error: unknown): Promise<boolean> {
  const page = await pageOf(deps, sessions, request, response);
  const { t } = page;
  const problem = pageProblemOf(error);
  if (problem?.status === 401 && !page.account) {
    // A part that a page fetches anew must not become the sign-in page: the page says that the session is over.
    if (request.get('HX-Request') === 'true') response.sendStatus(401);
    else response.redirect(303, `/sign-in?to=${encodeURIComponent(request.method === 'GET' ? request.originalUrl : '/')}`);
    return true;
  }
  if (problem?.status === 404) {
    missingPage(page);
    return true;
  }
  if (problem) {
    send(page, problem.status, <Told title={problem.status === 403 ? t.errors.forbidden : t.form.summary} text={problem.text} clause={problem.clause} />);
    return true;
  }
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500 ? error.status : 500;
  if (status >= 500) deps.log.error({ err: error, method: request.method, path: request.path }, 'a page failed for a reason of ours');
  send(page, status, <Told title={t.errors.broken} text={t.errors.brokenText} />);
  return true;
}

function Told({ title, text, clause = null }: { title: string; text: Text | string; clause?: string | null }) {
  const { t } = usePage();
  return (
    <Layout title={title}>
      <h1>{title}</h1>
      <p>
        {typeof text === 'string' ? text : <Say text={text} />} {clause && <Clause of={clause} />}
      </p>
      <p>
        <a class="button" href="/">
          {t.errors.home}
        </a>
      </p>
    </Layout>
  );
}
