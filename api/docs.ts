/** The browsable page of the contract, served by us, with no inline script, so that the strict policy holds. */
import { Router, static as serveFolder } from 'express';
import swaggerFolder from 'swagger-ui-dist/absolute-path.js';

const PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>晴空接口</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;
/** Requests from the page carry a fresh key each, as every POST needs one. */
const START = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  docExpansion: 'none',
  requestInterceptor: (request) => {
    if (request.method === 'POST' && !request.headers['Idempotency-Key']) request.headers['Idempotency-Key'] = String(Date.now()) + Math.random();
    return request;
  },
});
`;
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'];

export function docs(): Router {
  const router = Router();
  router.get('/', (_request, response) => void response.type('html').send(PAGE));
  router.get('/start.js', (_request, response) => void response.type('js').send(START));
  const files = serveFolder(swaggerFolder(), { index: false, maxAge: '1d' });
  for (const file of FILES) router.get(`/${file}`, files);
  return router;
}
