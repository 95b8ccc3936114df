/** Reads made while the engine does not work say so in a header. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Engine } from '../usecases/engine.js';
import { engineState } from '../usecases/engine-state.js';

export const ENGINE_HEADER = 'Qingkong-Engine';

export function engineMark(engine: Pick<Engine, 'health'>): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.method === 'GET') {
      const state = await engineState(engine);
      if (state !== 'working') response.setHeader(ENGINE_HEADER, state);
    }
    next();
  };
}
