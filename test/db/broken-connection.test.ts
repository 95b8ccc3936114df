/** A connection that breaks at the worst moment fails what uses it, never the process. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createPool, transaction } from '../../db/pool.js';
import { type MigratedDatabase, migratedDatabase } from '../support/db.js';

/** `ReadyForQuery`, and what a backend says when its postmaster was killed, as the protocol writes them. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0', 'latin1');
const FATAL = Buffer.concat([Buffer.from([0x45, 0, 0, 0, FIELDS.length + 4]), FIELDS]);

let db: MigratedDatabase;
let between: Server;
let url: string;
let isBreaking = true;

beforeAll(async () => {
  db = await migratedDatabase();
  const target = new URL(db.appUrl);
  between = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.on('error', () => undefined).on('data', (data) => far.write(data));
    near.on('close', () => far.destroy());
    far.on('error', () => undefined).on('close', () => near.destroy());
    far.on('data', (data) => {
      if (isBreaking && data.includes(READY)) near.end(Buffer.concat([data, FATAL]));
      else near.write(data);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => between.once('listening', listening));
  const through = new URL(db.appUrl);
  through.port = String((between.address() as AddressInfo).port);
  url = through.toString();
}, 60_000);

afterAll(async () => {
  between.close();
  await db.close();
});

test('a server killed in the moment a connection became ready: the query and the transaction fail, the next ones succeed', async () => {
  const pool = createPool(url);
  isBreaking = true;
  await expect(transaction(pool, (tx) => tx.query('select 1'))).rejects.toThrow();
  await expect(pool.query('select 1')).rejects.toThrow();
  isBreaking = false;
  expect((await transaction(pool, (tx) => tx.query<{ one: number }>('select 1 as one'))).rows).toEqual([{ one: 1 }]);
  await pool.end();
}, 60_000);
