/** Server-sent events: "episode X is now at seq N". One listening connection to the database serves everybody. */
import type { Request, Response } from 'express';
import { listenToLedger, type LedgerListener } from '../usecases/listening.js';
import type { Deps } from '../usecases/deps.js';
import { callerOf } from './authentication.js';

const HEARTBEAT_MS = 25_000;

export interface Stream {
  readonly handle: (request: Request, response: Response) => void;
  readonly close: () => Promise<void>;
}

export function ledgerStream(deps: Deps): Stream {
  const readers = new Set<Response>();
  let listener: Promise<LedgerListener> | null = null;
  const heartbeat = setInterval(() => sendAll(': alive\n\n'), HEARTBEAT_MS);
  heartbeat.unref();

  function sendAll(text: string): void {
    for (const response of readers) response.write(text);
  }

  return {
    handle: (request, response) => {
      callerOf(request, null);
      listener ??= listenToLedger(deps, (news) => sendAll(`event: ${'episodeId' in news ? 'episode' : 'area'}\ndata: ${JSON.stringify(news)}\n\n`));
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
      response.write('retry: 2000\n\n');
      readers.add(response);
      request.on('close', () => readers.delete(response));
    },
    close: async () => {
      clearInterval(heartbeat);
      for (const response of readers) response.end();
      await (await listener)?.close();
    },
  };
}
