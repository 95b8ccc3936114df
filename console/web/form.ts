/**
 * A page with a form, that works without script: GET shows it, POST does it
 * and leads on, or shows it again with what was typed and what was wrong. A
 * key per rendered form makes twice once; a lost session loses no text.
 */
import { createHash, randomUUID } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import type { VNode } from 'preact';
import { canonicalJson, sha256Hex } from '../../domain/digest.js';
import type { Caller } from '../../usecases/caller.js';
import type { Deps } from '../../usecases/deps.js';
import { fail, invalid } from '../../usecases/failure.js';
import { once } from '../../usecases/idempotency.js';
import { unstorable } from '../../usecases/storable.js';
import type { Entered } from '../parts/fields.js';
import { resumeSignIn } from '../pages/sign-in.js';
import type { Sessions } from '../sessions.js';
import type { Fields } from './fields.js';
import { callerOf, type Page, pageOf, send } from './page.js';
import { type PageProblem, pageProblemOf } from './problem.js';
import { attachmentsIn, fieldsOf, keptUploads, multipart, uploadFaults } from './uploads.js';

export type Params = Readonly<Record<string, string>>;

export interface FormPage {
  readonly path: string;
  /** Its files are read and done with, not kept as attachments. */
  readonly readsFiles?: boolean;
  show(page: Page, params: Params, entered: Entered): Promise<VNode>;
  /** Does what is asked; answers where to go then. */
  submit(page: Page, params: Params, fields: Fields, caller: Caller): Promise<string>;
}

const KEY_FORM = /^[\x21-\x7e]{8,128}$/;
const PASSING = [429, 503];
const urlencoded = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 2_000 });

export function formPage(router: Router, deps: Deps, sessions: Sessions, form: FormPage): void {
  router.get(form.path, async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    callerOf(page);
    send(page, 200, await form.show(page, request.params as Params, await entered(page)));
  });
  router.post(form.path, urlencoded, multipart, async (request, response) => {
    const page = await pageOf(deps, sessions, request, response);
    await take(form, page, request.params as Params, fieldsOf(request));
  });
}

async function entered(page: Page, problem: PageProblem | null = null, fields: Fields | null = null, resumed = false): Promise<Entered> {
  const key = problem?.keepsKey ? fields?.text('_key') : undefined;
  return { fields, problem, key: key ?? randomUUID(), resumed, attachments: await attachmentsIn(page, fields) };
}

async function take(form: FormPage, page: Page, params: Params, sent: Fields): Promise<void> {
  if (!page.account) return resumeSignIn(page, sent);
  if (sent.isTicked('_resume')) return send(page, 200, await form.show(page, params, await entered(page, null, sent, true)));
  let fields = sent;
  try {
    const kept = form.readsFiles ? { fields, faults: uploadFaults(fields) } : await keptUploads(page, fields);
    fields = kept.fields;
    if (kept.faults.length > 0) throw fail({ kind: 'invalid', faults: kept.faults });
    page.response.redirect(303, await done(form, page, params, fields));
  } catch (error) {
    const problem = pageProblemOf(error);
    if (!problem || problem.status === 404) throw error;
    send(page, problem.status, await form.show(page, params, await entered(page, problem, fields)));
  }
}

async function done(form: FormPage, page: Page, params: Params, fields: Fields): Promise<string> {
  const key = fields.text('_key');
  if (!KEY_FORM.test(key)) throw invalid('_key', '表单已失效，请重新打开本页');
  const unreadable = Object.entries(fields.values).flatMap(([name, given]) => given.flatMap((text) => unstorable(text, [name])));
  if (unreadable.length > 0) throw fail({ kind: 'invalid', faults: unreadable });
  const caller = callerOf(page, key);
  const files = fields.uploads.map((u) => ({ field: u.field, name: u.name, digest: createHash('sha256').update(u.body).digest('hex') }));
  const digest = sha256Hex(canonicalJson({ path: page.request.path, values: fields.values, files }));
  const result = await once(
    page.deps,
    { accountId: caller.account.id, key, digest },
    async () => ({ status: 303, body: await form.submit(page, params, fields, caller) }),
    (answer) => (PASSING.includes(answer.status) ? null : answer.body),
  );
  switch (result.outcome) {
    case 'answer':
      return result.answer.body;
    case 'reused':
      throw fail({ kind: 'conflict', text: { zh: '这张表已提交过；请核对后再提交一次', en: 'this form was sent before; check it and send it again' } });
    case 'still-running':
      throw fail({ kind: 'outcome-unknown' });
  }
}

/** A page without a form. */
export function plainPage(router: Router, deps: Deps, sessions: Sessions, path: string | RegExp, show: (page: Page, params: Params) => Promise<VNode>, access: 'signed-in' | 'public' = 'signed-in'): void {
  router.get(path, async (request: Request, response: Response) => {
    const page = await pageOf(deps, sessions, request, response);
    if (access === 'signed-in') callerOf(page);
    const body = await show(page, request.params as Params);
    if (!response.headersSent) send(page, 200, body);
  });
}
