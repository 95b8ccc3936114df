import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planCheck, planCheckText } from '../../cli/commands/plan-check.js';

const KUITUN = fileURLToPath(new URL('../../plans/kuitun-2023.yaml', import.meta.url));

describe('plan check FILE', () => {
  test('a plan in order: what it holds, as JSON and as text', async () => {
    const report = await planCheck(KUITUN);
    expect(report).toMatchObject({ ok: true, faults: [], plan: { id: 'kuitun-2023', levels: ['yellow', 'orange', 'red'], units: 25, readings: 38 } });
    expect(planCheckText(report)).toMatch(/in order[\s\S]*yellow < orange < red; 25 units/);
  });

  test('a plan with faults: each with its place, path and reason', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qingkong-plan-check-'));
    try {
      const file = join(folder, 'broken.yaml');
      writeFileSync(file, readFileSync(KUITUN, 'utf8').replace('units: [urban-management]', 'units: [navy]'));
      const report = await planCheck(file);
      expect(report).toMatchObject({ ok: false, plan: null, faults: [{ reason: 'unknown unit "navy"' }] });
      expect(planCheckText(report)).toMatch(/refused\n {2}line \d+, column \d+, measures\[\d+\]\.units\[0\]: unknown unit "navy"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
