/** Reads say when the engine, or its worker, is away; they do not wait for it. */
import { expect, test } from '@jest/globals';
import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ENGINE_HEADER, engineMark } from '../../api/engine-mark.js';
import type { EngineHealth } from '../../usecases/engine.js';

test('reads are marked within seconds of an outage and of its end, and one look serves them all', async () => {
  let health: EngineHealth = { reachable: true, worker: true };
  let looks = 0;
  const look = async () => {
    looks++;
    await pause(20);
    return health;
  };
  const app = express().use(engineMark({ health: look }));
  app.all('/', (_request, response) => void response.json({}));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const mark = async (method = 'GET') => (await fetch(address, { method })).headers.get(ENGINE_HEADER);
  const untilMarked = async (wanted: string | null) => {
    for (const deadline = performance.now() + 20_000; (await mark()) !== wanted; await pause(100)) expect(performance.now()).toBeLessThan(deadline);
  };
  try {
    expect(await Promise.all([mark(), mark(), mark()])).toEqual([null, null, null]);
    expect(looks).toBe(1);
    health = { reachable: false, worker: false };
    await untilMarked('away');
    expect(await mark('POST')).toBeNull();
    health = { reachable: true, worker: false };
    await untilMarked('no-worker');
    health = { reachable: true, worker: true };
    await untilMarked(null);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}, 90_000);
