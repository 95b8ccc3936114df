/** Puts described endpoints onto a router: parse, authenticate, once per key, answer. */
import express, { type Request, type Response, type Router } from 'express';
import type { z } from 'zod';
import { digestOf, sha256Hex } from '../domain/digest.js';
import type { Deps } from '../usecases/deps.js';
import { DOCUMENT_LIMIT_BYTES } from '../usecases/documents.js';
import type { Fault } from '../usecases/failure.js';
import { once } from '../usecases/idempotency.js';
import { callerOf } from './authentication.js';
import type { Endpoint } from './endpoint.js';
import { present } from './present.js';
import { HttpProblem, problemOf } from './problems.js';
import { unstorable } from './storable.js';

const BODY_LIMIT_BYTES = 2 ** 20;
const KEY_FORM = /^[\x21-\x7e]{8,128}$/;
/** Answers that say nothing about what was asked: the next try may get another. */
const PASSING = [401, 408, 425, 429];

export function mount(router: Router, deps: Deps, endpoints: readonly Endpoint[]): void {
  const json = express.json({ limit: BODY_LIMIT_BYTES, strict: false });
  const bytes = express.raw({ limit: DOCUMENT_LIMIT_BYTES, type: () => true });
  for (const e of endpoints) {
    const path = e.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[e.method](path, e.bytes ? bytes : json, (request, response) => serve(deps, e, request, response));
  }
}

async function serve(deps: Deps, e: Endpoint, request: Request, response: Response): Promise<void> {
  const faults = [request.params, request.query, request.body].flatMap((part: unknown) => unstorable(part));
  if (faults.length > 0) throw new HttpProblem(400, 'invalid', '请求内容有误', faults);
  if (e.access === 'public') return send(response, e.status, await handled(e, request, response, null));
  if (e.method !== 'post') {
    callerOf(request, null);
    return send(response, e.status, await handled(e, request, response, null));
  }
  const caller = callerOf(request, null);
  const key = keyOf(request);
  const digest = digestOfRequest(request);
  let fresh: unknown;
  const result = await once(
    deps,
    { accountId: caller.account.id, key, digest },
    async () => {
      try {
        fresh = await handled(e, request, response, key);
        return { status: e.status, body: JSON.stringify(e.kept ? e.kept(fresh) : fresh) };
      } catch (error) {
        // What is refused for a reason is an answer like any other.
        const problem = problemOf(error);
        if (!problem || problem.status >= 500 || PASSING.includes(problem.status)) throw error;
        return { status: problem.status, body: JSON.stringify(problem) };
      }
    },
    (answer) => answer.body,
  );
  switch (result.outcome) {
    case 'reused':
      throw new HttpProblem(422, 'idempotency-key-reused', '该 Idempotency-Key 已用于另一请求');
    case 'still-running':
      throw new HttpProblem(409, 'idempotency-key-in-use', '同一 Idempotency-Key 的请求仍在执行');
    case 'answer': {
      const { status, body } = result.answer;
      if (result.replayed) response.setHeader('Idempotency-Replayed', 'true');
      if (fresh !== undefined && status === e.status) return send(response, status, fresh);
      response.status(status).type(status >= 400 ? 'application/problem+json' : 'application/json').send(body);
    }
  }
}

async function handled(e: Endpoint, request: Request, response: Response, key: string | null): Promise<unknown> {
  const faults: Fault[] = [];
  const params = parsed(e.params, request.params, '', faults);
  const query = parsed(e.query, request.query, '', faults);
  const body = parsed(e.body, request.body ?? {}, '', faults);
  if (faults.length > 0) throw new HttpProblem(400, 'invalid', '请求内容有误', faults);
  // A public endpoint has no caller and asks for none.
  const caller = e.access === 'public' ? (undefined as never) : callerOf(request, key);
  return present(await e.handle({ params, query, body, caller, request, response }));
}

function parsed(schema: z.ZodType | null, value: unknown, prefix: string, faults: Fault[]): unknown {
  if (schema === null) return {};
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  faults.push(...result.error.issues.flatMap((issue) => faultsOf(issue, prefix)));
  return {};
}

function faultsOf(issue: z.core.$ZodIssue, prefix: string): Fault[] {
  const path = [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  // Of several forms the one that fits best is the one that was meant.
  const meant = issue.code === 'invalid_union' ? [...issue.errors].sort((a, b) => a.length - b.length)[0] : undefined;
  if (meant !== undefined && meant.length > 0) return meant.flatMap((inner) => faultsOf(inner, path));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: '没有这一项' }));
  return [{ path, message: issue.message }];
}

/** What the key stands for: where it was sent and with what. */
function digestOfRequest(request: Request): string {
  const body = request.body as unknown;
  return digestOf({ path: request.originalUrl, body: Buffer.isBuffer(body) ? sha256Hex(body) : (body ?? null) });
}

function keyOf(request: Request): string {
  const key = request.get('idempotency-key');
  if (key === undefined || !KEY_FORM.test(key)) throw new HttpProblem(400, 'idempotency-key-required', '每个 POST 请求应带 8 到 128 个字符的 Idempotency-Key');
  return key;
}

function send(response: Response, status: number, body: unknown): void {
  if (response.headersSent) return;
  if (body === undefined || status === 204) response.status(204).end();
  else response.status(status).json(body);
}
