/** Where a fault is, for a person. */
import type { LedgerRow } from '../../domain/ledger.js';
import { PATHS } from '../format.js';

export function rowName({ seq, event }: LedgerRow): string {
  return `${PATHS.episodeRows} row ${seq} (${event.type})`;
}

export function areaRowName({ seq, event }: LedgerRow): string {
  return `${PATHS.areaRows} row ${seq} (${event.type})`;
}

export function rowsName(rows: readonly LedgerRow[]): string {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || first === last) return first ? rowName(first) : PATHS.episodeRows;
  return `${PATHS.episodeRows} rows ${first.seq} to ${last.seq} (${rows.map((r) => r.event.type).join(', ')})`;
}
