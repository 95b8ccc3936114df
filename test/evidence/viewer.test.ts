/** The viewer in a real Chromium, offline: what it shows, and that it finds by itself what the command finds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Entry, readArchive, writeArchive } from '../../evidence/archive.js';
import { PATHS } from '../../evidence/format.js';
import { viewerPage } from '../../evidence/viewer/page.js';
import { canonicalJson } from '../../domain/digest.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { type Browser, hasBrowser, launch, type Page } from '../console/support/browser.js';
import { bundle, ENDINGS, type EndingName, recordIn } from './support/bundles.js';
import { type Loose, signedAgain, withEvents, withOthers, withRows, withView } from './support/forge.js';
import { OFFICE, STRANGER } from './support/key.js';
import { changed, leafChanges, textIn, withFile } from './support/mutations.js';

const describeHere = hasBrowser ? describe : describe.skip;

interface Found {
  readonly faults: readonly string[] | null;
}

describeHere('the viewer in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingkong-viewer-'));
  const requests: string[] = [];
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const file = join(folder, 'viewer.html');
    writeFileSync(file, viewerPage());
    browser = await launch();
    page = await (await browser.newContext({ offline: true })).newPage();
    page.on('request', (request) => void requests.push(request.url()));
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(pathToFileURL(file).href);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function opens(name: string, body: Uint8Array): Promise<string> {
    const path = join(folder, name);
    writeFileSync(path, body);
    await page.evaluate(() => document.getElementById('verdict')!.replaceChildren());
    await page.setInputFiles('#file', path);
    await page.waitForFunction(() => document.querySelector('#verdict strong') !== null);
    return page.locator('#verdict').innerText();
  }

  /** Several bundles through the page's own check, without the drawing. */
  function checks(bodies: readonly Uint8Array[]): Promise<Found[]> {
    return page.evaluate((texts) => {
      const check = (globalThis as unknown as { checkBundle: (bytes: Uint8Array) => { faults: { where: string; what: string }[] } }).checkBundle;
      return texts.map((text) => {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        try {
          return { faults: check(bytes).faults.map((f) => `${f.where}: ${f.what}`) };
        } catch {
          return { faults: null };
        }
      });
    }, bodies.map((b) => Buffer.from(b).toString('base64')));
  }

  const tally = { tried: 0, missed: [] as string[] };
  async function allCaught(mutations: Iterable<readonly [string, Uint8Array]>): Promise<void> {
    let names: string[] = [];
    let bodies: Uint8Array[] = [];
    const flush = async () => {
      const found = await checks(bodies);
      tally.tried += found.length;
      tally.missed.push(...names.filter((_, i) => found[i]!.faults?.length === 0));
      [names, bodies] = [[], []];
    };
    for (const [name, body] of mutations) {
      names.push(name);
      bodies.push(body);
      if (bodies.length === 20) await flush();
    }
    await flush();
    expect(tally.missed).toEqual([]);
  }

  test.each(ENDINGS)('%s: passes, with its timeline, and compares the fingerprint', async (name) => {
    await page.fill('#fingerprint', OFFICE.fingerprint);
    const text = await opens(`${name}.zip`, bundle(name));
    expect(text).toContain('完整：未发现改动');
    expect(text).toContain('已与所给指纹核对');
    const rows = textIn(readArchive(bundle(name)), PATHS.episodeRows).split('\n').length - 1;
    expect(await page.locator('#content table').first().locator('tbody tr').count()).toBe(rows);
    expect(await page.locator('#content').innerText()).toContain('事件结束');
  });

  test('a stranger’s key is told of where a fingerprint is given; without one the page says that it proves nothing', async () => {
    await page.fill('#fingerprint', STRANGER.fingerprint);
    expect(await opens('a.zip', bundle('withdrawn'))).toContain('不是所给指纹的密钥');
    await page.fill('#fingerprint', '');
    expect(await opens('b.zip', bundle('withdrawn'))).toMatch(/完整[\s\S]*不能证明任何事/);
  });

  test('no bundle, a cut bundle, a compressed one: said in one line', async () => {
    const bodies = [Buffer.from('text'), bundle('withdrawn').subarray(0, 900), readFileSync(new URL('support/compressed.zip', import.meta.url))];
    for (const [i, body] of bodies.entries()) expect(await opens(`c${i}.zip`, body)).toMatch(/^无法核验：/);
  });

  test('what a bundle says is shown as text, never as markup', async () => {
    const entries = readArchive(bundle('withdrawn'));
    const manifest = JSON.parse(textIn(entries, PATHS.manifest)) as { number: string };
    manifest.number = '<img src=x onerror="document.title=1">';
    await opens('d.zip', writeArchive(withFile(entries, PATHS.manifest, canonicalJson(manifest))));
    expect(await page.locator('#verdict img').count()).toBe(0);
  });

  test.each<[EndingName, number]>([
    ['withdrawn', 7],
    ['not-applicable', 60],
  ])('%s: every row, every value of the manifest, every file and the bytes around them', async (name, step) => {
    const bytes = bundle(name);
    await allCaught(mutationsOf(bytes, readArchive(bytes), step));
  }, 900_000);

  test('another episode’s files in this one’s bundle', async () => {
    const [mine, other] = [readArchive(bundle('completed')), readArchive(bundle('ordered'))];
    const swapped = mine.flatMap(({ path, body }) => {
      const theirs = other.find((e) => e.path === path);
      return theirs && Buffer.compare(theirs.body, body) !== 0 ? [[path, writeArchive(withFile(mine, path, theirs.body))] as const] : [];
    });
    expect(swapped.length).toBeGreaterThan(5);
    await allCaught(swapped);
  }, 120_000);

  const completed = recordIn('completed');
  const ordered = recordIn('ordered');
  const approvalOf = (row: LedgerRow, step?: number) => row.event.type === 'approval-decided' && (row.event as unknown as Loose)['requestId'] === 'R1' && (step === undefined || (row.event as unknown as Loose)['step'] === step);
  const without = (isGone: (row: LedgerRow) => boolean) => signedAgain(withRows(completed, (rows) => rows.filter((r) => !isGone(r))));
  const view = (change: (items: Loose[]) => void) => withView(completed, PATHS.obligations, change);
  const ofKind = (items: Loose[], kind: string) => items.find((o) => o['kind'] === kind)!;

  test.each<[string, () => Uint8Array, RegExp]>([
    ['3.3.4: published with neither director nor commander', () => without((r) => approvalOf(r)), /without the approval of the director and the commander/],
    ['3.3.4: published without the commander', () => without((r) => approvalOf(r, 1)), /without the approval of the commander/],
    ['3.3.4: resting on an order that never came', () => signedAgain(withEvents(withRows(completed, (rows) => rows.filter((r) => !approvalOf(r))), 'warning-published', (e) => ((e.requestId = null), (e.orderId = 'O-none')))), /neither an approved request nor a superior order/],
    ['R14: one person takes both steps', () => signedAgain(withEvents(completed, 'approval-decided', (e) => e.requestId === 'R1' && e.step === 1 && (e.act.actor.accountId = 'demo-director'))), /takes two steps/],
    ['R29: the evidence changed after it was signed', () => signedAgain(withEvents(completed, 'request-opened', (e) => e.requestId === 'R1' && (e.evidence.level = 'red'))), /not that of the evidence|the approvers saw red/],
    ['5.1: a due time an hour late', () => view((items) => ((ofKind(items, 'daily-report')['dueAtMs'] as number) += 3_600_000)), /dueAtMs should be/],
    ['5.1(1): a summary due a day late', () => view((items) => ((ofKind(items, 'summary-report')['dueAtMs'] as number) += 86_400_000)), /dueAtMs should be/],
    ['5.1: an open obligation shown as handed in', () => view((items) => Object.assign(items.find((o) => o['status'] === 'overdue')!, { status: 'submitted', submittedAtMs: 1 })), /not fulfilled as the rows say/],
    ['5.1: what is late shown as in time', () => view((items) => (items.find((o) => o['status'] === 'overdue')!['status'] = 'due-soon')), /should be overdue/],
    ['4.2: a unit left out of what is owed', () => view((items) => void items.splice(items.indexOf(ofKind(items, 'startup-report')), 1)), /is owed and not listed/],
    ['5.1, R30: a report dated back', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission' && (r.event as unknown as Loose)['kind'] === 'daily-report', (e) => ((e['countsAtMs'] as number) -= 43_200_000))), /should count from/],
    ['3.3.3: a lift that no order allows', () => signedAgain(withEvents(ordered, 'lift-issued', (e) => (e.lift.orderId = 'O-none'))), /neither an approved request nor a superior order/],
  ])('honestly signed and wrong, found by the page itself: %s', async (_name, forged, what) => {
    const [found] = await checks([forged()]);
    expect(found!.faults!.join('\n')).toMatch(what);
    expect(found!.faults!.filter((f) => /hash|signature|manifest/.test(f))).toEqual([]);
  });

  test('how many changes were tried, and caught; nothing was asked of any network', () => {
    process.stdout.write(`viewer: changes tried ${tally.tried}, caught ${tally.tried - tally.missed.length}\n`);
    expect(tally.tried).toBeGreaterThan(1_000);
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });
});

/** Of the values inside events every `step`th, of the bytes around files every few: there are thousands, and one code reads them all. */
function* mutationsOf(bytes: Buffer, entries: readonly Entry[], step: number): Generator<readonly [string, Uint8Array]> {
  let nth = 0;
  for (const path of [PATHS.episodeRows, PATHS.areaRows]) {
    const lines = textIn(entries, path).split('\n').slice(0, -1);
    for (const [i, line] of lines.entries()) {
      const row: unknown = JSON.parse(line);
      for (const at of leafChanges(row)) {
        if (at.length > 1 && nth++ % step !== 0) continue;
        yield [`${path} ${i + 1} ${at.join('.')}`, writeArchive(withFile(entries, path, lines.with(i, canonicalJson(changed(row, at))).map((l) => `${l}\n`).join('')))];
      }
    }
    yield [`${path} cut`, writeArchive(withFile(entries, path, `${lines.slice(0, -1).join('\n')}\n`))];
    if (lines.length > 1) yield [`${path} swapped`, writeArchive(withFile(entries, path, `${lines.with(0, lines[1]!).with(1, lines[0]!).join('\n')}\n`))];
  }
  for (const path of [PATHS.manifest, PATHS.signature]) {
    const value: unknown = JSON.parse(textIn(entries, path));
    for (const at of leafChanges(value)) yield [`${path} ${at.join('.')}`, writeArchive(withFile(entries, path, canonicalJson(changed(value, at))))];
  }
  for (const [i, { path, body }] of entries.entries()) {
    const flipped = Buffer.from(body);
    flipped[flipped.length >> 1]! ^= 1;
    yield [`${path} flipped`, writeArchive(withFile(entries, path, flipped))];
    yield [`${path} left out`, writeArchive(entries.toSpliced(i, 1))];
    yield [`${path} added`, writeArchive(entries.toSpliced(i, 0, { path: `documents/added-${i}`, body }))];
  }
  const headers = bytes.length - entries.reduce((sum, e) => sum + e.body.length, 0);
  const directory = bytes.readUInt32LE(bytes.length - 6);
  for (let at = directory; at < bytes.length; at += 9) yield [`byte ${at}`, flippedAt(bytes, at)];
  let at = 0;
  for (const { path, body } of entries) {
    for (let i = 0; i < 30 + path.length; i += 5) yield [`byte ${at + i}`, flippedAt(bytes, at + i)];
    at += 30 + path.length + body.length;
  }
  yield [`a byte more (${headers})`, Buffer.concat([bytes, Buffer.from([0])])];
}

function flippedAt(bytes: Buffer, at: number): Buffer {
  const forged = Buffer.from(bytes);
  forged[at]! ^= 1;
  return forged;
}
