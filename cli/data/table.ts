/** Reads a CSV file row by row, with a clear word on whatever is wrong in it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { type Day, startOfDayMs } from '../../domain/time.js';
import { badFile, EXIT, Failure } from '../failure.js';
import type { Progress } from '../output.js';

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number; readonly bytes: number };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/;

/** One row; each reader says which cell is wrong and how it should be. */
export class Row {
  constructor(
    readonly file: string,
    readonly line: number,
    private readonly index: ReadonlyMap<string, number>,
    private readonly cells: readonly string[],
  ) {}

  has(column: string): boolean {
    return this.index.has(column);
  }

  /** Empty where the file has no such column. */
  text(column: string): string {
    return (this.cells[this.index.get(column) ?? -1] ?? '').trim();
  }

  /** A number of 0 or more; null where the cell is empty. */
  number(column: string): number | null {
    const text = this.text(column);
    if (text === '') return null;
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) throw this.bad(column, `"${text}" is no number of 0 or more`, 'Leave the cell empty where a value is missing');
    return value;
  }

  /** An instant with its offset, in epoch milliseconds. */
  instant(column: string): number {
    const text = this.text(column);
    const atMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(atMs)) throw this.bad(column, `"${text}" is no instant`, 'Write it with its offset, like 2016-01-05T13:00:00+08:00');
    return atMs;
  }

  day(column: string): Day {
    const text = this.text(column);
    if (Number.isNaN(startOfDayMs(text))) throw this.bad(column, `"${text}" is no day`, 'Write it like 2016-01-05');
    return text;
  }

  bad(column: string, what: string, remedy: string): Failure {
    return badFile({ file: this.file, line: this.line, column }, what, remedy);
  }
}

/** The rows of a file under its header; `progress` is told the share of the file that was read. */
export async function* readRows(file: string, progress: Progress = () => undefined): AsyncGenerator<Row> {
  const bytes = await sizeOf(file);
  const parser = createReadStream(file).pipe(parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true }));
  let index: Map<string, number> | null = null;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      if (!index) {
        index = new Map(record.map((name, i) => [name.trim(), i]));
        continue;
      }
      if (record.length !== index.size) {
        throw badFile({ file, line: info.lines }, `has ${record.length} cells where the header names ${index.size}`, 'Give every row as many cells as the header, empty ones included');
      }
      if (info.lines % 500 === 0) progress(bytes === 0 ? 1 : Math.min(1, info.bytes / bytes));
      yield new Row(file, info.lines, index, record);
    }
  } catch (error) {
    throw isCsvError(error) ? badFile({ file, line: error.lines ?? 1 }, 'is not CSV', `Separate cells by commas and close every quotation mark (${error.message})`) : error;
  }
  if (!index) throw badFile({ file, line: 1 }, 'the file is empty', 'It begins with a header that names its columns');
}

/** The names of a file's columns. */
export async function headerOf(file: string): Promise<readonly string[]> {
  await sizeOf(file);
  const parser = createReadStream(file).pipe(parse({ bom: true, to_line: 1, relax_column_count: true }));
  for await (const record of parser as AsyncIterable<string[]>) return record.map((name) => name.trim());
  throw badFile({ file, line: 1 }, 'the file is empty', 'It begins with a header that names its columns');
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(EXIT.badInput, `${file} cannot be read (${error.code ?? error.message})`, 'Give the path of a CSV file that you may read');
  });
  if (!found.isFile()) throw new Failure(EXIT.badInput, `${file} is no file`, 'Give the path of a CSV file');
  return found.size;
}

function isCsvError(error: unknown): error is Error & { lines?: number } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string' && (error as Error & { code: string }).code.startsWith('CSV_');
}
