/** Who is asking: a personal token, or a session's cookie guarded against other sites' forms. */
import type { NextFunction, Request, Response } from 'express';
import type { Account, Caller } from '../usecases/caller.js';
import type { Deps } from '../usecases/deps.js';
import { accountOfSessionSecret, accountOfTokenSecret } from '../usecases/sign-in.js';
import { HttpProblem } from './problems.js';

export const SESSION_COOKIE = 'qingkong_session';

interface Identity {
  readonly account: Account | null;
  readonly sessionSecret: string | null;
}

const identities = new WeakMap<Request, Identity>();

/** Reads the credentials; whether somebody is needed is each endpoint's to say. */
export function authentication(deps: Deps) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    identities.set(request, await identify(deps, request));
    next();
  };
}

async function identify(deps: Deps, request: Request): Promise<Identity> {
  const authorization = request.get('authorization');
  if (authorization !== undefined) {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return { account: secret === undefined ? null : await accountOfTokenSecret(deps, secret), sessionSecret: null };
  }
  const sessionSecret = cookieOf(request, SESSION_COOKIE);
  if (sessionSecret === null) return { account: null, sessionSecret: null };
  return { account: await accountOfSessionSecret(deps, sessionSecret), sessionSecret };
}

/** Whose the credentials of a request under way are by now; null once they were revoked or have run out. */
export async function accountStill(deps: Deps, request: Request): Promise<Account | null> {
  return (await identify(deps, request)).account;
}

export function sessionSecretOf(request: Request): string | null {
  return identities.get(request)?.sessionSecret ?? null;
}

export function accountOrNull(request: Request): Account | null {
  return identities.get(request)?.account ?? null;
}

/** The caller of a request that needs one. `X-Hat` names the hat to wear: its id, a role, or `unit:ID`. */
export function callerOf(request: Request, key: string | null): Caller {
  const identity = identities.get(request);
  if (!identity?.account) throw new HttpProblem(401, 'unauthenticated', '请先登录，或出示有效的令牌');
  return { account: identity.account, wears: request.get('x-hat') ?? null, key };
}

/**
 * A browser sends cookies with whatever another site makes it send: a request
 * that changes something must be known to come from our own pages, or carry a
 * header that no form can.
 */
export function guardAgainstOtherSites(request: Request, _response: Response, next: NextFunction): void {
  const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  if (!isSafe && request.get('authorization') === undefined && !isOurs(request)) throw new HttpProblem(403, 'cross-site', '不接受其他网站发来的请求');
  next();
}

function isOurs(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === request.get('host');
  // No browser of ours leaves both out; without a cookie there is nothing to steal.
  return cookieOf(request, SESSION_COOKIE) === null || request.get('x-qingkong') !== undefined;
}

function cookieOf(request: Request, name: string): string | null {
  const pair = (request.get('cookie') ?? '').split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1) ?? null;
}

export function setSessionCookie(response: Response, secret: string, maxAgeMs: number): void {
  response.cookie(SESSION_COOKIE, secret, { httpOnly: true, sameSite: 'lax', secure: response.req.secure, maxAge: maxAgeMs, path: '/' });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'lax', secure: response.req.secure, path: '/' });
}
