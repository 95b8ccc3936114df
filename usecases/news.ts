/** Hears of new rows in the ledger. Nothing rests on it: whoever missed one reads from where it was. */
import type { Notification } from '../db/ledger/append.js';
import { areaStream, episodeStream } from '../domain/ledger.js';
import { listenToLedger } from '../db/listen.js';
import { rightsAreaOf } from '../db/plans.js';
import type { Pool } from '../db/pool.js';
import { type Account, hatFor } from './caller.js';
import type { Deps } from './deps.js';

export type { Notification };

/** `onGap`: rows may have gone by unheard. Throws where the database cannot be reached at first. */
export function hearNews({ pool, log }: Pick<Deps, 'pool' | 'log'>, onRow: (news: Notification) => void, onGap: () => void): Promise<{ close(): Promise<void> }> {
  const { connectionString } = pool.options;
  if (connectionString === undefined) throw new Error('the pool was not made by a URL');
  return listenToLedger(connectionString, { onRow, onGap, onError: (error) => log.warn({ reason: error.message }, 'cannot listen to the ledger; trying on') });
}

/** Who may hear of it: whoever may read there. */
export async function mayHear({ pool }: Pick<Deps, 'pool'>, news: Notification): Promise<(account: Account) => boolean> {
  const stream = 'episodeId' in news ? episodeStream(news.episodeId) : areaStream(news.areaId);
  const known = rightsAreas.get(pool) ?? new Map<string, string>();
  rightsAreas.set(pool, known);
  const areaId = known.get(stream) ?? (await rightsAreaOf(pool, stream));
  if (areaId === null) return () => false;
  if (known.size > MANY) known.clear();
  known.set(stream, areaId);
  return (account) => hatFor(account, 'read', { areaId }) !== null;
}

// Where the rights to a stream count never changes.
const rightsAreas = new WeakMap<Pool, Map<string, string>>();
const MANY = 10_000;
