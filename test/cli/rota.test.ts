/** `doctor`: a chain that nobody can complete, or a unit that nobody reports for, is found before the smog is. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkRota } from '../../cli/doctor/rota.js';
import { isHealthy } from '../../cli/doctor.js';
import { START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const found = async () => (await checkRota(api.db.appUrl)).map((c) => [c.status, c.found.en]);
const disable = (ids: readonly string[], at: number | null) => api.db.owner.query('update accounts set disabled_at_ms = $2 where id = any($1)', [ids, at]);

test('with everybody there, nothing is missing', async () => {
  expect(await found()).toEqual([['ok', 'kuitun: every approval step and every unit has an account that can act']]);
});

test('an unreachable commander blocks the steps that wait for one, each named with what to do; a unit without an account is named', async () => {
  const { rows } = await api.db.owner.query<{ id: string }>(`select account_id as id from hats where role = 'commander'`);
  const commanders = rows.map((r) => r.id);
  await disable([...commanders, 'demo-unit-health'], START_MS);
  const checks = await checkRota(api.db.appUrl);
  const told = checks.map((c) => c.found.en);
  expect(isHealthy(checks)).toBe(false);
  expect(told).toContain('kuitun: Publish (Red warning): step 2 has no account of the commander');
  expect(told.some((t) => t.endsWith('has no account that can report'))).toBe(true);
  expect(told.some((t) => t.includes('Publish (Yellow warning)'))).toBe(false);
  expect(checks.every((c) => c.remedy !== undefined)).toBe(true);
  await disable([...commanders, 'demo-unit-health'], null);
});

test('one person in two roles is not two people', async () => {
  const { rows } = await api.db.owner.query<{ hat: string; id: string }>(`select id as hat, account_id as id from hats where role = 'commander'`);
  const hat = rows[0]!;
  await api.db.owner.query(`update hats set revoked_at_ms = 1 where role = 'commander' and id <> $1`, [hat.hat]);
  expect(await found()).toEqual([['ok', expect.any(String)]]);
  await api.db.owner.query(`update hats set revoked_at_ms = 1 where role = 'director' and account_id <> $1`, [hat.id]);
  await api.db.owner.query(`insert into hats (id, account_id, role, from_ms) values ('only', $1, 'director', 0)`, [hat.id]);
  expect((await found()).map(([, en]) => en)).toContain('kuitun: Publish (Red warning): nobody takes two steps, and there are too few people for all of them');
});
