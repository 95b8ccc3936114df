/** What an operator watches (Prometheus). */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Deps } from '../usecases/deps.js';

export interface Metrics {
  readonly observe: RequestHandler;
  readonly serve: RequestHandler;
}

export function metrics({ pool }: Pick<Deps, 'pool'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'qingkong_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  const problems = new Counter({ name: 'qingkong_http_server_errors_total', help: 'Requests that failed for a reason of ours', registers: [registry] });
  new Gauge({
    name: 'qingkong_database_connections',
    help: 'Connections of the API to the database, by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });

  return {
    observe: (request: Request, response: Response, next: NextFunction) => {
      const startedMs = performance.now();
      response.on('finish', () => {
        // The route's pattern, not its path: labels stay few.
        const route = (request.route as { path?: string } | undefined)?.path ?? 'other';
        seconds.observe({ method: request.method, route, status: response.statusCode }, (performance.now() - startedMs) / 1000);
        if (response.statusCode >= 500) problems.inc();
      });
      next();
    },
    serve: async (_request: Request, response: Response) => {
      response.type(registry.contentType).send(await registry.metrics());
    },
  };
}
