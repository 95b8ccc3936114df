/** The column sets we read, told apart by the header. */
import { badFile } from '../failure.js';
import { headerOf } from './table.js';

/** Columns a file of each kind must have; `city`, `station`, `aqi` and `primary` may be there besides. */
const NEEDED = {
  hourly: ['time', 'pm25', 'pm10', 'so2', 'no2', 'co', 'o3'],
  daily: ['date', 'pm25', 'pm10', 'so2', 'no2', 'co', 'o3_8h'],
} as const;

export type FileKind = keyof typeof NEEDED;

/** Hourly or daily; a header that is neither is told what is wanting. */
export async function kindOfFile(file: string): Promise<{ readonly kind: FileKind; readonly columns: readonly string[] }> {
  const columns = await headerOf(file);
  const kind = columns.includes('time') ? 'hourly' : columns.includes('date') ? 'daily' : null;
  if (!kind) throw badFile({ file, line: 1 }, 'the header names neither "time" nor "date"', `An hourly file has ${NEEDED.hourly.join(', ')}; a daily one ${NEEDED.daily.join(', ')}`);
  const missing = NEEDED[kind].filter((name) => !columns.includes(name));
  if (missing.length > 0) throw badFile({ file, line: 1, column: missing.join('", "') }, `missing from the header of an ${kind} file`.replace('an daily', 'a daily'), `It has ${NEEDED[kind].join(', ')}`);
  return { kind, columns };
}
