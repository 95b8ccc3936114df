/** What a request can carry and no text, database or canonical form can. */
import type { Fault } from '../usecases/failure.js';

const MAX_DEPTH = 32;

/** Faults of a parsed body: characters no text holds, numbers beyond all bounds, nesting without end. */
export function unstorable(value: unknown, path: readonly string[] = []): Fault[] {
  const fault = (message: string): Fault[] => [{ path: path.join('.'), message }];
  if (path.length > MAX_DEPTH) return fault('嵌套过深');
  if (typeof value === 'string') return isText(value) ? [] : fault('含有不能保存的字符');
  if (typeof value === 'number') return Number.isFinite(value) ? [] : fault('数值过大');
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, of]) => (isText(key) ? unstorable(of, [...path, key]) : fault('含有不能保存的字符')));
}

export function isText(value: string): boolean {
  // In a Unicode pattern only half a pair is a surrogate.
  return !value.includes('\u0000') && !/\p{Surrogate}/u.test(value);
}

/** Parameters whose percent signs stand for no characters: the query's parser would put others in their place. */
export function undecodable(url: string): Fault[] {
  const at = url.indexOf('?');
  const pairs = at < 0 ? [] : url.slice(at + 1).split('&');
  return pairs.flatMap((pair) => {
    try {
      decodeURIComponent(pair);
      return [];
    } catch {
      return [{ path: pair.split('=')[0] ?? '', message: '百分号编码有误' }];
    }
  });
}
