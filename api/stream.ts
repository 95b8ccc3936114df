/** Server-sent events: "episode X is now at seq N". One listening connection to the database serves everybody. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Account } from '../usecases/caller.js';
import type { Deps } from '../usecases/deps.js';
import { hearNews, mayHear, type Notification } from '../usecases/news.js';
import { accountStill } from './authentication.js';
import { endpoint, type Endpoint } from './endpoint.js';

export const HEARTBEAT_MS = 25_000;
/** Whoever takes nothing in is let go before what waits for it fills our memory. */
const MAX_WAITING_BYTES = 2 ** 20;

export interface Stream {
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

interface Reader {
  readonly request: Request;
  readonly response: Response;
  /** As of the last heartbeat: hats come, go and run out. */
  account: Account;
}

/** `episode` and `area` events name what moved; after `gap` a reader looks at everything it shows. */
export function ledgerStream(deps: Deps, heartbeatMs = HEARTBEAT_MS): Stream {
  const readers = new Set<Reader>();
  let listening: ReturnType<typeof hearNews> | null = null;
  // One after the other, in the order of the ledger.
  let telling = Promise.resolve();
  const heartbeat = setInterval(() => void beat(), heartbeatMs);
  heartbeat.unref();

  function send({ response }: Reader, text: string): void {
    response.write(text);
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
  }

  function gap(): void {
    for (const reader of readers) send(reader, 'event: gap\ndata: {}\n\n');
  }

  async function tell(news: Notification): Promise<void> {
    try {
      const hears = await mayHear(deps, news);
      const text = `event: ${'episodeId' in news ? 'episode' : 'area'}\ndata: ${JSON.stringify(news)}\n\n`;
      for (const reader of readers) if (hears(reader.account)) send(reader, text);
    } catch {
      gap();
    }
  }

  /** Whoever has signed out, lost the token or the account since hears no more. */
  async function beat(): Promise<void> {
    for (const reader of [...readers]) {
      try {
        const account = await accountStill(deps, reader.request);
        if (account) reader.account = account;
        else reader.response.end();
      } catch {
        // The database is away: there is no news either.
      }
      if (!reader.response.writableEnded) send(reader, ': alive\n\n');
    }
  }

  /** From the first reader on; tried anew by the next where the database was away. */
  async function listen(): Promise<void> {
    listening ??= hearNews(deps, (news) => void (telling = telling.then(() => tell(news))), gap);
    try {
      await listening;
    } catch (error) {
      listening = null;
      throw error;
    }
  }

  async function open(request: Request, response: Response, account: Account): Promise<void> {
    await listen();
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    if (request.method === 'HEAD') return void response.end();
    const reader = { request, response, account };
    readers.add(reader);
    response.on('close', () => readers.delete(reader));
    send(reader, 'retry: 2000\n\n');
  }

  return {
    endpoint: endpoint('get', '/stream', { tag: '工作台 desk', summary: '事件流（SSE）：可查阅的区域和过程到了哪一序号', answer: z.string(), media: 'text/event-stream' }, ({ caller, request, response }) => open(request, response, caller.account)),
    close: async () => {
      clearInterval(heartbeat);
      for (const { response } of readers) response.end();
      await (await listening)?.close();
    },
  };
}
