import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate, pendingMigrations } from '../../db/migrate.js';
import { createPool } from '../../db/pool.js';
import type { TestDatabase } from '../../embedded/databases.js';
import { testDatabase } from '../support/postgres.js';

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  test('run once, also when two start together, and say what they did', async () => {
    const lines: string[] = [];
    const [one, two] = await Promise.all([migrate(database.url, (l) => lines.push(l)), migrate(database.url, (l) => lines.push(l))]);
    expect([one.length, two.length].sort((a, b) => a - b)[0]).toBe(0);
    expect([...one, ...two]).toContain('0001_ledger');
    expect(lines).toHaveLength(one.length + two.length);
    expect(await migrate(database.url, () => undefined)).toEqual([]);
    const pool = createPool(database.url);
    expect(await pendingMigrations(pool)).toEqual([]);
    await pool.query("delete from migrations where name = '0005_area_inputs'");
    expect(await pendingMigrations(pool)).toEqual(['0005_area_inputs']);
    await pool.end();
  });
});
