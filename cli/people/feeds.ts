/** Past data as the technical group and the monitoring feed hand them in. */
import { type Concentrations, endMs } from '../../domain/air/concentrations.js';
import type { ForecastValues } from '../../domain/air/joined.js';
import { MISSING, POLLUTANT_KEYS, SCALE } from '../../domain/air/pollutants.js';
import type { Past } from '../../domain/backtest/past.js';
import { DAY_MS, dayOf, HOUR_MS, toBeijingIso } from '../../domain/time.js';

const SOURCE = '历史数据生成的预报';

export function forecastBody(values: ForecastValues, issuedAtMs: number): object {
  const head = { issuedAt: toBeijingIso(issuedAtMs), source: SOURCE };
  if (values.kind === 'daily') return { ...head, days: values.days };
  const hours = Array.from({ length: values.hours.hours }, (_, i) => hourBody(values.hours, i));
  return { ...head, hours };
}

/** What has just become known: the day, or the hour, that ended at this instant; null when the data lack it. Of a plan that lists stations theirs alone (R25). */
export function observationBody(past: Past, atMs: number, listed: readonly string[]): object | null {
  if (past.kind === 'daily') {
    const ended = past.days.find((d) => d.date === dayOf(atMs - DAY_MS));
    return ended ? { days: [ended] } : null;
  }
  const hours = Object.entries(past.stations).flatMap(([station, c]) => {
    if (listed.length > 0 && !listed.includes(station)) return [];
    const hour = Math.round((atMs - HOUR_MS - c.startMs) / HOUR_MS);
    return hour >= 0 && atMs <= endMs(c) ? [{ station, ...hourBody(c, hour) }] : [];
  });
  return hours.length > 0 ? { hours } : null;
}

function hourBody(c: Concentrations, hour: number): object {
  const values = POLLUTANT_KEYS.map((key) => {
    const value = c.columns[key][hour] ?? MISSING;
    return [key, value === MISSING ? null : value / SCALE] as const;
  });
  return { at: toBeijingIso(c.startMs + hour * HOUR_MS), ...Object.fromEntries(values) };
}
