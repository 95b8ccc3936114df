/**
 * Reads answer from the ledger's read models whether or not the engine runs.
 * While it does not, they say so: what fell due meanwhile may not be decided yet.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Engine, EngineHealth } from '../usecases/engine.js';

export const ENGINE_HEADER = 'Qingkong-Engine';

/** What is known serves that long as it is, and is looked up behind a read. */
const FRESH_MS = 2_000;
/** Older, and a read waits for the answer. */
const OLD_MS = 15_000;

export function engineMark(engine: Pick<Engine, 'health'>): RequestHandler {
  let known: { readonly health: EngineHealth; readonly atMs: number } | null = null;
  let asking: Promise<EngineHealth> | null = null;

  function ask(): Promise<EngineHealth> {
    asking ??= engine
      .health()
      .then((health) => {
        known = { health, atMs: performance.now() };
        return health;
      })
      .finally(() => (asking = null));
    return asking;
  }

  async function healthNow(): Promise<EngineHealth> {
    const ageMs = known ? performance.now() - known.atMs : Infinity;
    if (known && ageMs < FRESH_MS) return known.health;
    const answer = ask();
    return known && ageMs < OLD_MS ? known.health : answer;
  }

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.method === 'GET') {
      const { reachable, worker } = await healthNow();
      if (!reachable || !worker) response.setHeader(ENGINE_HEADER, reachable ? 'no-worker' : 'away');
    }
    next();
  };
}
