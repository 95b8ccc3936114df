/** What is asked of one connection in one turn goes in one packet: all of it succeeds, or none. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inOneGo, transaction } from '../../db/pool.js';
import { type MigratedDatabase, migratedDatabase } from '../support/db.js';

let db: MigratedDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await db.owner.query('create table kept (id int primary key, said text)');
}, 60_000);

afterAll(() => db.close());

const kept = async () => (await db.owner.query<{ id: number }>('select id from kept order by id')).rows.map((r) => r.id);
const keep = (id: number): [string, unknown[]] => ['insert into kept (id, said) values ($1, $2)', [id, `${id}`]];

test('answers come to whom they belong, in the order asked', async () => {
  const answers = await inOneGo(db.owner, (one) =>
    Promise.all([one.query<{ n: number }>('select $1::int as n', [1]), one.query('select 1 where $1', [false]), one.query<{ s: string }>('select $1::text as s from generate_series(1, 2)', ['二'])]),
  );
  expect(answers.map((a) => a.rows)).toEqual([[{ n: 1 }], [], [{ s: '二' }, { s: '二' }]]);
});

test('a statement sees what was written before it in the same packet', async () => {
  const seen = await transaction(db.owner, async (tx, store) => {
    const writes = [tx.query(...keep(1)), tx.query(...keep(2))];
    const count = tx.query<{ n: number }>('select count(*)::int as n from kept', []);
    await store([...writes, count]);
    return (await count).rows[0]?.n;
  });
  expect(seen).toBe(2);
  expect(await kept()).toEqual([1, 2]);
});

test('where one fails all are undone, what came after it is not tried, and whoever asked is told why', async () => {
  const work = transaction(db.owner, (tx, store) => store([tx.query(...keep(3)), tx.query(...keep(1)), tx.query(...keep(4))]));
  await expect(work).rejects.toThrow('kept_pkey');
  expect(await kept()).toEqual([1, 2]);
});

test('the connection of a failed packet goes on, also with statements that were first parsed in it', async () => {
  await inOneGo(db.owner, async (one) => {
    const fresh = () => one.query<{ n: number }>('select 40 + $1::int as n', [2]);
    await expect(Promise.all([one.query('select 1 / $1::int', [0]), fresh()])).rejects.toThrow('division by zero');
    expect((await fresh()).rows).toEqual([{ n: 42 }]);
    expect((await one.query<{ n: number }>('select 1 / $1::int as n', [1])).rows).toEqual([{ n: 1 }]);
  });
});

test('a transaction within another is committed with it, not by its own last writes', async () => {
  const work = transaction(db.owner, async (tx) => {
    await transaction(tx, (inner, store) => store([inner.query(...keep(5))]));
    throw new Error('changed its mind');
  });
  await expect(work).rejects.toThrow('changed its mind');
  expect(await kept()).toEqual([1, 2]);
});

test('an exception between two packets rolls back, and the pool has its connection again', async () => {
  for (let i = 0; i < 30; i++) {
    const work = transaction(db.owner, async (tx) => {
      await tx.query(...keep(6));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
  }
  expect(await kept()).toEqual([1, 2]);
});
