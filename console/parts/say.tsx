/** The page at hand for every part below it, so that words and times need no passing on. */
import { type ComponentChildren, createContext, toChildArray } from 'preact';
import { useContext } from 'preact/hooks';
import type { Text } from '../../domain/text.js';
import type { Page } from '../web/page.js';
import { dayText, hourText, instantText, limitText, spanText } from '../web/time.js';
import { toBeijingIso } from '../../domain/time.js';

const Current = createContext<Page | null>(null);

export function Frame({ page, children }: { page: Page; children: ComponentChildren }) {
  return <Current.Provider value={page}>{children}</Current.Provider>;
}

export function usePage(): Page {
  const page = useContext(Current);
  if (!page) throw new Error('outside of a page');
  return page;
}

/** A text of the plan, in the page's language. */
export function Say({ text }: { text: Text }) {
  return <>{usePage().tell(text)}</>;
}

/** A sentence of the catalogue with markup, such as times, where it has texts: one of `of`'s for each child. */
export function Phrase({ of, children }: { of: (...texts: string[]) => string; children: ComponentChildren }) {
  const marked = toChildArray(children);
  const pieces = of(...marked.map((_, i) => `\0${i}\0`)).split('\0');
  return <>{pieces.map((piece, i) => (i % 2 === 0 ? piece : marked[Number(piece)]))}</>;
}

/** Absolute first; relative second where it says how much is left or over. */
export function Time({ at, relative, limit = relative === 'left' }: { at: number; relative?: 'left' | 'ago' | undefined; limit?: boolean }) {
  const { nowMs, lang, t } = usePage();
  const words = relative === undefined ? null : relative === 'ago' ? t.common.ago(spanText(nowMs - at, lang)) : at >= nowMs ? t.common.left(spanText(at - nowMs, lang)) : t.common.over(spanText(nowMs - at, lang));
  return (
    <>
      <time datetime={toBeijingIso(at)}>{limit ? limitText(at, nowMs, lang) : instantText(at, nowMs, lang)}</time>
      {words && <span class="relative"> ({words})</span>}
    </>
  );
}

/** `1月5日12时`, where a sentence has little room. */
export function Hour({ at }: { at: number }) {
  return <time datetime={toBeijingIso(at)}>{hourText(at, usePage().lang)}</time>;
}

export function DayName({ day }: { day: string }) {
  const { nowMs, lang } = usePage();
  return <time datetime={day}>{dayText(day, nowMs, lang)}</time>;
}

export function Clause({ of }: { of: string }) {
  return <span class="clause">{usePage().t.common.clause(of)}</span>;
}
