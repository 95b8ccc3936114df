/** Hears of new rows in the ledger. Nothing rests on it: whoever missed one reads from where it was. */
import type { Notification } from '../db/ledger/append.js';
import { listenToLedger } from '../db/listen.js';
import type { Deps } from './deps.js';

export type { Notification };

/** `onGap`: rows may have gone by unheard. Throws where the database cannot be reached at first. */
export function hearNews({ pool, log }: Pick<Deps, 'pool' | 'log'>, onRow: (news: Notification) => void, onGap: () => void): Promise<{ close(): Promise<void> }> {
  const { connectionString } = pool.options;
  if (connectionString === undefined) throw new Error('the pool was not made by a URL');
  return listenToLedger(connectionString, { onRow, onGap, onError: (error) => log.warn({ reason: error.message }, 'cannot listen to the ledger; trying on') });
}
