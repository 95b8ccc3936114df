/** Style and script, served by us under names that hold their digest: cached for good, never stale. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import { sha256Hex } from '../../domain/digest.js';
import type { Plan } from '../../domain/plan.js';
import type { Deps } from '../../usecases/deps.js';
import { loadedPlan } from '../../usecases/plans.js';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

const FOR_GOOD = 'public, max-age=31536000, immutable';
const here = new URL('../assets/', import.meta.url);
const require = createRequire(import.meta.url);

const style = load('console.css', new URL('console.css', here), 'text/css');
const script = load('console.js', new URL('console.js', here), 'text/javascript');
const replay = load('replay.js', new URL('replay.js', here), 'text/javascript');
const htmx = load('htmx.js', require.resolve('htmx.org/dist/htmx.min.js'), 'text/javascript');
const icon = load('icon.svg', new URL('icon.svg', here), 'image/svg+xml');
const all = [style, script, replay, htmx, icon];

export const paths = { style: style.path, script: script.path, replay: replay.path, htmx: htmx.path, icon: icon.path };

export function levelsPath(planDigest: string): string {
  return `/assets/levels.${planDigest.slice(0, 16)}.css?plan=${planDigest}`;
}

export function assets(deps: Pick<Deps, 'pool'>): Router {
  const router = Router();
  for (const asset of all) router.get(asset.path, (request, response) => send(request, response, asset));
  router.get(/^\/assets\/levels\.[0-9a-f]{16}\.css$/, async (request, response) => {
    const digest = request.query['plan'];
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return void response.sendStatus(404);
    const found = await loadedPlan(deps, digest).catch(() => null);
    if (!found) return void response.sendStatus(404);
    response.setHeader('Cache-Control', FOR_GOOD);
    response.type('text/css').send(levelStyle(found.plan));
  });
  return router;
}

function load(name: string, file: string | URL, type: string): Asset {
  const body = readFileSync(file);
  const dot = name.lastIndexOf('.');
  const path = `/assets/${name.slice(0, dot)}.${sha256Hex(body.toString('utf8')).slice(0, 12)}${name.slice(dot)}`;
  return { path, type, body, gzipped: gzipSync(body, { level: 9 }) };
}

function send(request: Request, response: Response, { type, body, gzipped }: Asset): void {
  response.setHeader('Cache-Control', FOR_GOOD);
  response.setHeader('Vary', 'Accept-Encoding');
  response.type(type);
  if (request.acceptsEncodings('gzip') === false) return void response.send(body);
  response.setHeader('Content-Encoding', 'gzip');
  response.send(gzipped);
}

/** A plan's own colours and patterns; the words beside them are dark on paper. */
function levelStyle(plan: Plan): string {
  const stripe = 'rgba(0,0,0,.22)';
  const pattern = {
    solid: 'none',
    diagonal: `repeating-linear-gradient(45deg,transparent 0 6px,${stripe} 6px 9px)`,
    grid: `repeating-linear-gradient(0deg,transparent 0 7px,${stripe} 7px 9px),repeating-linear-gradient(90deg,transparent 0 7px,${stripe} 7px 9px)`,
    dots: `radial-gradient(circle at 4px 4px,${stripe} 3px,transparent 3.5px)`,
  };
  return plan.levels
    .map(({ id, colour, pattern: kind }) => `.level-${id.replace(/[^\w-]/g, '_')}{--level:${/^#[0-9a-f]{6}$/i.test(colour) ? colour : '#777777'};--level-pattern:${pattern[kind]};--level-size:${kind === 'dots' ? '9px 9px' : 'auto'}}`)
    .join('\n');
}
