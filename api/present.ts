/** How values leave: instants as ISO 8601 in Beijing time (`dueAtMs` becomes `dueAt`); the ledger's own content unchanged. */
import { toBeijingIso } from '../domain/time.js';

/** Content that must stay as it is, since its digest or hash is known elsewhere. */
export class Verbatim {
  constructor(readonly value: unknown) {}
}

export const verbatim = (value: unknown): Verbatim => new Verbatim(value);

export function present(value: unknown): unknown {
  if (value instanceof Verbatim) return value.value;
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value as Record<string, unknown>).map(([key, of]) => entryOf(key, of)));
}

function entryOf(key: string, of: unknown): [string, unknown] {
  if (key.endsWith('Ms') && of === null) return [key.slice(0, -2), null];
  if (key.endsWith('Ms') && typeof of === 'number') return [key.slice(0, -2), isoOf(of)];
  return [key, present(of)];
}

/** Milliseconds are shown where there are any: one of them decides whether a report is late. */
export function isoOf(atMs: number): string {
  const whole = toBeijingIso(atMs);
  const ms = ((atMs % 1000) + 1000) % 1000;
  return ms === 0 ? whole : `${whole.slice(0, 19)}.${String(ms).padStart(3, '0')}${whole.slice(19)}`;
}
