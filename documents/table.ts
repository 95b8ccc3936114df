/** A table as a file: what it is of stands above it, so that a copy that wandered off still says so. */
import { stringify } from 'csv-stringify/sync';
import writeXlsxFile from 'write-excel-file/node';

export type TableCell = string | number | null;

export interface TableFile {
  readonly title: string;
  /** Period, filter, what is counted …: name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** UTF-8 with its mark, for spreadsheets; a text that a spreadsheet would take for a formula begins with an apostrophe. */
export function tableCsv({ title, facts, columns, rows }: TableFile): string {
  return stringify([[title], ...facts, [], columns, ...rows], { bom: true, escape_formulas: true, record_delimiter: 'windows' });
}

/** One sheet; texts are texts there, whatever they begin with. */
export function tableXlsx({ title, facts, columns, rows }: TableFile): Promise<Buffer> {
  const text = (value: string) => ({ type: String, value });
  const bold = (value: string) => ({ ...text(value), fontWeight: 'bold' as const });
  const cell = (value: TableCell) => (value === null ? null : typeof value === 'number' ? { type: Number, value } : text(value));
  const data = [[bold(title)], ...facts.map(([name, value]) => [bold(name), text(value)]), [], columns.map(bold), ...rows.map((row) => row.map(cell))];
  return writeXlsxFile(data, { sheet: sheetName(title), columns: columns.map(() => ({ width: 18 })) }).toBuffer();
}

/** At most 31 characters, and none that a sheet's name may not have. */
function sheetName(title: string): string {
  return title.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31);
}
