/** Looking back: statistics, what-if, chain heads. */
import { z } from 'zod';
import { tableCsv, tableXlsx } from '../../documents/table.js';
import { chainHead, chainHeadFile } from '../../usecases/chain-head.js';
import type { Deps } from '../../usecases/deps.js';
import { notFound } from '../../usecases/failure.js';
import { day, id } from '../../usecases/schemas.js';
import { statistics, statisticsQuery } from '../../usecases/statistics.js';
import { TABLES } from '../../usecases/statistics-tables.js';
import { differenceWords, whatIf, whatIfQuery } from '../../usecases/what-if.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { statisticsFile } from '../statistics-file.js';
import { areaParams, episodeParams } from './schemas.js';

const tag = '回顾 review';
const MEDIA = { csv: 'text/csv; charset=utf-8', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' } as const;

export const reviewRoutes = (deps: Deps): Endpoint[] => [
  endpoint('get', '/areas/{areaId}/statistics', { tag, summary: '统计：按期率、审批用时、提前时间、预报命中；附查询语句', params: areaParams, query: statisticsQuery }, async ({ caller, params, query }) => {
    const { tables, ...of } = await statistics(deps, caller, params.areaId, query);
    return { ...of, tables: tables.map((t) => ({ ...t, columns: t.columns.map((c) => ({ ...c, id: c.id.replace(/Ms$/, '') })), rows: t.rows.map((row) => Object.fromEntries(t.columns.map((c, i) => [c.id, row[i] ?? null]))) })) };
  }),
  endpoint('get', '/areas/{areaId}/statistics/{table}', { tag, summary: '一张统计表（on-time、approvals、lead-times、forecasts）的文件（CSV、XLSX）', params: areaParams.extend({ table: id }), query: statisticsQuery.extend({ format: z.enum(['csv', 'xlsx']), lang: z.enum(['zh', 'en']).default('zh') }) }, async ({ caller, params, query, response }) => {
    const { format, lang, ...asked } = query;
    const wanted = TABLES.find((table) => table === params.table);
    if (wanted === undefined) throw notFound('table');
    const of = await statistics(deps, caller, params.areaId, asked, wanted);
    const table = of.tables.find((t) => t.id === wanted)!;
    const file = statisticsFile(of, table, lang);
    response.attachment(`${of.areaId}-${table.id}-${of.from}-${of.to}${of.drills === 'only' ? '-drills' : ''}.${format}`).type(MEDIA[format]);
    response.send(format === 'csv' ? tableCsv(file) : await tableXlsx(file));
  }),
  endpoint('get', '/episodes/{episodeId}/what-if', { tag, summary: '推演：按另一预案或限值表重演本次过程的输入（审计、办公室）', params: episodeParams, query: whatIfQuery }, async ({ caller, params, query }) => {
    const found = await whatIf(deps, caller, params.episodeId, query);
    const { first, second, comparison, ...rest } = found;
    const side = ({ plan, ...of }: typeof first) => ({ plan: { id: plan.id, revision: plan.revision, title: plan.title }, ...of });
    const told = (of: (typeof comparison.differences)[number]) => ({ ...of, words: differenceWords(found, of) });
    return {
      ...rest,
      first: side(first),
      second: side(second),
      comparison: { pairs: comparison.pairs.map((p) => ({ first: p.first.map((e) => e.number), second: p.second.map((e) => e.number), differences: p.differences.map(told) })), differences: comparison.differences.map(told) },
    };
  }),
  endpoint('get', '/areas/{areaId}/head', { tag, summary: '最近一次签名的链头', params: areaParams }, async ({ caller, params }) => ({ head: await chainHead(deps, caller, params.areaId) })),
  endpoint('get', '/areas/{areaId}/head/file', { tag, summary: '签名链头的文件，供异地保存', params: areaParams, query: z.strictObject({ day: day.optional() }) }, async ({ caller, params, query, response }) => {
    const { name, body } = await chainHeadFile(deps, caller, params.areaId, query.day ?? null);
    response.attachment(name).type('application/json').send(body);
  }),
];
