/** What if, over HTTP and on the console, of an episode that the real engine finished; and the command over a season. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { areaStream } from '../../domain/ledger.js';
import { DAY_MS } from '../../domain/time.js';
import { readStream } from '../../db/ledger/rows.js';
import { recordIn } from '../evidence/support/bundles.js';
import { AREA, type TestApi, testApi } from '../support/api.js';
import { keepEpisode } from '../support/kept-episode.js';
import { contents } from '../api/support/hostile.js';

const record = recordIn('completed');
const closedAtMs = record.episodeRows.filter((r) => r.kind === 'decision').at(-1)!.planAtMs;
const EPISODE = 'kuitun-kt-2026-001';

let api: TestApi;
beforeAll(async () => {
  api = await testApi(closedAtMs + DAY_MS);
  await keepEpisode(api, record, AREA);
});
afterAll(() => api.close());

const ask = (login: string, query = '') => api.as(login).get(`/episodes/${EPISODE}/what-if${query}`);

describe('what if, of a finished episode', () => {
  test('given its own plan, when its inputs are played again, then nothing differs; what happened stands beside it', async () => {
    const { status, body } = await ask('auditor');
    expect(status).toBe(200);
    expect(body.comparison).toMatchObject({ pairs: [{ differences: [] }], differences: [] });
    expect(body.first.course).toEqual(body.second.course);
    const [recorded] = body.recorded.episodes;
    const decided = record.episodeRows.map((r) => r.event).filter((e) => e.type === 'response-began') as unknown as { level: string; effectiveAtMs: number }[];
    expect(recorded.spans.map((s: { level: string; from: string }) => [s.level, Date.parse(s.from)])).toEqual(decided.map((e) => [e.level, e.effectiveAtMs]));
    expect(recorded).toMatchObject({ number: 'KT-2026-001', ending: 'completed', peak: 'orange' });
  });

  test('given the plan of four levels, then levels, lift, requests and obligations are side by side, and said in words', async () => {
    const { body } = await ask('management', '?plan=example-city-four-levels');
    expect(body.second.plan.id).toBe('example-city-four-levels');
    const words = [...body.comparison.pairs.flatMap((p: { differences: unknown[] }) => p.differences), ...body.comparison.differences].map((d: { words: { zh: string } }) => d.words.zh);
    expect(words).toEqual(expect.arrayContaining(['指挥长被请示多1次', expect.stringMatching(/^签收少\d+份$/)]));
    expect(body.second.course.episodes[0].owed.find((o: { kind: string }) => o.kind === 'acknowledgement').owners).not.toHaveProperty('health');
  });

  test('given one AQI table for all the time, then it is the one used', async () => {
    const { body } = await ask('auditor', '?table=HJ633-2012');
    expect([body.first.tables, body.second.tables]).toEqual([['HJ633-2012', 'HJ633-2026'], ['HJ633-2012']]);
    expect(body.comparison.differences).toEqual([]);
  });

  test('nothing is written but who asked', async () => {
    const before = await contents(api);
    const rowsBefore = (await readStream(api.db.pool, areaStream(AREA))).length;
    await ask('auditor', '?plan=kuitun-2023');
    const after = await contents(api);
    // What is on record of who looked is not counted here.
    expect(after).toEqual(before);
    const rows = (await readStream(api.db.pool, areaStream(AREA))).slice(rowsBefore);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.event).toMatchObject({ type: 'record-accessed', what: 'what-if', subject: `${EPISODE} kuitun-2023`, by: { role: 'auditor' } });
    const page = await api.request('GET', '/record', { headers: { Cookie: await api.session('auditor'), Accept: 'text/html' } });
    expect(page.body).toContain(`<a href="/episodes/${EPISODE}">${EPISODE} kuitun-2023</a>`);
  });

  test('a plan or a table that is not there is told; a path is no plan', async () => {
    for (const query of ['?plan=nobody', '?plan=..%2F..%2Fetc%2Fpasswd', '?table=HJ633-1999', `?plan=${'0'.repeat(64)}`]) expect((await ask('auditor', query)).status).toBe(400);
    expect((await api.as('auditor').get('/episodes/none/what-if')).status).toBe(404);
  });

  test('who may not read the record may not play it', async () => {
    expect((await ask('unit-health')).status).toBe(403);
  });

  test('the page shows the three side by side in both languages', async () => {
    const page = async (path: string) => {
      const response = await fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${api.as('auditor').account.token}`, Accept: 'text/html' } });
      expect(response.status).toBe(200);
      return response.text();
    };
    const path = `/episodes/${EPISODE}/what-if?plan=example-city-four-levels`;
    const zh = await page(path);
    for (const words of ['实际', '原方案重演', '对照方案', '橙色预警', '示例市重污染天气应急预案', '指挥长被请示多1次']) expect(zh).toContain(words);
    expect(await page(`${path}&lang=en`)).toContain('the commander asked 1 time more');
    expect(await page(`/episodes/${EPISODE}`)).toContain(`/episodes/${EPISODE}/what-if`);
  });
});

describe('backtest --compare', () => {
  const ROOT = fileURLToPath(new URL('../../', import.meta.url));
  const command = (...args: string[]) => spawnSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'cli/qingkong.ts', 'backtest', 'data/demo-season-daily.csv', ...args], { encoding: 'utf8', cwd: ROOT, env: { PATH: process.env['PATH'] ?? '' } });

  test('a season as a table and in words', () => {
    const { status, stdout } = command('--compare', 'example-city-four-levels');
    expect(status).toBe(0);
    expect(stdout).toMatch(/KT-2025-001 orange 02-11 00:00, lifted 02-13 00:00 +EX-2025-001 yellow 02-11 00:00, lifted 02-13 01:00 +Orange warning only under the first/);
    expect(stdout).toMatch(/\nin words: 4 hours more under warning; /);
  });

  test('as JSON: both courses whole', () => {
    const { status, stdout } = command('--compare', 'example-city-four-levels', '--json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as { pairs: unknown[]; first: { course: { totals: { warnings: number } } }; second: { plan: string; course: { totals: { warnings: number } } } };
    expect([report.first.course.totals.warnings, report.second.course.totals.warnings, report.pairs.length, report.second.plan]).toEqual([4, 4, 4, 'example-city-four-levels']);
  });

  test('a table that is not there is told, with those that are', () => {
    const { status, stderr } = command('--compare-table', 'HJ633-1999');
    expect(status).toBe(2);
    expect(stderr).toContain('HJ633-2012, HJ633-2026');
  });
});
