/** One catalogue per language; Chinese is the source, and a string that English lacks does not compile. */
import { en } from './en.js';
import { type Texts, zh } from './zh.js';

export type { Texts };
export type Lang = 'zh' | 'en';

export const texts: Readonly<Record<Lang, Texts>> = { zh, en };
/** As HTML names them. */
export const langTag: Readonly<Record<Lang, string>> = { zh: 'zh-CN', en: 'en' };

export function langOf(value: unknown): Lang | null {
  return value === 'zh' || value === 'en' ? value : null;
}
