/** How a use case's failure is told over HTTP: RFC 9457 problem details with a stable `code`. */
import type { RefusalCode } from '../domain/refusal.js';
import { type Failure, type Fault, UseCaseFailure } from '../usecases/failure.js';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly clause?: string;
  readonly errors?: readonly Fault[];
  readonly difference?: unknown;
  readonly retryAfterSeconds?: number;
}

/** Thrown by the HTTP layer itself, for what no use case knows of. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors?: readonly Fault[],
    readonly retryAfterSeconds?: number,
  ) {
    super(code);
    this.name = 'HttpProblem';
  }
}

/** A rule's refusal: 403 where another person may, 400 where the request is wrong in itself, 409 where it does not fit the state. */
const STATUS_OF_REFUSAL: Readonly<Record<RefusalCode, number>> = {
  'wrong-phase': 409,
  expired: 409,
  'unknown-reference': 404,
  invalid: 400,
  'not-your-role': 403,
  'no-consultation': 409,
  'request-open': 409,
  'request-closed': 409,
  'not-your-step': 403,
  'same-person-twice': 403,
  'needs-two-people': 400,
  'basis-changed': 409,
  'evidence-changed': 409,
  'reason-required': 400,
  'below-floor': 409,
  'not-higher': 409,
  'not-lower': 409,
  'lower-condition-not-met': 409,
  'lift-condition-not-met': 409,
  retroactive: 409,
  'too-far-ahead': 409,
  'no-clear-improvement-not-stated': 409,
  'not-sand-dust': 409,
  'already-done': 409,
  'already-filed': 409,
  'not-open-yet': 409,
  'not-owner': 403,
  'not-owed': 404,
};

const TITLES: Readonly<Record<number, string>> = {
  400: '请求有误',
  401: '请先登录',
  403: '无权办理',
  404: '没有找到',
  405: '不支持该方法',
  406: '不支持该格式',
  409: '与当前状态不符',
  413: '内容过大',
  415: '不支持该内容类型',
  422: '请求编号已用于其他请求',
  429: '尝试过多，请稍后再试',
  500: '系统出错',
  503: '暂时不可用',
};

/** A problem for anything thrown; null for what is nobody's fault but ours. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof UseCaseFailure) return ofFailure(error.failure);
  if (error instanceof HttpProblem) return problem(error.status, error.code, { detail: error.detail, ...(error.errors && { errors: error.errors }), ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }) });
  return ofBodyParser(error);
}

export function problem(status: number, code: string, more: Partial<Problem> = {}): Problem {
  return { type: `urn:qingkong:problem:${code}`, title: TITLES[status] ?? '请求有误', status, code, ...more };
}

function ofFailure(failure: Failure): Problem {
  switch (failure.kind) {
    case 'unauthenticated':
      return problem(401, 'unauthenticated', { detail: '登录名或口令不对，或登录已失效' });
    case 'forbidden':
      return problem(403, 'forbidden', { detail: failure.text.zh, clause: failure.clause });
    case 'invalid':
      return problem(400, 'invalid', { detail: '请求内容有误', errors: failure.faults });
    case 'not-found':
      return problem(404, 'not-found', { detail: `没有找到：${failure.what}` });
    case 'refused': {
      const { code, clause, text, path, difference } = failure.refusal;
      return problem(STATUS_OF_REFUSAL[code], code, {
        detail: text.zh,
        clause,
        ...(path === undefined ? {} : { errors: [{ path, message: text.zh }] }),
        ...(difference === undefined ? {} : { difference }),
      });
    }
    case 'conflict':
      return problem(409, 'conflict', { detail: failure.text.zh });
    case 'throttled':
      return problem(429, 'throttled', { retryAfterSeconds: failure.retryAfterSeconds });
    case 'outcome-unknown':
      return problem(503, 'outcome-unknown', { detail: '是否已执行尚不确定；以同一 Idempotency-Key 再次请求即得实际结果', retryAfterSeconds: 2 });
    case 'newer-rules':
      return problem(503, 'newer-rules', { detail: `本次过程按规则版本 ${failure.version} 办理，本服务尚未更新到该版本，请稍后再试`, retryAfterSeconds: 30 });
    case 'not-yet':
      return problem(503, 'not-yet', { detail: `尚未到序号 ${failure.seq}`, retryAfterSeconds: 1 });
  }
}

/** Express and its body parsers throw errors with a `status` and a `type`. */
function ofBodyParser(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || error.status >= 500) return null;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  switch (type) {
    case 'entity.parse.failed':
      return ofBody(400, 'not-json', '请求体不是合法的 JSON', '请以 UTF-8 发送一个完整的 JSON 对象');
    case 'entity.too.large':
      return ofBody(413, 'too-large', '请求体超过上限', 'JSON 不超过 1 MiB，文件不超过 20 MB，请减少内容或分次发送');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return ofBody(415, 'unsupported-media-type', '请求体的字符集或压缩方式不可用', '请用 UTF-8，不压缩或用 gzip、deflate、br 压缩');
    default:
      return ofBody(error.status, 'bad-request', '请求无法解读', '请检查地址中的百分号编码和请求体的压缩');
  }
}

/** A fault of the whole body, before there is any part of it to name: its path is empty. */
function ofBody(status: number, code: string, detail: string, remedy: string): Problem {
  return problem(status, code, { detail, errors: [{ path: '', message: remedy }] });
}
