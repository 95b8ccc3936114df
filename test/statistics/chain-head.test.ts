/** The day's chain head as people meet it: signed by itself, on the duty desk's sheet, as a file, held against the database by the command. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { areaStream, episodeStream } from '../../domain/ledger.js';
import { readStream } from '../../db/ledger/rows.js';
import { parseHead } from '../../evidence/heads.js';
import { keysFolder, openKey } from '../../evidence/keys.js';
import type { Signer } from '../../evidence/signature.js';
import { keepHouse } from '../../usecases/housekeeping.js';
import { AREA, DAY_MS, HOUR_MS, publishOrange, type TestApi, testApi } from '../support/api.js';
import { launch, signIn } from '../console/support/browser.js';
import { describeInBrowser } from '../console/support/in-browser.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let api: TestApi;
let dataDir: string;
let signer: Signer;
let episodeId: string;
const logged: string[] = [];
const keep = () => keepHouse({ pool: api.db.pool, clock: api.deps.clock, signer, log: { info: () => undefined, error: () => undefined, warn: (detail, message) => void logged.push(`${message} ${JSON.stringify(detail)}`) } });
const heads = async () => (await readStream(api.db.pool, areaStream(AREA))).filter((r) => r.event.type === 'chain-head-signed').map((r) => r.event as unknown as { day: string; digest: string });
const shown = async () => (await api.as('unit-health').get(`/areas/${AREA}/head`)).body.head as { day: string; seq: number; hash: string; fingerprint: string; digest: string; streams: number } | null;
const page = async (path: string) => (await fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${api.as('management').account.token}`, Accept: 'text/html' } })).text();

beforeAll(async () => {
  api = await testApi();
  dataDir = mkdtempSync(join(tmpdir(), 'qingkong-head-'));
  signer = openKey(dataDir);
  episodeId = await publishOrange(api);
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true });
  await api.close();
});

test('before the first is signed there is none, and the desk says so', async () => {
  expect(await shown()).toBeNull();
  expect((await api.as('auditor').get(`/areas/${AREA}/head/file`)).status).toBe(404);
  expect(await page('/')).toContain('尚未签名');
});

describe('the hourly housekeeping', () => {
  test('signs the day’s head of each area once, and the next day’s when it comes', async () => {
    await keep();
    await api.at(api.now() + HOUR_MS);
    await keep();
    expect((await heads()).map((h) => h.day)).toEqual(['2026-01-05']);
    await api.at(api.now() + DAY_MS);
    await keep();
    expect((await heads()).map((h) => h.day)).toEqual(['2026-01-05', '2026-01-06']);
    expect(logged).toEqual([]);
  });

  test('that fails is told, never thrown: the next hour tries again', async () => {
    const broken = { ...api.deps, signer, clock: () => Promise.reject(new Error('the database is away')), log: { info: () => undefined, error: () => undefined, warn: (detail: object) => void logged.push(JSON.stringify(detail)) } };
    await keepHouse(broken);
    expect(logged.splice(0)).toEqual([expect.stringContaining('the database is away')]);
  });
});

test('the newest is told to whoever may read: its row, digest, day and the key’s fingerprint', async () => {
  const head = (await shown())!;
  const row = (await readStream(api.db.pool, areaStream(AREA))).find((r) => r.seq === head.seq)!;
  expect(head).toMatchObject({ day: '2026-01-06', hash: row.hash, fingerprint: signer.fingerprint, streams: 2, digest: (await heads()).at(-1)!.digest });
});

test('as a file it is the signed head of the newest day, or of the day asked for', async () => {
  const { headers, body } = await api.as('auditor').get(`/areas/${AREA}/head/file`);
  expect(headers.get('content-disposition')).toContain(`${AREA}-2026-01-06.head.json`);
  expect(parseHead(JSON.stringify(body))).toMatchObject({ areaId: AREA, day: '2026-01-06' });
  expect(parseHead(JSON.stringify((await api.as('auditor').get(`/areas/${AREA}/head/file?day=2026-01-05`)).body)).day).toBe('2026-01-05');
  expect((await api.as('auditor').get(`/areas/${AREA}/head/file?day=2025-12-31`)).status).toBe(404);
});

const inFours = (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ');

test('the duty desk’s sheet has it in groups of four, to be copied by hand; the statistics page has its file', async () => {
  const head = (await shown())!;
  for (const path of ['/', '/statistics']) {
    const html = await page(path);
    for (const words of [head.day, `${AREA} ${head.seq}`, inFours(head.hash), inFours(head.fingerprint), inFours(head.digest)]) expect(html).toContain(words);
  }
  expect(await page('/statistics')).toContain(`/api/v1/areas/${AREA}/head/file`);
});

describeInBrowser('in a browser', () => {
  test('it is on the printed sheet alone', async () => {
    const browser = await launch();
    const tab = await browser.newPage();
    await signIn(tab, api.url, api.as('management').account);
    const sheet = tab.locator('section.on-paper');
    expect(await sheet.isVisible()).toBe(false);
    await tab.emulateMedia({ media: 'print' });
    expect(await sheet.isVisible()).toBe(true);
    expect(await sheet.innerText()).toContain(inFours((await shown())!.hash));
    await browser.close();
  }, 60_000);
});

describe('ledger check --head FILE', () => {
  const check = (file: string) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: api.db.appUrl, DATA_DIR: dataDir };
      execFile(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'cli/qingkong.ts', 'ledger', 'check', '--head', file], { cwd: ROOT, env }, (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: `${out}${err}` }));
    });
  let file: string;
  beforeAll(async () => {
    file = join(dataDir, 'kept.json');
    writeFileSync(file, JSON.stringify((await api.as('auditor').get(`/areas/${AREA}/head/file?day=2026-01-05`)).body));
  });

  test('0: the database still extends the head, whatever came later', async () => {
    const { code, out } = await check(file);
    expect(out).toContain('the ledger extends it');
    expect(code).toBe(0);
  }, 60_000);

  test('1: a row it knew was cut off', async () => {
    const { owner } = api.db;
    await owner.query('alter table ledger disable trigger all');
    await owner.query('update ledger set seq = seq + 100000 where stream = $1', [episodeStream(episodeId)]);
    const { code, out } = await check(file);
    await owner.query('update ledger set seq = seq - 100000 where stream = $1', [episodeStream(episodeId)]);
    await owner.query('alter table ledger enable trigger all');
    expect(out).toMatch(/cut off: the head of 2026-01-05 knew this row/);
    expect(code).toBe(1);
  }, 60_000);

  test('2: a head that was changed', async () => {
    const forged = join(dataDir, 'forged.json');
    writeFileSync(forged, readFileSync(file, 'utf8').replace('2026-01-05', '2026-01-04'));
    const { code, out } = await check(forged);
    expect(out).toContain('it has been changed');
    expect(code).toBe(2);
  }, 60_000);
});

test('the private key is in no answer and in nothing that was logged', async () => {
  const pem = readFileSync(join(keysFolder(dataDir), 'signing.pem'), 'utf8');
  const seed = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64').subarray(-32);
  const told = [...logged, await page('/'), await page('/statistics'), JSON.stringify((await api.as('auditor').get(`/areas/${AREA}/head/file`)).body), JSON.stringify(await shown())].join('\n');
  for (const secret of [seed.toString('hex'), seed.toString('base64').slice(0, 40), 'PRIVATE KEY']) expect(told).not.toContain(secret);
});
