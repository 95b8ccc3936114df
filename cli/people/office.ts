/** The demonstration's accounts at the API: what the scripted people do, they do here. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DemoAccount } from '../../usecases/demo.js';

export interface Office {
  /** A POST by one of the accounts; throws `Refused` when it is refused. */
  post(login: string, route: string, body: unknown): Promise<Record<string, unknown>>;
  get(login: string, route: string): Promise<Record<string, unknown>>;
}

const TIMES_AGAIN = 10;

/** `url` up to and with `/api/v1`. */
export function officeAt(url: string, accounts: readonly DemoAccount[]): Office {
  const tokens = new Map(accounts.map((a) => [a.login, a.token]));
  const request = async (login: string, method: 'GET' | 'POST', route: string, body?: unknown): Promise<Record<string, unknown>> => {
    const token = tokens.get(login);
    if (token === undefined) throw new Error(`nobody of the demonstration is called ${login}`);
    const posted = body === undefined ? {} : { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
    const ask = () => fetch(`${url}${route}`, { method, headers: { Authorization: `Bearer ${token}`, ...posted }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    let response = await ask();
    // Whether it was done is not known yet: the same key tells, as it would anybody.
    for (let again = 0; response.status === 503 && again < TIMES_AGAIN; again++) {
      await pause(1000 * Number(response.headers.get('retry-after') ?? 1));
      response = await ask();
    }
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Refused(`${login} ${method} ${route}`, response.status, answer);
    return answer;
  };
  return {
    post: (login, route, body) => request(login, 'POST', route, body),
    get: (login, route) => request(login, 'GET', route),
  };
}

/** An answer of the API that is not what the script expected. */
export class Refused extends Error {
  readonly code: string;

  constructor(
    what: string,
    readonly status: number,
    problem: Record<string, unknown>,
  ) {
    super(`the system answered ${status} to ${what}: ${String(problem['detail'] ?? problem['title'])}${faultsOf(problem)}`);
    this.name = 'Refused';
    this.code = String(problem['code']);
  }
}

/** The faults of a problem document, each with its path. */
function faultsOf({ errors }: Record<string, unknown>): string {
  if (!Array.isArray(errors)) return '';
  return (errors as { path: string; message: string }[]).map(({ path, message }) => `; ${path}: ${message}`).join('');
}
