/** A use case's failure as a page tells it. */
import type { Text } from '../../domain/text.js';
import { type Failure, UseCaseFailure } from '../../usecases/failure.js';
import type { Refusal } from '../../domain/refusal.js';
import { faultInEnglish } from '../texts/faults-en.js';

export interface PageFault {
  /** The name of the form's field. */
  readonly path: string;
  readonly text: Text;
}

export interface PageProblem {
  readonly status: number;
  readonly text: Text;
  readonly clause: string | null;
  readonly faults: readonly PageFault[];
  readonly difference: NonNullable<Refusal['difference']> | null;
  /** The same form may be sent again with the same key: nobody knows yet whether it was carried out. */
  readonly keepsKey: boolean;
}

const NONE = { clause: null, faults: [], difference: null, keepsKey: false } as const;

/** Null for what is nobody's fault but ours. */
export function pageProblemOf(error: unknown): PageProblem | null {
  return error instanceof UseCaseFailure ? ofFailure(error.failure) : null;
}

/** The rules name what a command holds; a form's field is called after it. */
function fieldOf(path: string): string {
  return path.replace(/^act\./, '').replace(/^(actor)\..*$/, '$1').replace(/Ms$/, '');
}

function ofFailure(failure: Failure): PageProblem {
  switch (failure.kind) {
    case 'unauthenticated':
      return { ...NONE, status: 401, text: { zh: '登录名或口令不对', en: 'The login or the password is wrong' } };
    case 'forbidden':
      return { ...NONE, status: 403, text: failure.text, clause: failure.clause };
    case 'invalid':
      return { ...NONE, status: 422, text: { zh: '请改正下列各处', en: 'Please correct the following' }, faults: failure.faults.map(({ path, message }) => ({ path: fieldOf(path), text: { zh: message, en: faultInEnglish(message) } })) };
    case 'not-found':
      return { ...NONE, status: 404, text: { zh: '没有找到要办理的内容', en: 'There is no such thing' } };
    case 'refused': {
      const { text, clause, path, difference } = failure.refusal;
      return { ...NONE, status: 409, text, clause, faults: path === undefined ? [] : [{ path: fieldOf(path), text }], difference: difference ?? null };
    }
    case 'conflict':
      return { ...NONE, status: 409, text: failure.text };
    case 'throttled':
      return { ...NONE, status: 429, text: { zh: `尝试过多，请${Math.ceil(failure.retryAfterSeconds / 60)}分钟后再试`, en: `Too many attempts; try again in ${Math.ceil(failure.retryAfterSeconds / 60)} minutes` } };
    case 'outcome-unknown':
      return { ...NONE, status: 503, keepsKey: true, text: { zh: '系统没有及时答复，是否已办成尚不确定。请再按一次：已办成的不会重复办理。', en: 'No answer came in time; whether it was done is not known yet. Press again: what was done is not done twice.' } };
    case 'newer-rules':
      return { ...NONE, status: 503, keepsKey: true, text: { zh: '系统正在更新，本次过程由新版本办理，请稍候再试', en: 'The system is being updated and this episode belongs to the new version; try again in a moment' } };
    case 'not-yet':
      return { ...NONE, status: 503, keepsKey: true, text: { zh: '刚写入的内容还没有显示，请稍候刷新', en: 'What was just written cannot be read yet; reload in a moment' } };
  }
}
