/** The viewer in a real Chromium, offline: what it shows, and that it finds by itself what the command finds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readArchive, writeArchive } from '../../evidence/archive.js';
import { PATHS } from '../../evidence/format.js';
import { headText, signedHead } from '../../evidence/heads.js';
import { viewerPage } from '../../evidence/viewer/page.js';
import { canonicalJson } from '../../domain/digest.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { type Browser, hasBrowser, launch, type Page } from '../console/support/browser.js';
import { bundle, ENDINGS, type EndingName, recordIn } from './support/bundles.js';
import { type Loose, signedAgain, withEvents, withOthers, withRows, withView } from './support/forge.js';
import { OFFICE, STRANGER } from './support/key.js';
import { changesInPage, type Kind } from './support/in-page.js';
import { type Tally, textIn, withFile } from './support/mutations.js';

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

  const tallies: Tally[] = [];
  /** Changes made, and judged by the page's own code, inside the page: thousands of bundles need not be carried there. */
  async function inPage(kind: Kind, name: EndingName, other: EndingName = name): Promise<Tally> {
    const tally = await page.evaluate(changesInPage, { kind, bundle: bundle(name).toString('base64'), other: bundle(other).toString('base64') });
    tallies.push(tally);
    expect(tally.wrong).toEqual([]);
    return tally;
  }

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
        } catch (error) {
          // An accident proves nothing: it is thrown on.
          if ((error as Error).constructor.name !== 'Unreadable') throw error;
          return { faults: null };
        }
      });
    }, bodies.map((b) => Buffer.from(b).toString('base64')));
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

  test('what is known from elsewhere is compared: the episode, a chain head copied from paper, the file of one', async () => {
    const given = async (of: { readonly episode?: string; readonly head?: string }) => {
      await page.fill('#episode', of.episode ?? '');
      await page.fill('#head', of.head ?? '');
      return opens(`e${nth++}.zip`, bundle('completed'));
    };
    let nth = 0;
    const head = recordIn('completed').episodeRows.at(-1)!;
    const onPaper = (hash: string) => `${head.seq} ${hash.replace(/(.{4})/g, '$1 ')}`;
    const streams = [{ stream: head.stream, seq: head.seq, hash: head.hash }];
    const file = (of: object) => headText(signedHead({ format: 'qingkong-chain-head', version: 1, areaId: 'kuitun', day: '2026-12-01', takenAtMs: head.recordedAtMs, streams, ...of }, OFFICE));
    for (const good of [{ episode: 'KT-2026-001' }, { episode: 'kuitun-kt-2026-001' }, { head: onPaper(head.hash) }, { head: file({}) }]) expect(await given(good)).toContain('完整');
    expect(await given({})).toContain('未与另存的链头核对');
    expect(await given({ episode: 'KT-2026-002' })).toContain('不是 KT-2026-002 的');
    expect(await given({ head: onPaper('0'.repeat(64)) })).toContain('该行已被改写');
    expect(await given({ head: onPaper(head.hash).replace(/^\d+/, '999') })).toContain('记录被截短');
    expect(await given({ head: file({ streams: [{ ...streams[0]!, hash: '0'.repeat(64) }] }) })).toContain('该行已被改写');
    expect(await given({ head: file({}).replace('2026-12-01', '2026-12-02') })).toContain('链头文件的签名不符');
    expect(await given({ head: '12 ab' })).toContain('64 位十六进制');
    await given({});
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

  describe.each(ENDINGS)('%s: changed in one place by somebody without the key', (name) => {
    test('every value of every row, of the manifest and of the signature', async () => {
      const { tried, refused } = await inPage('values', name);
      process.stdout.write(`viewer: ${name}: ${tried} values changed, all caught\n`);
      expect(refused).toBeLessThan(30);
    }, 900_000);

    test('every file, its order, its rows’ order, its end', async () => void (await inPage('files', name)), 300_000);
    test('another episode’s files', async () => {
      for (const other of ENDINGS.filter((e) => e !== name)) await inPage('swaps', name, other);
    }, 300_000);
    test('every byte outside the files', async () => void (await inPage('bytes', name)), 900_000);
  });

  const completed = recordIn('completed');
  const ordered = recordIn('ordered');
  const approvalOf = (row: LedgerRow, step?: number) => row.event.type === 'approval-decided' && (row.event as unknown as Loose)['requestId'] === 'R1' && (step === undefined || (row.event as unknown as Loose)['step'] === step);
  const without = (isGone: (row: LedgerRow) => boolean) => signedAgain(withRows(completed, (rows) => rows.filter((r) => !isGone(r))));
  const spokenAs = (of: object) =>
    signedAgain(withEvents(withRows(completed, (rows) => rows.filter((r) => r.event.type !== 'approval-countersigned')), 'approval-decided', (e) => e.act.channel === 'phone' && Object.assign(e.act, of)));
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
    ['R14, R30: a word on the phone passed off as decided online', () => spokenAs({ channel: 'online', witness: null, entry: 'direct' }), /演示·管理组值班员 entered it for 演示·办公室主任 as decided online/],
    ['R30: a word on the phone passed off as paper, with no paper', () => spokenAs({ channel: 'paper' }), /by paper, without the paper/],
    ['R30: an approval by phone with one person', () => spokenAs({ witness: null }), /recorded by one person/],
    ['R30: the countersignature taken out', () => without((r) => r.event.type === 'approval-countersigned'), /never signed, and no row says/],
    ['R30: the clerk countersigns for the director', () => signedAgain(withEvents(completed, 'approval-countersigned', (e) => (e.act.recordedBy.accountId = 'demo-management'))), /no signature by the hand/],
    ['8.3: a real episode on a clock of its own', () => signedAgain(withEvents(completed, 'episode-opened', (e) => (e.clock = { ...e.clock, realOriginMs: 7_200_000 }))), /时钟/],
    ['3.3.4: a receipt left out of the notices', () => withView(completed, PATHS.notices, (items) => void (items.find((n) => (n['receipts'] as unknown[]).length > 0)!['receipts'] = [])), /views\/notices\.json: item \d+ is not what/],
    ['3.3.4: an approval left out of the approvals', () => withView(completed, PATHS.approvals, (items) => void items.pop()), /views\/approvals\.json: should have/],
    ['5.2: a refusal made out to be another’s', () => withView(completed, PATHS.refusals, (items) => void (items[0]!['accountId'] = 'demo-zone')), /views\/refusals\.json: item 1/],
    ['a document of another title', () => withView(completed, PATHS.documentIndex, (items) => void delete items[0]!['title']), /documents\.json: does not list/],
    ['3.3.3: a lift that no order allows', () => signedAgain(withEvents(ordered, 'lift-issued', (e) => (e.lift.orderId = 'O-none'))), /neither an approved request nor a superior order/],
  ])('honestly signed and wrong, found by the page itself: %s', async (_name, forged, what) => {
    const [found] = await checks([forged()]);
    expect(found!.faults!.join('\n')).toMatch(what);
    expect(found!.faults!.filter((f) => /hash is another|not one of this manifest|not the file that/.test(f))).toEqual([]);
  });

  test('how many changes were tried, and caught; nothing was asked of any network', () => {
    const sum = (of: (t: Tally) => number) => tallies.reduce((all, t) => all + of(t), 0);
    process.stdout.write(`viewer: changes tried ${sum((t) => t.tried)}, told as faults ${sum((t) => t.fault)}, refused unread ${sum((t) => t.refused)}, missed ${sum((t) => t.wrong.length)}\n`);
    expect(sum((t) => t.tried)).toBeGreaterThan(20_000);
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });
});
