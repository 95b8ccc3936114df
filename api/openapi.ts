/** OpenAPI 3.1 out of the same descriptions that are mounted. */
import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Endpoint } from './endpoint.js';

extendZodWithOpenApi(z);

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    clause: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    difference: z.record(z.string(), z.unknown()).optional(),
    retryAfterSeconds: z.number().optional(),
  })
  .openapi('Problem');

export function openApiDocument(endpoints: readonly Endpoint[]): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'qingkong_session' });
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const problems = { content: { 'application/problem+json': { schema: problem } } };
  for (const e of endpoints) {
    const isKeyed = e.method === 'post' && e.access === 'signed-in';
    registry.registerPath({
      method: e.method,
      path: e.path,
      tags: [e.tag],
      summary: e.summary,
      ...(e.access === 'public' ? { security: [] } : {}),
      request: {
        ...(e.params ? { params: e.params } : {}),
        ...(e.query ? { query: e.query } : {}),
        ...(isKeyed ? { headers: z.object({ 'Idempotency-Key': z.string().min(8).max(128) }) } : {}),
        ...(e.body ? { body: { required: true, content: { 'application/json': { schema: e.body } } } } : {}),
        ...(e.bytes ? { body: { required: true, content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } } } } : {}),
      },
      responses: {
        [e.status]: e.status === 204 ? { description: '完成' } : { description: '完成', content: { [e.media]: { schema: e.answer ?? z.record(z.string(), z.unknown()) } } },
        ...(e.body || e.params || e.query ? { 400: { description: '请求有误，逐项写明路径', ...problems } } : {}),
        ...(e.access === 'signed-in' ? { 401: { description: '未登录', ...problems }, 403: { description: '无权办理', ...problems } } : {}),
        ...(e.params ? { 404: { description: '没有找到', ...problems } } : {}),
        ...(isKeyed ? { 409: { description: '与当前状态不符', ...problems }, 422: { description: '编号已用于其他请求', ...problems }, } : {}),
        ...(e.access === 'signed-in' ? { 503: { description: isKeyed ? '结果未知或暂时不可用，可以同一编号再次请求' : '暂时不可用，稍后再试', ...problems } } : {}),
        ...(e.access === 'public' && e.body ? { 429: { description: '尝试过多', ...problems } } : {}),
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: '晴空 Qingkong', version: '1', description: '重污染天气应急预案执行。时刻为 ISO 8601，东八区。账本原行中的 `…Ms` 为 UTC 毫秒。流程引擎停用期间，读取照常应答，并以响应头 `Qingkong-Engine: away`（无工作进程时为 `no-worker`）标明。' },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { token: [] }],
  });
}
