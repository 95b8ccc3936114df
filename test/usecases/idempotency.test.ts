/** Leases of request keys when a process is slow or dies. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { claimKey } from '../../db/accounts/idempotency.js';
import { once } from '../../usecases/idempotency.js';
import { type MigratedDatabase, migratedDatabase } from '../support/db.js';

let db: MigratedDatabase;
beforeAll(async () => {
  db = await migratedDatabase();
}, 60_000);
afterAll(() => db.close());

const request = (key: string) => ({ accountId: 'a', key, digest: 'd' });
const answered = (body: string) => () => Promise.resolve({ status: 201, body });
const keep = ({ body }: { readonly body: string }) => body;
const lapse = (key: string) => db.owner.query('update idempotency_keys set leased_until_ms = 1 where key = $1', [key]);

test('an execution that outlived its lease does not overwrite the answer of whoever took the key over: both tell the same', async () => {
  let finish = () => undefined as void;
  const slow = once({ pool: db.pool }, request('slow-key'), async () => {
    await new Promise<void>((done) => (finish = done));
    return { status: 201, body: 'the first' };
  }, keep);
  await pause(100);
  await lapse('slow-key');
  expect(await once({ pool: db.pool }, request('slow-key'), answered('the second'), keep)).toEqual({ outcome: 'answer', answer: { status: 201, body: 'the second' }, replayed: false });
  finish();
  expect(await slow).toEqual({ outcome: 'answer', answer: { status: 201, body: 'the second' }, replayed: true });
});

test('nor does it end the lease of whoever took it over', async () => {
  let finish = () => undefined as void;
  const failing = once({ pool: db.pool }, request('lost-key'), async () => {
    await new Promise<void>((done) => (finish = done));
    throw new Error('the database went away');
  }, keep);
  await pause(100);
  await lapse('lost-key');
  expect((await claimKey(db.pool, 'a', 'lost-key', 'd', 60_000)).outcome).toBe('claimed');
  finish();
  await expect(failing).rejects.toThrow('went away');
  expect((await claimKey(db.pool, 'a', 'lost-key', 'd', 60_000)).outcome).toBe('running');
});

test('a repetition right after a crash waits for the lease to run out and is carried out', async () => {
  expect((await claimKey(db.pool, 'a', 'crashed-key', 'd', 10_000)).outcome).toBe('claimed');
  expect(await once({ pool: db.pool }, request('crashed-key'), answered('anew'), keep)).toEqual({ outcome: 'answer', answer: { status: 201, body: 'anew' }, replayed: false });
}, 40_000);

test('while it really goes on, and on, a repetition is told to ask later', async () => {
  expect((await claimKey(db.pool, 'a', 'long-key', 'd', 60_000)).outcome).toBe('claimed');
  expect(await once({ pool: db.pool }, request('long-key'), answered('never'), keep)).toEqual({ outcome: 'still-running' });
}, 40_000);
