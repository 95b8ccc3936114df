/** Hears of new rows in the ledger. Nothing rests on it: whoever missed one reads from where it was. */
import { setTimeout as pause } from 'node:timers/promises';
import { CHANNEL, type Notification } from '../db/ledger/append.js';
import type { Tx } from '../db/pool.js';
import type { Deps } from './deps.js';

export interface LedgerListener {
  close(): Promise<void>;
}

const RETRY_MS = 1_000;

/** Listens on one connection and takes another when that breaks. */
export async function listenToLedger({ pool, log }: Pick<Deps, 'pool' | 'log'>, onNews: (news: Notification) => void): Promise<LedgerListener> {
  let current: Tx | null = null;
  let closed = false;

  async function connect(): Promise<void> {
    const client = await pool.connect();
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNEL && payload !== undefined) onNews(JSON.parse(payload) as Notification);
    });
    client.once('error', (error: Error) => {
      client.release(error);
      current = null;
      if (!closed) void reconnect();
    });
    await client.query(`listen ${CHANNEL}`);
    current = client;
  }

  async function reconnect(): Promise<void> {
    while (!closed) {
      try {
        return await connect();
      } catch (error) {
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'cannot listen to the ledger; trying on');
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  await reconnect();
  return {
    close: async () => {
      closed = true;
      // Given up rather than returned: another user of the connection must not hear.
      current?.release(true);
      await Promise.resolve();
    },
  };
}
