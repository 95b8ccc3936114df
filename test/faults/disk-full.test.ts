/** PostgreSQL's disk is full for a while: nothing half-written, no false receipt, and afterwards everything goes on. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toBeijingIso } from '../../domain/time.js';
import { Desk } from './support/desk.js';
import { episodeOfArea, expectSameState } from './support/episode.js';
import { expectWhole, streamOf } from './support/record.js';
import { BEGINS_MS, planWithRoom } from './support/script.js';
import { System } from './support/system.js';

/** Room for a new cluster and little more. */
const SIZE_MB = 224;
const plan = planWithRoom();
const folder = mkdtempSync(join(tmpdir(), 'qingkong-small-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]).status === 0;
const ballast = join(folder, 'ballast');

/** Fills the disk to the last block. */
function fill(): void {
  const file = openSync(ballast, 'w');
  try {
    for (let size = 2 ** 20; size >= 512; size /= 2) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

const describeWhereMounted = isMounted ? describe : describe.skip;

describeWhereMounted(isMounted ? 'a full disk' : 'a full disk (skipped: this user may not mount a small file system)', () => {
  let system: System;
  let desk: Desk;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    const postgresDir = join(folder, 'postgres');
    mkdirSync(postgresDir);
    system = await System.start({ plan, postgresDir });
    await system.untilReady();
    desk = new Desk(system.baseUrl, system.tokens);
  }, 120_000);

  afterAll(async () => {
    await system?.close();
    if (isMounted) spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('decisions are answered 503 or stand, and what was refused is carried out once by the same key', async () => {
    const { areaId } = await system.addArea(BEGINS_MS, 1);
    const days = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'].map((date) => ({ date, aqiLow: 260, aqiHigh: 260, pm25: 195, primary: ['PM2.5'] }));
    await desk.post('technical', `/areas/${areaId}/forecasts`, { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days }, 'disk.forecast');
    const episodeId = await episodeOfArea(system.pool, areaId);
    await expectSameState(await system.client(), system.pool, episodeId);

    fill();
    const consult = (i: number) => ({ advice: 'keep', text: randomBytes(1_900).toString('hex').slice(0, 3_900) + i });
    const requests = Array.from({ length: 60 }, (_, i) => ({ key: `disk.consultation.${i}`, body: consult(i) }));
    const given = new Map<string, number>();
    const refused: number[] = [];
    for (const { key, body } of requests) {
      const answer = await desk.once('technical', 'POST', `/episodes/${episodeId}/consultations`, key, body);
      if (answer?.status === 201) given.set(key, Number(answer.body['seq']));
      else refused.push(answer?.status ?? 503);
      if (refused.length >= 3) break;
    }
    expect(new Set(refused)).toEqual(new Set([503]));

    rmSync(ballast);
    if (!system.isRunning('postgres')) await system.restart('postgres');
    for (const { key, body } of requests.slice(0, given.size + refused.length)) {
      const { body: answer } = await desk.post('technical', `/episodes/${episodeId}/consultations`, body, key);
      if (given.has(key)) expect(answer['seq']).toBe(given.get(key));
    }
    const consultations = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'consultation-recorded');
    expect(consultations).toHaveLength(given.size + refused.length);
    await pause(500);
    await expectSameState(await system.client(), system.pool, episodeId, 30_000);
    await expectWhole(system.pool);
    process.stdout.write(`full disk: ${given.size} decisions still stored, ${refused.length} answered 503 and carried out later, once each\n`);
  }, 240_000);
});
