/** The AQI strip with its legend and, under it, its numbers. */
import type { AirStrip, StripHour } from '../../usecases/air-strip.js';
import { dayOf } from '../../domain/time.js';
import { peaks, SIZES, type StripSize } from '../charts/air.js';
import { DayName, Time, usePage } from './say.js';

const EVERY_HOURS = 6;

export function Strip({ strip, src, size = 'full' }: { strip: AirStrip; src: string; size?: StripSize }) {
  const { t } = usePage();
  const picture = (as: StripSize) => (as === 'full' ? src : `${src}&size=${as}`);
  return (
    <>
      <figure>
        <picture>
          <source media="(max-width: 40rem)" srcset={picture('small')} {...SIZES.small} />
          <img src={picture(size)} alt={t.desk.airAlt(peaks(strip, t.common.unknown))} {...SIZES[size]} />
        </picture>
      </figure>
      <p class={size === 'full' ? 'legend' : 'legend wide-only'}>
        {LEGEND.map((mark) => (
          <span key={mark}>
            <span class={`mark ${mark}`} aria-hidden="true" />
            {t.desk.legend[mark]}
          </span>
        ))}
      </p>
    </>
  );
}

const LEGEND = ['observed', 'forecast', 'window', 'now'] as const;

/** Observed every six hours, newest first; the forecast by the day. */
export function StripTable({ strip, open = false }: { strip: AirStrip; open?: boolean }) {
  const { t } = usePage();
  const observed = strip.hours.filter((h) => h.observed && h.high !== null).reverse();
  const shown = observed.filter((_, i) => i % EVERY_HOURS === 0);
  const days = byDay(strip.hours.filter((h) => !h.observed && h.high !== null));
  return (
    <details open={open}>
      <summary>{t.desk.airTable}</summary>
      <div class="columns even">
        <table>
          <caption>
            {t.desk.observed}（{t.desk.every(EVERY_HOURS)}）
          </caption>
          <thead>
            <tr>
              <th scope="col">{t.desk.hour}</th>
              <th scope="col" class="figure">
                {t.desk.aqi}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((h) => (
              <tr key={h.atMs}>
                <td>
                  <Time at={h.atMs} />
                </td>
                <td class="figure">{h.high}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>{t.desk.forecast}</caption>
          <thead>
            <tr>
              <th scope="col">{t.forecasts.date}</th>
              <th scope="col" class="figure">
                {t.desk.aqi}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, low, high }) => (
              <tr key={day}>
                <td>
                  <DayName day={day} />
                </td>
                <td class="figure">{low === high ? high : `${low}–${high}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function byDay(hours: readonly StripHour[]): { day: string; low: number; high: number }[] {
  const days = new Map<string, { low: number; high: number }>();
  for (const { atMs, low, high } of hours) {
    if (low === null || high === null) continue;
    // The window that ends at 24:00 is the day's own.
    const day = dayOf(atMs - 1);
    const so = days.get(day) ?? { low: Infinity, high: -Infinity };
    days.set(day, { low: Math.min(so.low, low), high: Math.max(so.high, high) });
  }
  return [...days].map(([day, values]) => ({ day, ...values }));
}
