/** What a request can carry and no text, database or canonical form can, nor a reader be shown. */
import type { Fault } from './failure.js';

const MAX_DEPTH = 32;
/**
 * Control characters but tab, line feed and carriage return (a terminal obeys
 * them), and the marks that turn the direction of what follows: both make a
 * text read otherwise than it is.
 */
// eslint-disable-next-line no-control-regex
const UNREADABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
/** Nobody reads a password: it may hold what its owner likes. */
const SECRETS: readonly string[] = ['password', 'current', 'next'];

/** Faults of a parsed body: characters no text holds, numbers beyond all bounds, nesting without end. */
export function unstorable(value: unknown, path: readonly string[] = []): Fault[] {
  const fault = (message: string): Fault[] => [{ path: path.join('.'), message }];
  if (path.length > MAX_DEPTH) return fault('嵌套过深');
  if (typeof value === 'string') return (isSecret(path) ? isText(value) : isReadable(value)) ? [] : fault('含有不能保存的字符');
  if (typeof value === 'number') return Number.isFinite(value) ? [] : fault('数值过大');
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, of]) => (isReadable(key) ? unstorable(of, [...path, key]) : fault('含有不能保存的字符')));
}

function isSecret([name = '', ...deeper]: readonly string[]): boolean {
  return deeper.length === 0 && SECRETS.includes(name);
}

function isReadable(value: string): boolean {
  return isText(value) && !UNREADABLE.test(value);
}

function isText(value: string): boolean {
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
