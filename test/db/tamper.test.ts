import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkLedger } from '../../db/check.js';
import { withClient } from '../../embedded/databases.js';
import { saveDocument } from '../../db/documents.js';
import { Episode, START_MS, type World, world } from './support/world.js';

let w: World;
beforeAll(async () => {
  w = await world();
  await new Episode(w, 'e1').open();
  await saveDocument(w.database.pool, { kind: 'report', mediaType: 'text/plain', title: 'a report', body: 'as it was', createdAtMs: START_MS });
});
afterAll(() => w.database.close());

const FORBIDDEN = [
  "update ledger set event = '{}'",
  'update ledger set recorded_at_ms = 0 where seq = 1',
  'delete from ledger',
  'truncate ledger',
  "update documents set title = 'another'",
  'delete from documents',
  'truncate documents cascade',
  "update plans set revision = 'another'",
  'delete from plans',
  "insert into ledger (stream, seq, event_id, command_id, kind, decision_no, plan_at_ms, recorded_at_ms, rules_version, plan_digest, event, prev_hash, hash) values ('episode/e1', 1, 'x', 'x', 'audit', null, 0, 0, '1', 'p', '{\"type\": \"x\"}', repeat('0', 64), 'h') on conflict (stream, seq) do update set event = excluded.event",
];

describe('the record cannot be changed', () => {
  test.each(FORBIDDEN)('by the application: %s', async (statement) => {
    await expect(w.database.pool.query(statement)).rejects.toThrow(/permission denied|append-only/);
  });

  test.each(FORBIDDEN)('nor by its owner: %s', async (statement) => {
    await expect(w.database.owner.query(statement)).rejects.toThrow(/append-only|follow|chain/);
  });

  test.each([
    'alter table ledger disable trigger all',
    'drop trigger ledger_is_append_only on ledger',
    'drop table ledger',
    'alter table ledger owner to qingkong_app',
    'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    'create function mine() returns int language sql as $$ select 1 $$',
    "set session_replication_role = 'replica'",
    'set role qingkong',
    'grant update on ledger to qingkong_app; update ledger set seq = seq',
    'truncate streams',
    'delete from streams',
  ])('nor can the application take the guard away: %s', async (statement) => {
    await expect(w.database.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  test("nor through functions that run with their owner's rights: there are none", async () => {
    const { rows } = await w.database.pool.query("select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef");
    expect(rows).toEqual([]);
    for (const name of ['refuse_change', 'follow_on_the_chain']) await expect(w.database.pool.query(`select ${name}()`)).rejects.toThrow('trigger');
  });

  test('the owner cannot write around the chain either', async () => {
    const insert = (stream: string, seq: number, prevHash: string) =>
      w.database.owner.query(
        `insert into ledger (stream, seq, event_id, command_id, kind, plan_at_ms, recorded_at_ms, rules_version, plan_digest, event, prev_hash, hash)
         values ($1, $2, 'forged', 'forged', 'audit', 0, 0, '1', 'p', '{"type": "x"}', $3, 'h')`,
        [stream, seq, prevHash],
      );
    await expect(insert('episode/e1', 9_999, 'h')).rejects.toThrow('does not follow');
    await expect(insert('episode/e1', 2, '0'.repeat(64))).rejects.toThrow('does not follow');
    await expect(insert('episode/new', 1, 'h')).rejects.toThrow('does not begin a chain');
  });

  test('what a superuser does behind the guards, the check finds at its place', async () => {
    expect((await checkLedger(w.database.pool)).faults).toEqual([]);
    await withClient(w.database.adminUrl, async (client) => {
      await client.query('alter table ledger disable trigger ledger_is_append_only');
      await client.query(`update ledger set event = jsonb_set(event, '{clause}', '"9.9"') where stream = 'episode/e1' and seq = 2`);
    });
    const { faults } = await checkLedger(w.database.pool);
    expect(faults).toEqual([expect.objectContaining({ stream: 'episode/e1', seq: 2, fault: 'hash' })]);
  });

  test('a stream cut off at its end is found by its head and its projection', async () => {
    await withClient(w.database.adminUrl, (client) =>
      client.query(`delete from ledger where stream = 'episode/e1' and seq = (select max(seq) from ledger where stream = 'episode/e1')`),
    );
    const { faults } = await checkLedger(w.database.pool);
    expect(faults.map((f) => f.fault)).toEqual(['hash', 'head', 'projection']);
  });
});

describe('documents', () => {
  test('are kept once under their digest, and only under their own', async () => {
    const document = { kind: 'report', mediaType: 'text/plain', title: 'again', body: 'as it was', createdAtMs: START_MS };
    const digest = await saveDocument(w.database.pool, document);
    const { rows } = await w.database.pool.query('select title from documents where digest = $1', [digest]);
    expect(rows).toEqual([{ title: 'a report' }]);
    const wrong = w.database.pool.query("insert into documents (digest, kind, media_type, title, body, created_at_ms) values (repeat('a', 64), 'x', 'x', 'x', 'x', 0)");
    await expect(wrong).rejects.toThrow('check constraint');
  });
});
