/** What is on record about the time of a step, or before it, but was entered only afterwards: nobody could know it then (当时未知). */
import type { Act } from '../domain/act.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { AreaFact } from '../db/read/replay.js';
import type { ReplayRecord } from './replay-record.js';

export type LaterFact =
  /** A row of the episode: an act entered late, or for somebody. */
  | { readonly what: 'row'; readonly seq: number; readonly type: string; readonly occurredAtMs: number; readonly recordedAtMs: number }
  | { readonly what: 'forecast'; readonly areaSeq: number; readonly forecastId: string; readonly source: string; readonly occurredAtMs: number; readonly recordedAtMs: number }
  | { readonly what: 'order'; readonly areaSeq: number; readonly orderId: string; readonly occurredAtMs: number; readonly recordedAtMs: number }
  | { readonly what: 'dust'; readonly areaSeq: number; readonly occurredAtMs: number; readonly recordedAtMs: number }
  /** Of this many entries: the first instant observed, and when the first of them was recorded. */
  | { readonly what: 'observations'; readonly entries: number; readonly occurredAtMs: number; readonly recordedAtMs: number };

/** In the order of their recording. */
export function laterFacts({ rows, area }: ReplayRecord, row: LedgerRow): LaterFact[] {
  const atMs = row.planAtMs;
  const later = area.filter((fact) => fact.recordedAtMs > row.recordedAtMs);
  const found = [...rows.slice(row.seq).flatMap((r) => ofRow(r, atMs)), ...later.flatMap((fact) => ofArea(fact, atMs)), ...observedLater(later, atMs)];
  return found.sort((a, b) => a.recordedAtMs - b.recordedAtMs);
}

function ofRow({ seq, event, recordedAtMs }: LedgerRow, atMs: number): LaterFact[] {
  // The area's own row tells of its orders.
  if (event.type.startsWith('order-')) return [];
  const act = (event as { act?: Act | null }).act;
  return act && act.entry !== 'direct' && act.occurredAtMs <= atMs ? [{ what: 'row', seq, type: event.type, occurredAtMs: act.occurredAtMs, recordedAtMs }] : [];
}

function ofArea({ seq: areaSeq, recordedAtMs, event }: AreaFact, atMs: number): LaterFact[] {
  switch (event.type) {
    case 'forecast-recorded':
      return event.issuedAtMs <= atMs ? [{ what: 'forecast', areaSeq, forecastId: event.forecastId, source: event.source, occurredAtMs: event.issuedAtMs, recordedAtMs }] : [];
    case 'order-received':
      return event.order.receivedAtMs <= atMs ? [{ what: 'order', areaSeq, orderId: event.order.id, occurredAtMs: event.order.receivedAtMs, recordedAtMs }] : [];
    case 'dust-flagged': {
      const fromMs = event.spans.reduce((earliest, span) => Math.min(earliest, span.fromMs), Infinity);
      return fromMs <= atMs ? [{ what: 'dust', areaSeq, occurredAtMs: fromMs, recordedAtMs }] : [];
    }
    case 'observations-recorded':
    case 'order-transmission-added':
    case 'order-checked':
      return [];
  }
}

function observedLater(later: readonly AreaFact[], atMs: number): LaterFact[] {
  const about = later.filter((fact) => fact.coversFromMs !== null && fact.coversFromMs < atMs);
  const [first] = about;
  if (!first) return [];
  const occurredAtMs = about.reduce((earliest, { coversFromMs }) => Math.min(earliest, coversFromMs ?? Infinity), Infinity);
  return [{ what: 'observations', entries: about.length, occurredAtMs, recordedAtMs: first.recordedAtMs }];
}
