/** The console: server-rendered pages over the same use cases as the API. The list below is its table of contents. */
import { type NextFunction, type Request, type Response, Router } from 'express';
import type { Deps } from '../usecases/deps.js';
import { adminPages } from './pages/admin.js';
import { approvalPages } from './pages/approval.js';
import { episodePages } from './pages/episodes.js';
import { errorPage, missingPage } from './pages/errors.js';
import { deskPages } from './pages/desk.js';
import { forecastPages } from './pages/forecasts.js';
import { officePages } from './pages/office.js';
import { planPages } from './pages/plan.js';
import { publicPages } from './pages/public.js';
import { recordPages } from './pages/record.js';
import { replayPages } from './pages/replay.js';
import { reportPages } from './pages/report.js';
import { statisticsPages } from './pages/statistics.js';
import { signInPages } from './pages/sign-in.js';
import { unitPages } from './pages/unit.js';
import { whatIfPages } from './pages/whatif.js';
import type { Sessions } from './sessions.js';
import { assets } from './web/assets.js';
import { pageOf } from './web/page.js';

export type { Sessions };

export function createConsole(deps: Deps, sessions: Sessions): Router {
  const router = Router();
  router.use(policy);
  router.use(assets(deps));
  signInPages(router, deps, sessions);
  deskPages(router, deps, sessions);
  approvalPages(router, deps, sessions);
  unitPages(router, deps, sessions);
  reportPages(router, deps, sessions);
  officePages(router, deps, sessions);
  forecastPages(router, deps, sessions);
  episodePages(router, deps, sessions);
  replayPages(router, deps, sessions);
  recordPages(router, deps, sessions);
  whatIfPages(router, deps, sessions);
  statisticsPages(router, deps, sessions);
  planPages(router, deps, sessions);
  adminPages(router, deps, sessions);
  publicPages(router, deps, sessions);
  router.use(async (request: Request, response: Response, next: NextFunction) => {
    if (!wantsPage(request)) return next();
    missingPage(await pageOf(deps, sessions, request, response));
  });
  router.use(async (error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent || !wantsPage(request)) return next(error);
    const isHandled = await errorPage(deps, sessions, request, response, error).catch(() => false);
    if (!isHandled) next(error);
  });
  return router;
}

/** Whoever asks for JSON gets the API's own answers. */
function wantsPage(request: Request): boolean {
  return !request.path.startsWith('/api/') && request.accepts(['html', 'json']) === 'html';
}

const POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"].join('; ');

function policy(request: Request, response: Response, next: NextFunction): void {
  if (!request.path.startsWith('/api/')) response.setHeader('Content-Security-Policy', POLICY);
  next();
}
