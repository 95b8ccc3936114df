/** PostgreSQL's disk is full for a while: nothing half-written, no false receipt, and afterwards everything goes on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { toBeijingIso } from '../../domain/time.js';
import { Desk } from './support/desk.js';
import { episodeOfArea, expectSameState } from './support/episode.js';
import { expectWhole, streamOf } from './support/record.js';
import { BEGINS_MS, planWithRoom } from './support/script.js';
import { smallDisk } from './support/small-disk.js';
import { System } from './support/system.js';

const plan = planWithRoom();
const disk = smallDisk();
let system: System;
let desk: Desk;

beforeAll(async () => {
  system = await System.start({ plan, postgresDir: disk.postgresDir });
  await system.untilReady();
  desk = new Desk(system.baseUrl, system.tokens);
}, 120_000);

afterAll(async () => {
  await system?.close();
  disk.remove();
}, 60_000);

test('decisions are answered 503 or stand, and what was refused is carried out once by the same key', async () => {
  const { areaId } = await system.addArea(BEGINS_MS, 1);
  const days = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'].map((date) => ({ date, aqiLow: 260, aqiHigh: 260, pm25: 195, primary: ['PM2.5'] }));
  await desk.post('technical', `/areas/${areaId}/forecasts`, { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days }, 'disk.forecast');
  const episodeId = await episodeOfArea(system.pool, areaId);
  await expectSameState(await system.client(), system.pool, episodeId);

  await disk.fill(system);
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

  await disk.free(system);
  for (const { key, body } of requests.slice(0, given.size + refused.length)) {
    const { body: answer } = await desk.post('technical', `/episodes/${episodeId}/consultations`, body, key);
    if (given.has(key)) expect(answer['seq']).toBe(given.get(key));
  }
  const consultations = (await streamOf(system.pool, episodeId)).filter((r) => r.event.type === 'consultation-recorded');
  expect(consultations).toHaveLength(given.size + refused.length);
  await expectSameState(await system.client(), system.pool, episodeId);
  await expectWhole(system.pool);
  process.stdout.write(`full disk (${disk.what}): ${given.size} decisions still stored, ${refused.length} answered 503 and carried out later, once each\n`);
}, 240_000);
