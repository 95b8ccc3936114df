/** A person at the API: sends a request again, under its key, until the answer is one that stands. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** How many requests it took. */
  readonly tries: number;
}

const TRY_FOR_MS = 90_000;
const ANSWER_WITHIN_MS = 15_000;
/** The system said to come again: it does not know, or another request with this key is under way. */
const PASSING = ['idempotency-key-in-use', 'outcome-unknown'];

export class Desk {
  constructor(
    private readonly baseUrl: string,
    private readonly tokens: ReadonlyMap<string, string>,
  ) {}

  /** A 2xx answer; anything else that stands throws. After `expired` the person does it anew. */
  async post(login: string, path: string, body: object, key: string): Promise<Answer> {
    const deadline = performance.now() + TRY_FOR_MS;
    let anew = 0;
    for (let tries = 1; ; tries++) {
      const answer = await this.once(login, 'POST', path, anew === 0 ? key : `${key}.${anew}`, body);
      if (answer !== null && answer.status < 300) return { ...answer, tries };
      const code = String(answer?.body['code']);
      if (code === 'expired') anew++;
      else if (answer !== null && answer.status < 500 && !PASSING.includes(code)) throw new Error(`${login} ${path} (${key}): ${answer.status} ${JSON.stringify(answer.body)}`);
      if (performance.now() > deadline) throw new Error(`${login} ${path} (${key}): no answer that stands within ${TRY_FOR_MS / 1000} s; last ${JSON.stringify(answer)}`);
      await pause(150);
    }
  }

  /** Whatever is answered now; null when nobody answers. */
  async once(login: string, method: 'GET' | 'POST', path: string, key?: string, body?: object): Promise<Omit<Answer, 'tries'> | null> {
    try {
      const answer = await fetch(`${this.baseUrl}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.tokens.get(login)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    } catch {
      return null;
    }
  }

  /** Reads until `find` finds something. */
  async find<T>(login: string, path: string, find: (body: Record<string, unknown>) => T | undefined): Promise<T> {
    for (const deadline = performance.now() + TRY_FOR_MS; ; await pause(100)) {
      const answer = await this.once(login, 'GET', path);
      const found = answer?.status === 200 ? find(answer.body) : undefined;
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${login} ${path}: not found within ${TRY_FOR_MS / 1000} s; last ${JSON.stringify(answer)?.slice(0, 500)}`);
    }
  }
}
