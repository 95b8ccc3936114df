import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listenToLedger } from '../../db/listen.js';
import { withClient } from '../../embedded/databases.js';
import { Episode, START_MS, type World, world } from './support/world.js';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.database.close());

async function soon(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await new Promise((done) => setTimeout(done, 10));
  expect(condition()).toBe(true);
}

describe('listening to the ledger', () => {
  test('tells of committed rows only, and after a broken connection that there was a gap', async () => {
    const heard: object[] = [];
    let gaps = 0;
    const listener = await listenToLedger(w.database.appUrl, { onRow: (n) => heard.push(n), onGap: () => gaps++, retryMs: 20 });
    const e = new Episode(w, 'heard');
    await e.open();
    await soon(() => heard.length === 1);
    expect(heard).toEqual([{ episodeId: 'heard', seq: e.decisions }]);

    await expect(e.append([{ type: 'lift-rescinded', clause: '3.3.6', atMs: START_MS } as never])).rejects.toThrow();
    await withClient(w.database.adminUrl, (client) => client.query("select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen qingkong' and datname = current_database()"));
    await soon(() => gaps === 1);
    await e.append([{ type: 'prompt-cleared', clause: '3.2', atMs: START_MS }]);
    await soon(() => heard.length === 2);
    expect(heard.at(-1)).toEqual({ episodeId: 'heard', seq: e.decisions });
    await listener.close();
  });
});
