/** Server-sent events: "episode X is now at seq N". One listening connection to the database serves everybody. */
import type { Request, Response } from 'express';
import type { Deps } from '../usecases/deps.js';
import { hearNews } from '../usecases/news.js';
import { callerOf } from './authentication.js';

const HEARTBEAT_MS = 25_000;

export interface Stream {
  readonly handle: (request: Request, response: Response) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** `episode` and `area` events name what moved; after `gap` a reader looks at everything it shows. */
export function ledgerStream(deps: Deps): Stream {
  const readers = new Set<Response>();
  let listening: ReturnType<typeof hearNews> | null = null;
  const heartbeat = setInterval(() => sendAll(': alive\n\n'), HEARTBEAT_MS);
  heartbeat.unref();

  function sendAll(text: string): void {
    for (const response of readers) response.write(text);
  }

  /** From the first reader on; tried anew by the next where the database was away. */
  async function listen(): Promise<void> {
    listening ??= hearNews(
      deps,
      (news) => sendAll(`event: ${'episodeId' in news ? 'episode' : 'area'}\ndata: ${JSON.stringify(news)}\n\n`),
      () => sendAll('event: gap\ndata: {}\n\n'),
    );
    try {
      await listening;
    } catch (error) {
      listening = null;
      throw error;
    }
  }

  return {
    handle: async (request, response) => {
      callerOf(request, null);
      await listen();
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
      response.write('retry: 2000\n\n');
      readers.add(response);
      response.on('close', () => readers.delete(response));
    },
    close: async () => {
      clearInterval(heartbeat);
      for (const response of readers) response.end();
      await (await listening)?.close();
    },
  };
}
