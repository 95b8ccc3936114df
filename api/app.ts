/** The HTTP face: the list of routers is its table of contents. */
import express, { type Express, Router } from 'express';
import helmet from 'helmet';
import { createConsole } from '../console/index.js';
import type { Deps } from '../usecases/deps.js';
import { readiness } from '../usecases/health.js';
import { accountOrNull, authentication, clearSessionCookie, guardAgainstOtherSites, sessionSecretOf, setSessionCookie } from './authentication.js';
import { docs } from './docs.js';
import type { Endpoint } from './endpoint.js';
import { engineMark } from './engine-mark.js';
import { errorHandler, notFound } from './errors.js';
import { metrics } from './metrics.js';
import { mount, onlyMethods } from './mount.js';
import { openApiDocument } from './openapi.js';
import { accessRoutes } from './routes/access.js';
import { areaRoutes } from './routes/areas.js';
import { decisionRoutes } from './routes/decisions.js';
import { deskRoutes } from './routes/desk.js';
import { documentRoutes } from './routes/documents.js';
import { episodeRoutes } from './routes/episodes.js';
import { recordRoutes } from './routes/record.js';
import { reviewRoutes } from './routes/review.js';
import { submissionRoutes } from './routes/submissions.js';
import { ledgerStream } from './stream.js';

export interface AppOptions {
  /** Whose `X-Forwarded-*` headers count, as Express reads it; default: nobody's. */
  readonly trustProxy?: string;
  /** How often a reader of the event stream is told that it is alive, and asked who it is. */
  readonly heartbeatMs?: number;
}

export interface App {
  readonly express: Express;
  /** Ends what the app itself holds open: event streams and their connection. */
  close(): Promise<void>;
}

export function createApp(deps: Deps, { trustProxy, heartbeatMs }: AppOptions = {}): App {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy ?? false);
  const measured = metrics(deps);
  const stream = ledgerStream(deps, heartbeatMs);

  app.use(measured.observe);
  app.use(helmet({ contentSecurityPolicy: { directives: POLICY }, strictTransportSecurity: false }));
  app.get('/healthz', (_request, response) => void response.json({ alive: true }));
  app.get('/readyz', async (_request, response) => {
    const state = await readiness(deps);
    response.status(state.ready ? 200 : 503).json(state);
  });
  app.get('/metrics', measured.serve);
  app.use('/api/docs', docs());
  app.use(authentication(deps), guardAgainstOtherSites);
  app.use('/api/v1', api(deps, stream.endpoint));
  app.use(createConsole(deps, { accountOf: accountOrNull, secretOf: sessionSecretOf, open: setSessionCookie, close: clearSessionCookie }));
  app.use(notFound);
  app.use(errorHandler(deps.log));
  return { express: app, close: () => stream.close() };
}

function api(deps: Deps, stream: Endpoint): Router {
  const endpoints: Endpoint[] = [
    ...accessRoutes(deps),
    ...areaRoutes(deps),
    ...episodeRoutes(deps),
    ...recordRoutes(deps),
    ...decisionRoutes(deps),
    ...submissionRoutes(deps),
    ...deskRoutes(deps),
    ...documentRoutes(deps),
    ...reviewRoutes(deps),
    stream,
  ];
  const router = Router();
  const contract = openApiDocument(endpoints);
  router.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.use(engineMark(deps.engine));
  router.get('/openapi.json', (_request, response) => void response.json(contract));
  router.all('/openapi.json', onlyMethods(['GET', 'HEAD']));
  mount(router, deps, endpoints);
  return router;
}

/** Everything comes from us; the contract's page draws its icons from data URLs. */
const POLICY = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
};
