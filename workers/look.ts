/** Keeps the engine and the ledger in sight of each other for as long as the worker runs. */
import type { Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '../db/pool.js';
import type { Sweep } from './sweep.js';

export interface LookDeps {
  readonly pool: Pool;
  readonly connection: Connection;
  /** Makes every episode look at the ledger. */
  readonly sweep: Sweep;
  /** Tells the watches of rows that nobody took in. */
  readonly tellNews: () => Promise<void>;
  /** Keeps the histories of closed episodes. */
  readonly keepHistories: () => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 5_000;
const TRY_AGAIN_MS = 1_000;
/** A database that takes longer has stopped answering. */
const ANSWERS_WITHIN_MS = 4_000;

/**
 * Sweeps at the start, and again whenever the database answers after it did
 * not or the connection to the engine was broken: what the engine had not yet
 * stored is then known to the ledger alone.
 */
export async function lookAfterEpisodes({ pool, connection, sweep, tellNews, keepHistories, log, signal }: LookDeps): Promise<void> {
  let isSwept = false;
  let failed: ReadonlySet<string> = new Set();
  whenBroken(connection, () => (isSwept = false));
  while (!signal.aborted) {
    try {
      await answers(pool);
      if (!isSwept) {
        isSwept = true;
        failed = await sweep(null);
      } else if (failed.size > 0) failed = await sweep(failed);
      await tellNews();
      await keepHistories();
    } catch (error) {
      isSwept = false;
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the database or the engine is out of reach');
    }
    await pause(isSwept ? LOOK_EVERY_MS : TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function answers(pool: Pool): Promise<void> {
  const silence = new AbortController();
  const late = pause(ANSWERS_WITHIN_MS, undefined, { signal: silence.signal }).then(
    () => Promise.reject(new Error(`the database has not answered for ${ANSWERS_WITHIN_MS / 1000} s`)),
    () => undefined,
  );
  try {
    await Promise.race([pool.query('select 1'), late]);
  } finally {
    silence.abort();
  }
}

const READY = 2;
const SHUTDOWN = 4;

/** A server that was restarted between two looks is noticed by its connection. */
function whenBroken(connection: Connection, tell: () => void): void {
  // The SDK has no public word for it.
  const channel = connection['client'].getChannel();
  const watch = (): void => {
    const state: number = channel.getConnectivityState(true);
    if (state === SHUTDOWN) return;
    channel.watchConnectivityState(state, Infinity, () => {
      if (state === READY) tell();
      watch();
    });
  };
  watch();
}
