import pg from 'pg';
import { CHANNEL, type Notification } from './ledger/append.js';

export interface ListenOptions {
  readonly onRow: (notification: Notification) => void;
  /** After a broken connection was made again: rows may have gone by unheard. */
  readonly onGap: () => void;
  readonly onError?: (error: Error) => void;
  /** Wait before another try, ms; default 1,000. */
  readonly retryMs?: number;
  /** Whether it still stands is asked so often, ms; default 15,000. */
  readonly askEveryMs?: number;
  /** Default 10,000. */
  readonly answersWithinMs?: number;
}

/** A link that died in silence tells nothing: the connection is asked whether it still stands. */
const ASK_EVERY_MS = 15_000;
const ANSWERS_WITHIN_MS = 10_000;

/** Hears of every committed ledger row on a connection of its own, through restarts of the database, until `close`. */
export async function listenToLedger(databaseUrl: string, { onRow, onGap, onError = () => undefined, retryMs = 1_000, askEveryMs = ASK_EVERY_MS, answersWithinMs = ANSWERS_WITHIN_MS }: ListenOptions): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: databaseUrl, keepAlive: true, query_timeout: answersWithinMs, connectionTimeoutMillis: answersWithinMs });
    let ended = false;
    let asking: NodeJS.Timeout | null = null;
    const broken = (error?: Error) => {
      if (error) onError(error);
      if (asking) clearInterval(asking);
      if (ended || closed) return;
      ended = true;
      retry = setTimeout(() => void again(), retryMs);
    };
    next.on('error', broken);
    next.on('notification', ({ payload }) => {
      if (payload !== undefined) onRow(JSON.parse(payload) as Notification);
    });
    await next.connect();
    next.on('end', () => broken());
    await next.query(`listen ${CHANNEL}`);
    asking = setInterval(
      () =>
        void next.query('select 1').catch((error: Error) => {
          broken(error);
          void next.end().catch(() => undefined);
        }),
      askEveryMs,
    );
    asking.unref();
    client = next;
  };
  const again = async (): Promise<void> => {
    try {
      await connect();
      if (closed) await client?.end();
      else onGap();
    } catch (error) {
      onError(error as Error);
      if (!closed) retry = setTimeout(() => void again(), retryMs);
    }
  };

  await connect();
  return {
    close: async () => {
      closed = true;
      if (retry) clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
