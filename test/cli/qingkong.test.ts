import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateSeason, toCsv } from '../../data/generate-season.js';
import type { BacktestReport } from '../../cli/commands/backtest.js';
import { runCommand } from '../../cli/program.js';
import { describeShared, sharedPath } from '../support/shared.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEMO = join(ROOT, 'data', 'demo-season-daily.csv');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command as an operator runs it, without npm in between. */
function asProgram(...args: string[]): Promise<Ended> {
  const env = { ...process.env, NODE_OPTIONS: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', join(ROOT, 'cli', 'qingkong.ts'), ...args], { cwd: ROOT, env, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

/** The same command line in this process, with what it writes caught. */
async function qingkong(...args: string[]): Promise<Ended> {
  const said = { out: '', err: '' };
  const catching = (where: 'out' | 'err') => (text: string | Uint8Array) => {
    said[where] += String(text);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
    jest.spyOn(console, 'error').mockImplementation((text: unknown) => void (said.err += `${String(text)}\n`)),
  ];
  try {
    return { code: await runCommand(args), ...said };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'qingkong-cli-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('backtest FILE', () => {
  test('--json is one JSON document and nothing else on standard output', async () => {
    const { code, out } = await asProgram('backtest', DEMO, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out) as BacktestReport;
    expect(report).toMatchObject({ plan: 'kuitun-2023', rows: 151, city: '演示盆地', dustDays: ['2025-03-14', '2025-03-15'] });
    expect(report.episodes.map((e) => [e.id, e.peakLevel, e.effectiveAt, e.liftedAt])).toEqual([
      ['KT-2024-001', 'yellow', '2024-11-20T00:00:00+08:00', '2024-11-22T00:00:00+08:00'],
      ['KT-2024-002', 'orange', '2024-12-10T00:00:00+08:00', '2024-12-15T00:00:00+08:00'],
      ['KT-2024-003', 'red', '2025-01-05T00:00:00+08:00', '2025-01-15T00:00:00+08:00'],
      ['KT-2025-001', 'orange', '2025-02-11T00:00:00+08:00', '2025-02-13T00:00:00+08:00'],
    ]);
    expect(report.merges).toMatchObject([{ id: 'KT-2024-003', parts: [{ level: 'red' }, { level: 'orange' }] }]);
    expect(report.episodes[0]?.reasons[0]).toEqual({
      action: 'publish',
      level: 'yellow',
      clause: '3.3.2(1)',
      window: { from: '2024-11-20T00:00:00+08:00', to: '2024-11-22T00:00:00+08:00' },
    });
  });

  test('1.4, R17: without the sand-dust rule the storm makes an episode', async () => {
    const { out } = await qingkong('backtest', DEMO, '--json', '--dust', 'none', '--from', '2025-03-01');
    const report = JSON.parse(out) as BacktestReport;
    expect(report.dustDays).toEqual([]);
    expect(report.episodes.map((e) => [e.peakLevel, e.effectiveAt])).toEqual([['yellow', '2025-03-14T00:00:00+08:00']]);
  });

  test('noisy forecasts are the same for the same seed and others for another', async () => {
    const run = async (seed: string) => (JSON.parse((await qingkong('backtest', DEMO, '--json', '--skill', 'noisy', '--seed', seed)).out) as BacktestReport).episodes;
    const [a, again, b] = [await run('5'), await run('5'), await run('6')];
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
  });

  test('another plan runs on the same data', async () => {
    const { code, out } = await qingkong('backtest', DEMO, '--json', '--plan', 'example-city-four-levels');
    expect(code).toBe(0);
    expect((JSON.parse(out) as BacktestReport).episodes.length).toBeGreaterThan(0);
  });

  test('the text is a table with the days at each level', async () => {
    const { out } = await qingkong('backtest', DEMO);
    expect(out).toMatch(/KT-2024-003 +2025-01-03 00:00 +2025-01-05 00:00 +2025-01-15 00:00 +red/);
    expect(out).toMatch(/days at level: yellow \d/);
  });
});

describe('what is wrong is said in one line, with its place and what to do', () => {
  test('no such file', async () => {
    const { code, out, err } = await qingkong('backtest', join(folder, 'none.csv'), '--json');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/none\.csv cannot be read \(ENOENT\)\. Give the path/);
  });

  test('a header without a column that is needed', async () => {
    const { code, err } = await qingkong('backtest', file('header.csv', 'date,pm25,pm10,so2,no2,co\n2024-01-01,1,1,1,1,1\n'));
    expect(code).toBe(2);
    expect(err).toMatch(/line 1, column "o3_8h": missing from the header of a daily file\. It has date, pm25/);
  });

  test('a cell that is no number', async () => {
    const { code, err } = await qingkong('backtest', file('cell.csv', 'date,pm25,pm10,so2,no2,co,o3_8h\n2024-01-01,1,1,1,1,1,1\n2024-01-02,1,n/a,1,1,1,1\n'));
    expect(code).toBe(2);
    expect(err).toMatch(/line 3, column "pm10": "n\/a" is no number of 0 or more\. Leave the cell empty/);
  });

  test('a day that does not exist, a time without an offset, a row of another length', async () => {
    const day = await qingkong('backtest', file('day.csv', 'date,pm25,pm10,so2,no2,co,o3_8h\n2023-02-29,1,1,1,1,1,1\n'));
    expect(day.err).toMatch(/line 2, column "date": "2023-02-29" is no day/);
    const time = await qingkong('backtest', file('time.csv', 'time,pm25,pm10,so2,no2,co,o3\n2023-02-28 10:00,1,1,1,1,1,1\n'));
    expect(time.err).toMatch(/line 2, column "time": "2023-02-28 10:00" is no instant\. Write it with its offset/);
    const row = await qingkong('backtest', file('row.csv', 'date,pm25,pm10,so2,no2,co,o3_8h\n2023-02-28,1,1\n'));
    expect(row.err).toMatch(/line 2: has 3 cells where the header names 7/);
  });

  test('several places and none chosen', async () => {
    const text = 'date,city,pm25,pm10,so2,no2,co,o3_8h\n2023-02-28,A,1,1,1,1,1,1\n2023-02-28,B,1,1,1,1,1,1\n';
    const { code, err } = await qingkong('backtest', file('places.csv', text));
    expect([code, err.trim()]).toEqual([2, `${join(folder, 'places.csv')} holds 2 places. Choose one with --city: A, B`]);
  });

  test('an unknown command, an unknown option, a day that is none', async () => {
    expect((await qingkong('nonsense')).code).toBe(2);
    expect((await qingkong('backtest', DEMO, '--sill', 'perfect')).code).toBe(2);
    const tooFast = await qingkong('drill', '--rate', '2880');
    expect([tooFast.code, tooFast.err]).toEqual([2, expect.stringContaining('from 1 to 1440')]);
    const { code, err } = await qingkong('backtest', DEMO, '--from', 'yesterday');
    expect([code, err]).toEqual([2, expect.stringMatching(/Write a day like 2015-10-01/)]);
  });

  test('no plan of this name', async () => {
    const { code, err } = await qingkong('backtest', DEMO, '--plan', 'nowhere');
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere: the plan is refused/);
  });

  test('no database', async () => {
    const env = process.env['DATA_DIR'];
    process.env['DATA_DIR'] = folder;
    try {
      const { code, out, err } = await qingkong('ledger', 'check', '--json');
      expect([code, out]).toEqual([3, '']);
      expect(err).toMatch(/no database: DATABASE_URL is not set and nothing runs in/);
    } finally {
      if (env === undefined) delete process.env['DATA_DIR'];
      else process.env['DATA_DIR'] = env;
    }
  });
});

describe('aqi check FILE', () => {
  test('our own season was made by HJ 633', async () => {
    const { code, out } = await qingkong('aqi', 'check', DEMO, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ file: DEMO, rows: 151, completeRows: 151, matches: 151, mismatches: [] });
  });

  test('a wrong AQI is named with its line, and the command ends with 1', async () => {
    const path = file('wrong.csv', 'time,station,pm25,pm10,so2,no2,co,o3,aqi,primary\n2020-04-02T03:00:00+08:00,A,41,97,1,26,1,20,75,PM10\n');
    const { code, out } = await qingkong('aqi', 'check', path, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ completeRows: 1, matches: 0, mismatches: [{ line: 2, place: 'A', reported: { aqi: 75 }, computed: { aqi: 74, primary: ['PM10'] } }] });
  });
});

describeShared('aqi check of published rows', () => {
  test.each([
    ['stations_hourly_reported_aqi_2020-04.csv', 54_638, 48_341],
    ['stations_snapshot_2017-07-07T16.csv', 1495, 1324],
  ])('every complete row of %s', async (name, rows, completeRows) => {
    const path = sharedPath('data', name);
    const { code, out } = await qingkong('aqi', 'check', path, '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { file: path, rows, completeRows, matches: completeRows, mismatches: [] }]);
  });
});

describe('the season of our own making', () => {
  test('is what its generator writes', () => {
    expect(readFileSync(DEMO, 'utf8')).toBe(toCsv(generateSeason()));
  });
});
