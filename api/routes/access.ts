/** Signing in and out, one's own credentials, accounts, delegations. */
import { z } from 'zod';
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
import { delegate, delegations, endDelegation, newDelegation } from '../../usecases/delegations.js';
import type { Deps } from '../../usecases/deps.js';
import { id, words } from '../../usecases/schemas.js';
import { SESSION_MS, signIn, signOut } from '../../usecases/sign-in.js';
import { clearSessionCookie, sessionSecretOf, setSessionCookie } from '../authentication.js';
import { endpoint, type Endpoint } from '../endpoint.js';

const tag = '账号 access';
const credentials = z.strictObject({ login: words(80), password: z.string().min(1).max(200) });
const idParams = z.strictObject({ id });
const account = z.object({ accountId: z.string(), login: z.string(), name: z.string(), hats: z.array(z.record(z.string(), z.unknown())) });

export const accessRoutes = (deps: Deps): Endpoint[] => [
  endpoint('post', '/sign-in', { tag, summary: '登录，得到会话 Cookie', access: 'public', status: 200, body: credentials, answer: account }, async ({ body, request, response }) => {
    const signed = await signIn(deps, { ...body, address: request.ip ?? '', userAgent: request.get('user-agent') ?? null });
    setSessionCookie(response, signed.secret, SESSION_MS);
    const { id: accountId, login, name, hats } = signed.account;
    return { accountId, login, name, hats, expiresAtMs: signed.expiresAtMs };
  }),
  endpoint('post', '/sign-out', { tag, summary: '退出，会话失效', access: 'public', status: 204 }, async ({ request, response }) => {
    const secret = sessionSecretOf(request);
    if (secret !== null) await signOut(deps, secret);
    clearSessionCookie(response);
  }),
  endpoint('get', '/me', { tag, summary: '我是谁，可用哪些身份', answer: account }, ({ caller }) => {
    const { id: accountId, login, name, hats } = caller.account;
    return Promise.resolve({ accountId, login, name, hats });
  }),
  endpoint('get', '/me/credentials', { tag, summary: '本人的会话和令牌' }, ({ caller }) => ownCredentials(deps, caller)),
  endpoint('post', '/me/password', { tag, summary: '修改本人口令；其他会话和令牌失效', body: passwordChange, status: 200 }, ({ caller, body, request }) => changePassword(deps, caller, body, { sessionSecret: sessionSecretOf(request), address: request.ip ?? '' })),
  endpoint('post', '/tokens', { tag, summary: '新建个人令牌，仅此一次显示', body: newToken, kept: withoutSecret }, ({ caller, body }) => createToken(deps, caller, body)),
  endpoint('delete', '/tokens/{id}', { tag, summary: '撤销本人的令牌', params: idParams }, ({ caller, params }) => revokeOwnToken(deps, caller, params.id)),
  endpoint('delete', '/sessions/{id}', { tag, summary: '撤销本人的会话', params: idParams }, ({ caller, params }) => revokeOwnSession(deps, caller, params.id)),

  endpoint('get', '/accounts', { tag, summary: '账号一览（管理员）' }, ({ caller }) => accounts(deps, caller)),
  endpoint('post', '/accounts', { tag, summary: '新建账号（管理员）', body: newAccount }, ({ caller, body }) => createAccount(deps, caller, body)),
  endpoint('delete', '/accounts/{id}', { tag, summary: '停用账号（管理员）', params: idParams }, ({ caller, params }) => closeAccount(deps, caller, params.id)),
  endpoint('post', '/accounts/{id}/password', { tag, summary: '重设口令（管理员）', params: idParams, body: passwordReset, status: 200 }, ({ caller, params, body }) => resetPassword(deps, caller, params.id, body)),
  endpoint('post', '/accounts/{id}/hats', { tag, summary: '授予身份（管理员）', params: idParams, body: newHat }, ({ caller, params, body }) => grantHat(deps, caller, params.id, body)),
  endpoint('delete', '/hats/{id}', { tag, summary: '收回身份（管理员）', params: idParams }, ({ caller, params }) => takeHat(deps, caller, params.id)),

  endpoint('get', '/delegations', { tag, summary: '委托一览' }, ({ caller }) => delegations(deps, caller)),
  endpoint('post', '/delegations', { tag, summary: '书面委托（2.1）', body: newDelegation }, ({ caller, body }) => delegate(deps, caller, body)),
  endpoint('delete', '/delegations/{id}', { tag, summary: '撤销委托', params: idParams }, ({ caller, params }) => endDelegation(deps, caller, params.id)),
];

/** The answer is repeated to whoever asks again under its key; the secret is not. */
function withoutSecret(answer: unknown): unknown {
  return { ...(answer as object), secret: null };
}
