/** The statistics as tables: what each column is called and what its figures count, for pages and files alike. */
import type { Text } from '../domain/text.js';
import type { Query } from '../db/read/statistics.js';

export const TABLES = ['on-time', 'approvals', 'lead-times', 'forecasts'] as const;
export type TableId = (typeof TABLES)[number];

export interface Column {
  readonly id: string;
  readonly title: Text;
  readonly kind: 'text' | 'number' | 'percent' | 'instant';
}

/** A name in both languages, a figure, an instant in milliseconds, or nothing. */
export type Cell = Text | string | number | null;

export interface StatisticsTable {
  readonly id: TableId;
  readonly title: Text;
  /** Which cases are counted and which are not. */
  readonly counted: Text;
  readonly queries: readonly Query[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

const text = (zh: string, en: string): Text => ({ zh, en });
const column = (id: string, zh: string, en: string, kind: Column['kind'] = 'number'): Column => ({ id, title: text(zh, en), kind });
const PERIOD = column('period', '时段', 'Period', 'text');

interface Heading {
  readonly title: Text;
  readonly counted: Text;
  readonly columns: readonly Column[];
}

/** Column ids are the names of the figures in their rows. */
export const HEADINGS: Readonly<Record<TableId, Heading>> = {
  'on-time': {
    title: text('按期报送率', 'Reports in time'),
    counted: text(
      '计入：按期、逾期补报、逾期未报，以首次报送时间对预案期限；内部要求另计。未到期的只计入“应报”和“未到期”。不计：已失效的报送要求、草稿、更正版本。日报按所报之日，其余按要求产生之日归入时段。',
      "Counted: in time, late, never handed in though due, by the first submission against the plan's due time; the office's target apart. What is not yet due counts only as owed and open. Not counted: what lapsed, drafts, corrections. A daily report belongs to the day it is about, the rest to the day they arose.",
    ),
    columns: [
      PERIOD,
      column('kind', '事项', 'Kind', 'text'),
      column('owner', '单位（身份）', 'Unit or role', 'text'),
      column('owed', '应报', 'Owed'),
      column('inTime', '按期', 'In time'),
      column('late', '逾期补报', 'Late'),
      column('missing', '逾期未报', 'Missing'),
      column('onTimePercent', '按期率', 'In time, %', 'percent'),
      column('targetMet', '达到内部要求', 'Met the target'),
      column('targetMissed', '未达内部要求', 'Missed the target'),
      column('targetPercent', '内部要求达成率', 'Target met, %', 'percent'),
      column('open', '未到期', 'Open'),
    ],
  },
  approvals: {
    title: text('审批用时', 'Approval times'),
    counted: text('计入：同意、退回、不同意的每一步，自请示提出或上一步批示起算。不计：补签、未办结的步骤、撤回的请示中没有批示的步骤。', 'Counted: every step that was approved, returned or refused, from the opening of the request or the step before. Not counted: countersignatures, steps not taken.'),
    columns: [PERIOD, column('action', '事项', 'Action', 'text'), column('role', '身份', 'Role', 'text'), column('steps', '步数', 'Steps'), column('medianMinutes', '中位数（分钟）', 'Median, min'), column('shortestMinutes', '最短（分钟）', 'Shortest, min'), column('longestMinutes', '最长（分钟）', 'Longest, min')],
  },
  'lead-times': {
    title: text('提前时间', 'Lead times'),
    counted: text('计入：发布、升级、降级、解除的每份通知。预报为所批请示依据的预报；按上级命令发出的没有预报。先生效后发布的为负数。', 'Counted: every notice that publishes, raises, lowers or lifts. The forecast is the one the approved request rested on; a notice by a superior order has none. Negative where it took effect before it was published.'),
    columns: [
      PERIOD,
      column('episode', '过程', 'Episode', 'text'),
      column('notice', '通知', 'Notice', 'text'),
      column('action', '事项', 'Action', 'text'),
      column('level', '级别', 'Level', 'text'),
      column('forecastIssuedAtMs', '预报发布', 'Forecast issued', 'instant'),
      column('publishedAtMs', '通知发布', 'Published', 'instant'),
      column('effectiveAtMs', '生效', 'In effect', 'instant'),
      column('forecastToPublicationHours', '预报至发布（小时）', 'Forecast to publication, h'),
      column('publicationToEffectHours', '发布至生效（小时）', 'Publication to effect, h'),
    ],
  },
  forecasts: {
    title: text('预报命中与漏报', 'Forecast hits and misses'),
    counted: text('计入：每次预报对其后1至7天的日AQI，与实测日AQI比较；范围预报取预案规定的一端（R6）。不计：事后补录的旧预报、尚未结束的日子；实测不明的单列。下列语句取出预报和实测，日AQI由程序按HJ 633和预案设置计算。', "Counted: each forecast's daily AQI of the 1 to 7 days after it against the daily AQI observed; of a range the end that the plan takes (R6). Not counted: older forecasts entered late, days not over; where the observation is not known it stands apart. The queries fetch forecasts and observations; the program makes the daily AQI by HJ 633 and the plan's settings."),
    columns: [PERIOD, column('aqiAbove', 'AQI高于', 'AQI above'), column('leadDays', '提前天数', 'Days ahead'), column('hits', '命中', 'Hits'), column('misses', '漏报', 'Misses'), column('falseAlarms', '空报', 'False alarms'), column('neither', '均未超', 'Neither'), column('unknown', '实测不明', 'Not known'), column('hitPercent', '命中率', 'Hits, %', 'percent')],
  },
};

/** A table of figures under its heading; `cellOf` says what a name is called. */
export function tableOf<R extends object>(id: TableId, queries: readonly Query[], figures: readonly R[], cellOf: (column: string, value: Cell) => Cell): StatisticsTable {
  const { columns, ...heading } = HEADINGS[id];
  const rows = figures.map((row) => columns.map((c) => cellOf(c.id, (row as Readonly<Record<string, Cell>>)[c.id] ?? null)));
  return { id, ...heading, queries, columns, rows };
}
