import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import readXlsx from 'read-excel-file/node';
import { type TableFile, tableCsv, tableXlsx } from '../../documents/table.js';

const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '=HYPERLINK("http://x","y")'];
const table: TableFile = { title: '=标题', facts: [['筛选', '@unit']], columns: ['甲', '乙', '丙'], rows: [...FORMULAS.map((f) => [f, -1.5, null]), ['引号"逗号,换行\n完', 0, '普通']] };
const parsed = (text: string): string[][] => parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });

describe('CSV', () => {
  test('no text that came from somebody begins as a formula; numbers stay numbers', () => {
    const cells = parsed(tableCsv(table));
    for (const text of [...cells.map((row) => row[0]), ...cells.map((row) => row[1])]) if (text !== undefined && text !== '-1.5') expect(text).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    expect(cells.slice(3, 3 + FORMULAS.length)).toEqual(FORMULAS.map((f) => [`'${f}`, '-1.5', '']));
  });

  test('quotes, commas and line ends come back as they were', () => expect(parsed(tableCsv(table)).at(-1)).toEqual(['引号"逗号,换行\n完', '0', '普通']));
});

describe('XLSX', () => {
  test('texts are texts, whatever they begin with; numbers are numbers', async () => {
    const [sheet] = await readXlsx(await tableXlsx(table));
    const cells = sheet!.data as unknown[][];
    expect(cells.slice(4, 4 + FORMULAS.length).map((row) => row[1])).toEqual(FORMULAS.map(() => -1.5));
    expect(cells[4]![0]).toBe('=1+1');
    const file = Buffer.from(await tableXlsx(table));
    expect(file.subarray(0, 2).toString()).toBe('PK');
  });

  test('no cell of it is a formula', async () => {
    const { unzipSync, strFromU8 } = await import('fflate');
    const files = unzipSync(new Uint8Array(await tableXlsx(table)));
    const sheets = Object.entries(files).filter(([name]) => name.startsWith('xl/worksheets/sheet'));
    expect(sheets).toHaveLength(1);
    for (const [, body] of sheets) expect(strFromU8(body)).not.toMatch(/<f[ >]/);
  });
});
