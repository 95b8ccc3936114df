/**
 * The AQI strip as an SVG of its own, served as an image: observed solid,
 * forecast range hatched, the lines that count, the windows that made a level
 * shaded. Drawn here: the picture is a few paths, and hatching, its own
 * description and a strict content policy come for nothing.
 */
import { renderToString } from 'preact-render-to-string';
import type { Plan } from '../../domain/plan.js';
import { DAY_MS, dayOf, dayStartMs } from '../../domain/time.js';
import type { AirStrip, StripHour } from '../../usecases/air-strip.js';
import { type Lang, texts } from '../texts/index.js';
import { shortDay } from '../web/time.js';

/** `low`: as wide, where words come first; `small`: for a phone. */
export type StripSize = 'full' | 'low' | 'small';

export interface StripLook {
  readonly lang: Lang;
  readonly size: StripSize;
}

export const SIZES: Readonly<Record<StripSize, { readonly width: number; readonly height: number }>> = { full: { width: 680, height: 250 }, low: { width: 680, height: 150 }, small: { width: 360, height: 104 } };

const ROUND = {
  full: { left: 38, right: 8, top: 10, bottom: 26, font: 13 },
  low: { left: 38, right: 8, top: 8, bottom: 22, font: 13 },
  small: { left: 30, right: 6, top: 6, bottom: 18, font: 11 },
} satisfies Record<StripSize, object>;

export function sizeOf(value: unknown): StripSize {
  return value === 'low' || value === 'small' ? value : 'full';
}

const INK = '#1b2430';
const FONT = "'Microsoft YaHei','Noto Sans CJK SC',sans-serif";

export function airChart(strip: AirStrip, plan: Plan, { lang, size }: StripLook): string {
  const { width, height } = SIZES[size];
  const { left, right, top, bottom, font } = ROUND[size];
  const isSmall = size === 'small';
  const t = texts[lang];
  const known = strip.hours.flatMap((hour) => (hour.high === null ? [] : [hour.high]));
  const lines = linesOf(plan);
  const max = Math.max(320, Math.ceil((Math.max(0, ...known) + 20) / 50) * 50);
  const x = (atMs: number) => round(left + ((atMs - strip.fromMs) / (strip.toMs - strip.fromMs)) * (width - left - right));
  const y = (aqi: number) => round(height - bottom - (aqi / max) * (height - top - bottom));
  const observed = strip.hours.filter((h) => h.observed);
  const ahead = strip.hours.filter((h) => !h.observed);
  const midnights = daysFrom(strip.fromMs, strip.toMs);
  const svg = (
    <svg xmlns="http://www.w3.org/2000/svg" viewBox={`0 0 ${width} ${height}`} width={width} height={height} font-family={FONT} font-size={font} role="img">
      <title>{t.desk.air}</title>
      <desc>{t.desk.airAlt(peaks(strip, t.common.unknown))}</desc>
      <defs>
        <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill="#e3edf8" />
          <line x1="0" y1="0" x2="0" y2="7" stroke="#6f93bd" stroke-width="2.2" />
        </pattern>
      </defs>
      <rect width={width} height={height} fill="#ffffff" />
      {strip.processes.map((p, i) => {
        const [from, to] = [Math.max(p.fromMs, strip.fromMs), Math.min(p.toMs, strip.toMs)];
        const colour = plan.levels.find((l) => l.id === p.level)?.colour ?? '#999999';
        return to > from ? <rect key={i} x={x(from)} y={top} width={round(x(to) - x(from))} height={height - top - bottom} fill={colour} fill-opacity="0.2" /> : null;
      })}
      {midnights.map((ms) => (
        <g key={ms}>
          <line x1={x(ms)} x2={x(ms)} y1={top} y2={height - bottom} stroke="#e0e5eb" />
          {x(ms) < width - right - font * 2 && (
            <text x={x(ms) + 3} y={height - bottom + font + 3} fill="#4a5666">
              {shortDay(dayOf(ms))}
            </text>
          )}
        </g>
      ))}
      {lines.map((aqi) => (
        <g key={aqi}>
          <line x1={left} x2={width - right} y1={y(aqi)} y2={y(aqi)} stroke={INK} stroke-opacity="0.55" stroke-dasharray={isSmall ? '3 3' : '6 4'} />
          <text x={left - 5} y={y(aqi) + font / 3} text-anchor="end" fill={INK}>
            {aqi}
          </text>
        </g>
      ))}
      <text x={left - 5} y={y(0)} text-anchor="end" fill="#4a5666">
        0
      </text>
      {bands(ahead).map((band, i) => (
        <path key={i} d={bandPath(band, x, y)} fill="url(#hatch)" stroke="#3f6796" stroke-width="1.2" stroke-linejoin="round" />
      ))}
      {runs(observed).map((run, i) => (
        <path key={i} d={`M${run.map((h) => `${x(h.atMs)} ${y(h.high)}`).join('L')}`} fill="none" stroke="#10355f" stroke-width={isSmall ? 2 : 3} stroke-linejoin="round" />
      ))}
      <line x1={x(strip.nowMs)} x2={x(strip.nowMs)} y1={top} y2={height - bottom} stroke="#9c1c1c" stroke-width="1.5" />
      <text x={x(strip.nowMs) - 4} y={top + font} text-anchor="end" fill="#9c1c1c">
        {t.desk.now}
      </text>
      <line x1={left} x2={width - right} y1={height - bottom} y2={height - bottom} stroke={INK} />
    </svg>
  );
  return renderToString(svg);
}

/** The plan's own lines, and nothing else. */
function linesOf({ levels }: Plan): number[] {
  const all = levels.flatMap((l) => l.predicates.flatMap((p) => [p.spell.aqiAbove, ...(p.containing ? [p.containing.aqiAbove] : [])]));
  return [...new Set(all)].sort((a, b) => a - b);
}

export function peaks({ hours }: AirStrip, unknown: string): { now: string; peak: string } {
  const now = hours.filter((h) => h.observed && h.high !== null).at(-1)?.high;
  const ahead = hours.flatMap((h) => (h.observed || h.high === null ? [] : [h.high]));
  return { now: now === undefined || now === null ? unknown : String(now), peak: ahead.length === 0 ? unknown : String(Math.max(...ahead)) };
}

type Known = StripHour & { readonly low: number; readonly high: number };

/** Stretches without a missing hour. */
function runs(hours: readonly StripHour[]): Known[][] {
  const all: Known[][] = [];
  let current: Known[] = [];
  for (const hour of hours) {
    if (hour.high !== null && hour.low !== null) current.push({ ...hour, low: hour.low, high: hour.high });
    else if (current.length > 0) [all[all.length], current] = [current, []];
  }
  return current.length > 0 ? [...all, current] : all;
}

function bands(hours: readonly StripHour[]): Known[][] {
  return runs(hours).filter((run) => run.length > 1);
}

function bandPath(band: readonly Known[], x: (ms: number) => number, y: (aqi: number) => number): string {
  const above = band.map((h) => `${x(h.atMs)} ${y(h.high)}`);
  // A forecast without a range still shows as a thin band.
  const below = [...band].reverse().map((h) => `${x(h.atMs)} ${y(h.low === h.high ? h.low - 2 : h.low)}`);
  return `M${[...above, ...below].join('L')}Z`;
}

function daysFrom(fromMs: number, toMs: number): number[] {
  const first = dayStartMs(fromMs) + DAY_MS;
  return Array.from({ length: Math.max(0, Math.ceil((toMs - first) / DAY_MS)) }, (_, i) => first + i * DAY_MS);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
