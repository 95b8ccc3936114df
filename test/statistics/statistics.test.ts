/**
 * Each figure of the statistics against one counted from the ledger's rows of
 * an episode that the real engine finished: a loop over the rows, no SQL, no
 * read model.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import readXlsx from 'read-excel-file/node';
import { obligations } from '../../domain/episode/deadlines.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import { episodePlanOf } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Assessment } from '../../domain/air/assessment.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { rulesOf } from '../../domain/rules.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import { addDays, DAY_MS, dayOf, toBeijingIso } from '../../domain/time.js';
import { recordIn } from '../evidence/support/bundles.js';
import { AREA, type TestApi, testApi } from '../support/api.js';
import { keepEpisode } from '../support/kept-episode.js';

type Figure = Record<string, string | number | null>;
interface Table {
  readonly id: string;
  readonly title: { readonly zh: string };
  readonly counted: { readonly zh: string; readonly en: string };
  readonly queries: readonly { readonly sql: string; readonly parameters: unknown[] }[];
  readonly columns: readonly { readonly id: string; readonly title: { readonly zh: string; readonly en: string } }[];
  readonly rows: readonly Record<string, unknown>[];
}

const record = recordIn('completed');
const plan = [...record.plans.values()][0]!;
const rows: readonly LedgerRow[] = record.episodeRows;
const closedAtMs = rows.filter((r) => r.kind === 'decision').at(-1)!.planAtMs;
const [firstDay, lastDay] = [addDays(dayOf(rows[0]!.planAtMs), -1), dayOf(closedAtMs)];
const PERIOD = `${firstDay}/${lastDay}`;

let api: TestApi;
beforeAll(async () => {
  api = await testApi(closedAtMs + DAY_MS);
  await keepEpisode(api, record, AREA);
});
afterAll(() => api.close());

const query = (more = '') => `/areas/${AREA}/statistics?from=${firstDay}&to=${lastDay}${more}`;
const asked = async (more = ''): Promise<Table[]> => {
  const { status, body } = await api.as('auditor').get(query(more));
  expect(status).toBe(200);
  return body.tables as Table[];
};
const table = async (id: string, more = ''): Promise<Table> => (await asked(more)).find((t) => t.id === id)!;

const decisions = rows.filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent);
const of = <T extends EpisodeEvent['type']>(type: T) => decisions.filter((e): e is EventOf<T> => e.type === type);

/** What was owed, by the last state; the first submission of each, by the rows. */
function owedNaively() {
  const rules = rulesOf(rows[0]!.rulesVersion);
  const state = decisions.reduce<EpisodeState | null>((s, e) => rules.evolve(s, e), null)!;
  const firstMs = new Map<string, number>();
  for (const { kind, event } of rows) {
    const { obligationId, countsAtMs } = event as SubmissionEvent;
    if (kind === 'submission' && !firstMs.has(obligationId)) firstMs.set(obligationId, countsAtMs);
  }
  return obligations(episodePlanOf(plan), state, closedAtMs).map((o) => ({ ...o, submittedAtMs: firstMs.get(o.id) ?? state.discharged[o.groupId] ?? null }));
}

const percent = (part: number, rest: number) => (part + rest === 0 ? null : Math.round((1000 * part) / (part + rest)) / 10);

describe('reports in time, per unit and kind (5.1)', () => {
  test('every figure is the one counted from the rows', async () => {
    const naive = new Map<string, Figure>();
    for (const o of owedNaively()) {
      const key = `${o.kind} ${o.ownerId}`;
      const f = naive.get(key) ?? { owed: 0, inTime: 0, late: 0, missing: 0, targetMet: 0, targetMissed: 0, open: 0 };
      const add = (name: string, is: boolean) => (f[name] = (f[name] as number) + (is ? 1 : 0));
      const { submittedAtMs: at, dueAtMs: due, targetAtMs: target } = o;
      add('owed', true);
      add('inTime', at !== null && due !== null && at <= due);
      add('late', at !== null && due !== null && at > due);
      add('missing', at === null && due !== null && due < closedAtMs);
      add('targetMet', at !== null && target !== null && at <= target);
      add('targetMissed', target !== null && (at === null ? target < closedAtMs : at > target));
      add('open', at === null && !(due !== null && due < closedAtMs) && !(target !== null && target < closedAtMs));
      naive.set(key, f);
    }
    const { rows: found } = await table('on-time');
    const shown = new Map(found.map(({ kind, owner, period, onTimePercent, targetPercent, ...f }) => {
      expect(period).toBe(PERIOD);
      const counts = f as Record<string, number>;
      expect(onTimePercent).toBe(percent(counts['inTime']!, counts['late']! + counts['missing']!));
      expect(targetPercent).toBe(percent(counts['targetMet']!, counts['targetMissed']!));
      return [`${nameOf(kind)} ${nameOf(owner)}`, f] as const;
    }));
    const named = new Map([...naive].map(([key, f]) => [calledByName(key), f]));
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(named));
    // The episode has all of them: an empty table would prove nothing.
    const total = (name: string) => [...named.values()].reduce((sum, f) => sum + (f[name] as number), 0);
    expect(['inTime', 'missing', 'targetMet', 'targetMissed'].map((n) => total(n) > 0)).toEqual([true, true, true, true]);
    expect(total('owed')).toBe(owedNaively().length);
  });

  test('one unit and one kind are the same figures without the others', async () => {
    const all = (await table('on-time')).rows;
    const some = (await table('on-time', '&owner=health&kind=daily-report')).rows;
    const unit = plan.units.find((u) => u.id === 'health')!.shortName;
    const kind = plan.obligations.find((o) => o.kind === 'daily-report')!.title;
    expect(some).toEqual(all.filter((r) => nameOf(r['owner']) === unit.zh && nameOf(r['kind']) === kind.zh));
    expect(some).toHaveLength(1);
  });

  test('by month and by year: the parts come to the whole', async () => {
    const sum = (found: Table, name: string) => found.rows.reduce((n, r) => n + (r[name] as number), 0);
    const [whole, months, years] = await Promise.all(['', '&by=month', '&by=year'].map((by) => table('on-time', by)));
    for (const name of ['owed', 'inTime', 'late', 'missing', 'targetMet', 'targetMissed', 'open']) expect([sum(months!, name), sum(years!, name)]).toEqual([sum(whole!, name), sum(whole!, name)]);
    expect(new Set(months!.rows.map((r) => r['period']))).toEqual(new Set(owedNaively().map((o) => (/^\d{4}-\d\d-\d\d$/.test(o.ref) ? o.ref : dayOf(o.opensAtMs)).slice(0, 7))));
  });
});

const nameOf = (value: unknown) => (value as { zh: string } | null)?.zh ?? String(value);
const ROLE_NAMES: Record<string, string> = { technical: '技术组', management: '管理组', director: '办公室主任', commander: '指挥长' };

function calledByName(key: string): string {
  const [kind, owner] = key.split(' ') as [string, string];
  const title = plan.obligations.find((o) => o.kind === kind)!.title.zh;
  return `${title} ${plan.units.find((u) => u.id === owner)?.shortName.zh ?? ROLE_NAMES[owner] ?? owner}`;
}

test('approval times are those between the rows (3.3.4)', async () => {
  const opened = new Map<string, { action: string; atMs: number }>();
  const took = new Map<string, number[]>();
  for (const e of decisions) {
    if (e.type === 'request-opened') opened.set(e.requestId, { action: e.evidence.action, atMs: e.atMs });
    if (e.type !== 'approval-decided') continue;
    const { action, atMs } = opened.get(e.requestId)!;
    const key = `${action} ${ROLE_NAMES[e.act.actor.role]}`;
    took.set(key, [...(took.get(key) ?? []), e.atMs - atMs]);
    opened.set(e.requestId, { action, atMs: e.atMs });
  }
  const minutes = (ms: number) => Math.round((ms / 60_000) * 10) / 10;
  const middle = (all: number[]) => {
    const sorted = [...all].sort((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
  };
  const zh: Record<string, string> = { publish: '发布预警', raise: '升级', lower: '降级', lift: '解除', relay: '转发上级命令', correct: '更正', evaluate: '总结评估' };
  const expected = [...took].map(([key, all]) => {
    const [action, role] = key.split(' ') as [string, string];
    return { period: PERIOD, action: zh[action], role, steps: all.length, medianMinutes: minutes(middle(all)), shortestMinutes: minutes(Math.min(...all)), longestMinutes: minutes(Math.max(...all)) };
  });
  const found = (await table('approvals')).rows.map((r) => ({ ...r, action: nameOf(r['action']), role: nameOf(r['role']) }));
  const order = (all: object[]) => all.map((r) => JSON.stringify(r)).sort();
  expect(order(found)).toEqual(order(expected));
  expect(found.length).toBeGreaterThan(1);
});

test('lead times are those of the notices, and of the forecasts that their requests rested on (3.2)', async () => {
  const assessments = new Map<string, Assessment>();
  for (const { event } of record.areaRows) if ('assessment' in event && event.assessment) assessments.set((event.assessment as Assessment).id, event.assessment as Assessment);
  const evidence = new Map([...of('request-opened'), ...of('request-renewed')].map((e) => [e.requestId, e.evidence]));
  const hours = (ms: number) => Math.round((ms / 3_600_000) * 100) / 100;
  const expected = [...of('warning-published'), ...of('warning-raised'), ...of('warning-lowered'), ...of('lift-issued')]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ notice, requestId, atMs }) => {
      const forecastMs = assessments.get(evidence.get(requestId ?? '')?.assessmentId ?? '')?.basis.forecastIssuedAtMs ?? null;
      return {
        notice: notice.id,
        forecastToPublicationHours: forecastMs === null ? null : hours(atMs - forecastMs),
        publicationToEffectHours: hours(notice.effectiveAtMs - atMs),
      };
    });
  const found = await table('lead-times');
  expect(found.rows.map(({ notice, forecastToPublicationHours, publicationToEffectHours }) => ({ notice, forecastToPublicationHours, publicationToEffectHours }))).toEqual(expected);
  expect(expected.some((e) => e.forecastToPublicationHours !== null)).toBe(true);
  const [first] = of('warning-published');
  expect(found.rows[0]).toMatchObject({ episode: 'KT-2026-001', level: { zh: '橙色预警' } });
  expect(String(found.rows[0]!['publishedAt']).slice(0, 19)).toBe(toBeijingIso(first!.atMs).slice(0, 19));
});

describe('each figure can be made again', () => {
  test('the query that is shown, with its parameters, gives what is shown', async () => {
    for (const id of ['on-time', 'approvals', 'lead-times']) {
      const { queries, rows: shown } = await table(id);
      const [{ sql, parameters }] = queries as [Table['queries'][number]];
      const again = await api.db.pool.query(sql, parameters);
      expect(again.rows).toHaveLength(shown.length);
      const figures = (all: readonly Record<string, unknown>[]) => all.map((r) => Object.entries(r).filter(([, v]) => typeof v === 'number' && v < 1e11).sort());
      expect(figures(again.rows as Record<string, unknown>[])).toEqual(figures(shown));
    }
  });

  test('drills are never counted with the real: asked for alone there are none', async () => {
    for (const { rows: found } of await asked('&drills=only')) expect(found).toEqual([]);
  });

  test('a period without anything has no figures; one that ends before it begins, or lasts for ever, is refused', async () => {
    const { body } = await api.as('auditor').get(`/areas/${AREA}/statistics?from=2020-01-01&to=2020-12-31`);
    expect((body.tables as Table[]).map((t) => t.rows.length)).toEqual([0, 0, 0, 0]);
    for (const [from, to] of [['2026-02-01', '2026-01-31'], ['2000-01-01', '2026-01-01'], ['2026-02-30', '2026-03-01']]) expect((await api.as('auditor').get(`/areas/${AREA}/statistics?from=${from}&to=${to}`)).status).toBe(400);
  });
});

describe('as files', () => {
  const file = async (id: string, format: string, more = '') => {
    const response = await fetch(`${api.url}/api/v1/areas/${AREA}/statistics/${id}?from=${firstDay}&to=${lastDay}&format=${format}${more}`, { headers: { Authorization: `Bearer ${api.as('auditor').account.token}` } });
    expect(response.status).toBe(200);
    return { response, body: Buffer.from(await response.arrayBuffer()) };
  };
  const facts = (cells: readonly unknown[][]) => Object.fromEntries(cells.slice(1, 8).map(([name, value]) => [name, value]));
  const plain = (value: unknown) => (typeof value === 'object' && value !== null ? nameOf(value) : value) as string | number | null;
  const typed = (value: unknown) => (plain(value) ?? '').toString();
  const parsed = (body: Buffer): string[][] => parse(body, { bom: true, relax_column_count: true, skip_empty_lines: true });

  test('a draft is nothing filed: the figures are the same with it, and so is what is exported', async () => {
    const missing = owedNaively().find((o) => o.kind === 'daily-report' && o.submittedAtMs === null)!;
    const exported = async () => parsed((await file('on-time', 'csv')).body).slice(8);
    const before = [await asked(), await exported()];
    const ref = `${of('episode-opened')[0]!.episodeId}:${missing.id}`;
    expect((await api.as(`unit-${missing.ownerId}`).post('/drafts', { kind: 'report', ref, unitId: missing.ownerId, content: { nil: true } })).status).toBe(201);
    expect([await asked(), await exported()]).toEqual(before);
  });

  test('CSV: with its mark, the header says period, filter and what is counted, and the figures are those of the page', async () => {
    const { response, body } = await file('on-time', 'csv', '&owner=health');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect([...body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const cells = parsed(body);
    const shown = await table('on-time', '&owner=health');
    expect(cells[0]).toEqual(['按期报送率']);
    expect(facts(cells)).toMatchObject({ 时段: `${firstDay} – ${lastDay}`, 演练: '不含演练', 筛选: 'health', 统计口径: shown.counted.zh });
    const at = cells.findIndex((row) => row[0] === '时段' && row[1] === '事项');
    expect(cells[at]).toEqual(shown.columns.map((c) => c.title.zh));
    expect(cells.slice(at + 1)).toEqual(shown.rows.map((r) => shown.columns.map((c) => typed(r[c.id]))));
    expect(cells.find((row) => row[0] === '查询语句')![1]).toBe(shown.queries[0]!.sql);
  });

  test('XLSX: the same, numbers as numbers', async () => {
    const { response, body } = await file('on-time', 'xlsx');
    expect(response.headers.get('content-disposition')).toContain(`${AREA}-on-time-${firstDay}-${lastDay}.xlsx`);
    const [sheet] = await readXlsx(body);
    const cells = sheet!.data as unknown[][];
    const shown = await table('on-time');
    expect(facts(cells)).toMatchObject({ 时段: `${firstDay} – ${lastDay}`, 演练: '不含演练', 筛选: '全部', 统计口径: shown.counted.zh });
    const at = cells.findIndex((row) => row[0] === '时段' && row[1] === '事项');
    expect(cells.slice(at + 1)).toEqual(shown.rows.map((r) => shown.columns.map((c) => plain(r[c.id]) ?? null)));
  });

  test('drills say so in name and header', async () => {
    const { response, body } = await file('approvals', 'csv', '&drills=only&lang=en');
    expect(response.headers.get('content-disposition')).toContain('-drills.csv');
    const cells = parsed(body);
    expect(facts(cells)).toMatchObject({ Drills: 'drills only: nothing real is counted' });
  });
});

const page = async (more: string) => {
  const response = await fetch(`${api.url}/statistics?from=${firstDay}&to=${lastDay}${more}`, { headers: { Authorization: `Bearer ${api.as('auditor').account.token}`, Accept: 'text/html' } });
  expect(response.status).toBe(200);
  return response.text();
};

test('the page shows the figures with their queries, in both languages; drills are announced', async () => {
  const zh = await page('');
  for (const words of ['按期报送率', '审批用时', '提前时间', '预报命中与漏报', 'with owed as (', '卫健委', `/api/v1/areas/${AREA}/statistics/on-time?`]) expect(zh).toContain(words);
  expect(await page('&lang=en')).toContain('Reports in time');
  expect(await page('&drills=only')).toContain('以下只统计演练');
});

test('of a long table the page lists the first 200 rows and says so', async () => {
  await api.db.owner.query(`insert into obligations select (jsonb_populate_record(o, jsonb_build_object('id', o.id || '-2', 'owner_id', o.owner_id || '-2'))).* from obligations o`);
  const { rows } = await table('on-time');
  expect(rows.length).toBeGreaterThan(200);
  expect(await page('')).toContain(`共${rows.length}行，本页列出前200行`);
});
