/** `qingkong verify` as an auditor runs it: offline, one line per fault, and how it exits. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, ftruncateSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { viewerPage } from '../../evidence/viewer/page.js';
import { bundle, recordIn } from './support/bundles.js';
import { signedAgain, withEvents } from './support/forge.js';
import { OFFICE, STRANGER } from './support/key.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qingkong-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, body: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, body);
  return path;
}

/** Without an environment: no database, no data folder. */
function verify(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'cli/qingkong.ts'), 'verify', ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' }, cwd: folder });
}

const good = file('good.zip', bundle('completed'));

describe('qingkong verify', () => {
  test('0: intact, compared with a key file; says what it is of', () => {
    const { status, stdout } = verify(good, '--key', file('office.hex', OFFICE.publicKey), '--episode', 'KT-2026-001');
    expect(stdout).toMatch(/^INTACT {2}KT-2026-001 .*\nchain head \d+ [0-9a-f]{64}\nsigned by [0-9a-f]{64}\n/);
    expect(status).toBe(0);
  });

  test('0 with the fingerprint to compare, where no key is given', () => {
    const { status, stdout } = verify(good);
    expect(stdout).toContain(`signed by ${OFFICE.fingerprint} (not compared)`);
    expect(stdout).toContain('a key inside a bundle proves nothing');
    expect(status).toBe(0);
  });

  test('1: another key', () => {
    const { status, stdout } = verify(good, '--fingerprint', STRANGER.fingerprint);
    expect(stdout).toMatch(/^1 FAULT /);
    expect(status).toBe(1);
  });

  test('1: a wrong decision, one line each, and the same as JSON', () => {
    const forged = file('forged.zip', signedAgain(withEvents(recordIn('completed'), 'warning-published', (e) => (e.notice.level = 'yellow'))));
    const { status, stdout } = verify(forged, '--fingerprint', OFFICE.fingerprint);
    expect(status).toBe(1);
    expect(stdout).toMatch(/\n {2}approvals: ledger\/episode\.jsonl row \d+ \(warning-published\): the approvers saw orange, yellow took effect\n/);
    const json = verify(forged, '--json', '--fingerprint', OFFICE.fingerprint);
    expect(json.status).toBe(1);
    const verdict = JSON.parse(json.stdout) as { intact: boolean; faults: { check: string; where: string; what: string }[] };
    expect(verdict.intact).toBe(false);
    expect(stdout.split('\n').filter((line) => /^ {2}(?!note: )/.test(line))).toHaveLength(verdict.faults.length);
  });

  test('the viewer that came with it is checked too', () => {
    const page = viewerPage();
    expect(verify(good, '--viewer', file('viewer.html', page)).status).toBe(0);
    const { status, stdout } = verify(good, '--viewer', file('other.html', page.replace('完整', '完 整')));
    expect(stdout).toContain('is not the viewer');
    expect(status).toBe(1);
  });

  test('--plan: the plan that was adopted, by digest or file; another is a fault', () => {
    const [digest] = [...recordIn('completed').plans.keys()];
    const shipped = (id: string) => join(ROOT, 'plans', `${id}.yaml`);
    expect(verify(good, '--plan', digest!).status).toBe(0);
    expect(verify(good, '--plan', shipped('example-city-four-levels'), '--plan', digest!).status).toBe(0);
    for (const other of ['0'.repeat(64), shipped('example-city-four-levels')]) {
      const { status, stdout } = verify(good, '--plan', other);
      expect(stdout).toContain('this is not the plan that was given');
      expect(status).toBe(1);
    }
    expect(verify(good, '--plan', join(folder, 'none.yaml')).status).toBe(2);
  }, 60_000);

  test('1: a flipped bit', () => {
    const bytes = Buffer.from(bundle('completed'));
    bytes[300_000]! ^= 1;
    expect(verify(file('flipped.zip', bytes)).status).toBe(1);
  });

  test('2: nothing there, no bundle, a folder, 10 GB, no key, no fingerprint', () => {
    const huge = join(folder, 'huge.zip');
    const handle = openSync(huge, 'w');
    ftruncateSync(handle, 10 * 2 ** 30);
    closeSync(handle);
    const cases = [[join(folder, 'nobody.zip')], [file('text.zip', 'text')], [folder], [huge], [good, '--key', good], [good, '--fingerprint', 'ab'], [good, '--head', file('head.json', '{}')], []];
    for (const args of cases) {
      const { status, stdout, stderr } = verify(...args);
      expect([args, status]).toEqual([args, 2]);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    }
  }, 120_000);
});
