/**
 * Instants are UTC milliseconds since the epoch; natural days are those of
 * Asia/Shanghai, a fixed +08:00 (exact since 1991), written `YYYY-MM-DD`.
 */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const BEIJING_OFFSET_MS = 8 * HOUR_MS;

/** A natural day in Beijing time, `YYYY-MM-DD`. */
export type Day = string;

function twoDigits(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

/** The natural day an instant falls on; 24:00 belongs to the next day. */
export function dayOf(atMs: number): Day {
  const date = new Date(atMs + BEIJING_OFFSET_MS);
  return `${date.getUTCFullYear()}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`;
}

/** 00:00 Beijing time of a day. A day that does not exist gives NaN. */
export function startOfDayMs(day: Day): number {
  const startMs = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8))) - BEIJING_OFFSET_MS;
  return Number.isNaN(startMs) || dayOf(startMs) !== day ? Number.NaN : startMs;
}

/** 00:00 Beijing time of the natural day an instant falls on. */
export function dayStartMs(atMs: number): number {
  return Math.floor((atMs + BEIJING_OFFSET_MS) / DAY_MS) * DAY_MS - BEIJING_OFFSET_MS;
}

/** 24:00 Beijing time of a day. */
export function endOfDayMs(day: Day): number {
  return startOfDayMs(day) + DAY_MS;
}

export function addDays(day: Day, days: number): Day {
  return dayOf(startOfDayMs(day) + days * DAY_MS);
}

/** The natural days touched by `[fromMs, toMs)`, oldest first; an interval that ends at 00:00 leaves that day out (R35). */
export function daysTouched(fromMs: number, toMs: number): Day[] {
  const days: Day[] = [];
  if (toMs <= fromMs) return days;
  for (let at = startOfDayMs(dayOf(fromMs)); at < toMs; at += DAY_MS) days.push(dayOf(at));
  return days;
}

export function isWholeHour(atMs: number): boolean {
  return atMs % HOUR_MS === 0;
}

/** The first whole hour strictly after an instant (R7). */
export function nextWholeHourMs(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS + HOUR_MS;
}

/** `2025-01-06T12:00:00+08:00`, the form of all exchanged instants. */
export function toBeijingIso(atMs: number): string {
  return `${new Date(atMs + BEIJING_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
