/** An episode under an orange warning, and what comes in for it afterwards. */
import { expect } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { type AffineClock, toRealMs } from '../../../domain/clock.js';
import type { EventOf, SettledGroup } from '../../../domain/episode/events.js';
import { addDays, HOUR_MS, startOfDayMs, toBeijingIso } from '../../../domain/time.js';
import type { Desk } from './desk.js';
import { episodeOfArea } from './episode.js';
import { streamOf } from './record.js';
import { FIRST_DAY } from './script.js';
import type { System } from './system.js';

export const DAY0_MS = startOfDayMs(FIRST_DAY);
/** 14:00 of the first day. */
export const BEGINS_MS = DAY0_MS + 14 * HOUR_MS;
export const KEEP = { advice: 'keep', text: '维持' };

export interface Warned {
  readonly areaId: string;
  readonly episodeId: string;
  readonly clock: AffineClock;
}

/** Published in the afternoon of the first day, in force from 22:00 on. */
export async function warned(system: System, desk: Desk, rate: number): Promise<Warned> {
  const { areaId, clock } = await system.addArea(BEGINS_MS, rate);
  expect((await forecast(desk, areaId, 90, 'first'))?.status).toBe(201);
  const episodeId = await episodeOfArea(system.pool, areaId);
  const decide = (login: string, path: string, body: object) => desk.post(login, `/episodes/${episodeId}/${path}`, body, `${areaId}.${login}.${path.replaceAll('/', '.')}`);
  await decide('technical', 'consultations', { advice: 'publish', level: 'orange', text: '建议发布' });
  await decide('management', 'proposals', { action: 'publish', level: 'orange', effectiveAt: toBeijingIso(DAY0_MS + 22 * HOUR_MS), text: '呈报' });
  for (const [step, login] of ['director', 'commander'].entries()) {
    const { evidenceDigest } = await desk.find(login, `/episodes/${episodeId}/approvals`, (body) => (body['requests'] as { step: number | null; evidenceDigest: string }[]).find((r) => r.step === step));
    await decide(login, 'approvals/R1/decision', { step, decision: 'approve', evidenceDigest });
  }
  return { areaId, episodeId, clock };
}

/** The same four days of heavy pollution, and a last one that tells one forecast from another. */
export function forecast(desk: Desk, areaId: string, lastAqi: number, key: string) {
  const days = [80, 260, 260, 260, lastAqi].map((aqi, i) => ({ date: addDays(FIRST_DAY, i), aqiLow: aqi, aqiHigh: aqi, pm25: aqi * 0.75, primary: ['PM2.5'] }));
  return desk.once('technical', 'POST', `/areas/${areaId}/forecasts`, `${areaId}.forecast.${key}`, { issuedAt: toBeijingIso(BEGINS_MS), source: 'faults', days });
}

/** The prefecture raises to red, by telephone. */
export function order(desk: Desk, areaId: string) {
  const at = toBeijingIso(BEGINS_MS);
  return desk.once('management', 'POST', `/areas/${areaId}/orders`, `${areaId}.order`, {
    issuer: 'prefecture',
    kind: 'raise',
    level: 'red',
    namesCity: true,
    scope: { zh: '奎屯市', en: 'Kuitun' },
    receivedAt: at,
    transmission: { channel: 'phone', at, from: '州指挥部办公室' },
  });
}

/** What was found at each moment of a group of deadlines, in order. */
async function settled(system: System, episodeId: string, groupId: string): Promise<SettledGroup[]> {
  const rows = await streamOf(system.pool, episodeId);
  return rows.filter((r) => r.event.type === 'deadlines-settled').flatMap((r) => (r.event as EventOf<'deadlines-settled'>).groups.filter((g) => g.groupId === groupId));
}

export async function untilSettled(system: System, episodeId: string, groupId: string, moment: SettledGroup['moment']): Promise<SettledGroup> {
  for (const deadline = performance.now() + 60_000; ; await pause(200)) {
    const found = (await settled(system, episodeId, groupId)).find((g) => g.moment === moment || g.open.length === 0);
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${groupId} was not settled at its ${moment}\n${system.logTail()}`);
  }
}

export const untilPlan = (clock: AffineClock, planMs: number) => pause(Math.max(0, toRealMs(clock, planMs) - Date.now()));
