/** Reads and checks the AQI tables of `plans/aqi/*.yaml` (R26). */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { AQI_ITEMS } from '../domain/air/tables.js';
import type { AqiItem, AqiTable, IaqiScale } from '../domain/air/tables.js';
import { SCALE, scaled } from '../domain/air/pollutants.js';

const instant = z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso));

const ascendingFromZero = z
  .array(z.number().nonnegative())
  .min(2)
  .superRefine((points, context) => {
    if (points[0] !== 0) context.addIssue({ code: 'custom', path: [0], message: 'the first point must be 0' });
    points.forEach((point, i) => {
      if (i > 0 && point <= points[i - 1]!) context.addIssue({ code: 'custom', path: [i], message: `${point} does not lie above ${points[i - 1]}` });
      if (Math.abs(point * SCALE - Math.round(point * SCALE)) > 1e-6) context.addIssue({ code: 'custom', path: [i], message: `${point} is finer than 1/${SCALE}` });
    });
  });

const above = z.union([z.number().int().positive(), z.literal('other-averaging-time')]);

const standard = z
  .strictObject({
    id: z.string().min(1),
    effectiveFrom: instant,
    effectiveUntil: instant.nullable(),
    o3ValidHoursOf8: z.number().int().min(1).max(8),
    iaqi: ascendingFromZero,
    points: z.record(z.enum(AQI_ITEMS), ascendingFromZero),
    above: z.strictObject({ default: z.number().int().positive(), so2_1h: above.optional(), o3_8h: above.optional() }),
  })
  .superRefine((s, context) => {
    for (const item of AQI_ITEMS) {
      if (s.points[item].length > s.iaqi.length) context.addIssue({ code: 'custom', path: ['points', item], message: `has more points than iaqi has values (${s.iaqi.length})` });
    }
    if (s.effectiveUntil !== null && s.effectiveUntil <= s.effectiveFrom) context.addIssue({ code: 'custom', path: ['effectiveUntil'], message: 'does not lie after effectiveFrom' });
  });

const file = z.strictObject({ id: z.string().min(1), standards: z.array(standard).min(1) }).superRefine(({ standards }, context) => {
  standards.forEach((later, i) => {
    const earlier = standards[i - 1];
    if (!earlier) return;
    const fault = (message: string) => context.addIssue({ code: 'custom', path: ['standards', i, 'effectiveFrom'], message });
    if (later.effectiveFrom <= earlier.effectiveFrom) fault(`is not after that of ${earlier.id}`);
    else if (earlier.effectiveUntil === null || earlier.effectiveUntil > later.effectiveFrom) fault(`overlaps ${earlier.id}, which is in force beyond it`);
    else if (earlier.effectiveUntil < later.effectiveFrom) fault(`leaves a time without a table after ${earlier.id}`);
    if (standards.findIndex((s) => s.id === later.id) < i) context.addIssue({ code: 'custom', path: ['standards', i, 'id'], message: `${later.id} is already taken` });
  });
});

export interface TableFault {
  /** Dotted path into the file. */
  readonly path: string;
  readonly reason: string;
}

/** Checks a file's text: the tables in order of their dates, or every fault with its path. */
export function parseAqiTables(text: string): { readonly tables: readonly AqiTable[] } | { readonly faults: readonly TableFault[] } {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    return { faults: [{ path: '', reason: error instanceof Error ? error.message : String(error) }] };
  }
  const result = file.safeParse(content);
  if (!result.success) return { faults: result.error.issues.map((issue) => ({ path: issue.path.join('.'), reason: issue.message })) };
  return { tables: result.data.standards.map(tableOf) };
}

function tableOf(s: z.infer<typeof standard>): AqiTable {
  const scaleOf = (item: AqiItem): IaqiScale => {
    const points = s.points[item].map(scaled);
    const past = (item === 'so2_1h' || item === 'o3_8h' ? s.above[item] : undefined) ?? s.above.default;
    return { points, iaqi: s.iaqi.slice(0, points.length), above: past === 'other-averaging-time' ? null : past };
  };
  return {
    id: s.id,
    effectiveFromMs: s.effectiveFrom,
    effectiveUntilMs: s.effectiveUntil,
    o3ValidHoursOf8: s.o3ValidHoursOf8,
    scales: Object.fromEntries(AQI_ITEMS.map((item) => [item, scaleOf(item)])) as Record<AqiItem, IaqiScale>,
  };
}

/** Loads `plans/aqi/{id}.yaml` (`Settings.aqiTables`); throws an Error that names every fault with its path. */
export function loadAqiTables(id = 'hj633'): AqiTable[] {
  const name = `aqi/${id}.yaml`;
  const result = parseAqiTables(readFileSync(new URL(name, import.meta.url), 'utf8'));
  if ('faults' in result) throw new Error(`plans/${name} refused: ${result.faults.map((f) => `${f.path}: ${f.reason}`).join('; ')}`);
  return [...result.tables];
}
