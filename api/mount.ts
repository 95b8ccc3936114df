/** Puts described endpoints onto a router: parse, authenticate, once per key, answer. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { digestOf, sha256Hex } from '../domain/digest.js';
import type { Deps } from '../usecases/deps.js';
import { DOCUMENT_LIMIT_BYTES } from '../usecases/documents.js';
import type { Fault } from '../usecases/failure.js';
import { once } from '../usecases/idempotency.js';
import { IN_CHINESE } from '../usecases/schemas.js';
import { undecodable, unstorable } from '../usecases/storable.js';
import { callerOf } from './authentication.js';
import type { Endpoint } from './endpoint.js';
import { present } from './present.js';
import { HttpProblem, problemOf } from './problems.js';

const BODY_LIMIT_BYTES = 2 ** 20;
const KEY_FORM = /^[\x21-\x7e]{8,128}$/;
/** Of an endpoint that takes none. */
const NOTHING = z.strictObject({});
/** More than anybody mends at once. */
const MAX_FAULTS = 100;
/** Answers that say nothing about what was asked: the next try may get another. */
const PASSING = [401, 408, 425, 429];

/** Each path answers its own methods; any other is told which those are. */
export function mount(router: Router, deps: Deps, endpoints: readonly Endpoint[]): void {
  const json = express.json({ limit: BODY_LIMIT_BYTES, strict: false });
  const bytes = express.raw({ limit: DOCUMENT_LIMIT_BYTES, type: () => true });
  const methods = new Map<string, string[]>();
  for (const e of endpoints) {
    const path = e.path.replaceAll(/\{(\w+)\}/g, ':$1');
    // A stranger is turned away before anything of what was sent is read.
    const known = (request: Request, _response: Response, next: NextFunction) => {
      if (e.access === 'signed-in') callerOf(request, null);
      next();
    };
    router[e.method](path, known, e.bytes ? bytes : json, (request, response) => serve(deps, e, request, response));
    methods.set(path, [...(methods.get(path) ?? []), ...(e.method === 'get' ? ['GET', 'HEAD'] : [e.method.toUpperCase()])]);
  }
  for (const [path, allowed] of methods) router.all(path, onlyMethods(allowed));
}

export function onlyMethods(allowed: readonly string[]) {
  return (_request: Request, response: Response): void => {
    response.setHeader('Allow', allowed.join(', '));
    throw new HttpProblem(405, 'method-not-allowed', `此地址只接受 ${allowed.join('、')}`);
  };
}

async function serve(deps: Deps, e: Endpoint, request: Request, response: Response): Promise<void> {
  const input = inputOf(e, request);
  const handled = async (key: string | null) => {
    // A public endpoint has no caller and asks for none.
    const caller = e.access === 'public' ? (undefined as never) : callerOf(request, key);
    return present(await e.handle({ ...input, caller, request, response }));
  };
  if (e.access === 'public' || e.method !== 'post') return send(response, e.status, await handled(null));
  const { account } = callerOf(request, null);
  const key = keyOf(request);
  const digest = digestOfRequest(request);
  let fresh: unknown;
  const result = await once(
    deps,
    { accountId: account.id, key, digest },
    async () => {
      try {
        fresh = await handled(key);
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
      throw new HttpProblem(409, 'idempotency-key-in-use', '同一 Idempotency-Key 的请求仍在执行', undefined, 2);
    case 'answer': {
      const { status, body } = result.answer;
      if (result.replayed) response.setHeader('Idempotency-Replayed', 'true');
      if (fresh !== undefined && status === e.status) return send(response, status, fresh);
      response.status(status).type(status >= 400 ? 'application/problem+json' : 'application/json').send(body);
    }
  }
}

/** What the schemas make of the request. What they refuse has used no key: it may be mended and sent again under the same. */
function inputOf(e: Endpoint, request: Request): { readonly params: unknown; readonly query: unknown; readonly body: unknown } {
  if (!e.bytes && hasBody(request) && !request.is('json')) throw new HttpProblem(415, 'unsupported-media-type', '请求体应为 application/json', [{ path: '', message: '请以 Content-Type: application/json 发送' }]);
  const faults = undecodable(request.originalUrl);
  faults.push(...[request.params, request.query, request.body].flatMap((part: unknown) => unstorable(part)));
  if (faults.length > 0) throw invalid(faults);
  const params = parsed(e.params ?? NOTHING, request.params, faults);
  const query = parsed(e.query ?? NOTHING, request.query, faults);
  // Nothing at all is as good as an empty object; a `null` is not.
  const body = e.bytes ? {} : parsed(e.body ?? NOTHING, request.body === undefined ? {} : request.body, faults);
  if (faults.length > 0) throw invalid(faults);
  return { params, query, body };
}

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}

function parsed(schema: z.ZodType, value: unknown, faults: Fault[]): unknown {
  const result = schema.safeParse(value, IN_CHINESE);
  if (result.success) return result.data;
  faults.push(...result.error.issues.flatMap((issue) => faultsOf(issue, '')));
  return {};
}

function invalid(faults: readonly Fault[]): HttpProblem {
  return new HttpProblem(400, 'invalid', '请求内容有误', faults.slice(0, MAX_FAULTS));
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
