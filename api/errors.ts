/** The one error handler, last: a problem for whatever was thrown, and never a trace of our insides. */
import type { NextFunction, Request, Response } from 'express';
import type { Log } from '../usecases/deps.js';
import { type Problem, problem, problemOf } from './problems.js';

export function notFound(_request: Request, response: Response): void {
  send(response, problem(404, 'not-found', { detail: '没有这个地址' }));
}

export function errorHandler(log: Log) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    const known = problemOf(error);
    if (!known) log.error({ err: error, method: request.method, path: request.path }, 'a request failed for a reason of ours');
    // Half an answer is out: only the connection can tell that it is not whole.
    if (response.headersSent) return next(error);
    send(response, known ?? (isOutOfReach(error) ? problem(503, 'database-unavailable', { retryAfterSeconds: 5 }) : problem(500, 'internal')));
  };
}

function send(response: Response, told: Problem): void {
  if (told.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(told.retryAfterSeconds));
  response.status(told.status).type('application/problem+json').send(JSON.stringify(told));
}

/** The database cannot be asked: connections refused, cut, silent or not to be had, a statement given up, its shutdown, no free place, a full disk. */
function isOutOfReach(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error instanceof Error ? error.message : '';
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57014', '57P01', '57P02', '57P03', '53300', '53100', '58030', '25P03', '08006', '08001'].includes(code) || /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect)/.test(message);
}
