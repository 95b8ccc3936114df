import { NativeConnection } from '@temporalio/worker';
import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/env.js';
import type { Logger } from 'pino';
import { setTimeout as pause } from 'node:timers/promises';

export interface Engine {
  readonly native: NativeConnection;
  readonly client: Client;
  close(): Promise<void>;
}

const PAUSE_MS = 1_000;

/** Connects to Temporal, waiting for it as long as it takes; null when told to stop meanwhile. */
export async function connectWhenReachable(temporal: Config['temporal'], log: Logger, signal: AbortSignal): Promise<Engine | null> {
  const { address = '127.0.0.1:7233', namespace, tls, apiKey } = temporal;
  const options = { address, ...(tls === undefined ? {} : { tls }), ...(apiKey === undefined ? {} : { apiKey }) };
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const native = await NativeConnection.connect(options);
      const connection = await Connection.connect(options);
      return {
        native,
        client: new Client({ connection, namespace }),
        close: async () => {
          await connection.close();
          await native.close();
        },
      };
    } catch (error) {
      if (attempt % 10 === 1) log.warn({ address, reason: error instanceof Error ? error.message : String(error) }, 'Temporal is out of reach; trying on');
      await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
