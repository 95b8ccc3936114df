/** Instants as people read them: Beijing time, absolute first, relative second; computed here, never by the client. */
import { dayOf, DAY_MS, HOUR_MS, MINUTE_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';
import type { Lang } from '../texts/index.js';

const WEEKDAYS = { zh: ['日', '一', '二', '三', '四', '五', '六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] } as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly clock: string;
}

function partsOf(atMs: number): Parts {
  const iso = toBeijingIso(atMs);
  const [year = 0, month = 0, day = 0] = iso.slice(0, 10).split('-').map(Number);
  return { year, month, day, weekday: new Date(startOfDayMs(iso.slice(0, 10)) + 8 * HOUR_MS).getUTCDay(), clock: iso.slice(11, 16) };
}

/** `1月5日（星期日）12:00`; the year where it is not this one; today and tomorrow by name, with the date. */
export function instantText(atMs: number, nowMs: number, lang: Lang): string {
  return `${dayText(dayOf(atMs), nowMs, lang)}${lang === 'zh' ? '' : ' '}${partsOf(atMs).clock}`;
}

/** A limit at midnight belongs to the day it ends: 24:00, as the plan counts. */
export function limitText(atMs: number, nowMs: number, lang: Lang): string {
  return partsOf(atMs).clock === '00:00' ? `${dayText(dayOf(atMs - 1), nowMs, lang)}${lang === 'zh' ? '' : ' '}24:00` : instantText(atMs, nowMs, lang);
}

export function dayText(day: string, nowMs: number, lang: Lang): string {
  const p = partsOf(startOfDayMs(day));
  const thisYear = partsOf(nowMs).year === p.year;
  return lang === 'zh'
    ? `${thisYear ? '' : `${p.year}年`}${p.month}月${p.day}日（星期${WEEKDAYS.zh[p.weekday] ?? ''}）`
    : `${WEEKDAYS.en[p.weekday] ?? ''} ${p.day} ${MONTHS[p.month - 1] ?? ''}${thisYear ? '' : ` ${p.year}`}`;
}

/** `1-5`, for narrow columns. */
export function shortDay(day: string): string {
  const p = partsOf(startOfDayMs(day));
  return `${p.month}-${p.day}`;
}

export function hourText(atMs: number, lang: Lang): string {
  const p = partsOf(atMs);
  return lang === 'zh' ? `${p.month}月${p.day}日${p.clock === '00:00' ? '0时' : `${Number(p.clock.slice(0, 2))}时${p.clock.endsWith('00') ? '' : `${p.clock.slice(3)}分`}`}` : `${p.day} ${MONTHS[p.month - 1] ?? ''} ${p.clock}`;
}

/** `2小时10分`; under a minute `不到1分钟`. */
export function spanText(ms: number, lang: Lang): string {
  const all = Math.abs(ms);
  const [days, hours, minutes] = [Math.floor(all / DAY_MS), Math.floor((all % DAY_MS) / HOUR_MS), Math.floor((all % HOUR_MS) / MINUTE_MS)];
  if (all < MINUTE_MS) return lang === 'zh' ? '不到1分钟' : 'under a minute';
  const of = (n: number, zh: string, en: string) => (n === 0 ? '' : lang === 'zh' ? `${n}${zh}` : `${n} ${en} `);
  return `${of(days, '天', 'd')}${of(hours, '小时', 'h')}${days > 0 ? '' : of(minutes, '分', 'min')}`.trim();
}

/** What `<input type="datetime-local">` holds, Beijing time. */
export function localInput(atMs: number): string {
  return toBeijingIso(atMs).slice(0, 16);
}

/** Back again, as the use cases take instants. */
export function instantOf(local: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? `${local}:00+08:00` : local;
}
