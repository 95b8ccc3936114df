/** A table of statistics as a file: what it counts, of when and of whom, stands above the figures. */
import type { TableCell, TableFile } from '../documents/table.js';
import type { Text } from '../domain/text.js';
import { toBeijingIso } from '../domain/time.js';
import type { Statistics } from '../usecases/statistics.js';
import type { Cell, Column, StatisticsTable } from '../usecases/statistics-tables.js';

export type FileLang = keyof Text;

const WORDS = {
  area: { zh: '区域', en: 'Area' },
  period: { zh: '时段', en: 'Period' },
  by: { zh: '分组', en: 'Grouped' },
  whole: { zh: '全时段', en: 'whole period' },
  month: { zh: '按月', en: 'by month' },
  year: { zh: '按年', en: 'by year' },
  drills: { zh: '演练', en: 'Drills' },
  none: { zh: '不含演练', en: 'no drill is counted' },
  only: { zh: '仅演练', en: 'drills only: nothing real is counted' },
  filter: { zh: '筛选', en: 'Filter' },
  all: { zh: '全部', en: 'all' },
  counted: { zh: '统计口径', en: 'Counted' },
  made: { zh: '生成时间（北京时间）', en: 'Made (Beijing time)' },
  query: { zh: '查询语句', en: 'Query' },
  parameters: { zh: '参数', en: 'Parameters' },
} as const satisfies Record<string, Text>;

/** Instants in Beijing time. */
export function statisticsFile(of: Statistics, table: StatisticsTable, lang: FileLang): TableFile {
  const say = (key: keyof typeof WORDS) => WORDS[key][lang];
  const filter = [of.owner, of.kind].filter((f) => f !== null).join(', ');
  return {
    title: table.title[lang],
    facts: [
      [say('area'), `${of.city[lang]} (${of.areaId})`],
      [say('period'), `${of.from} – ${of.to}`],
      [say('by'), say(of.by)],
      [say('drills'), say(of.drills)],
      [say('filter'), table.id === 'on-time' && filter !== '' ? filter : say('all')],
      [say('counted'), table.counted[lang]],
      [say('made'), toBeijingIso(of.madeAtMs)],
      ...table.queries.flatMap(({ sql, parameters }): [string, string][] => [
        [say('query'), sql],
        [say('parameters'), JSON.stringify(parameters)],
      ]),
    ],
    columns: table.columns.map((c) => c.title[lang]),
    rows: table.rows.map((row) => row.map((cell, i) => valueOf(cell, table.columns[i], lang))),
  };
}

function valueOf(cell: Cell, column: Column | undefined, lang: FileLang): TableCell {
  if (typeof cell === 'object' && cell !== null) return cell[lang];
  return column?.kind === 'instant' && typeof cell === 'number' ? toBeijingIso(cell) : cell;
}
